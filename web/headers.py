"""The headers that guard a page: what it may load, who may frame it, who may keep it. It knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_login import current_user

from web.addresses import live_address
from web.context import settings

__all__ = ["allow_picture", "register"]

_YEAR_SECONDS = 31_536_000


def register(app: Flask) -> None:
    """Put the guarding headers on every answer of `app`, and its version on the address of each of its files."""
    app.after_request(_guard)
    versions: dict[str, str] = {}

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        name = values["filename"]
        if name not in versions:
            file = Path(app.static_folder or "") / name
            versions[name] = f"{int(file.stat().st_mtime):x}" if file.is_file() else ""
        if versions[name]:
            values["v"] = versions[name]


def allow_picture(*addresses: str) -> None:
    """Let this page play pictures that come from other hosts, or send its own there (HLS, WHEP, WHIP)."""
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses) if parts.netloc]
    g.picture_origins = [*g.get("picture_origins", []), *origins]


def content_policy(live_origin: str, picture_origins: Sequence[str] = ()) -> str:
    """The Content-Security-Policy: our own files, the rooms' socket and this page's picture; nothing inline."""
    picture = "".join(f" {origin}" for origin in dict.fromkeys(picture_origins))
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"media-src 'self' blob:{picture}",
            f"connect-src 'self' {live_origin}{picture}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _guard(response: Response) -> Response:
    live = urlsplit(live_address())
    headers = response.headers
    headers["Content-Security-Policy"] = content_policy(f"{live.scheme}://{live.netloc}", g.get("picture_origins", ()))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(), payment=(), usb=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if settings().public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        # An address that names a version never changes what it stands for; any other is asked again, and answered 304.
        is_versioned = "v" in request.args
        headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable" if is_versioned else "public, no-cache"
        headers.pop("Set-Cookie", None)
    elif _is_personal():
        headers["Cache-Control"] = "no-store"  # Also on files, which Flask would let browsers keep.
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache"
    return response


def _is_personal() -> bool:
    return request.method != "GET" or current_user.is_authenticated

"""Addresses: which ones lead back into the site, and where the rooms are. It knows no page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from web.context import settings

__all__ = ["live_address", "local_path", "media_address", "picture_address", "public_address"]


def local_path(address: str | None, default: str = "/") -> str:
    """The path and query of an address inside this site; `default` for any other, so that nobody is led away."""
    parts = urlsplit((address or "").strip())
    if parts.netloc and parts.netloc != request.host:
        return default
    if parts.scheme and not parts.netloc:
        return default
    path = parts.path
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(sign) < 33 for sign in path + parts.query):
        return default
    return f"{path}?{parts.query}" if parts.query else path


def live_address() -> str:
    """Where browsers open the rooms' websockets, as ws://127.0.0.1:8001/room."""
    if settings().live_url:
        return settings().live_url
    scheme = "wss" if request.is_secure else "ws"
    name = urlsplit(f"//{request.host}").hostname or "127.0.0.1"
    host = f"[{name}]" if ":" in name else name
    return f"{scheme}://{host}:{settings().live_port}/room"


def picture_address() -> str:
    """Where browsers open the websocket of a picture: beside that of the rooms."""
    return f"{live_address().removesuffix('/room')}/picture"


def media_address(session_id: int, name: str = "") -> str:
    """Where the live process serves a file of a session's picture, as http://127.0.0.1:8001/hls/12/live.m3u8."""
    return f"http{live_address().removeprefix('ws').removesuffix('/room')}/hls/{session_id}/{name}"


def public_address() -> str:
    """The site's address as its users see it, without a slash at the end."""
    return settings().public_url or request.host_url.rstrip("/")

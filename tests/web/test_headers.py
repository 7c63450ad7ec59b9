"""The headers and cookies that guard every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from fair.settings import Settings
from tests.builders import SmallFair
from web.app import create_app
from web.headers import content_policy

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def test_policy_allows_nothing_inline() -> None:
    """Our own files, the rooms' socket, the picture's host; no inline script or style, no framing."""
    policy = content_policy("ws://127.0.0.1:8001", ["https://live.example.cn", "https://live.example.cn"])

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8001 https://live.example.cn;" in policy
    assert "media-src 'self' blob: https://live.example.cn;" in policy
    assert "frame-ancestors 'none'" in policy


@sqlite
@pytest.mark.parametrize("path", ["/", "/login", "/nothing-here", "/healthz", "/sessions.ics"])
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    """Pages, errors and feeds alike say what they may load and that nobody guesses their type."""
    headers = client.get(path).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers


@sqlite
def test_personal_pages_are_not_stored(
    client: FlaskClient, fair: SmallFair, signed_in: Callable[[int], FlaskClient]
) -> None:
    """A page of somebody who is signed in stays in no cache; the site's own files stay in all."""
    assert signed_in(fair.seeker.id).get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] != "no-store"
    link = re.findall(r'href="(/static/css/tokens.css\?v=[0-9a-f]+)"', client.get("/login").text)[0]
    assert "immutable" in client.get(link).headers["Cache-Control"]
    assert client.get("/static/css/tokens.css").headers["Cache-Control"] == "public, no-cache"


@sqlite
def test_cookie_is_bound_to_https_and_host(app: Flask, site_settings: Settings) -> None:
    """Behind HTTPS the cookie is Secure and __Host-, and the browser is told to stay there."""
    site = create_app(replace(site_settings, public_url="https://fair.example.cn"))

    answer = site.test_client().get("/login", base_url="https://fair.example.cn")
    site.extensions["gangbo"].engine.dispose()

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gangbo=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Strict-Transport-Security" in answer.headers


@sqlite
def test_forwarded_address_is_ignored_without_a_proxy(app: Flask, client: FlaskClient) -> None:
    """Without a proxy in the settings, X-Forwarded-For changes nobody's address."""
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))

    client.get("/robots.txt", headers={"X-Forwarded-For": "203.0.113.9"})

    assert seen == ["127.0.0.1"]


@sqlite
def test_health_says_what_is_missing(client: FlaskClient) -> None:
    """Without matching and live the site still works, and says so."""
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"status": "degraded", "missing": ["matching", "live"]}


@sqlite
def test_unknown_page_is_told_in_the_language_asked_for(client: FlaskClient) -> None:
    """A page for people, JSON for programs."""
    page, data = client.get("/nothing-here"), client.get("/nothing-here", headers={"Accept": "application/json"})

    assert page.status_code == data.status_code == 404
    assert "没有这一页" in page.text
    assert data.json == {"error": "not_found"}

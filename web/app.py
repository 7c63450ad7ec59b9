"""The site's application: everything that one web process is made of, wired once.

Owns the order of things; the pages are the blueprints'.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from fair.crypto import set_field_key
from fair.settings import Settings, read_settings
from web import cli, components, context, errors, frame, headers, health, language, listings, security
from web.blueprints import BLUEPRINTS
from web.format import FILTERS
from web.media import views as media
from web.rendering import PageEnvironment

__all__ = ["create_app"]

_LARGEST_REQUEST = 16 * 1024 * 1024  # An import of 10,000 rows and its room to spare.


def create_app(settings: Settings | None = None, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """The application for `settings` (read from the environment when None); `clock` replaces the time in tests."""
    settings = settings or read_settings()
    set_field_key(settings.field_key)
    app = Flask("web", static_folder="static", template_folder="templates")
    app.jinja_environment = PageEnvironment
    is_https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # The prefix __Host- makes browsers refuse the cookie without Secure, with a Domain or another path.
        SESSION_COOKIE_NAME="__Host-gangbo" if is_https else "gangbo",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        JSON_AS_ASCII=False,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False

    context.install(app, settings, clock=clock)
    headers.register(app)
    components.register(app)
    Babel(app, locale_selector=language.selected, default_translation_directories=str(language.CATALOGUES))
    language.register(app)
    # A media server has no page of ours; what it asks changes nothing.
    CSRFProtect(app).exempt(media.ask)
    security.register(app, settings)
    errors.register(app)
    frame.register(app)
    listings.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(health.blueprint)
    cli.register(app)
    return app

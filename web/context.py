"""What a view may ask for while it answers one request: the database, who acts, the time, the settings.

Owns the request's transaction: it is committed after a view that succeeded and rolled back whole otherwise. It knows
no page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import flask
from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fair.accounts import Account
from fair.database import make_engine, make_sessions
from fair.days import china_day
from fair.permissions import ANYBODY, Actor, actor_of
from fair.settings import Settings

__all__ = [
    "Installation", "account", "actor", "db", "engine", "installed",
    "now", "only_reads", "release", "settings", "today",
]  # fmt: skip

View = TypeVar("View", bound=Callable[..., Any])

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Installation:
    """What one process holds for all its requests."""

    settings: Settings
    engine: Engine
    readers: sessionmaker[Session]
    writers: sessionmaker[Session]
    clock: Callable[[], datetime]


def install(app: Flask, settings: Settings, *, clock: Callable[[], datetime] | None = None) -> None:
    """Give `app` its database and clock, and let each request own one transaction."""
    engine = make_engine(settings.database_url)
    app.extensions["gangbo"] = Installation(
        settings=settings,
        engine=engine,
        readers=make_sessions(engine, for_writing=False),
        writers=make_sessions(engine, for_writing=True),
        clock=clock or (lambda: datetime.now(UTC)),
    )
    app.after_request(_finish)
    app.teardown_appcontext(_close)


def installed() -> Installation:
    """What this process holds."""
    held: Installation = current_app.extensions["gangbo"]
    return held


def settings() -> Settings:
    """The settings of this installation."""
    return installed().settings


def engine() -> Engine:
    """The database engine, for what must not wait inside the request's transaction."""
    return installed().engine


def db() -> Session:
    """This request's session; one that may change something takes SQLite's write lock at its first statement."""
    if "db" not in g:
        is_safe = not flask.has_request_context() or request.method in _SAFE or _only_reads()
        g.db = (installed().readers if is_safe else installed().writers)()
    session: Session = g.db
    return session


def only_reads(view: View) -> View:
    """Mark a view that changes nothing though it is asked for by POST, so that it takes no lock."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def release() -> None:
    """Give the request's transaction up, what it changed with it, so that slow work or another one need not wait."""
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()


def now() -> datetime:
    """The moment of this request, the same however often it is asked for."""
    if "now" not in g:
        g.now = installed().clock()
    moment: datetime = g.now
    return moment


def today() -> date:
    """The day of this request as the rules count it, by which a position is open or not."""
    return china_day(now())


def account() -> Account | None:
    """Who is signed in, or None."""
    return current_user.account if current_user.is_authenticated else None


def actor() -> Actor:
    """Who acts, as the rules ask for it; nobody signed in is ANYBODY."""
    if "actor" not in g:
        signed_in = account()
        g.actor = actor_of(db(), signed_in) if signed_in is not None else ANYBODY
    acting: Actor = g.actor
    return acting


def _only_reads() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "only_reads", False)


def _finish(response: flask.Response) -> flask.Response:
    session: Session | None = g.get("db")
    if session is not None and request.method not in _SAFE:
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    release()

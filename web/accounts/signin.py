"""The steps of signing in: the password, the one-time code, the web session. It knows no page.

A password is checked while the database is free: argon2id takes a tenth of a second, and SQLite has one write lock.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import g, request, session
from flask_security.utils import login_user, logout_user, verify_password
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fair.accounts import phone_index
from fair.database import reading, writing
from fair.events import EventKind, append
from web.accounts.credential import Credential, SignIn
from web.accounts.forms import read_name
from web.accounts.throttle import is_throttled, note_failure
from web.context import engine, release

__all__ = [
    "PENDING_FOR",
    "TooManyTries",
    "begin_session",
    "checked_password",
    "end_session",
    "end_sign_in",
    "find_credential",
]

PENDING_FOR = timedelta(minutes=10)

# What an unknown name is checked against, so that it takes as long as a known one. No password fits it.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$/R/D+B8jpNQ65/wfw3jPeQ$0ib1OYMa5CycAd2T+Q45Mg8x5nXm9knsja/1Wruz5ag"


class TooManyTries(Exception):
    """This name or this address has to wait before it may try again."""


def find_credential(db: Session, name: str) -> Credential | None:
    """The credential that a sign-in name (e-mail or phone) belongs to, or None."""
    email, phone = read_name(name)
    if email is not None:
        return db.scalar(select(Credential).where(Credential.email == email))
    if phone is not None:
        return db.scalar(select(Credential).where(Credential.phone_index == phone_index(phone)))
    return None


def checked_password(name: str, password: str, *, address: str, now: datetime) -> Credential | None:
    """The credential when name and password fit and it may sign in, else None after the same time.

    Raises TooManyTries, for known and unknown names alike.
    """
    release()
    with reading(engine()) as db:
        if is_throttled(db, name, address, now=now):
            raise TooManyTries
        credential = find_credential(db, name)
    fits = verify_password(password, credential.password if credential else _NOBODY)
    if credential is not None and fits and credential.is_active:
        return credential
    with writing(engine()) as db:
        note_failure(db, name, address, now=now)
    return None


def begin_session(db: Session, credential: Credential, *, now: datetime) -> None:
    """Sign in: a new web session with a new number; nothing of the visitor's old one but the modes stays."""
    kept = {name: session[name] for name in ("language", "is_care", "viewer") if name in session}
    session.clear()
    g.pop("csrf_token", None)
    session.update(kept)
    person = credential.account
    session.permanent = True
    session["login"] = secrets.token_urlsafe(18)
    session["language"], session["is_care"] = kept.get("language", person.locale), person.is_care
    db.add(
        SignIn(
            number=session["login"],
            account_id=credential.account_id,
            client=(request.user_agent.string or "")[:120],
            started_at=now,
        )
    )
    db.flush()
    login_user(credential, remember=False)


def end_session(db: Session, account_id: int, *, now: datetime) -> None:
    """Sign out: the web session ends here and, by the event, in the rooms."""
    end_sign_in(db, account_id, session.get("login", ""), now=now)
    logout_user()
    session.pop("login", None)


def end_sign_in(db: Session, account_id: int, number: str, *, now: datetime) -> bool:
    """End one of the account's web sessions and its sockets; whether there was one to end."""
    ended = db.scalars(
        update(SignIn)
        .where(SignIn.number == number, SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn.number)
    ).first()
    if ended is None:
        return False
    append(db, EventKind.SIGNED_OUT, now=now, account_id=account_id, data={"login": number})
    return True

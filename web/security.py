"""How Flask-Security is set up here: argon2id, one-time codes, web sessions that end, on the request's own database.

Its views are not used: ours throttle, keep the database unlocked while a password is hashed, and speak Chinese.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, session
from flask_security import Security, SQLAlchemyUserDatastore, Totp
from flask_security.utils import hash_password
from passlib.exc import TokenError, UsedTokenError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from fair.accounts import Account, Role
from fair.settings import Settings
from web.accounts.credential import AccountRole, Credential, SignIn
from web.context import db, now

__all__ = ["NEEDS_CODE", "CodeUsed", "OneTimeCodes", "hash_password", "one_time_codes", "register"]

NEEDS_CODE = (Role.OFFICER, Role.ADMINISTRATOR)
STAYS_SIGNED_IN = {Role.OFFICER: timedelta(hours=12), Role.ADMINISTRATOR: timedelta(hours=12)}
_OTHERS_STAY = timedelta(days=30)

# Built once: every request of somebody signed in asks it. Few have a bureau, so it is read where it is wanted.
_SIGNED_IN = (
    select(Credential, SignIn.started_at)
    .join(SignIn, SignIn.account_id == Credential.account_id)
    .where(
        Credential.fs_uniquifier == bindparam("uniquifier"),
        SignIn.number == bindparam("login"),
        SignIn.ended_at.is_(None),
    )
    .options(joinedload(Credential.account).lazyload(Account.bureau))
)


class CodeUsed(Exception):
    """A one-time code was right but taken before; `seconds` until the next one."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"used; the next one in {seconds} s")
        self.seconds = seconds


class OneTimeCodes(Totp):
    """TOTP (RFC 6238): six digits, 30 s, one step of clock difference, each code once."""

    def accept(self, code: str, secret: str, *, last_counter: int | None, at: datetime) -> int | None:
        """The code's counter when it is right, None when it is wrong; raises CodeUsed."""
        try:
            match = self._totp.verify(code, secret, time=at, window=30, last_counter=last_counter)
        except UsedTokenError as used:
            seconds = 30 - int(at.timestamp()) % 30 if used.expire_time is None else used.expire_time - at.timestamp()
            raise CodeUsed(max(1, round(seconds))) from None
        except TokenError:
            return None
        counter: int = match.counter
        return counter


class _RequestDatabase:
    """What Flask-Security calls a database: the session of the request, which commits when the request ends."""

    @property
    def session(self) -> Session:
        return db()


class _Datastore(SQLAlchemyUserDatastore):
    """Credentials in the request's transaction, never committed from inside."""

    def commit(self) -> None:
        db().flush()


def register(app: Flask, settings: Settings) -> None:
    """Set up signing in for `app`."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        # 19 MiB and two passes: the least that OWASP names, so that eight sign-ins at once fit a small machine.
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__memory_cost": 19456,
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        # The hash must outlive SECRET_KEY, so no second keyed hash is put before argon2id.
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SALT="unused",  # noqa: S106
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": hashlib.sha256(b"gangbo.totp" + settings.field_key).hexdigest()},
        SECURITY_TOTP_ISSUER="岗播",
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    guard = Security(totp_cls=OneTimeCodes)
    guard.init_app(app, _Datastore(_RequestDatabase(), Credential, AccountRole), register_blueprint=False)
    guard.login_manager.user_loader(_signed_in)
    guard.login_manager.session_protection = None  # It ties a session to the browser's name, which updates change.
    guard.principal.skip_static = True


def one_time_codes() -> OneTimeCodes:
    """The application's maker and judge of one-time codes."""
    codes: OneTimeCodes = current_app.extensions["security"].totp_factory
    return codes


def _signed_in(uniquifier: str) -> Credential | None:
    """The credential of this cookie, unless its web session was ended or has grown too old."""
    found: Any = db().execute(_SIGNED_IN, {"uniquifier": uniquifier, "login": session.get("login", "")}).first()
    if found is None:
        return None
    credential: Credential = found[0]
    started_at: datetime = found[1]
    lasts = STAYS_SIGNED_IN.get(Role(credential.account.role), _OTHERS_STAY)
    return credential if credential.is_active and now() - started_at < lasts else None

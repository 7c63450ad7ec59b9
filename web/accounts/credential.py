"""Credential: how an account signs in, and SignIn: where it is signed in now. Who it is stands in `fair.accounts`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fair.accounts import Account
from fair.database import Base

__all__ = ["AccountRole", "Credential", "FailedSignIn", "SignIn"]


class Credential(Base, UserMixin):
    """Password, one-time-code secret and sign-in counters of one account: Flask-Security's user.

    It is found by `email` (lower case) or by `phone_index`, the blind index of the phone number; `fs_uniquifier` is
    made anew when all of the account's web sessions are to end. `totp_counter` is the last one-time code's number, so
    that none is taken twice.
    """

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # type: ignore[assignment]
    phone_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None] = mapped_column(String(64))
    current_login_ip: Mapped[str | None] = mapped_column(String(64))
    login_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)

    account: Mapped[Account] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        """Whether it may sign in: neither the credential nor the account is disabled."""
        return self.active and self.account.is_active

    @property
    def roles(self) -> list[AccountRole]:  # type: ignore[override]
        """Flask-Security's list of roles: the account's one."""
        return [AccountRole(self.account.role)]


class AccountRole(RoleMixin):
    """A role as Flask-Security asks for it: a name, no permissions of its own (the rules stand in `fair`)."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_permissions(self) -> set[Any]:
        return set()


class SignIn(Base):
    """One web session of an account, from signing in to signing out; `number` stands in its cookie."""

    __tablename__ = "sign_in"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    client: Mapped[str] = mapped_column(String(120), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A wrong password or code: a digest of the name that was tried, the address it came from, and when."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_name", "name_digest", "at"),
        Index("ix_failed_sign_in_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

"""Credential: how an account signs in. Flask-Security's record; who the account is stands in `fair.accounts`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fair.accounts import Account
from fair.database import Base


class Credential(Base, UserMixin):
    """Password, one-time-code secret and sign-in counters of one account.

    It is found by `email` (lower case) or by `phone_index`, the blind index of the phone number; `fs_uniquifier` is
    made anew when all of the account's web sessions are to end.
    """

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None] = mapped_column(String(64))
    current_login_ip: Mapped[str | None] = mapped_column(String(64))
    login_count: Mapped[int | None] = mapped_column(default=0)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)

    account: Mapped[Account] = relationship(lazy="joined")

    @property
    def roles(self) -> list[AccountRole]:
        """Flask-Security's list of roles: the account's one."""
        return [AccountRole(self.account.role)]


class AccountRole(RoleMixin):
    """A role as Flask-Security asks for it: a name, no permissions of its own (the rules stand in `fair`)."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_permissions(self) -> set[Any]:
        return set()

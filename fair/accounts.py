"""Accounts: a person with one role, and the consents (授权) that the person gave.

How somebody signs in (password, one-time codes) is the site's affair; here is who they are and what they allowed.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.crypto import EncryptedText, blind_index
from fair.database import Base, words
from fair.districts import Bureau
from fair.errors import WrongValue

_MOBILE = re.compile(r"^1[3-9]\d{9}$")


class Role(StrEnum):
    SEEKER = "seeker"
    RECRUITER = "recruiter"
    MODERATOR = "moderator"
    ASSISTANT = "assistant"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class ConsentKind(StrEnum):
    """What a person can allow; each is asked for and withdrawn by itself (PIPL art. 14, 15, 23, 29)."""

    TERMS = "terms"
    MATCHING = "matching"
    RESUME_TO_EMPLOYER = "resume_to_employer"
    SUPPORTED_PLACES = "supported_places"


class Account(Base):
    """A person known to the fair; `name` is the nickname that rooms show."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role, 16), index=True)
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(EncryptedText("account.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"), index=True)
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    is_care: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    bureau: Mapped[Bureau | None] = relationship(lazy="joined")

    def set_phone(self, phone: str) -> None:
        """Keep a mainland mobile number (11 digits), encrypted, with its index; raises WrongValue."""
        digits = normal_phone(phone)
        self.phone = digits
        self.phone_index = phone_index(digits)


class Consent(Base):
    """One permission given, by whom, for what and for which employer; withdrawn ones stay for the record."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_account_kind", "account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind, 32))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    wording: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def normal_phone(phone: str) -> str:
    """The 11 digits of a mainland mobile number; raises WrongValue for anything else."""
    digits = re.sub(r"[\s-]", "", phone).removeprefix("+86")
    if not _MOBILE.match(digits):
        raise WrongValue("phone", "手机号是 1 开头的 11 位数字，如 13800001234")
    return digits


def phone_index(phone: str) -> str:
    """What an account is found by when its phone number is known."""
    return blind_index(phone, purpose="account.phone")


def masked_phone(phone: str) -> str:
    """First three and last two digits, as 138******34."""
    return f"{phone[:3]}******{phone[-2:]}"


def give_consent(
    db: Session, account_id: int, kind: ConsentKind, *, wording: str, now: datetime, employer_id: int | None = None
) -> Consent:
    """Record a consent with the words that were on the screen; one that stands already is returned as it is."""
    standing = standing_consent(db, account_id, kind, employer_id=employer_id)
    if standing is not None:
        return standing
    consent = Consent(account_id=account_id, kind=kind, employer_id=employer_id, wording=wording, given_at=now)
    db.add(consent)
    return consent


def withdraw_consent(
    db: Session, account_id: int, kind: ConsentKind, *, now: datetime, employer_id: int | None = None
) -> bool:
    """Withdraw a consent; whether there was one to withdraw."""
    consent = standing_consent(db, account_id, kind, employer_id=employer_id)
    if consent is None:
        return False
    consent.withdrawn_at = now
    return True


def standing_consent(
    db: Session, account_id: int, kind: ConsentKind, *, employer_id: int | None = None
) -> Consent | None:
    """The consent that stands now, or None."""
    return db.scalar(
        select(Consent)
        .where(
            Consent.account_id == account_id,
            Consent.kind == kind,
            Consent.employer_id == employer_id,
            Consent.withdrawn_at.is_(None),
        )
        .limit(1)
    )

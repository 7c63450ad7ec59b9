"""Employers (用人单位), their recruiters (招聘专员), and the check of a 统一社会信用代码."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.accounts import Account
from fair.database import Base, words
from fair.districts import District
from fair.errors import WrongValue
from fair.events import EventKind, append
from fair.statuses import EMPLOYER_STEPS, EmployerStatus, step

VERIFIED_FOR = timedelta(days=183)  # Accounts that post are verified again every six months.

_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class Employer(Base):
    """An organisation that recruits; approved by the bureau of its district before it may publish."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(20))
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    industry: Mapped[str] = mapped_column(String(40), default="")
    staff_count: Mapped[int | None]
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    address: Mapped[str] = mapped_column(String(120), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[EmployerStatus] = mapped_column(words(EmployerStatus, 12), default=EmployerStatus.DRAFT, index=True)
    status_note: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    district: Mapped[District] = relationship(lazy="joined")

    @property
    def is_approved(self) -> bool:
        return self.status == EmployerStatus.APPROVED

    @property
    def verified_until(self) -> datetime | None:
        return self.verified_at + VERIFIED_FOR if self.verified_at else None


class Recruiter(Base):
    """An account that acts for one employer; `title` is what rooms show, as 王专员."""

    __tablename__ = "recruiter"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    title: Mapped[str] = mapped_column(String(20))

    account: Mapped[Account] = relationship(lazy="joined")
    employer: Mapped[Employer] = relationship(lazy="joined")


def checked_credit_code(code: str) -> str:
    """The 18 characters of a 统一社会信用代码, upper case, check digit proven (GB 32100-2015); raises WrongValue."""
    code = code.strip().upper()
    if len(code) != 18 or any(character not in _CODE_CHARACTERS for character in code):
        raise WrongValue("credit_code", "统一社会信用代码是 18 位数字和大写字母，不含 I、O、S、V、Z")
    total = sum(
        _CODE_CHARACTERS.index(character) * weight for character, weight in zip(code, _CODE_WEIGHTS, strict=False)
    )
    if _CODE_CHARACTERS[-total % 31] != code[17]:
        raise WrongValue("credit_code", "最后一位校验码对不上，照营业执照再核对一遍")
    return code


def with_check_character(first_17: str) -> str:
    """`first_17` characters with the check character behind them (GB 32100-2015)."""
    total = sum(
        _CODE_CHARACTERS.index(character) * weight for character, weight in zip(first_17, _CODE_WEIGHTS, strict=True)
    )
    return first_17 + _CODE_CHARACTERS[-total % 31]


def move_employer(db: Session, employer: Employer, wanted: EmployerStatus, *, now: datetime, note: str = "") -> None:
    """Take one step of the employer's status; approval starts the six months of verification."""
    employer.status = step("employer", EMPLOYER_STEPS, employer.status, wanted)
    employer.status_note = note
    if wanted == EmployerStatus.APPROVED:
        employer.verified_at = now
    append(db, EventKind.EMPLOYER_CHANGED, now=now, employer_id=employer.id, data={"status": wanted})

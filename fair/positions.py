"""Positions (岗位) and their numbered versions.

A posting shows employer, head count, requirements, duties, place, base pay and validity; one that lacks any of them
is not published (招聘信息 notices of 2025 and 2026; 网络招聘服务管理规定 art. 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base, words
from fair.days import china_day
from fair.districts import District
from fair.employers import Employer
from fair.errors import NotPermitted, WrongValue
from fair.events import EventKind, append, append_many
from fair.statuses import POSITION_STEPS, PositionStatus, step
from fair.vocabulary import Education, EmploymentType, PayUnit, Schedule
from fair.wording import Refusal, advice, flags

CONTENT = (
    "title",
    "occupation",
    "employment_type",
    "district_code",
    "address",
    "head_count",
    "base_pay",
    "pay_min",
    "pay_max",
    "pay_unit",
    "pay_note",
    "schedule",
    "schedule_note",
    "education",
    "experience_years",
    "certificates",
    "skills",
    "duties",
    "requirements",
    "has_dormitory",
    "has_meals",
    "has_insurance",
    "benefits",
    "is_supported_place",
    "valid_until",
)
"""The columns that a version keeps."""


class Position(Base):
    """A job that an employer offers; the columns hold the newest version's content. Pay is in CNY a `pay_unit`."""

    __tablename__ = "position"
    __table_args__ = (Index("ix_position_status_district", "status", "district_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    status: Mapped[PositionStatus] = mapped_column(words(PositionStatus, 12), default=PositionStatus.DRAFT)
    version: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(60), default="")
    occupation: Mapped[str] = mapped_column(String(40), default="")
    employment_type: Mapped[EmploymentType] = mapped_column(words(EmploymentType, 12), default=EmploymentType.FULL_TIME)
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    address: Mapped[str] = mapped_column(String(120), default="")
    head_count: Mapped[int | None]
    base_pay: Mapped[int | None]
    pay_min: Mapped[int | None]
    pay_max: Mapped[int | None]
    pay_unit: Mapped[PayUnit] = mapped_column(words(PayUnit, 8), default=PayUnit.MONTH)
    pay_note: Mapped[str] = mapped_column(String(120), default="")
    schedule: Mapped[Schedule] = mapped_column(words(Schedule, 16), default=Schedule.DAY)
    schedule_note: Mapped[str] = mapped_column(String(120), default="")
    education: Mapped[Education] = mapped_column(words(Education, 10), default=Education.NONE)
    experience_years: Mapped[int] = mapped_column(default=0)
    certificates: Mapped[list[str]] = mapped_column(default=list)
    skills: Mapped[list[str]] = mapped_column(default=list)
    duties: Mapped[str] = mapped_column(Text, default="")
    requirements: Mapped[str] = mapped_column(Text, default="")
    has_dormitory: Mapped[bool] = mapped_column(default=False)
    has_meals: Mapped[bool] = mapped_column(default=False)
    has_insurance: Mapped[bool] = mapped_column(default=False)
    benefits: Mapped[str] = mapped_column(String(200), default="")
    is_supported_place: Mapped[bool] = mapped_column(default=False)
    valid_until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    flag_count: Mapped[int] = mapped_column(default=0)
    """How many grounds there are for an officer to look at its wording, as it was saved."""

    employer: Mapped[Employer] = relationship(lazy="joined")
    district: Mapped[District | None] = relationship(lazy="joined")

    def is_open(self, today: date) -> bool:
        """Whether it takes applications on that day."""
        return self.status == PositionStatus.PUBLISHED and self.valid_until is not None and self.valid_until >= today

    def content(self) -> dict[str, Any]:
        """The content columns as JSON values."""
        values = {name: getattr(self, name) for name in CONTENT}
        values["valid_until"] = self.valid_until.isoformat() if self.valid_until else None
        return values


class PositionVersion(Base):
    """The content of a position as it stood from `made_at` until the next number."""

    __tablename__ = "position_version"
    __table_args__ = (UniqueConstraint("position_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


_MUST_HAVE = {
    "title": "缺岗位名称",
    "head_count": "缺招聘人数",
    "requirements": "缺任职要求",
    "duties": "缺岗位职责",
    "district_code": "缺工作地点",
    "base_pay": "缺底薪",
    "valid_until": "缺有效期",
}


_READ_BY_SEEKERS = ("title", "occupation", "pay_note", "schedule_note", "duties", "requirements", "benefits")


def missing_fields(position: Position, *, today: date) -> dict[str, str]:
    """Field → what is wrong, for everything that keeps a position from being published or pinned."""
    wrong = {name: message for name, message in _MUST_HAVE.items() if not getattr(position, name)}
    if position.valid_until is not None and position.valid_until < today:
        wrong["valid_until"] = "已经过了，填今天以后的日期"
    if position.pay_min is not None and position.pay_max is not None and position.pay_max < position.pay_min:
        wrong["pay_max"] = "最高月薪比最低的低"
    return wrong


def refused_words(position: Position) -> dict[str, str]:
    """Field → what is wrong, for every text that discriminates or asks seekers for money (see fair.wording)."""
    found = {name: advice(getattr(position, name) or "") for name in _READ_BY_SEEKERS}
    return {name: told[0] % told[1] if told[1] else told[0] for name, told in found.items() if told}


def flagged_words(position: Position) -> list[Refusal]:
    """What an officer should look at in what seekers read, one a ground (see fair.wording)."""
    return flags("\n".join(getattr(position, name) or "" for name in _READ_BY_SEEKERS))


def save_position(db: Session, position: Position, *, by: int | None, now: datetime) -> PositionVersion:
    """Number the position's present content as a new version; nothing new is numbered when nothing changed."""
    position.flag_count = len(flagged_words(position))
    db.add(position)
    db.flush()
    content = position.content()
    newest = db.query(PositionVersion).filter_by(position_id=position.id, number=position.version).one_or_none()
    if newest is not None and newest.content == content:
        return newest
    position.version += 1
    version = PositionVersion(
        position_id=position.id, number=position.version, content=content, made_by=by, made_at=now
    )
    db.add(version)
    if position.status == PositionStatus.PUBLISHED:
        append(db, EventKind.POSITION_CHANGED, now=now, position_id=position.id, employer_id=position.employer_id)
    return version


def publish_position(db: Session, position: Position, *, now: datetime) -> None:
    """Publish a complete, lawful position of an approved employer; raises WrongValue naming the first wrong field."""
    for field, message in (missing_fields(position, today=china_day(now)) | refused_words(position)).items():
        raise WrongValue(field, message)
    if not position.employer.is_approved:
        raise NotPermitted("the employer is not approved yet")
    position.status = step("position", POSITION_STEPS, position.status, PositionStatus.PUBLISHED)
    position.published_at, position.closed_at = now, None
    append(db, EventKind.POSITION_PUBLISHED, now=now, position_id=position.id, employer_id=position.employer_id)


def add_positions(
    db: Session, employer: Employer, positions: Sequence[Position], *, by: int | None, now: datetime, is_published: bool
) -> None:
    """Add many new positions with their first version, as drafts or published at once; the rules are publishing's."""
    for position in positions:
        position.employer, position.version, position.created_at = employer, 1, now
        position.flag_count = len(flagged_words(position))
        position.status = PositionStatus.DRAFT
        if is_published:
            for field, message in (missing_fields(position, today=china_day(now)) | refused_words(position)).items():
                raise WrongValue(field, message)
            position.status, position.published_at = PositionStatus.PUBLISHED, now
    if is_published and not employer.is_approved:
        raise NotPermitted("the employer is not approved yet")
    db.add_all(positions)
    db.flush()
    versions = [
        {"position_id": position.id, "number": 1, "content": position.content(), "made_by": by, "made_at": now}
        for position in positions
    ]
    if versions:
        db.execute(insert(PositionVersion), versions)
    if is_published:
        facts = [{"position_id": position.id, "employer_id": employer.id} for position in positions]
        append_many(db, EventKind.POSITION_PUBLISHED, facts, now=now)


def close_position(db: Session, position: Position, *, now: datetime) -> None:
    """Close a published position; applications that stand stay."""
    position.status = step("position", POSITION_STEPS, position.status, PositionStatus.CLOSED)
    position.closed_at = now
    append(db, EventKind.POSITION_CLOSED, now=now, position_id=position.id, employer_id=position.employer_id)

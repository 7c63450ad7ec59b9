"""Applications (投递): submitted once whatever is repeated, moved by the employer, withdrawn by the seeker.

An application keeps the session, the position's version and the media time it was made at, the match it was made on,
and the résumé as it was. Withdrawing takes the résumé back; the frozen line of the ledger stays (trust.md, Law).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship

from fair.accounts import ConsentKind, give_consent
from fair.database import Base, words
from fair.days import china_day
from fair.employers import Employer
from fair.errors import AlreadyApplied, KeyReused, NotFound, NotPermitted, PositionClosed, TooFast
from fair.events import EventKind, append
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position
from fair.seekers import SeekerProfile, resume_of
from fair.statuses import APPLICATION_STEPS, ApplicationStatus, step

REPLY_WITHIN = timedelta(hours=24)
UNDO_WITHIN = timedelta(seconds=8)
MOST_AN_HOUR = 60


class Application(Base):
    """A seeker's application for a position; `resume` is empty once it was withdrawn."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("seeker_id", "key"),
        Index(
            "uq_application_standing",
            "position_id",
            "seeker_id",
            unique=True,
            sqlite_where=text("status != 'withdrawn'"),
            postgresql_where=text("status != 'withdrawn'"),
        ),
        Index("ix_application_employer", "employer_id", "status", "applied_at"),
        Index("ix_application_employer_recent", "employer_id", "applied_at"),
        Index("ix_application_employer_score", "employer_id", "score"),
        Index("ix_application_employer_asked", "employer_id", "position_id", "session_id"),
        Index("ix_application_session", "session_id", "applied_at"),
        Index("ix_application_seeker", "seeker_id", "applied_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    position_version: Mapped[int]
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    seeker_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("live_session.id"))
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"))
    key: Mapped[str] = mapped_column(String(64))
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[ApplicationStatus] = mapped_column(words(ApplicationStatus, 12), default=ApplicationStatus.SUBMITTED)
    media_ms: Mapped[int | None]
    score: Mapped[int | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    resume: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applied_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    position: Mapped[Position] = relationship(lazy="joined")
    employer: Mapped[Employer] = relationship(lazy="joined")
    live_session: Mapped[LiveSession | None] = relationship()
    seeker: Mapped[SeekerProfile] = relationship(
        primaryjoin="foreign(Application.seeker_id) == SeekerProfile.account_id", viewonly=True
    )
    changes: Mapped[list[ApplicationChange]] = relationship(
        back_populates="application", order_by="ApplicationChange.id"
    )

    @property
    def reply_due_at(self) -> datetime:
        return self.applied_at + REPLY_WITHIN

    def is_overdue(self, now: datetime) -> bool:
        """Whether the employer has not done anything with it in time."""
        return is_overdue(self.status, self.applied_at, now)


class ApplicationChange(Base):
    """One step of an application's way: from what to what, by whom, when."""

    __tablename__ = "application_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    from_status: Mapped[ApplicationStatus | None] = mapped_column(words(ApplicationStatus, 12))
    to_status: Mapped[ApplicationStatus] = mapped_column(words(ApplicationStatus, 12))
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(200), default="")

    application: Mapped[Application] = relationship(back_populates="changes")


def is_overdue(status: ApplicationStatus, applied_at: datetime, now: datetime) -> bool:
    """Whether nothing was done in time with an application of that status."""
    return status == ApplicationStatus.SUBMITTED and now > applied_at + REPLY_WITHIN


_STANDING = (
    select(Application)
    .where(
        Application.position_id == bindparam("position_id"),
        Application.seeker_id == bindparam("seeker_id"),
        Application.status != ApplicationStatus.WITHDRAWN,
    )
    .options(lazyload(Application.position), lazyload(Application.employer))
)


def submit_application(
    db: Session,
    profile: SeekerProfile,
    position: Position,
    *,
    key: str,
    now: datetime,
    wording: str,
    live_session: LiveSession | None = None,
    filed_by: int | None = None,
    score: int | None = None,
    reasons: list[dict[str, Any]] | None = None,
    is_in_room: bool = False,
) -> Application:
    """Apply once: the same `key` returns the first application, with another request it raises KeyReused.

    `is_in_room` says that the seeker is in the session's room just now; the event tells it on.
    Records the consent to give the résumé to this employer alone, in the words (`wording`) that were shown.
    Raises AlreadyApplied, PositionClosed, IncompleteResume, NotFound for a session that does not offer the position,
    TooFast above MOST_AN_HOUR by one seeker.
    """
    digest = _digest(position.id, live_session.id if live_session else None)
    first = db.scalar(select(Application).where(Application.seeker_id == profile.account_id, Application.key == key))
    standing = standing_application(db, position.id, profile.account_id)
    if first is None and standing is not None and standing.key == key:
        # Committed by another writer between the two questions.
        first = standing
    if first is not None:
        if first.request_digest != digest:
            raise KeyReused("this key was used for another application")
        return first
    if standing is not None:
        raise AlreadyApplied(standing.id)
    if not position.is_open(china_day(now)):
        raise PositionClosed("the position takes no applications")
    if live_session is not None and not _offers(db, live_session.id, position.id):
        raise NotFound("the session does not offer this position")
    resume = resume_of(profile)
    if _count_since(db, profile.account_id, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise TooFast("one seeker applies too often")
    consent = give_consent(
        db,
        profile.account_id,
        ConsentKind.RESUME_TO_EMPLOYER,
        employer_id=position.employer_id,
        wording=wording,
        now=now,
    )
    db.flush()
    by = filed_by or profile.account_id
    application = Application(
        position_id=position.id,
        position_version=position.version,
        employer_id=position.employer_id,
        seeker_id=profile.account_id,
        session_id=live_session.id if live_session else None,
        filed_by=by,
        consent_id=consent.id,
        key=key,
        request_digest=digest,
        status=ApplicationStatus.SUBMITTED,
        media_ms=live_session.media_ms(now) if live_session else None,
        score=score,
        reasons=reasons or [],
        resume=resume,
        applied_at=now,
    )
    application.position, application.employer = position, position.employer
    application.changes.append(
        ApplicationChange(from_status=None, to_status=ApplicationStatus.SUBMITTED, by=by, at=now)
    )
    db.add(application)
    db.flush()
    append(
        db,
        EventKind.APPLICATION_SUBMITTED,
        now=now,
        session_id=application.session_id,
        employer_id=application.employer_id,
        position_id=position.id,
        application_id=application.id,
        account_id=profile.account_id,
        data={"is_in_room": True} if is_in_room else None,
    )
    return application


def move_application(
    db: Session, application: Application, wanted: ApplicationStatus, *, by: int, now: datetime, note: str = ""
) -> None:
    """Take one of the employer's steps (anything but withdrawn); raises IllegalTransition, NotPermitted."""
    if wanted == ApplicationStatus.WITHDRAWN:
        raise NotPermitted("only the seeker withdraws")
    _move(db, application, wanted, by=by, now=now, note=note)
    application.answered_at = application.answered_at or now


def withdraw_application(db: Session, application: Application, *, by: int, now: datetime) -> None:
    """Take an application and its résumé back; a second time changes nothing.

    Raises IllegalTransition once it is hired or declined.
    """
    if application.status == ApplicationStatus.WITHDRAWN:
        return
    _move(db, application, ApplicationStatus.WITHDRAWN, by=by, now=now)
    application.resume = {}


def standing_application(db: Session, position_id: int, seeker_id: int) -> Application | None:
    """The seeker's application for this position that is not withdrawn, or None."""
    return db.scalar(_STANDING, {"position_id": position_id, "seeker_id": seeker_id})


def applications_of_session(db: Session, session_id: int) -> dict[int, int]:
    """Position → applications that stand, of one session."""
    rows = db.execute(
        select(Application.position_id, func.count())
        .where(Application.session_id == session_id, Application.status != ApplicationStatus.WITHDRAWN)
        .group_by(Application.position_id)
    )
    return {row[0]: row[1] for row in rows}


def _move(
    db: Session, application: Application, wanted: ApplicationStatus, *, by: int, now: datetime, note: str = ""
) -> None:
    before = application.status
    application.status = step("application", APPLICATION_STEPS, before, wanted)
    db.add(
        ApplicationChange(application_id=application.id, from_status=before, to_status=wanted, by=by, at=now, note=note)
    )
    append(
        db,
        EventKind.APPLICATION_MOVED,
        now=now,
        session_id=application.session_id,
        employer_id=application.employer_id,
        position_id=application.position_id,
        application_id=application.id,
        account_id=application.seeker_id,
        data={"status": wanted, "before": before},
    )


def _digest(position_id: int, session_id: int | None) -> str:
    return hashlib.sha256(json.dumps([position_id, session_id]).encode()).hexdigest()


def _count_since(db: Session, seeker_id: int, since: datetime) -> int:
    query = select(func.count()).where(Application.seeker_id == seeker_id, Application.applied_at > since)
    return db.scalar(query) or 0


def _offers(db: Session, session_id: int, position_id: int) -> bool:
    query = (
        select(SlotPosition.id)
        .join(Slot)
        .where(Slot.session_id == session_id, SlotPosition.position_id == position_id)
        .limit(1)
    )
    return db.scalar(query) is not None

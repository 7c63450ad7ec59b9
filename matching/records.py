"""The records that matching reads: open positions, consenting seekers, and districts.

Owns who belongs here, and asks for nothing that is encrypted and for nothing beside that is not looked at.
Knows records; knows no facts, no vectors and no events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, lazyload

from fair.accounts import Account
from fair.districts import District
from fair.employers import Employer
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import EmployerStatus, PositionStatus
from matching.keepsakes import stamp

_IS_OPEN = Position.status == PositionStatus.PUBLISHED, Employer.status != EmployerStatus.REJECTED
_CONSENTS = SeekerProfile.is_matched.is_(True), Account.is_active.is_(True)
_POSITIONS = (
    select(Position)
    .join(Position.employer)
    .where(*_IS_OPEN)
    .options(
        contains_eager(Position.employer).load_only(Employer.name, Employer.industry).lazyload(Employer.district),
        joinedload(Position.district).load_only(District.name).lazyload("*"),
    )
)
_PROFILES = (
    select(SeekerProfile)
    .join(SeekerProfile.account)
    .where(*_CONSENTS)
    .options(defer(SeekerProfile.identity_number), defer(SeekerProfile.full_name), lazyload(SeekerProfile.account))
)
_OPEN = select(Position.id, Position.version).join(Position.employer).where(*_IS_OPEN)
_CONSENTING = select(SeekerProfile.account_id, SeekerProfile.updated_at).join(SeekerProfile.account).where(*_CONSENTS)
CONSENTING_IDS = _CONSENTING.with_only_columns(SeekerProfile.account_id)


def open_positions(db: Session) -> dict[int, str]:
    """The stamps of all positions that belong here, by number."""
    return {number: stamp(version) for number, version in db.execute(_OPEN)}


def consenting_seekers(db: Session) -> dict[int, str]:
    """The stamps of all seekers who belong here, by number."""
    return {number: stamp(saved_at) for number, saved_at in db.execute(_CONSENTING)}


def positions_of(db: Session, employer_ids: Iterable[int]) -> set[int]:
    """The published positions of employers."""
    return set(
        db.scalars(
            select(Position.id).where(
                Position.employer_id.in_(list(employer_ids)), Position.status == PositionStatus.PUBLISHED
            )
        )
    )


def positions(db: Session, numbers: Sequence[int]) -> Sequence[Position]:
    """The open ones of these, some hundreds at a time, with what is looked at of their employers."""
    return db.scalars(_POSITIONS.where(Position.id.in_(numbers))).all()


def profiles(db: Session, numbers: Sequence[int]) -> Sequence[SeekerProfile]:
    """Those of these seekers who consent, some hundreds at a time, without what is encrypted."""
    return db.scalars(_PROFILES.where(SeekerProfile.account_id.in_(numbers))).all()


def districts(db: Session, codes: Iterable[str] | None = None) -> Sequence[District]:
    """Districts by code; without codes, all of them."""
    asked = select(District)
    return db.scalars(asked if codes is None else asked.where(District.code.in_(list(codes)))).all()

"""A small fair with one room on air: made for measuring the room, with as many hosts and seekers as are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bench.rows import add_rows, go_on_numbering
from fair.accounts import Account, Role
from fair.crypto import set_field_key
from fair.database import make_engine, writing
from fair.districts import Bureau, add_district
from fair.employers import Employer, Recruiter, with_check_character
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position, save_position
from fair.records import Base
from fair.seekers import SeekerProfile
from fair.statuses import EmployerStatus, LiveSessionStatus, PositionStatus
from fair.tickets import issue_ticket

__all__ = ["FIELD_KEY", "ORIGIN", "SECRET_KEY", "Stage", "set_up"]

ORIGIN = "http://127.0.0.1:8000"
SECRET_KEY = "for measuring only"
FIELD_KEY = bytes(range(32)).hex()
_FIRST_SEEKER = 1_001


@dataclass(frozen=True)
class Stage:
    """The numbers of what was made; `url` is its database."""

    url: str
    session_id: int
    employer_id: int
    position_ids: tuple[int, ...]
    host_ids: tuple[int, ...]
    seeker_ids: tuple[int, ...]
    secret_key: str = SECRET_KEY
    origin: str = ORIGIN

    def ticket(self, account_id: int) -> str:
        """A new ticket of a host or a seeker."""
        is_host = account_id in self.host_ids
        return issue_ticket(
            self.secret_key,
            session_id=self.session_id,
            viewer=f"a{account_id}",
            account_id=account_id,
            role="host" if is_host else "audience",
            name="临江电缆 王专员" if is_host else f"求职者{account_id}",
            employer_id=self.employer_id if is_host else None,
            now=datetime.now(UTC),
        )


def set_up(url: str, *, hosts: int = 1, seekers: int = 0, positions: int = 6) -> Stage:
    """Fill an empty database: one employer with all hosts and positions, on stage since now; nobody is matched."""
    now = datetime.now(UTC)
    set_field_key(bytes.fromhex(FIELD_KEY))
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    try:
        with writing(engine) as db:
            district = add_district(db, "330106", "西湖区", parent=add_district(db, "330100", "杭州市", parent=None))
            db.flush()
            bureau = Bureau(name="西湖区人社局", district_code=district.code)
            employer = _employer(now)
            db.add_all([bureau, employer])
            db.flush()
            host_ids = tuple(range(1, hosts + 1))
            seeker_ids = tuple(range(_FIRST_SEEKER, _FIRST_SEEKER + seekers))
            connection = db.connection()
            add_rows(connection, Account, (_account(each, Role.RECRUITER, now) for each in host_ids))
            recruiters = ({"account_id": each, "employer_id": employer.id, "title": "王专员"} for each in host_ids)
            add_rows(connection, Recruiter, recruiters)
            add_rows(connection, Account, (_account(each, Role.SEEKER, now) for each in seeker_ids))
            profiles = ({"account_id": each, "full_name": f"求职者{each}", "updated_at": now} for each in seeker_ids)
            add_rows(connection, SeekerProfile, profiles)
            offered = [_position(employer.id, number, district.code, now) for number in range(positions)]
            db.add_all(offered)
            db.flush()
            for position in offered:
                save_position(db, position, by=None, now=now)
            position_ids = tuple(each.id for each in offered)
            session_id = _session(db, employer.id, position_ids, district_code=district.code, bureau_id=bureau.id)
            go_on_numbering(connection)
            return Stage(url, session_id, employer.id, position_ids, host_ids, seeker_ids)
    finally:
        engine.dispose()


def _account(number: int, role: Role, now: datetime) -> dict[str, Any]:
    return {"id": number, "role": role, "name": f"{role}{number}", "email": f"{number}@bench.test", "created_at": now}


def _employer(now: datetime) -> Employer:
    return Employer(
        name="杭州临江电缆有限公司",
        short_name="临江电缆",
        credit_code=with_check_character("91330106000000000"),
        district_code="330106",
        status=EmployerStatus.APPROVED,
        verified_at=now,
        created_at=now,
    )


def _position(employer_id: int, number: int, code: str, now: datetime) -> Position:
    return Position(
        employer_id=employer_id,
        status=PositionStatus.PUBLISHED,
        title=f"低压电工 {number + 1} 班",
        district_code=code,
        head_count=12,
        base_pay=3500,
        pay_min=7500,
        pay_max=9500,
        duties="装配",
        requirements="肯干",
        valid_until=date(2099, 1, 1),
        created_at=now,
        published_at=now,
    )


def _session(db: Session, employer_id: int, position_ids: Sequence[int], *, district_code: str, bureau_id: int) -> int:
    now = datetime.now(UTC)
    live_session = LiveSession(
        title="西湖区制造业专场",
        status=LiveSessionStatus.LIVE,
        district_code=district_code,
        bureau_id=bureau_id,
        starts_at=now,
        ends_at=now + timedelta(hours=6),
        started_at=now,
        created_at=now,
    )
    db.add(live_session)
    db.flush()
    slot = Slot(session_id=live_session.id, employer_id=employer_id, number=1, starts_at=now, started_at=now)
    db.add(slot)
    db.flush()
    offers = (
        {"slot_id": slot.id, "position_id": each, "number": number} for number, each in enumerate(position_ids, start=1)
    )
    add_rows(db.connection(), SlotPosition, offers)
    return live_session.id

"""A small fair to test rooms with: one session, two employers, three positions, seekers, a moderator, an officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

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

SECRET = "a secret for tests only"
FIELD_KEY = bytes(range(32))
NOW = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """The ids of what was made; with `redis_url` its rooms are carried by Redis."""

    engine: Engine
    session_id: int
    employer_ids: list[int]
    slot_ids: list[int]
    position_ids: list[int]
    recruiter_ids: list[int]
    seeker_ids: list[int]
    moderator_id: int
    officer_id: int
    redis_url: str = ""

    def ticket(
        self,
        account_id: int | None,
        role: str = "audience",
        *,
        viewer: str = "",
        name: str = "",
        employer_id: int | None = None,
        session_id: int | None = None,
        login: str = "",
        secret: str = SECRET,
        now: datetime | None = None,
    ) -> str:
        """A ticket of the site for this session."""
        return issue_ticket(
            secret,
            session_id=session_id or self.session_id,
            viewer=viewer or f"a{account_id}",
            account_id=account_id,
            role=role,
            name=name or f"观众{account_id}",
            employer_id=employer_id,
            login=login,
            now=now or datetime.now(UTC),
        )

    def host_ticket(self, number: int = 0) -> str:
        """A ticket of one employer's recruiter."""
        return self.ticket(
            self.recruiter_ids[number], "host", name="临江电缆 王专员", employer_id=self.employer_ids[number]
        )


def make_scene(
    url: str, *, seekers: int = 3, status: LiveSessionStatus = LiveSessionStatus.LIVE, now: datetime | None = None
) -> Scene:
    """Make the records in an empty database."""
    now = now or datetime.now(UTC)
    set_field_key(FIELD_KEY)
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with writing(engine) as db:
        city = add_district(db, "330100", "杭州市", parent=None)
        district = add_district(db, "330106", "西湖区", parent=city)
        db.flush()
        street = add_district(db, "330106001", "古荡街道", parent=district)
        db.flush()
        bureau = Bureau(name="西湖区人社局", district_code=district.code)
        db.add(bureau)
        db.flush()
        employers = [_employer(number, now) for number in range(2)]
        db.add_all(employers)
        db.flush()
        recruiters = [_account(Role.RECRUITER, f"招聘{number}", now) for number in range(2)]
        people = [_account(Role.SEEKER, f"求职{number}", now) for number in range(seekers)]
        moderator, officer = _account(Role.MODERATOR, "场控", now), _account(Role.OFFICER, "经办", now)
        officer.bureau_id = bureau.id
        db.add_all([*recruiters, *people, moderator, officer])
        db.flush()
        for number, recruiter in enumerate(recruiters):
            db.add(Recruiter(account_id=recruiter.id, employer_id=employers[number].id, title="王专员"))
        for seeker in people:
            seeker.email = f"seeker{seeker.id}@fair.test"
            db.add(SeekerProfile(account_id=seeker.id, full_name=seeker.name, is_matched=True, updated_at=now))
        positions = [_position(employers[owner].id, title, street.code, now) for owner, title in _TITLES]
        db.add_all(positions)
        db.flush()
        for position in positions:
            save_position(db, position, by=None, now=now)
        live_session = LiveSession(
            title="西湖区制造业专场",
            status=status,
            district_code=district.code,
            bureau_id=bureau.id,
            moderator_id=moderator.id,
            starts_at=now,
            ends_at=now + timedelta(hours=2),
            started_at=now if status == LiveSessionStatus.LIVE else None,
            created_at=now,
        )
        db.add(live_session)
        db.flush()
        slots = [
            Slot(session_id=live_session.id, employer_id=employers[number].id, number=number + 1, starts_at=now)
            for number in range(2)
        ]
        if status == LiveSessionStatus.LIVE:
            slots[0].started_at = now
        db.add_all(slots)
        db.flush()
        for number, position in enumerate(positions):
            slot = slots[0] if position.employer_id == employers[0].id else slots[1]
            db.add(SlotPosition(slot_id=slot.id, position_id=position.id, number=number + 1))
        db.flush()
        return Scene(
            engine=engine,
            session_id=live_session.id,
            employer_ids=[employer.id for employer in employers],
            slot_ids=[slot.id for slot in slots],
            position_ids=[position.id for position in positions],
            recruiter_ids=[recruiter.id for recruiter in recruiters],
            seeker_ids=[seeker.id for seeker in people],
            moderator_id=moderator.id,
            officer_id=officer.id,
        )


_TITLES = ((0, "低压电工"), (0, "绕线操作工"), (1, "护理员"))


def _account(role: Role, name: str, now: datetime) -> Account:
    return Account(role=role, name=name, created_at=now)


def _employer(number: int, now: datetime) -> Employer:
    return Employer(
        name=f"杭州第{number}电缆有限公司",
        short_name=f"电缆{number}",
        credit_code=with_check_character(f"9133010600000000{number}"),
        district_code="330106",
        status=EmployerStatus.APPROVED,
        verified_at=now,
        created_at=now,
    )


def _position(employer_id: int, title: str, code: str, now: datetime) -> Position:
    return Position(
        employer_id=employer_id,
        status=PositionStatus.PUBLISHED,
        title=title,
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

"""Makes records for tests: a small fair, with only the values that a test speaks of given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.crypto import set_field_key
from fair.districts import Bureau, District, add_district
from fair.employers import Employer, Recruiter, move_employer, with_check_character
from fair.livesessions import LiveSession, Slot, SlotPosition, move_session
from fair.positions import Position, publish_position, save_position
from fair.seekers import SeekerProfile, save_profile, switch_matching
from fair.statuses import EmployerStatus, LiveSessionStatus

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FIELD_KEY = bytes(range(32))
WORDING = "点投递，就是同意把简历给临江电缆一家"

_numbers = count(1)
_WAY = (LiveSessionStatus.SUBMITTED, LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)


@dataclass
class SmallFair:
    """Two districts with a bureau each, an employer with a recruiter and a position, a seeker, a live session."""

    district: District
    bureau: Bureau
    officer: Account
    other_district: District
    other_officer: Account
    employer: Employer
    recruiter: Account
    position: Position
    seeker: Account
    profile: SeekerProfile
    live_session: LiveSession


def small_fair(db: Session, *, now: datetime = NOW) -> SmallFair:
    """Build a whole small fair whose session is live since `now`."""
    set_field_key(FIELD_KEY)
    city = add_district(db, "330100", "杭州市", parent=None)
    db.flush()
    district = add_district(db, "330106", "西湖区", parent=city, place=(30.26, 120.13))
    other_district = add_district(db, "330110", "余杭区", parent=city, place=(30.27, 119.98))
    db.flush()
    bureau = Bureau(name="西湖区人社局", district_code=district.code)
    other_bureau = Bureau(name="余杭区人社局", district_code=other_district.code)
    db.add_all([bureau, other_bureau])
    db.flush()
    employer = add_employer(db, district, now=now)
    recruiter = add_account(db, Role.RECRUITER, name="王专员", now=now)
    db.add(Recruiter(account_id=recruiter.id, employer_id=employer.id, title="王专员"))
    position = add_position(db, employer, now=now)
    seeker = add_account(db, Role.SEEKER, name="小满", now=now)
    profile = add_profile(db, seeker, now=now)
    return SmallFair(
        district=district,
        bureau=bureau,
        officer=add_account(db, Role.OFFICER, name="周经办", now=now, bureau_id=bureau.id),
        other_district=other_district,
        other_officer=add_account(db, Role.OFFICER, name="胡经办", now=now, bureau_id=other_bureau.id),
        employer=employer,
        recruiter=recruiter,
        position=position,
        seeker=seeker,
        profile=profile,
        live_session=add_session(db, bureau, employer, [position], now=now),
    )


def add_account(db: Session, role: Role, *, name: str = "某人", now: datetime = NOW, **more: Any) -> Account:
    """An account with an e-mail address of its own."""
    number = next(_numbers)
    account = Account(role=role, name=name, email=f"person{number}@example.cn", created_at=now, **more)
    db.add(account)
    db.flush()
    return account


def add_employer(
    db: Session, district: District, *, is_approved: bool = True, now: datetime = NOW, **more: Any
) -> Employer:
    """An employer in `district`, approved unless said otherwise."""
    number = next(_numbers)
    values = {"name": f"杭州第{number}有限公司", "short_name": f"第{number}", **more}
    code = with_check_character(f"91330106MA2T{number:05d}")
    employer = Employer(credit_code=code, district_code=district.code, created_at=now, **values)
    employer.district = district
    db.add(employer)
    db.flush()
    if is_approved:
        move_employer(db, employer, EmployerStatus.SUBMITTED, now=now)
        move_employer(db, employer, EmployerStatus.APPROVED, now=now)
    return employer


def add_position(
    db: Session, employer: Employer, *, is_published: bool = True, now: datetime = NOW, **more: Any
) -> Position:
    """A complete position, published unless said otherwise."""
    values: dict[str, Any] = {
        "title": "低压电工",
        "occupation": "电工",
        "district_code": employer.district_code,
        "head_count": 12,
        "base_pay": 4800,
        "pay_min": 7500,
        "pay_max": 9500,
        "duties": "车间配电柜的巡检和维修",
        "requirements": "有低压电工作业证",
        "certificates": ["低压电工作业证"],
        "valid_until": (now + timedelta(days=30)).date(),
        **more,
    }
    position = Position(employer_id=employer.id, created_at=now, **values)
    position.employer = employer
    save_position(db, position, by=None, now=now)
    if is_published:
        publish_position(db, position, now=now)
    return position


def add_profile(
    db: Session, account: Account, *, is_matched: bool = True, now: datetime = NOW, **more: Any
) -> SeekerProfile:
    """A seeker's profile that can apply."""
    values: dict[str, Any] = {"full_name": "张满", "wanted_work": ["电工"], "certificates": ["低压电工作业证"], **more}
    profile = SeekerProfile(account_id=account.id, updated_at=now, **values)
    profile.account = account
    db.add(profile)
    db.flush()
    if is_matched:
        switch_matching(db, profile, is_on=True, wording="同意算匹配", now=now)
    save_profile(db, profile, now=now)
    return profile


def add_session(
    db: Session,
    bureau: Bureau,
    employer: Employer,
    positions: list[Position],
    *,
    status: LiveSessionStatus = LiveSessionStatus.LIVE,
    now: datetime = NOW,
    **more: Any,
) -> LiveSession:
    """A session with one slot of `employer`, taken to `status` step by step."""
    values: dict[str, Any] = {
        "title": "西湖区制造业专场",
        "starts_at": now,
        "ends_at": now + timedelta(hours=2),
        **more,
    }
    live_session = LiveSession(district_code=bureau.district_code, bureau_id=bureau.id, created_at=now, **values)
    live_session.district = bureau.district
    slot = Slot(employer_id=employer.id, number=1, starts_at=now)
    slot.employer = employer
    slot.offers = [
        SlotPosition(position_id=position.id, position=position, number=number)
        for number, position in enumerate(positions, start=1)
    ]
    live_session.slots = [slot]
    db.add(live_session)
    db.flush()
    for step in _WAY[: _WAY.index(status) + 1] if status in _WAY else ():
        move_session(db, live_session, step, now=now)
    return live_session

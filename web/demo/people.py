"""Fills the demo fair with its district, bureaus, accounts, employers with positions, and seekers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.accounts import Account, ConsentKind, Role, give_consent
from fair.days import china_day
from fair.districts import Bureau, District
from fair.divisions import load_divisions
from fair.employers import Employer, Recruiter, move_employer, with_check_character
from fair.positions import Position, publish_position, save_position
from fair.seekers import SeekerProfile, save_profile, switch_matching
from fair.statuses import EmployerStatus
from fair.vocabulary import Education, EmploymentType, PayUnit, Schedule
from web.accounts.credential import Credential
from web.demo.content import (
    DORMITORY,
    INSURANCE,
    INTERN,
    MEALS,
    PART_TIME,
    SUPPORTED,
    TEMPORARY,
    DemoEmployer,
    DemoPosition,
    DemoSeeker,
    demo_employers,
    demo_seekers,
)

PASSWORD = "gangbo-demo-2026"  # noqa: S105 - printed at the start, for a fair of invented people.
DOMAIN = "demo.gangbo.cn"
DISTRICT, NEIGHBOUR = "330106", "330110"

# Latitude and longitude of each street's centre, degrees, to two decimals or three: enough for a distance in km.
_STREETS = {
    "北山街道": (30.262, 120.140), "西溪街道": (30.276, 120.138), "翠苑街道": (30.288, 120.123),
    "古荡街道": (30.279, 120.112), "西湖街道": (30.215, 120.120), "留下街道": (30.247, 120.060),
    "转塘街道": (30.158, 120.077), "蒋村街道": (30.292, 120.068), "灵隐街道": (30.265, 120.125),
    "文新街道": (30.296, 120.095), "三墩镇": (30.330, 120.085), "双浦镇": (30.125, 120.065),
    "仓前街道": (30.290, 120.005), "五常街道": (30.255, 120.030), "闲林街道": (30.225, 120.000),
    "良渚街道": (30.375, 120.050), "祥符街道": (30.335, 120.115), "半山街道": (30.365, 120.175),
    "康桥街道": (30.360, 120.145),
}  # fmt: skip
_PARENTS = ("330105", DISTRICT, NEIGHBOUR)


@dataclass
class DemoPeople:
    """Who is in the demo fair, for the sessions to be made of."""

    bureau: Bureau
    officer: Account
    moderator: Account
    employers: list[Employer] = field(default_factory=list)
    recruiters: list[Account] = field(default_factory=list)
    positions: dict[int, list[Position]] = field(default_factory=dict)
    seekers: list[SeekerProfile] = field(default_factory=list)


def add_people(db: Session, *, password_hash: str, totp_secret: Callable[[], str], now: datetime) -> DemoPeople:
    """Add everybody; `now` is the hour the demo is loaded at, their history lies before it."""
    load_divisions(db)
    db.flush()
    streets = _place_streets(db)
    joined = now - timedelta(days=40)

    def account(role: Role, name: str, mailbox: str, **more: object) -> Account:
        added = Account(role=role, name=name, email=f"{mailbox}@{DOMAIN}", created_at=joined, **more)
        db.add(added)
        db.flush()
        credential = Credential(
            account_id=added.id,
            email=added.email,
            password=password_hash,
            fs_uniquifier=secrets.token_hex(16),
            confirmed_at=joined,
        )
        if role in (Role.OFFICER, Role.ADMINISTRATOR):
            credential.tf_primary_method, credential.tf_totp_secret = "authenticator", totp_secret()
        db.add(credential)
        return added

    bureau = Bureau(name="西湖区人社局", district_code=DISTRICT)
    neighbour = Bureau(name="余杭区人社局", district_code=NEIGHBOUR)
    db.add_all([bureau, neighbour])
    db.flush()
    people = DemoPeople(
        bureau=bureau,
        officer=account(Role.OFFICER, "周经办", "zhou", bureau_id=bureau.id),
        moderator=account(Role.MODERATOR, "小林", "lin"),
    )
    account(Role.OFFICER, "余杭胡经办", "hu", bureau_id=neighbour.id)
    account(Role.ADMINISTRATOR, "管理员", "admin")
    for number, demo in enumerate(demo_employers(), start=1):
        recruiter = account(Role.RECRUITER, demo.recruiter, "wang" if number == 1 else f"recruiter{number}")
        employer = _add_employer(db, demo, number, streets[demo.street], now=joined)
        db.add(Recruiter(account_id=recruiter.id, employer_id=employer.id, title=demo.recruiter))
        people.employers.append(employer)
        people.recruiters.append(recruiter)
        people.positions[employer.id] = [
            _add_position(db, position, employer, demo, by=recruiter.id, now=joined + timedelta(days=1), today=now)
            for position in demo.positions
        ]
    for number, seeker in enumerate(demo_seekers(), start=1):
        person = account(Role.SEEKER, seeker.nickname, "xiaoman" if number == 1 else f"seeker{number}")
        person.set_phone(f"139{number:04d}{(number * 7919) % 10000:04d}")
        people.seekers.append(_add_seeker(db, seeker, person, streets, now=joined + timedelta(days=2)))
    db.flush()
    return people


def _place_streets(db: Session) -> dict[str, District]:
    """Name → street of the demo's three districts, with the coordinates of its centre set."""
    streets = {street.name: street for street in db.scalars(select(District).where(District.parent_code.in_(_PARENTS)))}
    for name, (latitude, longitude) in _STREETS.items():
        streets[name].latitude, streets[name].longitude = latitude, longitude
    return streets


def _add_employer(db: Session, demo: DemoEmployer, number: int, street: District, *, now: datetime) -> Employer:
    employer = Employer(
        name=demo.name,
        short_name=demo.short_name,
        credit_code=with_check_character(f"91{street.code[:6]}MA2DEM{number:03d}"),
        industry=demo.industry,
        staff_count=demo.staff_count,
        district_code=street.code,
        address=demo.address,
        about=demo.about,
        created_at=now,
    )
    employer.district = street
    db.add(employer)
    db.flush()
    move_employer(db, employer, EmployerStatus.SUBMITTED, now=now)
    move_employer(db, employer, EmployerStatus.APPROVED, now=now)
    return employer


def _add_position(
    db: Session, demo: DemoPosition, employer: Employer, home: DemoEmployer, *, by: int, now: datetime, today: datetime
) -> Position:
    marks = demo.marks
    kind = next(
        (kind for mark, kind in _KINDS.items() if mark in marks),
        EmploymentType.FULL_TIME,
    )
    position = Position(
        employer_id=employer.id,
        title=demo.title,
        occupation=demo.occupation,
        employment_type=kind,
        district_code=employer.district_code,
        address=home.address,
        head_count=demo.head_count,
        base_pay=demo.base_pay,
        pay_min=demo.pay_min,
        pay_max=demo.pay_max,
        pay_unit=PayUnit(demo.pay_unit),
        schedule=Schedule(demo.schedule),
        schedule_note=demo.schedule_note,
        education=Education(demo.education),
        experience_years=demo.experience_years,
        certificates=demo.certificates,
        skills=demo.skills,
        duties=demo.duties,
        requirements=demo.requirements,
        has_dormitory=DORMITORY in marks,
        has_meals=MEALS in marks,
        has_insurance=INSURANCE in marks,
        benefits=demo.benefits,
        is_supported_place=SUPPORTED in marks,
        valid_until=china_day(today + timedelta(days=30)),
        created_at=now,
    )
    position.employer = employer
    save_position(db, position, by=by, now=now)
    # One position is left unfinished, to show what a missing 底薪 keeps from the screen.
    if position.base_pay is not None:
        publish_position(db, position, now=now)
    return position


_KINDS = {PART_TIME: EmploymentType.PART_TIME, INTERN: EmploymentType.INTERN, TEMPORARY: EmploymentType.TEMPORARY}


def _add_seeker(
    db: Session, demo: DemoSeeker, account: Account, streets: dict[str, District], *, now: datetime
) -> SeekerProfile:
    profile = SeekerProfile(
        account_id=account.id,
        full_name=demo.full_name,
        about=demo.about,
        wanted_work=demo.wanted_work,
        skills=demo.skills,
        certificates=demo.certificates,
        education=Education(demo.education),
        experience_years=demo.experience_years,
        experience=demo.about,
        home_code=streets[demo.street].code,
        places=list(demo.places),
        pay_min=demo.pay_min,
        schedule=demo.schedule,
        needs_dormitory=demo.needs_dormitory,
        wants_supported_place=demo.wants_supported_place,
        hard=demo.hard,
        updated_at=now,
    )
    profile.account = account
    db.add(profile)
    give_consent(db, account.id, ConsentKind.TERMS, wording="注册时同意服务条款和个人信息说明", now=now)
    if demo.wants_supported_place:
        give_consent(db, account.id, ConsentKind.SUPPORTED_PLACES, wording="同意用于查找有支持的岗位", now=now)
    db.flush()
    switch_matching(db, profile, is_on=True, wording="同意用我的资料算匹配，随时能关", now=now)
    save_profile(db, profile, now=now)
    return profile

"""Who is in a large fair: bureaus, employers with their positions, seekers, and three who can sign in.

What happened at its sessions is `bench.history`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from bench.rows import add_rows
from bench.variety import varied_employer, varied_position, varied_seeker
from fair.accounts import Account, Consent, ConsentKind, Role, phone_index
from fair.districts import Bureau, District
from fair.employers import Employer, Recruiter, with_check_character
from fair.positions import CONTENT, Position, PositionVersion
from fair.seekers import SeekerProfile
from fair.statuses import EmployerStatus, PositionStatus
from fair.vocabulary import EmploymentType
from web.accounts.credential import Credential
from web.demo.content import (
    DORMITORY,
    INSURANCE,
    INTERN,
    MEALS,
    PART_TIME,
    SUPPORTED,
    TEMPORARY,
    DemoPosition,
    DemoSeeker,
    demo_employers,
    demo_seekers,
)

__all__ = ["MAILBOXES", "Filling", "People", "Size", "add_people"]

DISTRICT, _CITY = "330106", "330100"
MAILBOXES = {
    Role.OFFICER: "officer@bench.example.cn",
    Role.RECRUITER: "recruiter@bench.example.cn",
    Role.SEEKER: "seeker@bench.example.cn",
}
_OFFICER_ID = 1
_KINDS = {PART_TIME: EmploymentType.PART_TIME, INTERN: EmploymentType.INTERN, TEMPORARY: EmploymentType.TEMPORARY}


@dataclass(frozen=True)
class Size:
    """How much of everything; `visits` are the attendances of the session that is reported on."""

    positions: int = 10_000
    sessions: int = 200
    applications: int = 100_000
    employers: int = 400
    seekers: int = 20_000
    visits: int = 5_000


@dataclass(frozen=True)
class Filling:
    """What filling needs beside the size; with hash and secret the three of MAILBOXES can sign in."""

    now: datetime
    password_hash: str
    totp_secret: str
    luck: Random


@dataclass
class People:
    """Numbers of those who were written, and what their history needs of them."""

    bureau_id: int = 1
    officer_id: int = _OFFICER_ID
    recruiter_of: dict[int, int] = field(default_factory=dict)
    positions_of: dict[int, list[int]] = field(default_factory=dict)
    resumes: dict[int, dict[str, Any]] = field(default_factory=dict)


def add_people(connection: Connection, size: Size, filling: Filling) -> People:
    """Write them; the officer is of DISTRICT's bureau, the recruiter of the first employer, the seeker the first."""
    people = People()
    codes = _districts(connection)
    bureaus = [{"id": number, "name": f"人社局 {code}", "district_code": code} for number, code in _bureaus(codes)]
    add_rows(connection, Bureau, bureaus)
    _add_accounts(connection, size, filling, people)
    _add_employers(connection, size, filling, people, codes)
    _add_seekers(connection, filling, people, codes)
    return people


def _districts(connection: Connection) -> list[str]:
    """The city's districts and streets, the officer's own first."""
    inside = select(District.code).where(District.path.contains(f"{_CITY}/")).order_by(District.code)
    codes = [code for code in connection.scalars(inside) if code != _CITY]
    return sorted(codes, key=lambda code: (not code.startswith(DISTRICT), code))


def _bureaus(codes: list[str]) -> Iterator[tuple[int, str]]:
    return enumerate((code for code in codes if len(code) == 6), start=1)


def _account_row(number: int, role: Role, name: str, filling: Filling, **more: Any) -> dict[str, Any]:
    empty = {"email": None, "phone": None, "phone_index": None, "bureau_id": None}
    joined = filling.now - timedelta(days=60)
    return {"id": number, "role": role, "name": name, "created_at": joined} | empty | more


def _add_accounts(connection: Connection, size: Size, filling: Filling, people: People) -> None:
    """The officer is 1, recruiters follow, then seekers."""
    officer = _account_row(1, Role.OFFICER, "经办", filling, email=MAILBOXES[Role.OFFICER], bureau_id=people.bureau_id)
    recruiters = [_account_row(number, Role.RECRUITER, "专员", filling) for number in range(2, size.employers + 2)]
    recruiters[0]["email"] = MAILBOXES[Role.RECRUITER]
    add_rows(connection, Account, [officer, *recruiters])
    people.recruiter_of = {number: number + 1 for number in range(1, size.employers + 1)}
    first_seeker = size.employers + 2
    seekers = []
    for number in range(first_seeker, first_seeker + size.seekers):
        phone = f"139{number:08d}"
        row = _account_row(number, Role.SEEKER, f"求职者{number}", filling, phone=phone, phone_index=phone_index(phone))
        seekers.append(row)
        people.resumes[number] = {}
    seekers[0]["email"] = MAILBOXES[Role.SEEKER]
    add_rows(connection, Account, seekers)
    signing_in = ((officer, filling.totp_secret), (recruiters[0], None), (seekers[0], None))
    credentials = [
        {
            "account_id": person["id"],
            "email": person["email"],
            "phone_index": person["phone_index"],
            "password": filling.password_hash,
            "active": True,
            "fs_uniquifier": f"bench-{person['id']}",
            "tf_primary_method": "authenticator" if secret else None,
            "tf_totp_secret": secret,
        }
        for person, secret in signing_in
    ]
    add_rows(connection, Credential, credentials)


def _add_employers(connection: Connection, size: Size, filling: Filling, people: People, codes: list[str]) -> None:
    luck, models = filling.luck, demo_employers()
    joined = filling.now - timedelta(days=50)
    employers: list[dict[str, Any]] = []
    recruiters: list[dict[str, Any]] = []
    positions: list[dict[str, Any]] = []
    for number in range(1, size.employers + 1):
        employer = varied_employer(models, number - 1, luck)
        code = codes[number % len(codes)]
        employers.append(
            {
                "id": number,
                "name": employer.name,
                "short_name": employer.short_name,
                "credit_code": with_check_character(f"91{code[:6]}MA2B{number:05d}"),
                "industry": employer.industry,
                "staff_count": employer.staff_count,
                "district_code": code,
                "address": employer.address,
                "about": employer.about,
                "status": EmployerStatus.APPROVED,
                "verified_at": joined,
                "created_at": joined,
            }
        )
        recruiters.append({"account_id": number + 1, "employer_id": number, "title": "专员"})
        people.positions_of[number] = []
        offered = models[(number - 1) % len(models)].positions
        for turn in range(size.positions * number // size.employers - size.positions * (number - 1) // size.employers):
            model = varied_position(offered[turn % len(offered)], luck)
            row = _position_row(len(positions) + 1, model, number, codes, employer.address, filling)
            positions.append(row)
            if row["status"] == PositionStatus.PUBLISHED:
                people.positions_of[number].append(row["id"])
    add_rows(connection, Employer, employers)
    add_rows(connection, Recruiter, recruiters)
    add_rows(connection, Position, positions)
    add_rows(connection, PositionVersion, map(_version_row, positions))


def _position_row(
    number: int, model: DemoPosition, employer_id: int, codes: list[str], address: str, filling: Filling
) -> dict[str, Any]:
    luck = filling.luck
    is_closed = number % 25 == 0
    published = filling.now - timedelta(minutes=luck.randint(60, 40 * 24 * 60))
    return {
        "id": number,
        "employer_id": employer_id,
        "status": PositionStatus.CLOSED if is_closed else PositionStatus.PUBLISHED,
        "version": 1,
        "title": model.title,
        "occupation": model.occupation,
        "employment_type": next(
            (kind for mark, kind in _KINDS.items() if mark in model.marks), EmploymentType.FULL_TIME
        ),
        "district_code": luck.choice(codes),
        "address": address,
        "head_count": model.head_count,
        "base_pay": model.base_pay,
        "pay_min": model.pay_min,
        "pay_max": model.pay_max,
        "pay_unit": model.pay_unit,
        "pay_note": "",
        "schedule": model.schedule,
        "schedule_note": model.schedule_note,
        "education": model.education,
        "experience_years": model.experience_years,
        "certificates": model.certificates,
        "skills": model.skills,
        "duties": model.duties,
        "requirements": model.requirements,
        "has_dormitory": DORMITORY in model.marks,
        "has_meals": MEALS in model.marks,
        "has_insurance": INSURANCE in model.marks,
        "benefits": model.benefits,
        "is_supported_place": SUPPORTED in model.marks,
        "valid_until": (filling.now + timedelta(days=luck.randint(5, 60))).date(),
        "created_at": published,
        "published_at": published,
        "closed_at": filling.now if is_closed else None,
    }


def _version_row(position: dict[str, Any]) -> dict[str, Any]:
    content = {name: position[name] for name in CONTENT} | {"valid_until": position["valid_until"].isoformat()}
    return {
        "position_id": position["id"],
        "number": 1,
        "content": content,
        "made_by": position["employer_id"] + 1,
        "made_at": position["created_at"],
    }


def _add_seekers(connection: Connection, filling: Filling, people: People, codes: list[str]) -> None:
    luck, models = filling.luck, demo_seekers()
    profiles, consents = [], []
    for turn, number in enumerate(people.resumes):
        seeker = varied_seeker(models[turn % len(models)], number, luck)
        is_matched = turn == 0 or luck.random() < 0.6
        profiles.append(_profile_row(number, seeker, codes, is_matched=is_matched, now=filling.now, luck=luck))
        people.resumes[number] = _resume(seeker)
        if is_matched:
            consents.append(
                {
                    "account_id": number,
                    "kind": ConsentKind.MATCHING,
                    "wording": "同意用我的资料算匹配，随时能关",
                    "given_at": filling.now - timedelta(days=30),
                }
            )
    add_rows(connection, SeekerProfile, profiles)
    add_rows(connection, Consent, consents)


def _profile_row(
    number: int, seeker: DemoSeeker, codes: list[str], *, is_matched: bool, now: datetime, luck: Random
) -> dict[str, Any]:
    return {
        "account_id": number,
        "full_name": seeker.full_name,
        "about": seeker.about,
        "wanted_work": seeker.wanted_work,
        "skills": seeker.skills,
        "certificates": seeker.certificates,
        "education": seeker.education,
        "experience_years": seeker.experience_years,
        "experience": seeker.about,
        "home_code": luck.choice(codes),
        "places": [place for place in seeker.places if place != "remote"],
        "pay_min": seeker.pay_min,
        "schedule": seeker.schedule,
        "needs_dormitory": seeker.needs_dormitory,
        "hard": seeker.hard,
        "is_matched": is_matched,
        "updated_at": now - timedelta(days=30),
    }


def _resume(seeker: DemoSeeker) -> dict[str, Any]:
    return {
        "full_name": seeker.full_name,
        "about": seeker.about,
        "wanted_work": seeker.wanted_work,
        "skills": seeker.skills,
        "certificates": seeker.certificates,
        "education": seeker.education,
        "experience_years": seeker.experience_years,
        "experience": seeker.about,
        "pay_min": seeker.pay_min,
        "schedule": seeker.schedule,
        "needs_dormitory": seeker.needs_dormitory,
    }

"""Postings and profiles from files, read as the product reads what is imported and what seekers fill in.

A posting is a line of JSON with job_id, title, company, region, address, salary_min, salary_max (CNY a month),
education, experience_years, skills, welfare and description; empty ones are left out. It goes through the import of
positions, so that what a field leaves silent is read from the text. A profile is a line of JSON too; see `Profile`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.cells import education
from fair.districts import District
from fair.employers import Employer
from fair.imports import Terms, check_row
from fair.mentions import said_pay
from fair.places import REMOTE, FoundPlace, PlaceFinder
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.vocabulary import Education, PayUnit, Requirement, Schedule
from matching.documents import Place, PositionFacts, SeekerFacts, place_of, position_facts, searched_text, seeker_facts
from matching.files import WrongFile

VALID_UNTIL = date(2099, 12, 31)

_LONGEST_TITLE = 60
_DEMANDS = re.compile(r"(?:任职|岗位|职位|招聘|应聘|工作)?(?:要求|资格|条件)[】\]]?\s*[:：\n】]")
_LEAST_A_MONTH, _LEAST_A_DAY = 1_000, 100
_WORKPLACE = re.compile(
    r"(?:(?:工作|上班|办公|门店|项目)的?(?:地点|地址|区域|位置|城市)[】\])）]?\s*[:：为在]?|"
    r"(?<![一-龥])地址\s*[:：]|(?<![a-zA-Z])base(?:在|地)?\s*[:：]?)\s*([^\n。；;，,（(]{2,30})",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[/、]|或者?")
_IN_TITLE = re.compile(r"[（(]([\u4e00-\u9fff]{2,8})[)）]")
# Work that is done abroad or all over the country, wherever the employer has its address.
_ELSEWHERE = re.compile(
    r"^(?:香港|澳门)[\u4e00-\u9fff]{2,4}院|驻(?:日本|香港|新加坡|[美英法德泰韩]国|越南|印尼|海外|国外)|全国(?:有?岗位|各地|出差|调派|长期出差|接单)|"
    r"[（(【]全国[)）】]|工作地[点址区][】\])）]?\s*[:：]?\s*(?:全国|国内)"
)
_COUNTRY = re.compile(r"^(?:中国(?:大陆)?|地址[:：])\s*")
_HEAD = 200
_PRIMARY = "小学毕业"
_HARD = {"dorm": "dormitory", "cert": "certificate", "edu": "education", "years": "experience"}
_SCHEDULES, _REQUIREMENTS = frozenset(Schedule), frozenset(Requirement)

Line = TypeVar("Line")


class Profile(Struct, frozen=True):
    """A seeker: `text` in their own words, `places` as 市·区, 市 or remote, `hard` of place, pay, dorm, schedule, cert,
    edu and years."""

    id: str
    text: str = ""
    wanted_work: list[str] = []
    skills: list[str] = []
    certificates: list[str] = []
    education: str = ""
    years: float = 0
    places: list[str] = []
    pay_min: int | None = None
    schedule: list[str] = []
    needs_dormitory: bool = False
    hard: list[str] = []
    soft: list[str] = []


@dataclass(frozen=True)
class Posting:
    """A posting's own id, what matching knows of it, and the text that searches look in."""

    job_id: str
    facts: PositionFacts
    searched: str


class Reader:
    """Reads postings and profiles over the districts of a database."""

    def __init__(self, db: Session, *, today: date) -> None:
        districts = list(db.scalars(select(District)))
        self._finder = PlaceFinder(districts)
        self._places = {district.code: place_of(district) for district in districts}
        self._parts: dict[str, list[Place]] = {}
        self._terms = Terms(today=today, places=self._finder, employer_names=frozenset())

    def postings(self, path: Path) -> Iterator[Posting]:
        """Every posting of a file, numbered from 1 in its order; raises WrongFile."""
        for number, job in enumerate(_lines(path, dict[str, Any]), start=1):
            yield self._posting(number, job)

    def profiles(self, path: Path) -> Iterator[tuple[str, SeekerFacts]]:
        """Every profile of a file by its id; raises WrongFile."""
        for number, profile in enumerate(_lines(path, Profile), start=1):
            yield profile.id, self._seeker(number, profile)

    def _posting(self, number: int, job: Mapping[str, Any]) -> Posting:
        content = check_row(cells_of(job), self._terms).content
        position = Position(id=number, **{**content, "valid_until": VALID_UNTIL})
        position.district_code = self._told_place(job, position.district_code)
        position.employer = Employer(name=job.get("company", ""), industry="")
        code = position.district_code
        position.district = District(code=code, name=self._places[code].name) if code else None
        return Posting(job["job_id"], position_facts(position, self._places), searched_text(position))

    def _told_place(self, job: Mapping[str, Any], code: str | None) -> str | None:
        """The district of a posting: what its text says where the field is silent, coarse or says another city."""
        if _ELSEWHERE.search(f"{job['title']}\n{job.get('description', '')}"):
            return None
        told = list(self._named(job)) or [
            found.code for found in self._clear(_COUNTRY.sub("", str(job.get("address", "")).strip()))
        ]
        if told and (code is None or all(one[:4] != code[:4] for one in told)):
            return told[0]
        finer = next((one for one in told if code and one[:4] == code[:4] and not one.endswith("00")), None)
        if finer and code and code.endswith("00"):
            return finer
        if code is None or self._finder.is_exact_enough(code):
            return code
        near = f"{job['title']} {job.get('address', '')} {job.get('company', '')} {job.get('description', '')[:_HEAD]}"
        named = [place for place in self._under(code) if place.name in near or place.name[:-1] in job["title"]]
        return named[0].code if len(named) == 1 else code

    def _named(self, job: Mapping[str, Any]) -> Iterator[str]:
        """The districts that title and text name as the workplace, one for each that is clear."""
        title, text = str(job["title"]), f"{job['title']}\n{job.get('description', '')}"
        for part in _IN_TITLE.findall(title):
            yield from (found.code for found in self._clear(part) if not found.address)
        for clause in _WORKPLACE.findall(text):
            for part in _SEVERAL.split(clause):
                yield from (found.code for found in self._clear(_COUNTRY.sub("", part.strip())))

    def _clear(self, text: str) -> list[FoundPlace]:
        found = self._finder.find(text)
        return found if len(found) == 1 else []

    def _under(self, code: str) -> list[Place]:
        if code not in self._parts:
            path = self._places[code].path
            self._parts[code] = [one for one in self._places.values() if one.path.startswith(path) and one.code != code]
        return self._parts[code]

    def _seeker(self, number: int, profile: Profile) -> SeekerFacts:
        wanted = SeekerProfile(
            account_id=number,
            about=profile.text,
            experience=_PRIMARY if "小学" in profile.education else "",
            wanted_work=list(profile.wanted_work),
            skills=list(profile.skills),
            certificates=list(profile.certificates),
            education=education(profile.education) or Education.NONE,
            experience_years=int(profile.years),
            places=list(self._codes(profile.places)),
            home_code=None,
            pay_min=profile.pay_min,
            schedule=[schedule for schedule in profile.schedule if schedule in _SCHEDULES],
            needs_dormitory=profile.needs_dormitory,
            wants_supported_place=False,
            hard=[name for each in profile.hard if (name := _HARD.get(each, each)) in _REQUIREMENTS],
        )
        return seeker_facts(wanted, self._places)

    def _codes(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if name == REMOTE:
                yield REMOTE
            for found in self._finder.find(name):
                yield found.code


def cells_of(job: Mapping[str, Any]) -> dict[str, str]:
    """A posting as a row of the import: column key → text."""
    description = str(job.get("description", ""))
    duties, demands = _parted(description)
    cells = {
        "title": str(job["title"])[:_LONGEST_TITLE],
        "requirements": demands,
        "duties": duties,
        "head_count": "1",
        "place": f"{job.get('region', '')}{job.get('address', '')}",
        "education": str(job.get("education", "")),
        "experience": str(job.get("experience_years", "")),
        "skills": str(job.get("skills", "")),
        "benefits": str(job.get("welfare", "")),
    }
    return cells | _pay_cells(job, description)


def _pay_cells(job: Mapping[str, Any], description: str) -> dict[str, str]:
    """The pay as the fields have it; amounts too small for a month are what the text says they are for."""
    low, high = job.get("salary_min"), job.get("salary_max")
    if not low or not high:
        return {}
    if high >= _LEAST_A_MONTH:
        return {"pay": f"{low}-{high}", "base_pay": str(low)}
    said = said_pay(f"{job['title']}\n{description}")
    if said is not None and said.unit == PayUnit.MONTH:
        return {"pay": f"{said.low:.0f}-{said.high:.0f}", "base_pay": f"{said.low:.0f}"}
    unit = said.unit if said is not None else PayUnit.HOUR if high < _LEAST_A_DAY else PayUnit.DAY
    return {"pay": f"{low}-{high}", "base_pay": str(low), "pay_unit": unit}


def _parted(description: str) -> tuple[str, str]:
    """What is done, and what is asked for; a text that is not parted is both."""
    found = _DEMANDS.search(description)
    if found is None:
        return description, description
    return description[: found.start()] or description, description[found.start() :]


def _lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    decoder = msgspec.json.Decoder(kind)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise WrongFile(f"{path}: line {number}: {error}") from error
    except OSError as error:
        raise WrongFile(f"{path}: {error.strerror}") from error

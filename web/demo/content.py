"""Reads the demo's two text files into plain values; knows no database.

`positions.txt` and `seekers.txt` explain their own columns; "-" is an empty field, "/" parts a list, "；" parts lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

DORMITORY, MEALS, INSURANCE, SUPPORTED, PART_TIME, INTERN, TEMPORARY = "DMISPNT"


@dataclass(frozen=True)
class DemoPosition:
    """One line of a position."""

    title: str
    occupation: str
    head_count: int
    base_pay: int | None
    pay_min: int
    pay_max: int
    pay_unit: str
    schedule: str
    education: str
    experience_years: int
    certificates: list[str]
    skills: list[str]
    marks: str
    schedule_note: str
    duties: str
    requirements: str
    benefits: str


@dataclass(frozen=True)
class DemoEmployer:
    """One employer with its positions."""

    short_name: str
    name: str
    industry: str
    staff_count: int
    street: str
    address: str
    about: str
    recruiter: str
    positions: list[DemoPosition] = field(default_factory=list)


@dataclass(frozen=True)
class DemoSeeker:
    """One invented person; `street` is where home is, `places` and `schedule` are codes and vocabulary keys."""

    nickname: str
    full_name: str
    wanted_work: list[str]
    skills: list[str]
    certificates: list[str]
    education: str
    experience_years: int
    street: str
    places: list[str]
    pay_min: int | None
    schedule: list[str]
    needs_dormitory: bool
    hard: list[str]
    about: str
    wants_supported_place: bool


def demo_employers() -> list[DemoEmployer]:
    """The employers in running order."""
    employers: list[DemoEmployer] = []
    for line in _lines("positions.txt"):
        if line.startswith("#"):
            short_name, name, industry, staff, street, address, about, recruiter = _fields(line[1:])
            employers.append(DemoEmployer(short_name, name, industry, int(staff), street, address, about, recruiter))
        else:
            employers[-1].positions.append(_position(_fields(line)))
    return employers


def demo_seekers() -> list[DemoSeeker]:
    """The seekers, 小满 first."""
    return [_seeker(_fields(line)) for line in _lines("seekers.txt")]


def _position(fields: list[str]) -> DemoPosition:
    title, occupation, head_count, base, low, high, unit, schedule, education, years, *rest = fields
    certificates, skills, marks, schedule_note, duties, requirements, benefits = rest
    return DemoPosition(
        title=title,
        occupation=occupation,
        head_count=int(head_count),
        base_pay=int(base) if base else None,
        pay_min=int(low),
        pay_max=int(high),
        pay_unit=unit,
        schedule=schedule,
        education=education,
        experience_years=int(years),
        certificates=_list(certificates),
        skills=_list(skills),
        marks=marks,
        schedule_note=schedule_note,
        duties=duties.replace("；", "\n"),
        requirements=requirements.replace("；", "\n"),
        benefits=benefits,
    )


def _seeker(fields: list[str]) -> DemoSeeker:
    nickname, full_name, wanted, skills, certificates, education, years, street, places, pay, schedule, *rest = fields
    dormitory, hard, about, *marks = rest
    return DemoSeeker(
        nickname=nickname,
        full_name=full_name,
        wanted_work=_list(wanted),
        skills=_list(skills),
        certificates=_list(certificates),
        education=education,
        experience_years=int(years),
        street=street,
        places=_list(places),
        pay_min=int(pay) if pay else None,
        schedule=_list(schedule),
        needs_dormitory=bool(dormitory),
        hard=_list(hard),
        about=about,
        wants_supported_place=bool(marks),
    )


def _lines(name: str) -> Iterator[str]:
    for line in files("web.demo").joinpath(name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(";"):
            yield line


def _fields(line: str) -> list[str]:
    return ["" if part.strip() == "-" else part.strip() for part in line.split("|")]


def _list(text: str) -> list[str]:
    return [part for part in text.split("/") if part]

"""What matching may know of a position and of a seeker, and the texts that are encoded and searched.

These facts are all that a score can stand on. Age, sex, ethnicity, household registration (户籍), marriage, health and
disability are not among them, and clauses of free text that speak of them are left out before anything reads it.
Knows records; knows no vectors and no scores.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fair.districts import District
from fair.mentions import said_dormitory, said_hours, said_remote
from fair.places import REMOTE
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.vocabulary import UNITS_A_MONTH, Education, EmploymentType, Requirement, Schedule
from matching.certificates import certificates, covered
from matching.statements import (
    asked_education,
    asked_papers,
    asked_years,
    denies_dormitory,
    running_text,
    stated_schedule,
    waives_experience,
)
from matching.trades import listed_works, runs_in_shifts, trade_of
from matching.wishes import (
    Wish,
    asked_kinds,
    asked_pay,
    asked_wishes,
    asks_bed,
    asks_no_nights,
    asks_remote,
    granted_wishes,
    has_little_schooling,
    home_by,
)

MOST_WORKS = 5
_MOST_LISTED = 3
_REQUIREMENTS = frozenset(Requirement)
_AT_NIGHT = frozenset({Schedule.TWO_SHIFTS, Schedule.THREE_SHIFTS, Schedule.NIGHT})
_PEOPLES = "汉|回|满|蒙古?|维吾尔|藏|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|畲|羌|土|水|仡佬|锡伯"
_EXCLUDED = re.compile(
    r"[男女]性?(士|生|孩|工|职工|员工|同志|优先|各|不限|$)|限[男女]|性别|先生|女士|小姐|"
    r"年龄|年轻|周岁|\d+\s*岁|[零〇一二三四五六七八九十]+岁|[5-9]0\s*后|0[05]\s*后|出生|生日|"
    rf"民族|({_PEOPLES})族|户籍|户口|籍贯|本地人|外地人|"
    r"婚姻|[已未]婚|婚育|婚否|育有|怀孕|孕期|哺乳|宝妈|"
    r"健康(状况|良好|$)|身体(健康|好|状况|素质)|体健|慢性病|病史|传染病|乙肝|残疾|残障|听障|视障|聋|盲人|肢体|智力|"
    r"身高|体重|相貌|五官|形象(好|佳|气质)|"
    r"\b(male|female|man|woman|gender|sex|aged?|years? old|married|single|ethnic\w*|disab\w*|healthy)\b",
    re.IGNORECASE,
)
_SEX_BEFORE_WORK = re.compile(r"^[男女](?![装鞋包帽士性生])(?=[\u4e00-\u9fff]{2})|[（(][^（()）]*[男女][^（()）]*[)）]")
_CLAUSE = re.compile(r"[^。；;，,、\n！!？?]+[。；;，,、\n！!？?]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A district as the rules compare it; degrees are WGS 84."""

    code: str
    path: str
    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class PositionFacts:
    """An open position; pay in CNY a month; what cannot be told is None; `works` are the names of its work."""

    id: int
    valid_until: date
    works: tuple[str, ...]
    whole: str
    skills: tuple[str, ...]
    place: Place | None
    pay_low: float | None
    pay_high: float | None
    employment_type: EmploymentType
    schedule: Schedule | None
    education: Education
    experience_years: int
    is_experience_waived: bool
    certificates: frozenset[str]
    has_dormitory: bool
    is_dormitory_denied: bool
    is_supported_place: bool
    families: frozenset[int] = frozenset()
    """The families of trades that its names of work belong to, by number."""
    is_remote: bool = False
    is_in_shift_trade: bool = False
    """Whether work of its kind often goes on at night or over weekends, so that silence about shifts says nothing."""
    ends_at: float | None = None
    """The hour of the day at which work ends, where the text says it."""
    granted: frozenset[Wish] = frozenset()
    ruled_out: frozenset[Wish] = frozenset()


@dataclass(frozen=True, slots=True)
class SeekerFacts:
    """A seeker who consented; `works` are the kinds of work wanted, `pay` the least wanted in CNY a month.

    What no field of the profile says is read from the seeker's own words, less what no score may stand on.
    """

    id: int
    works: tuple[str, ...]
    whole: str
    skills: tuple[str, ...]
    home: Place | None
    places: tuple[Place, ...]
    pay: int | None
    schedules: frozenset[str]
    education: Education
    experience_years: int
    certificates: frozenset[str]
    needs_dormitory: bool
    wants_supported_place: bool
    hard: frozenset[str]
    wants_remote: bool = False
    home_by: float | None = None
    """The hour of the day at which they must be free."""
    kinds: frozenset[EmploymentType] = frozenset()
    wishes: frozenset[Wish] = frozenset()
    has_little_schooling: bool = False
    """Whether they say that they never went to junior school."""


def position_facts(position: Position, places: Mapping[str, Place]) -> PositionFacts:
    """The facts of a published position."""
    named = (position.title, position.occupation, *listed_works(position.title)[:_MOST_LISTED])
    works = _unique(work_name(name) for name in named)
    skills = _unique(plain(skill) for skill in position.skills)
    body = [*works, *skills, plain(position.duties), plain(position.requirements)]
    low, high = monthly_pay(position)
    place = places.get(position.district_code or "")
    said = running_text(position)
    granted, ruled_out = granted_wishes(said)
    return PositionFacts(
        id=position.id,
        valid_until=position.valid_until or date.min,
        works=works,
        whole="\n".join(part for part in body if part),
        skills=skills,
        place=place,
        pay_low=low,
        pay_high=high,
        employment_type=position.employment_type,
        schedule=stated_schedule(position),
        education=asked_education(position),
        experience_years=asked_years(position),
        is_experience_waived=waives_experience(position),
        certificates=certificates(position.certificates) | asked_papers(position.requirements, title=position.title),
        has_dormitory=position.has_dormitory or said_dormitory(said) is True,
        is_dormitory_denied=denies_dormitory(position),
        is_supported_place=position.is_supported_place,
        families=frozenset(trade.family for name in works if (trade := trade_of(name))),
        is_remote=said_remote(said),
        is_in_shift_trade=any(runs_in_shifts(name) for name in works),
        ends_at=max((hours.end for hours in said_hours(said)), default=None),
        granted=granted | ({Wish.MEALS} if position.has_meals else frozenset()),
        ruled_out=ruled_out,
    )


def searched_text(position: Position) -> str:
    """What the words of a search are looked for in: all that the posting says, its employer and its place too."""
    said = [position.title, position.occupation, *position.skills, plain(position.duties), plain(position.requirements)]
    said += [position.benefits, position.schedule_note, position.address, *position.certificates]
    said += [position.employer.name, position.employer.industry, position.district.name if position.district else ""]
    said += ["包住 住宿 宿舍" if position.has_dormitory else "", "包吃 包餐" if position.has_meals else ""]
    return "\n".join(part for part in said if part)


def seeker_facts(profile: SeekerProfile, places: Mapping[str, Place]) -> SeekerFacts:
    """The facts of a profile."""
    works = _unique(plain(work_name(work)) for work in profile.wanted_work)[:MOST_WORKS]
    skills = _unique(plain(skill) for skill in profile.skills)
    own_words = plain(profile.about)
    whole = [*works, *skills, plain(profile.experience), own_words]
    return SeekerFacts(
        id=profile.account_id,
        works=works,
        whole="\n".join(part for part in whole if part),
        skills=skills,
        home=places.get(profile.home_code or ""),
        places=tuple(places[code] for code in profile.places if code in places),
        pay=profile.pay_min if profile.pay_min is not None else asked_pay(own_words),
        schedules=_schedules(profile, own_words),
        education=profile.education,
        experience_years=profile.experience_years,
        certificates=covered(certificates(profile.certificates)),
        needs_dormitory=profile.needs_dormitory or Requirement.DORMITORY in profile.hard or asks_bed(own_words),
        wants_supported_place=profile.wants_supported_place,
        hard=frozenset(profile.hard) & _REQUIREMENTS,
        wants_remote=REMOTE in profile.places or asks_remote(own_words),
        home_by=home_by(own_words),
        kinds=asked_kinds("，".join([*profile.wanted_work, own_words])),
        wishes=asked_wishes(own_words),
        has_little_schooling=has_little_schooling(f"{own_words}，{profile.experience}"),
    )


def encoded_texts(facts: PositionFacts | SeekerFacts) -> list[str]:
    """What is encoded of a position or a seeker, a row of vectors each: the names of the works, then the whole text."""
    return [*facts.works, facts.whole]


def place_of(district: District) -> Place:
    """The district as the rules compare it."""
    return Place(district.code, district.path, district.name, district.latitude, district.longitude)


def district_codes(subject: Position | SeekerProfile) -> set[str]:
    """The codes of the districts that the facts of a position or a seeker need."""
    if isinstance(subject, Position):
        return {subject.district_code} if subject.district_code else set()
    return {code for code in (subject.home_code, *subject.places) if code}


def monthly_pay(position: Position) -> tuple[float | None, float | None]:
    """Lowest and highest pay a month in CNY; of piece work only the base pay is known, and no highest."""
    units = UNITS_A_MONTH.get(position.pay_unit)
    if units is None:
        return (float(position.base_pay) if position.base_pay else None), None
    low = position.pay_min if position.pay_min is not None else position.pay_max
    high = position.pay_max if position.pay_max is not None else position.pay_min
    return (None, None) if low is None or high is None else (low * units, high * units)


def plain(text: str) -> str:
    """The text without the clauses that speak of what no score may stand on."""
    return "".join(
        clause for clause in _CLAUSE.findall(text) if not _EXCLUDED.search(clause.strip("。；;，,、\n！!？? "))
    )


def work_name(name: str) -> str:
    """A kind of work without the sex that some put before or behind it."""
    return _SEX_BEFORE_WORK.sub("", name.strip()).strip()


def digest(texts: Iterable[str]) -> str:
    """Changes whenever one of the texts does."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _schedules(profile: SeekerProfile, own_words: str) -> frozenset[str]:
    """The shifts accepted; who says 不上夜班 takes none at night, whatever else is ticked."""
    accepted = frozenset(profile.schedule)
    if not asks_no_nights(own_words):
        return accepted
    return accepted - _AT_NIGHT or frozenset({Schedule.DAY, Schedule.FLEXIBLE})


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))

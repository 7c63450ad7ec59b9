"""The structured rules: each compares one thing of a seeker with one of a position and says how far it is met.

A rule answers None when it has nothing to say: nothing asked, or nothing known. Knows no vectors, no weights, no words
of reasons and no clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from fair.districts import lies_in
from fair.vocabulary import Education, EmploymentType, Requirement, Schedule
from matching.documents import Place, PositionFacts, SeekerFacts
from matching.weights import Topic

_EARTH_RADIUS_KM = 6371.0
# Kilometres as the crow flies and what they are worth: on the bus, ten are most of an hour.
_WORTH_OF_KM = ((0.0, 1.0), (3.0, 0.9), (8.0, 0.5), (15.0, 0.0), (25.0, -0.5), (45.0, -1.0))
_STILL_NEAR_KM = 5.0
_SOMEWHERE_IN_IT = -0.4
_FULL_PAY_MISS = 0.25
# A range that only touches what is wanted pays less to nearly everybody: what a share of it above the wish is worth.
_TOUCHES, _ENOUGH_ABOVE = -0.4, 0.25
_STATED_LATE = 0.5  # Hours: who must be free at five can still come from work that ends at half past.

_BY_NIGHT = frozenset({Schedule.TWO_SHIFTS, Schedule.THREE_SHIFTS, Schedule.NIGHT})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: `value` from −1 (wholly missed) to 1 (wholly met), the case, and what its words need."""

    topic: Topic
    value: float
    case: str
    words: tuple[object, ...] = ()
    is_broken: bool = False
    """Whether it breaks the requirement for a seeker who declared it hard."""
    is_open: bool = False
    """Whether it leaves open what the seeker declared hard."""
    is_told: bool = True
    """Whether it is said as a reason; what rests on a guess is not."""


def place(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """In a place the seeker wants, from home if they want that, or near their home; by the districts' points.

    To a hard requirement a posting that leaves the district open is no yes.
    """
    there = position.place
    if seeker.wants_remote and position.is_remote:
        return Finding(Topic.PLACE, 1.0, "remote")
    if not seeker.places and seeker.home is None:
        return Finding(Topic.PLACE, -1.0, "not_remote", is_broken=True) if seeker.wants_remote else None
    if there is None:
        return Finding(Topic.PLACE, -1.0, "nowhere", is_broken=True)
    km = distance_km(seeker.home, there)
    wanted = next((one for one in seeker.places if lies_in(there.path, one.path)), None)
    if wanted is None and any(lies_in(one.path, there.path) for one in seeker.places):
        # The city is the right one, and nobody says which part of it.
        is_city = there.code.endswith("00")
        return Finding(Topic.PLACE, _SOMEWHERE_IN_IT, "unstated", (there,), is_broken=is_city, is_told=is_city)
    if wanted is not None:
        if km is not None and 0 < km <= _STILL_NEAR_KM * 2:
            return Finding(Topic.PLACE, 1.0, "distance", (km,))
        return Finding(Topic.PLACE, 1.0, "wanted", (wanted,))
    softening = 0.5 if seeker.needs_dormitory and position.has_dormitory else 1.0
    if seeker.places:
        if km is not None and km <= _STILL_NEAR_KM:
            return Finding(Topic.PLACE, 0.2, "distance", (km,), is_broken=True)
        value = max(_by_code(one, there) for one in seeker.places) - 1
        return Finding(Topic.PLACE, value * softening, "elsewhere", (there,), is_broken=True)
    assert seeker.home is not None
    if lies_in(there.path, seeker.home.path):
        return Finding(Topic.PLACE, 1.0, "home", (there,))
    value = _worth_of(km) if km is not None else 2 * _by_code(seeker.home, there) - 1
    case = "home_near" if value >= 0 else "home_far"
    return Finding(Topic.PLACE, value if value >= 0 else value * softening, case, (km, there), is_broken=value < 0)


def pay(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """At least the pay wanted, by the month; the more of a range lies below it, the less it is met."""
    wanted, low, high = seeker.pay, position.pay_low, position.pay_high
    if not wanted:
        return None
    if low is None:
        return Finding(Topic.PAY, -0.5, "unstated", (wanted,), is_broken=True)
    if low >= wanted:
        return Finding(Topic.PAY, 1.0, "more" if low - wanted >= 100 else "enough", (low - wanted, wanted))
    if high is None:
        return None  # Piece work above a base pay: nobody can say.
    if high >= wanted:
        share = (high - wanted) / (high - low)
        return Finding(Topic.PAY, _reach(share), "reaches", (high, wanted), is_broken=high == wanted)
    missing = wanted - high
    return Finding(Topic.PAY, -min(missing / (wanted * _FULL_PAY_MISS), 1.0), "less", (missing, wanted), is_broken=True)


def schedule(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """Working days that lie as the seeker accepts them, and end when they must be free.

    Where nobody states the shifts they count half as days, unsaid; in trades that run by night they are open for who
    can take days alone, which is told.
    """
    late = position.ends_at is not None and seeker.home_by is not None and position.ends_at - seeker.home_by
    if position.ends_at is not None and late and late > _STATED_LATE:
        return Finding(Topic.SCHEDULE, -0.8, "late", (position.ends_at, seeker.home_by), is_broken=True)
    if not seeker.schedules:
        return None
    if position.schedule is None:
        if Schedule.DAY not in seeker.schedules:
            return Finding(Topic.SCHEDULE, -0.3, "unstated", is_told=False)
        if position.is_in_shift_trade and Requirement.SCHEDULE in seeker.hard and not seeker.schedules & _BY_NIGHT:
            return Finding(Topic.SCHEDULE, -1.0, "unstated", is_open=True)
        return Finding(Topic.SCHEDULE, 0.5, "unstated", is_told=False)
    if position.schedule in seeker.schedules:
        return Finding(Topic.SCHEDULE, 1.0, "accepted", (position.schedule,))
    if position.schedule == Schedule.FLEXIBLE:
        return Finding(Topic.SCHEDULE, 0.5, "accepted", (position.schedule,))
    wanted = next((one for one in Schedule if one in seeker.schedules), Schedule.DAY)
    value = -0.6 if position.schedule == Schedule.DAY else -1.0  # Who works nights can work days.
    return Finding(Topic.SCHEDULE, value, "other", (position.schedule, wanted), is_broken=True)


def kind(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """The kind of contract asked for; who names none is taken to want full time."""
    offered = position.employment_type
    if offered in seeker.kinds:
        return Finding(Topic.KIND, 1.0, "asked", (offered,))
    if seeker.kinds:
        return Finding(Topic.KIND, -1.0, "other", (offered, sorted(seeker.kinds)[0]))
    if offered in (EmploymentType.PART_TIME, EmploymentType.INTERN):
        return Finding(Topic.KIND, -0.5, "not_full", (offered,))
    return None


def wishes(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """What the seeker asks of a working day in their own words, where the posting grants it or rules it out."""
    out = sorted(seeker.wishes & position.ruled_out)
    met = sorted(seeker.wishes & position.granted)
    if not out and not met:
        return None
    value = max(-1.0, 0.5 * len(met) - len(out))
    return Finding(Topic.WISH, min(value, 1.0), "granted" if value >= 0 and met else "ruled_out", ((out or met)[0],))


def certificate(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """All certificates that the position asks for."""
    if not position.certificates:
        return None
    lacking = sorted(position.certificates - seeker.certificates)
    if not lacking:
        return Finding(Topic.CERTIFICATE, 1.0, "held", (sorted(position.certificates)[0],))
    share = len(lacking) / len(position.certificates)
    return Finding(Topic.CERTIFICATE, -share, "lacking", (lacking[0],), is_broken=True)


def experience(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """The years asked for; that none are needed is worth saying to who has none, where the posting says it."""
    asked, have = position.experience_years, seeker.experience_years
    if not asked:
        is_worth_saying = position.is_experience_waived and have == 0
        return Finding(Topic.EXPERIENCE, 0.5, "none_asked") if is_worth_saying else None
    if have >= asked:
        return Finding(Topic.EXPERIENCE, 1.0, "enough", (asked, have))
    case = "some" if have else "nothing"
    return Finding(Topic.EXPERIENCE, -(asked - have) / asked, case, (asked, have), is_broken=True)


def education(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """At least the degree asked for; who states none is taken to have been at junior school, unless they say other."""
    asked, have = position.education, seeker.education
    if have == Education.NONE and seeker.has_little_schooling and asked != Education.NONE:
        return Finding(Topic.EDUCATION, -min(asked.rank / 2, 1.0), "little", (asked,), is_broken=True)
    rank = max(have.rank, Education.JUNIOR.rank)
    if asked == Education.NONE or (have == Education.NONE and asked.rank <= rank):
        return None
    if rank >= asked.rank:
        return Finding(Topic.EDUCATION, 1.0, "enough", (asked, have))
    case = "unstated" if have == Education.NONE else "below"
    return Finding(Topic.EDUCATION, -min((asked.rank - rank) / 2, 1.0), case, (asked, have), is_broken=True)


def dormitory(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """A bed for who needs one."""
    if not seeker.needs_dormitory:
        return None
    if position.has_dormitory:
        return Finding(Topic.DORMITORY, 1.0, "offered")
    case = "not_offered" if position.is_dormitory_denied else "unstated"
    return Finding(Topic.DORMITORY, -1.0, case, is_broken=True)


def skills(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """Skills of the seeker that the position speaks of."""
    said = position.whole.lower()
    useful = [skill for skill in seeker.skills if len(skill) > 1 and skill.lower() in said]
    if not useful:
        return None
    return Finding(Topic.SKILLS, min(0.5 * len(useful), 1.0), "useful", (useful[0],))


def supported(seeker: SeekerFacts, position: PositionFacts) -> Finding | None:
    """A supported place, for who asks for one and for nobody else."""
    if seeker.wants_supported_place and position.is_supported_place:
        return Finding(Topic.SUPPORTED, 1.0, "supported")
    return None


RULES: tuple[Callable[[SeekerFacts, PositionFacts], Finding | None], ...] = (
    place,
    pay,
    schedule,
    kind,
    wishes,
    certificate,
    experience,
    education,
    dormitory,
    skills,
    supported,
)

_HARD: Mapping[str, Callable[[SeekerFacts, PositionFacts], Finding | None]] = {
    Requirement.PLACE: place,
    Requirement.PAY: pay,
    Requirement.SCHEDULE: schedule,
    Requirement.CERTIFICATE: certificate,
    Requirement.EXPERIENCE: experience,
    Requirement.EDUCATION: education,
    Requirement.DORMITORY: dormitory,
}


def findings(seeker: SeekerFacts, position: PositionFacts) -> list[Finding]:
    """What all rules have to say."""
    return [found for rule in RULES if (found := rule(seeker, position)) is not None]


def breaks(seeker: SeekerFacts, position: PositionFacts) -> bool:
    """Whether the position breaks one of the seeker's hard requirements; silence on pay, district or bed is no yes."""
    return any((found := _HARD[name](seeker, position)) is not None and found.is_broken for name in seeker.hard)


def distance_km(one: Place | None, other: Place | None) -> float | None:
    """Great-circle distance between the points of two districts; None where one has no point."""
    if one is None or one.latitude is None or one.longitude is None:
        return None
    if other is None or other.latitude is None or other.longitude is None:
        return None
    return _great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude)


@lru_cache(maxsize=65536)
def _great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    south, north = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(other_longitude - longitude)
    chord = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def _reach(share: float) -> float:
    """What it is worth that so much of a range of pay lies above the pay wanted."""
    if share < _ENOUGH_ABOVE:
        return _TOUCHES * (1 - share / _ENOUGH_ABOVE)
    return (share - _ENOUGH_ABOVE) / (1 - _ENOUGH_ABOVE)


def _worth_of(km: float) -> float:
    for (near, more), (far, less) in pairwise(_WORTH_OF_KM):
        if km <= far:
            return more + (less - more) * (km - near) / (far - near)
    return _WORTH_OF_KM[-1][1]


def _by_code(one: Place, other: Place) -> float:
    """1 in one street, 0.8 in one county or district, 0.4 in one city, 0 beyond (GB/T 2260: 2, 4 and 6 digits)."""
    if one.code == other.code:
        return 1.0
    if one.code[:6] == other.code[:6]:
        return 0.8
    return 0.4 if one.code[:4] == other.code[:4] else 0.0

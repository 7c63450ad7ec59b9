"""The structured rules: what each one finds, and what it leaves unsaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fair.vocabulary import Education, EmploymentType, Schedule
from matching import rules
from matching.documents import Place, PositionFacts, SeekerFacts
from matching.wishes import Wish

NORTH = Place("330106001", "330100/330106/330106001/", "古荡街道", 30.28, 120.11)
NEAR = Place("330106003", "330100/330106/330106003/", "翠苑街道", 30.285, 120.125)
EAST = Place("330110001", "330100/330110/330110001/", "瓶窑镇", 30.40, 119.96)
WEST_DISTRICT = Place("330106", "330100/330106/", "西湖区", None, None)
ELSEWHERE = Place("440305001", "440300/440305/440305001/", "南头街道", None, None)

POSITION = PositionFacts(
    id=1,
    valid_until=date(2026, 12, 31),
    works=("低压电工", "电工"),
    whole="低压电工\n配电柜 巡检",
    skills=("配电柜",),
    place=NORTH,
    pay_low=6000.0,
    pay_high=8000.0,
    employment_type=EmploymentType.FULL_TIME,
    schedule=Schedule.TWO_SHIFTS,
    education=Education.NONE,
    experience_years=0,
    is_experience_waived=False,
    certificates=frozenset(),
    has_dormitory=False,
    is_dormitory_denied=False,
    is_supported_place=False,
)
SEEKER = SeekerFacts(
    id=1,
    works=("电工",),
    whole="电工",
    skills=(),
    home=None,
    places=(),
    pay=None,
    schedules=frozenset(),
    education=Education.NONE,
    experience_years=3,
    certificates=frozenset(),
    needs_dormitory=False,
    wants_supported_place=False,
    hard=frozenset(),
)


def test_rules_say_nothing_of_what_is_not_asked():
    """A seeker who states only a work and a position that asks for nothing leave no finding."""
    assert rules.findings(SEEKER, POSITION) == []


@pytest.mark.parametrize(
    ("places", "home", "value", "case"),
    [
        ((WEST_DISTRICT,), None, 1.0, "wanted"),
        ((WEST_DISTRICT,), NEAR, 1.0, "distance"),
        ((EAST,), None, -0.6, "elsewhere"),
        ((ELSEWHERE,), None, -1.0, "elsewhere"),
        ((EAST,), NEAR, 0.2, "distance"),
        ((), NORTH, 1.0, "home"),
        ((), ELSEWHERE, -1.0, "home_far"),
    ],
)
def test_place_is_met_where_the_seeker_wants_to_be(places, home, value, case):
    """A place wanted wins; otherwise the distance from home, or the levels of the codes, decide."""
    found = rules.place(replace(SEEKER, places=places, home=home), POSITION)

    assert (found.value, found.case) == (pytest.approx(value), case)


CITY = Place("330100", "330100/", "杭州市", None, None)


@pytest.mark.parametrize(
    ("there", "case", "is_broken"),
    [(None, "nowhere", True), (CITY, "unstated", True), (WEST_DISTRICT, "unstated", False)],
)
def test_place_that_is_left_open_is_no_yes(there, case, is_broken):
    """To who insists on a street, a city says too little; its district says enough to be looked at."""
    found = rules.place(replace(SEEKER, places=(NORTH,)), replace(POSITION, place=there))

    assert (found.case, found.is_broken) == (case, is_broken)
    assert found.value < 0


@pytest.mark.parametrize(
    ("is_remote", "wants", "places", "case"),
    [(True, True, (), "remote"), (False, True, (), "not_remote"), (True, True, (ELSEWHERE,), "remote")],
)
def test_work_from_home_meets_any_place(is_remote, wants, places, case):
    """Wherever the employer is; who wants nothing else is not met by a workplace."""
    found = rules.place(replace(SEEKER, wants_remote=wants, places=places), replace(POSITION, is_remote=is_remote))

    assert found.case == case
    assert found.is_broken == (case == "not_remote")


def test_work_from_home_nobody_asked_for_says_nothing():
    """It is counted only for who wants it."""
    assert rules.place(SEEKER, replace(POSITION, is_remote=True)) is None


def test_place_by_distance_falls_with_the_kilometres():
    """From home alone, nearer is never worth less."""
    seekers = [replace(SEEKER, home=replace(NEAR, latitude=30.28 + step / 20)) for step in range(12)]

    values = [rules.place(seeker, POSITION).value for seeker in seekers]

    assert values == sorted(values, reverse=True)
    assert values[0] > 0.9
    assert values[-1] == -1


def test_distance_is_the_great_circle():
    """A degree of latitude is 111.2 km."""
    north = replace(NEAR, latitude=31.285)

    assert rules.distance_km(NEAR, north) == pytest.approx(111.19, abs=0.1)


@pytest.mark.parametrize(
    ("wanted", "value", "case"),
    [
        (5500, 1.0, "more"),
        (6000, 1.0, "enough"),
        (6500, 2 / 3, "reaches"),
        (7500, 0.0, "reaches"),
        (8000, -0.4, "reaches"),
        (8800, -4 / 11, "less"),
        (16000, -1, "less"),
    ],
)
def test_pay_is_compared_by_the_month(wanted, value, case):
    """Above the lowest pay, within the range, and below the highest by how much; one that only touches is missed."""
    found = rules.pay(replace(SEEKER, pay=wanted), POSITION)

    assert (found.value, found.case) == (pytest.approx(value), case)


def test_pay_that_ends_at_the_floor_breaks_it():
    """Who insists on 8,000 is not served by 6,000 to 8,000; 7,500 lies within it."""
    insisting = replace(SEEKER, hard=frozenset({"pay"}))

    assert rules.breaks(replace(insisting, pay=8000), POSITION)
    assert not rules.breaks(replace(insisting, pay=7500), POSITION)


def test_pay_that_is_not_stated_is_no_yes():
    """Who insists on a floor is not shown what names no pay."""
    found = rules.pay(replace(SEEKER, pay=5000), replace(POSITION, pay_low=None, pay_high=None))

    assert (found.case, found.is_broken) == ("unstated", True)


def test_pay_of_piece_work_below_the_wish_is_left_unsaid():
    """What somebody will earn by the piece is not guessed."""
    piece = replace(POSITION, pay_low=3000.0, pay_high=None)

    assert rules.pay(replace(SEEKER, pay=5000), piece) is None


@pytest.mark.parametrize(
    ("accepted", "value"), [({"two_shifts", "day"}, 1.0), ({"day"}, -1.0), ({"night", "flexible"}, -1.0)]
)
def test_schedule_is_one_of_those_accepted(accepted, value):
    """Rotating shifts are met by who accepts them and missed by everybody else."""
    assert rules.schedule(replace(SEEKER, schedules=frozenset(accepted)), POSITION).value == value


def test_schedule_that_nobody_stated_is_no_reason_and_breaks_nothing():
    """Half of what day shifts would count, unsaid, and no hard requirement is broken by it."""
    silent = replace(POSITION, schedule=None)
    found = {shift: rules.schedule(replace(SEEKER, schedules=frozenset({shift})), silent) for shift in ("day", "night")}

    assert [found[shift].value for shift in found] == [0.5, -0.3]
    assert not any(one.is_told or one.is_broken for one in found.values())
    assert not rules.breaks(replace(SEEKER, schedules=frozenset({"night"}), hard=frozenset({"schedule"})), silent)


def test_dormitory_is_denied_only_where_the_posting_says_so():
    """Silence and denial both break a hard requirement, in other words."""
    seeker = replace(SEEKER, needs_dormitory=True)

    assert rules.dormitory(seeker, POSITION).case == "unstated"
    assert rules.dormitory(seeker, replace(POSITION, is_dormitory_denied=True)).case == "not_offered"


def test_experience_of_none_is_a_reason_only_where_it_is_waived():
    """That a posting asks for no years is not yet that it needs none."""
    beginner = replace(SEEKER, experience_years=0)

    assert rules.experience(beginner, POSITION) is None
    assert rules.experience(beginner, replace(POSITION, is_experience_waived=True)).case == "none_asked"


@pytest.mark.parametrize(("asked", "value"), [("college", -1), ("senior", -0.5), ("junior", None), ("none", None)])
def test_education_of_who_states_none_counts_as_junior(asked, value):
    """A posting that asks for more than junior school is missed by who states no degree."""
    found = rules.education(SEEKER, replace(POSITION, education=Education(asked)))

    assert (found and found.value) == value


@pytest.mark.parametrize(("asked", "value"), [("senior", -1), ("junior", -0.5), ("none", None)])
def test_education_of_who_did_not_reach_junior_school_is_below_it(asked, value):
    """Junior school asked for is missed by who says so, and breaks a hard requirement."""
    unlettered = replace(SEEKER, has_little_schooling=True, hard=frozenset({"education"}))
    position = replace(POSITION, education=Education(asked))

    found = rules.education(unlettered, position)

    assert (found and found.value) == value
    assert rules.breaks(unlettered, position) == (value is not None)


def test_certificate_counts_the_share_that_lacks():
    """All held is met, half held is missed by half."""
    position = replace(POSITION, certificates=frozenset({"低压电工证", "登高证"}))
    half = replace(SEEKER, certificates=frozenset({"低压电工证"}))
    all_of_them = replace(SEEKER, certificates=position.certificates)

    assert rules.certificate(half, position).value == -0.5
    assert rules.certificate(half, position).words == ("登高证",)
    assert rules.certificate(all_of_them, position).value == 1


def test_supported_place_counts_only_for_who_asks():
    """A supported place is nothing to a seeker who did not ask for one."""
    position = replace(POSITION, is_supported_place=True)

    assert rules.supported(SEEKER, position) is None
    assert rules.supported(replace(SEEKER, wants_supported_place=True), position).value == 1


@pytest.mark.parametrize(
    ("hard", "changes", "asked"),
    [
        ("place", {"places": (ELSEWHERE,)}, {}),
        ("pay", {"pay": 9000}, {}),
        ("schedule", {"schedules": frozenset({"day"})}, {}),
        ("certificate", {}, {"certificates": frozenset({"低压电工证"})}),
        ("education", {"education": Education.SENIOR}, {"education": Education.COLLEGE}),
        ("experience", {"experience_years": 1}, {"experience_years": 3}),
        ("dormitory", {"needs_dormitory": True}, {}),
    ],
)
def test_breaks_counts_hard_requirements_alone(hard, changes, asked):
    """What a position misses is broken when it was declared hard, and is not when it was not."""
    position = replace(POSITION, **asked)

    assert not rules.breaks(replace(SEEKER, **changes), position)
    assert rules.breaks(replace(SEEKER, **changes, hard=frozenset({hard})), position)
    assert not rules.breaks(replace(SEEKER, hard=frozenset({hard})), POSITION)


OPEN = replace(POSITION, schedule=None, is_in_shift_trade=True)


def test_silence_about_shifts_is_told_where_the_trade_runs_by_night():
    """Only to who insists on days; an office that says nothing works by day."""
    insisting = replace(SEEKER, schedules=frozenset({"day"}), hard=frozenset({"schedule"}))

    found = rules.schedule(insisting, OPEN)

    assert (found.case, found.is_told, found.is_open, found.value < 0) == ("unstated", True, True, True)
    assert not rules.schedule(replace(insisting, hard=frozenset()), OPEN).is_told
    assert not rules.schedule(insisting, replace(OPEN, is_in_shift_trade=False)).is_told
    assert not rules.breaks(insisting, OPEN)


def test_work_that_ends_too_late_for_the_school_gate_is_missed():
    """Half an hour is forgiven; what is not stated says nothing."""
    parent = replace(SEEKER, home_by=17.0, hard=frozenset({"schedule"}))

    assert rules.schedule(parent, replace(POSITION, ends_at=18.0)).case == "late"
    assert rules.schedule(parent, replace(POSITION, ends_at=17.5)) is None
    assert rules.schedule(parent, POSITION) is None
    assert rules.breaks(parent, replace(POSITION, ends_at=18.0))


@pytest.mark.parametrize(
    ("asked", "offered", "value"),
    [
        ({EmploymentType.PART_TIME}, EmploymentType.PART_TIME, 1.0),
        ({EmploymentType.PART_TIME}, EmploymentType.FULL_TIME, -1.0),
        (set(), EmploymentType.INTERN, -0.5),
        (set(), EmploymentType.FULL_TIME, None),
        (set(), EmploymentType.TEMPORARY, None),
    ],
)
def test_kind_of_contract_is_the_one_asked_for(asked, offered, value):
    """Who names none wants no internship, and nothing is said of the rest."""
    found = rules.kind(replace(SEEKER, kinds=frozenset(asked)), replace(POSITION, employment_type=offered))

    assert (found and found.value) == value


def test_wishes_are_told_where_a_posting_speaks_of_them():
    """Granted, ruled out, and silence."""
    sitting = replace(SEEKER, wishes=frozenset({Wish.SEATED}))

    assert rules.wishes(sitting, POSITION) is None
    assert rules.wishes(sitting, replace(POSITION, granted=frozenset({Wish.SEATED}))).case == "granted"
    assert rules.wishes(sitting, replace(POSITION, ruled_out=frozenset({Wish.SEATED}))).case == "ruled_out"
    assert rules.wishes(SEEKER, replace(POSITION, ruled_out=frozenset({Wish.SEATED}))) is None

"""What a score may stand on: the facts, and texts without what the law keeps out of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fair.database import reading, writing
from fair.positions import Position
from fair.seekers import SeekerProfile
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.documents import (
    PositionFacts,
    SeekerFacts,
    monthly_pay,
    plain,
    position_facts,
    searched_text,
    seeker_facts,
    work_name,
)
from matching.feed import Feed, Stage
from matching.wishes import Wish
from tests.matching.records import NORTH, TODAY, HashedTerms, add_position, add_seeker, city


@pytest.fixture
def engine(sqlite_url):
    """A city."""
    made = city(sqlite_url)
    yield made
    made.dispose()


@pytest.mark.parametrize(
    "clause",
    [
        "女，45 岁",
        "限男性",
        "男女不限",
        "18-35周岁",
        "90后优先",
        "汉族",
        "维吾尔族",
        "本地户口",
        "户籍不限",
        "外地人",
        "身体健康",
        "残疾人优先",
        "听障",
        "有慢性病",
        "已婚已育",
        "身高170以上",
        "五官端正",
        "female",
        "aged 30",
        "25 years old",
        "disabled",
    ],
)
def test_plain_leaves_out_what_no_score_may_stand_on(clause):
    """A clause on age, sex, ethnicity, household registration, health, disability or looks is dropped, others stay."""
    assert plain(f"做过电工；{clause}；会看图纸") == "做过电工；会看图纸"


@pytest.mark.parametrize("clause", ["女装导购", "养老护理", "上班族健身教练", "企业形象设计", "婚礼策划", "三维建模"])
def test_plain_keeps_work_that_only_sounds_like_it(clause):
    """Work with such a character in its name is not left out."""
    assert plain(clause) == clause


@pytest.mark.parametrize(("written", "name"), [("女普工", "普工"), ("保安（限男）", "保安"), ("女装导购", "女装导购")])
def test_work_name_has_no_sex(written, name):
    """The sex before or behind a kind of work is taken off."""
    assert work_name(written) == name


def test_facts_hold_nothing_that_is_excluded():
    """No field of the facts could carry age, sex, ethnicity, household registration, health or disability."""
    fields = {field.name for facts in (PositionFacts, SeekerFacts) for field in dataclasses.fields(facts)}

    assert fields == {
        "id", "valid_until", "works", "whole", "skills", "place", "pay_low", "pay_high", "employment_type",
        "schedule", "education", "experience_years", "certificates", "has_dormitory", "is_supported_place", "home",
        "is_experience_waived", "is_dormitory_denied",
        "places", "pay", "schedules", "needs_dormitory", "wants_supported_place", "hard",
        "families", "is_remote", "is_in_shift_trade", "ends_at", "granted", "ruled_out",
        "wants_remote", "home_by", "kinds", "wishes", "has_little_schooling",
    }  # fmt: skip


def test_scores_are_the_same_whatever_is_said_of_the_person(engine):
    """Two seekers who differ in sex, age, people, registration, health and disability alone get one score each time."""
    same: dict[str, Any] = {"skills": ["配电柜"], "home_code": NORTH, "pay_min": 6500, "experience_years": 3}
    with writing(engine) as db:
        # Such postings are refused today; one that is older than the rule must not steer a score either.
        add_position(db, "低压电工", skills=["配电柜"]).requirements = "限男性，18-35 岁，汉族，身体健康；会看图"
        add_position(db, "保洁员").requirements = "女，50 岁以下，本地户口"
        one = add_seeker(db, "电工", about="男，28 岁，汉族，本地户口，身体健康；做过配电", full_name="王强", **same)
        other = add_seeker(
            db, "女电工", about="女，55 岁，回族，外地户籍，肢体残疾；做过配电", full_name="马兰", **same
        )
        first, second = one.account_id, other.account_id
    with reading(engine) as db:
        assert "残疾" in db.get_one(SeekerProfile, second).about
        assert "男性" in db.get_one(Position, 1).requirements
    encoder = HashedTerms()
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    feed = Feed(engine, encoder, catalogue)
    feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()

    scores = [
        {match.position_id: match.score for match in catalogue.positions_for_seeker(seeker, limit=9, today=TODAY)}
        for seeker in (first, second)
    ]

    assert scores[0] == scores[1]
    assert scores[0][1] > 0
    assert not any(word in text for text in encoder.encoded for word in ("男", "女", "岁", "族", "户", "健康", "残疾"))


def test_own_words_fill_what_no_field_says(engine):
    """Shifts, bed, pay, hours and wishes are read from the text; a field that is filled in stays as it is."""
    said = "孩子小不倒夜班，五点前要接孩子，要包住，六千往上，最好双休，想在家做也行"
    with writing(engine) as db:
        silent = seeker_facts(add_seeker(db, "文员", about=said), {})
        filled = seeker_facts(add_seeker(db, "文员", about=said, pay_min=5000, schedule=["day", "night"]), {})

    assert (silent.pay, silent.needs_dormitory, silent.home_by) == (6000, True, 17.0)
    assert silent.schedules == {"day", "flexible"}
    assert silent.wants_remote
    assert silent.wishes == {Wish.WEEKENDS}
    assert not silent.has_little_schooling
    assert filled.pay == 5000
    assert filled.schedules == {"day"}


def test_wishes_are_not_read_from_what_no_score_may_stand_on(engine):
    """A clause on health is left out before wishes are looked for, even where it would grant one."""
    with writing(engine) as db:
        told = seeker_facts(add_seeker(db, "客服", about="肢体残疾不能久站，会打字"), {})
        asked = seeker_facts(add_seeker(db, "客服", about="肢体残疾，想坐着干，会打字"), {})

    assert told.wishes == frozenset()
    assert asked.wishes == {Wish.SEATED}


def test_seeker_facts_of_a_name_or_number_hold_neither(engine):
    """Name and identity number reach no fact and no text."""
    with writing(engine) as db:
        profile = add_seeker(db, "电工", full_name="欧阳建国", identity_number="330106199001011234")

        facts = repr(seeker_facts(profile, {}))

    assert "欧阳建国" not in facts
    assert "3301061990" not in facts


@pytest.mark.parametrize(
    ("unit", "low", "high", "monthly"),
    [
        ("MONTH", 6000, 8000, (6000, 8000)),
        ("DAY", 200, 200, (4350, 4350)),
        ("HOUR", 25, 30, (4350, 5220)),
        ("PIECE", 2, 3, (4000, None)),
        ("MONTH", None, None, (None, None)),
        ("MONTH", None, 7000, (7000, 7000)),
    ],
)
def test_monthly_pay_makes_units_comparable(unit, low, high, monthly):
    """Day and hour pay are multiplied up to a month; of piece work the base pay alone is known."""
    assert monthly_pay(Position(pay_unit=unit, pay_min=low, pay_max=high, base_pay=4000)) == monthly


def test_position_facts_search_text_holds_place_and_benefits(engine):
    """A search finds a position by its district, its employer and what it offers."""
    with writing(engine) as db:
        position = add_position(db, "低压电工", has_dormitory=True, benefits="水电补贴")

        searched, facts = searched_text(position), position_facts(position, {})

    assert all(word in searched for word in ("临江电缆", "包住", "水电补贴", "低压电工"))
    assert "水电补贴" not in facts.whole

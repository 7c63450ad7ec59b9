"""Scores and the order of reasons: the bands are what they say, and conditions never make a work of another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fair.matches import band
from fair.vocabulary import Schedule
from matching.calibration import (
    LOOSELY,
    RELATED,
    WANTED,
    Calibration,
    Scale,
    calibrate,
    ends_of_works,
    highest_score,
    score_of_work,
)
from matching.catalogue import Catalogue
from matching.documents import encoded_texts
from matching.ranking import Ruling, judge, points_of, rulings, told
from matching.ranking import score as score_of
from matching.rules import Finding
from matching.weights import DECISIVE, WEIGHTS, Topic
from matching.works import Similarity, nearest_work
from tests.matching.records import HashedTerms
from tests.matching.test_rules import ELSEWHERE, NORTH, POSITION, SEEKER, WEST_DISTRICT

OTHER_WORKS = [f"{trade}{number}" for number in range(60) for trade in ("焊工", "保洁员", "会计", "司机", "电工")]
CALIBRATION = Calibration(Scale(0.2, 0.6), Scale(0.2, 0.5), Scale(0.1, 0.4))
SAME, NOTHING = Similarity([0.7], [0.5], 0.5), Similarity([0.0], [0.0], 0.0)
CONTENT = replace(
    SEEKER,
    home=NORTH,
    places=(WEST_DISTRICT,),
    pay=5500,
    schedules=frozenset({"two_shifts"}),
)

findings = st.lists(
    st.builds(
        Finding,
        topic=st.sampled_from([topic for topic in Topic if topic != Topic.WORK]),
        value=st.floats(-1, 1),
        case=st.just("any"),
    ),
    max_size=9,
    unique_by=lambda found: found.topic,
)


def scored(seeker, position, similarity=SAME):
    """The match of the two."""
    work = nearest_work(seeker, position, similarity, CALIBRATION)
    return judge(seeker, position, work, rulings(seeker, position)).told()


def score(work, found):
    """The score of so much work with these findings."""
    return score_of(work, [Ruling(one) for one in found])


def test_match_of_wanted_work_with_wishes_met_is_very_fitting():
    """The work wanted, in the place, for the pay and at the hours wanted, is 80 or more."""
    assert scored(CONTENT, POSITION).score >= 80


@pytest.mark.parametrize(
    "wish",
    [{"places": (ELSEWHERE,), "home": None}, {"pay": 9500}, {"schedules": frozenset({"day"})}],
    ids=["place", "pay", "schedule"],
)
def test_match_of_wanted_work_with_one_wish_missed_is_fairly_fitting(wish):
    """One soft wish missed leaves 65 to 79."""
    assert 65 <= scored(replace(CONTENT, **wish), POSITION).score <= 79


def test_match_that_leaves_a_hard_requirement_open_comes_after_a_related_trade_that_meets_it():
    """Silence about shifts where people work by night: worth a look for who insists on days, no more."""
    insisting = replace(CONTENT, schedules=frozenset({"day"}), hard=frozenset({"schedule"}))
    silent = scored(insisting, replace(POSITION, schedule=None, is_in_shift_trade=True))
    related = scored(
        replace(insisting, works=("机修工",)),
        replace(POSITION, schedule=Schedule.DAY, is_in_shift_trade=True),
        Similarity([0.45], [0.3], 0.3),
    )

    assert 50 <= silent.score < 65 <= related.score
    assert silent.broken == []


def test_match_of_who_wants_to_lead_is_close_at_most_where_nobody_is_led():
    """The electricians' foreman that somebody wants to be is no electrician."""
    assert scored(replace(CONTENT, works=("电工主管",)), POSITION).score <= 79


def test_match_of_a_related_trade_is_fairly_fitting():
    """An electrician's position for a maintenance mechanic who gets all wishes is 65 to 79."""
    related = scored(replace(CONTENT, works=("机修工",)), POSITION, Similarity([0.45], [0.3], 0.3))

    assert 65 <= related.score <= 79


def test_match_of_unrelated_work_stays_below_fifty_whatever_is_met():
    """A cook is not shown an electrician's position, though place, pay, hours and papers all fit."""
    cook = replace(CONTENT, works=("厨师",), skills=("配电柜",), certificates=frozenset({"低压电工证"}))
    position = replace(POSITION, certificates=frozenset({"低压电工证"}), experience_years=1)

    found = scored(cook, position, NOTHING)

    assert found.score < 50
    assert band(found.score) is None
    assert sum(reason.is_met for reason in found.reasons) >= 5


def test_match_without_vectors_stands_on_trades_words_and_rules():
    """While nothing is encoded the work wanted is still told from another."""
    same, other = scored(CONTENT, POSITION, None), scored(replace(CONTENT, works=("厨师",)), POSITION, None)

    assert same.score >= 80
    assert other.score < 50


def test_match_across_languages_stands_on_vectors():
    """A trade that no table lists, in another script, is found by likeness of meaning alone."""
    english = replace(CONTENT, works=("substation keeper",))

    assert scored(english, POSITION, SAME).score >= 80
    assert scored(english, POSITION, NOTHING).score < 50


def test_match_of_a_seeker_without_wishes_of_work_is_never_very_fitting():
    """Who names no work is matched by the whole text, as far as a related trade."""
    assert 50 <= scored(replace(CONTENT, works=()), POSITION, Similarity([], [], 0.5)).score < 80


@given(work=st.floats(0, 1), less=st.floats(0, 1), found=findings)
def test_score_never_falls_with_the_work_and_stays_in_its_band(work, less, found):
    """More of the work wanted is never a lower score, and no conditions lift it out of its band."""
    assert score(work * less, found) <= score(work, found)
    assert 0 <= score(work, found) <= highest_score(work) <= 99
    if work < LOOSELY:
        assert score(work, found) < 50


@given(work=st.floats(0, 1), found=findings)
def test_score_of_a_decisive_miss_is_not_very_fitting(work, found):
    """A wish or a needed paper that is missed keeps a match below 80."""
    if any(one.topic in DECISIVE and one.value < 0 for one in found):
        assert score(work, found) < 80


def test_score_of_work_begins_each_band():
    """Work alone, nothing else known, lands in the band that it is named for."""
    assert [band(round(score_of_work(work))) for work in (0.0, LOOSELY + 0.05, RELATED + 0.05, WANTED, 1.0)] == [
        None,
        "look",
        "fairly",
        "very",
        "very",
    ]


def test_weights_name_a_reason_for_every_topic_but_the_work():
    """One table holds every condition with its reason."""
    assert set(WEIGHTS) == set(Topic) - {Topic.WORK}
    assert all(len(weight.why) > 20 and weight.gain >= 0 and weight.loss >= 0 for weight in WEIGHTS.values())


@given(found=findings)
def test_told_keeps_one_missed_among_the_first_three(found):
    """Whatever is met, the reason that speaks most against a position is among the first three."""
    order = [one.finding for one in told([Ruling(one) for one in found])]

    missed = [one for one in found if one.value < 0]
    if missed:
        assert min(missed, key=points_of) in order[:3] or order[0].value < 0
        assert any(one.value < 0 for one in order[:3])
    assert sorted(map(id, order)) == sorted(map(id, found))


def test_match_tells_the_reasons_that_made_the_score():
    """The reasons of a match say what the rules found, met and missed."""
    seeker = replace(CONTENT, schedules=frozenset({"day"}), certificates=frozenset({"低压电工证"}), experience_years=3)
    position = replace(
        POSITION, certificates=frozenset({"低压电工证"}), experience_years=1, schedule=Schedule.TWO_SHIFTS
    )

    reasons = scored(seeker, position).reasons

    assert ("要倒班，你想做白班", False) in [(one.seeker, one.is_met) for one in reasons[:3]]
    assert {
        "你有低压电工证",
        "工资比你想要的高 500 元",
        "要 1 年经验，你有 3 年",
        "在你想去的西湖区",
        "就是你想做的电工",
    } <= {one.seeker for one in reasons}


def test_score_of_ninety_stands_on_two_things_beside_trade_place_and_pay():
    """One thing more is not enough; with two the highest scores are open."""
    base = [Finding(Topic.PLACE, 1.0, "wanted"), Finding(Topic.PAY, 1.0, "more"), Finding(Topic.SKILLS, 1.0, "useful")]

    assert score(1.0, base) == 89
    assert score(1.0, [*base, Finding(Topic.SCHEDULE, 0.5, "unstated", is_told=False)]) == 89
    assert score(1.0, [*base, Finding(Topic.SCHEDULE, 1.0, "accepted")]) >= 90


def test_match_leaves_unsaid_what_nobody_stated():
    """Shifts that a posting does not state are no reason and keep nothing from being very fitting."""
    found = scored(CONTENT, replace(POSITION, schedule=None))

    assert found.score >= 80
    assert "schedule" not in {one.topic for one in found.reasons}


def test_match_of_a_position_that_leads_is_close_to_the_work_wanted():
    """An electricians' head is close to an electrician's work, and at most 75."""
    found = scored(CONTENT, replace(POSITION, works=("电工主管", "电工")))

    assert 65 <= found.score <= 75
    assert "和你想做的电工相近" in [one.seeker for one in found.reasons]


def test_match_of_a_general_word_is_close_where_the_title_says_it():
    """Who wants to be an apprentice is near an apprenticeship, whatever the trade, and nothing else by that word."""
    seeker = replace(CONTENT, works=("学徒",))

    assert 65 <= scored(seeker, replace(POSITION, works=("电工学徒",))).score <= 79
    assert scored(seeker, POSITION, NOTHING).score < 50


def test_match_says_a_paper_that_is_held_first():
    """What was learned and is asked for comes before place and pay."""
    asked = frozenset({"低压电工证"})

    found = scored(replace(CONTENT, certificates=asked), replace(POSITION, certificates=asked))

    assert found.reasons[0].seeker == "你有低压电工证"


def test_score_of_a_pair_is_the_same_in_every_session():
    """Eighty means the same among ten positions and among three hundred others: nothing is scaled to its neighbours."""
    encoder = HashedTerms()
    facts = replace(POSITION, id=1, works=("低压电工",), whole="低压电工\n配电柜 巡检")
    others = [replace(POSITION, id=2 + number, works=(work,), whole=work) for number, work in enumerate(OTHER_WORKS)]
    scores = []
    for beside in ([], others):
        catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
        for one in [facts, *beside]:
            catalogue.put_position(one, encoder.encode(encoded_texts(one)))
            catalogue.put_words(one.id, one.whole)
        catalogue.put_seeker(SEEKER, encoder.encode(encoded_texts(SEEKER)))
        found = catalogue.positions_for_seeker(SEEKER.id, limit=500, today=date(2026, 11, 26))
        assert len(found) > min(len(beside), 20)
        scores.append({match.position_id: match.score for match in found}[1])

    assert scores[0] == scores[1] > 0


def test_ends_of_works_are_those_of_each_work():
    """Together as alone, at the ends of bands too."""
    works = [0.0, 0.1, LOOSELY, 0.49, RELATED, 0.74, WANTED, 0.99, 1.0]

    assert ends_of_works(np.array(works)).tolist() == [highest_score(work) for work in works]

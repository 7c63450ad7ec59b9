"""Reasons are in words that a person understands, short enough for a phone, in both languages."""

from __future__ import annotations

import re

import pytest

from fair.vocabulary import Education, EmploymentType, Schedule
from matching.documents import Place
from matching.reasons import _CASES, reason
from matching.rules import Finding
from matching.weights import Topic
from matching.wishes import Wish

PLACE = Place("330106001", "330100/330106/330106001/", "古荡街道", 30.28, 120.11)
SAMPLES = {
    (Topic.WORK, "same"): ("电工",),
    (Topic.WORK, "related"): ("电工",),
    (Topic.WORK, "loose"): ("电工",),
    (Topic.WORK, "other"): ("电工",),
    (Topic.WORK, "alike_text"): (),
    (Topic.WORK, "other_text"): (),
    (Topic.PLACE, "distance"): (6.2,),
    (Topic.PLACE, "wanted"): (PLACE,),
    (Topic.PLACE, "elsewhere"): (PLACE,),
    (Topic.PLACE, "home"): (PLACE,),
    (Topic.PLACE, "home_near"): (6.2, PLACE),
    (Topic.PLACE, "home_far"): (36.2, PLACE),
    (Topic.PAY, "more"): (500.0, 7000),
    (Topic.PAY, "enough"): (0.0, 7000),
    (Topic.PAY, "reaches"): (9500.0, 7000),
    (Topic.PAY, "less"): (1500.0, 7000),
    (Topic.SCHEDULE, "accepted"): (Schedule.TWO_SHIFTS,),
    (Topic.SCHEDULE, "other"): (Schedule.TWO_SHIFTS, Schedule.DAY),
    (Topic.CERTIFICATE, "held"): ("低压电工证",),
    (Topic.CERTIFICATE, "lacking"): ("低压电工证",),
    (Topic.EXPERIENCE, "none_asked"): (),
    (Topic.EXPERIENCE, "enough"): (1, 3),
    (Topic.EXPERIENCE, "some"): (3, 1),
    (Topic.EXPERIENCE, "nothing"): (3, 0),
    (Topic.EDUCATION, "enough"): (Education.COLLEGE, Education.BACHELOR),
    (Topic.EDUCATION, "below"): (Education.COLLEGE, Education.SENIOR),
    (Topic.EDUCATION, "unstated"): (Education.SENIOR, Education.NONE),
    (Topic.EDUCATION, "little"): (Education.JUNIOR,),
    (Topic.DORMITORY, "offered"): (),
    (Topic.DORMITORY, "unstated"): (),
    (Topic.DORMITORY, "not_offered"): (),
    (Topic.SKILLS, "useful"): ("配电柜",),
    (Topic.SUPPORTED, "supported"): (),
    (Topic.PLACE, "unstated"): (PLACE,),
    (Topic.PLACE, "nowhere"): (),
    (Topic.PLACE, "remote"): (),
    (Topic.PLACE, "not_remote"): (),
    (Topic.PAY, "unstated"): (7000,),
    (Topic.SCHEDULE, "unstated"): (),
    (Topic.SCHEDULE, "late"): (18.5, 17.0),
    (Topic.KIND, "asked"): (EmploymentType.PART_TIME,),
    (Topic.KIND, "other"): (EmploymentType.FULL_TIME, EmploymentType.PART_TIME),
    (Topic.KIND, "not_full"): (EmploymentType.INTERN,),
    (Topic.WISH, "granted"): (Wish.SEATED,),
    (Topic.WISH, "ruled_out"): (Wish.WEEKENDS,),
}


def shown(text):
    """Characters as a phone shows them: two Latin ones are as wide as one Chinese."""
    latin = len(re.findall(r"[ -~]", text))
    return len(text) - latin + (latin + 1) // 2


def test_every_case_has_a_sample():
    """The samples below are all the cases there are."""
    assert set(SAMPLES) == set(_CASES)


@pytest.mark.parametrize("wish", Wish)
def test_every_wish_has_words_for_both_cases(wish):
    """Granted and ruled out, short enough in either language."""
    for case in ("granted", "ruled_out"):
        said = reason(Finding(Topic.WISH, 1.0, case, (wish,)))

        assert 0 < shown(said.seeker) <= 14
        assert 0 < shown(said.recruiter) <= 14
        assert said.seeker_en
        assert said.recruiter_en


@pytest.mark.parametrize(("case", "words"), SAMPLES.items(), ids=lambda value: str(value[-1]) if value else "")
def test_reason_is_short_and_in_both_languages(case, words):
    """At most fourteen characters wide for either reader, no 请, 您 or exclamation mark, and English words."""
    topic, name = case

    said = reason(Finding(topic, 1.0, name, words))

    for text in (said.seeker, said.recruiter):
        assert 0 < shown(text) <= 14
        assert not re.search(r"[请您！!。]", text)
    assert said.seeker_en
    assert said.recruiter_en
    assert said.topic == topic.value


def test_reason_of_other_shifts_says_which():
    """Who wants three shifts is told of two shifts by their name, and who wants days of shifts at all."""
    two_for_day = reason(Finding(Topic.SCHEDULE, -1.0, "other", (Schedule.TWO_SHIFTS, Schedule.DAY)))
    two_for_three = reason(Finding(Topic.SCHEDULE, -1.0, "other", (Schedule.TWO_SHIFTS, Schedule.THREE_SHIFTS)))

    assert two_for_day.seeker == "要倒班，你想做白班"
    assert two_for_three.seeker == "要两班倒，你想三班倒"
    assert not two_for_day.is_met

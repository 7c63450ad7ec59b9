"""What a posting states in its text: shifts, beds, experience and certificates, and nothing that nobody wrote."""

from __future__ import annotations

from typing import Any

import pytest

from fair.positions import Position
from fair.vocabulary import Education, Schedule
from matching.statements import (
    asked_education,
    asked_papers,
    asked_years,
    denies_dormitory,
    stated_schedule,
    waives_experience,
)


def posting(**fields: Any) -> Position:
    """A position as a form or an import leaves it when little is filled in."""
    blank: dict[str, Any] = dict.fromkeys(("schedule_note", "pay_note", "duties", "requirements", "benefits"), "")
    return Position(**{"title": "电工", "schedule": Schedule.DAY, "experience_years": 0} | blank | fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"schedule_note": "8:00–17:00"}, Schedule.DAY),
        ({"schedule": Schedule.NIGHT}, Schedule.NIGHT),
        ({"duties": "两班倒，12 小时制"}, Schedule.TWO_SHIFTS),
        ({"requirements": "长白班"}, Schedule.DAY),
        ({"skills": ["装配", "长白班"]}, Schedule.DAY),
    ],
)
def test_schedule_by_default_is_not_stated(fields, expected):
    """Day shifts count as stated only with a note or a word of them."""
    assert stated_schedule(posting(**fields)) == expected


def test_dormitory_is_denied_by_words_alone():
    """Silence is no denial."""
    assert not denies_dormitory(posting())
    assert denies_dormitory(posting(benefits="住宿自理"))


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("none", "大专及以上学历", "college"),
        ("college", "高中以上学历，能吃苦", "college"),
        ("none", "学历要求：中专", "senior"),
        ("none", "大专及以上学历，本科优先", "college"),
        ("none", "本科 2 年经验或大专以上学历 4 年", "college"),
        ("none", "大专以上学历，优秀者可放宽", "none"),
        ("none", "学历不限，初中以上识字", "none"),
        ("none", "带过高中毕业班", "none"),
        ("junior", "", "junior"),
    ],
)
def test_degree_is_the_more_of_field_and_text(field, text, expected):
    """Of what a text asks for the least, never what it prefers or waives."""
    assert asked_education(posting(education=Education(field), requirements=text)) == Education(expected)


@pytest.mark.parametrize(
    ("text", "waived", "years"),
    [
        ("做事认真", False, 0),
        ("经验不限", True, 0),
        ("应届可投", True, 0),
        ("1 年以上经验或应届毕业生", True, 0),
        ("有2-3年嵌入式开发经验", False, 2),
        ("5年以上工作经验优先", False, 0),
        ("会带教新人", False, 0),
    ],
)
def test_experience_is_read_from_the_requirements(text, waived, years):
    """Years that are asked for, and that none are needed, each only where it is written."""
    position = posting(requirements=text)

    assert (waives_experience(position), asked_years(position)) == (waived, years)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("必须持有A1牌及J", {"A1驾驶证"}),
        ("有 C1 以上驾照，驾龄两年", {"C1驾驶证"}),
        ("要有驾驶证", {"C1驾驶证"}),
        ("持A2或B2驾照", {"B2驾驶证"}),
        ("有焊接特种作业操作证", {"焊工证"}),
        ("须持有低压电工证、健康证", {"低压电工证", "健康证"}),
        ("有高压电工证", {"高压电工证"}),
        ("持有护士执业证", {"护士执业证"}),
        ("有养老护理员证或护士证", set()),
        ("有叉车证优先", set()),
        ("有驾照、造价师者优选", set()),
        ("持有效B牌驾驶证", {"B2驾驶证"}),
        ("不要保安员证", set()),
        ("没有电工证可培训", set()),
        ("在B1楼上班，有责任心", set()),
        ("有中级会计证", set()),
    ],
)
def test_certificates_are_asked_only_where_the_text_makes_them_a_condition(text, papers):
    """What is preferred, waived or only alike is not asked for."""
    assert asked_papers(text) == papers


@pytest.mark.parametrize(
    ("title", "papers"),
    [
        ("B照货车司机", {"B2驾驶证"}),
        ("直招C1配送司机", {"C1驾驶证"}),
        ("A级车销售", set()),
        ("B1层保洁", set()),
        ("C2报价员", set()),
    ],
)
def test_title_asks_for_the_licence_that_it_names(title: str, papers: set[str]) -> None:
    """A driver's title names the licence as a condition; a letter with another meaning is none."""
    assert asked_papers("", title=title) == papers


@pytest.mark.parametrize(
    ("field", "text", "years"),
    [
        (1, "5年以上相关工作经验", 5),
        (5, "3年以上经验", 5),
        (0, "三年以上驾龄", 3),
        (0, "5年以上测试经验，至少2年带团队经验", 5),
        (1, "应届可投，3年经验优先", 1),
    ],
)
def test_years_are_the_more_of_field_and_text(field, text, years):
    """A field that says one year is often the least a form allows; the text says what is meant."""
    assert asked_years(posting(experience_years=field, requirements=text)) == years


@pytest.mark.parametrize(
    ("title", "text", "papers"),
    [
        ("门诊护士", "有耐心", {"护士执业证"}),
        ("全科医生", "", {"执业医师证"}),
        ("医生助理", "", set()),
        ("大货司机", "", {"B2驾驶证"}),
        ("货车司机", "大货司机，服从安排", {"B2驾驶证"}),
        ("货车司机", "协助大货司机装卸", set()),
        ("货车司机", "大货司机，有A2驾照", {"A2驾驶证"}),
        ("授课教师", "具有高校教师资格证", {"高校教师资格证"}),
        ("中控员", "持消防设施操作员证上岗", {"消防设施操作员证"}),
        ("电梯维保员", "有电梯作业证", {"电梯作业证"}),
    ],
)
def test_papers_of_regulated_work_are_asked_for_unsaid(title, text, papers):
    """Nobody may nurse without a licence, whether the posting says so or not."""
    assert asked_papers(text, title=title) == papers

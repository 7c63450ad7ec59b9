"""What seekers ask of a working day in their own words, and what postings say of it."""

from __future__ import annotations

import pytest

from fair.vocabulary import EmploymentType
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


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("腿脚不方便，想找坐着干的", Wish.SEATED),
        ("双休最好", Wish.WEEKENDS),
        ("不想天天加班", Wish.WEEKENDS),
        ("别要我打电话拉客户", Wish.NO_SELLING),
        ("不想跑业务", Wish.NO_SELLING),
        ("要包吃", Wish.MEALS),
        ("日结也行", Wish.DAILY_PAY),
        ("想学炒菜", Wish.LEARNING),
        ("做过销售，想接着做", None),
        ("会开叉车", None),
    ],
)
def test_wish_is_read_from_the_words(said, wish):
    """One each; work that was done is no wish."""
    assert asked_wishes(said) == (frozenset({wish}) if wish else frozenset())


@pytest.mark.parametrize(
    ("said", "granted", "out"),
    [
        ("坐岗，可带手机", {Wish.SEATED}, set()),
        ("站立操作", set(), {Wish.SEATED}),
        ("周末双休，不加班", {Wish.WEEKENDS}, set()),
        ("单双休", set(), set()),
        ("无销售性质，纯接听", {Wish.NO_SELLING}, set()),
        ("外呼邀约客户", set(), {Wish.NO_SELLING}),
        ("不含销售的客服工作", {Wish.NO_SELLING}, set()),
        ("含有销售的客服工作", set(), {Wish.NO_SELLING}),
        ("师傅带，包学会", {Wish.LEARNING}, set()),
    ],
)
def test_posting_grants_or_rules_out(said, granted, out):
    """What it says both of is neither."""
    assert granted_wishes(said) == (granted, out)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("不上夜班", True),
        ("孩子小不想倒大夜", True),
        ("天黑前能回家", True),
        ("只上白班", True),
        ("不值夜班", True),
        ("夜班也能上", False),
    ],
)
def test_nights_are_ruled_out_by_words(said, expected):
    """Who can work nights rules none out."""
    assert asks_no_nights(said) == expected


@pytest.mark.parametrize(
    ("said", "hour"),
    [("五点要接孙子", 17.0), ("4点半前接孩子", 16.0), ("17点前要走", 17.0), ("早上五点能到", None), ("做了五年", None)],
)
def test_hour_to_be_free_at_is_in_the_afternoon(said, hour):
    """A child is fetched in the afternoon, whatever clock it is said by."""
    assert home_by(said) == hour


def test_bed_that_would_be_nice_is_not_needed():
    """要 needs it, 最好 and 更好 only like it."""
    assert asks_bed("白云区这边，要包住")
    assert asks_bed("找个包吃住的活")
    assert not asks_bed("包住更好")
    assert not asks_bed("最好住家")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("没啥文化，有力气", True),
        ("没念过啥书", True),
        ("小学毕业", True),
        ("在小学食堂干过", False),
        ("孩子还没上学", False),
        ("初中毕业", False),
    ],
)
def test_little_schooling_is_read_from_the_words(said, expected):
    """Who worked at a school, or has a child at one, says nothing of their own."""
    assert has_little_schooling(said) == expected


def test_kinds_of_contract_and_work_from_home_are_read():
    """What would also do is no condition."""
    assert asked_kinds("退休想兼职代账") == {EmploymentType.PART_TIME}
    assert asked_kinds("日结也行") == frozenset()
    assert asks_remote("想在家办公")
    assert not asks_remote("在家带过孩子")


@pytest.mark.parametrize(
    ("said", "pay"),
    [
        ("六千往上", 6000),
        ("四千五以上", 4500),
        ("一万二", 12000),
        ("8k起", 8000),
        ("最少5500", 5500),
        ("干了八年", None),
        ("一千人的厂", None),
    ],
)
def test_pay_is_read_in_the_figures_people_use(said, pay):
    """By the month; years and heads are no pay."""
    assert asked_pay(said) == pay

"""What a row's text says where its columns are silent, in the words that the columns take."""

from __future__ import annotations

import pytest

from fair.readings import Reading, filled, readings

SAID = {"title": "兼职电工", "requirements": "3年以上电工经验", "duties": "月薪4500-6000，包吃住，两班倒"}


def test_text_is_read_into_cells():
    """Pay, kind, shifts, years and board, in the order of the columns."""
    found = readings(SAID)

    assert [(each.column, each.value) for each in found] == [
        ("pay", "4500-6000"),
        ("employment_type", "兼职"),
        ("schedule", "两班倒"),
        ("experience", "3 年"),
        ("board", "包吃包住"),
    ]
    assert filled(SAID, found)["schedule"] == "两班倒"


@pytest.mark.parametrize("column", ["pay", "schedule", "experience", "board", "employment_type"])
def test_cell_that_is_filled_in_is_not_read_over(column):
    """What the recruiter wrote stands."""
    assert column not in {each.column for each in readings(SAID | {column: "写了"})}


def test_unit_is_read_with_pay_by_the_hour():
    """A month is what an empty unit means already."""
    assert readings({"duties": "23 元/小时"})[:2] == [Reading("pay", "23"), Reading("pay_unit", "小时")]
    assert readings({"duties": "做事认真"}) == []

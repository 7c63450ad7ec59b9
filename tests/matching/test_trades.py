"""Trades: names that mean one work, names that are near, and names that only look alike."""

import pytest

from matching.trades import likeness, trade_of, trades


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("护工", "护理员（白班）", 1.0),
        ("电工", "低压电工", 1.0),
        ("Software Engineers", "软件开发工程师", 1.0),
        ("分拣", "分拣员", 1.0),
        ("司机", "货车司机（B2）", 0.9),
        ("叉车司机", "货车司机", 0.55),
        ("电工", "电工培训教师", 0.0),
        ("护工", "绿化养护工", 0.0),
        ("电工", "占卜师", None),
    ],
)
def test_likeness_of_two_names_of_work(wanted, offered, expected):
    """One trade is 1, a family its closeness, two families 0, and an unknown name nothing."""
    assert likeness(wanted, offered) == expected


def test_trade_is_told_by_the_head_of_a_name():
    """What stands last in a Chinese name says what it is; brackets do not count."""
    assert trade_of("电工培训教师") == trade_of("教师")
    assert trade_of("外贸跟单专员（会计优先）") == trade_of("外贸跟单")


def test_trades_have_no_name_twice():
    """A name belongs to one trade."""
    names = [name for trade in trades() for name in trade.names]

    assert len(names) == len(set(names))

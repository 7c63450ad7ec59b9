"""How figures, pay and moments are printed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from web import format as printed

# 14:32 on a Wednesday in Hangzhou.
NOW = datetime(2025, 11, 26, 6, 32, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "0", "0"),
        (3482, "3,482", "3,482"),
        (10_000, "10,000", "10,000"),
        (19_999, "1.9万", "19.9k"),
        (23_000, "2.3万", "23k"),
        (1_250_000, "125万", "1.2m"),
        (230_000_000, "2.3亿", "230m"),
        (None, "—", "—"),
    ],
)
def test_count_groups_digits_and_shortens_above_ten_thousand(value, chinese, english):
    """Up to ten thousand every digit is shown; above it one digit after the point, never rounded up."""
    assert printed.count(value) == chinese
    assert printed.count(value, language="en") == english


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (7500, 9500, "7,500–9,500"),
        (26, 26, "26"),
        (4800, None, "4,800"),
        (9500, 7500, "7,500–9,500"),
        (None, None, "—"),
    ],
)
def test_pay_range_shows_what_is_known(low, high, text):
    """A range stands with a dash between its ends; equal or missing ends leave one figure."""
    assert printed.pay_range(low, high) == text


@pytest.mark.parametrize(("share", "text"), [(0.048, "4.8%"), (1, "100%"), (0, "0%"), (None, "—")])
def test_percent_keeps_one_digit(share, text):
    """A share is printed with one digit after the point unless that digit is zero."""
    assert printed.percent(share) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW, "14:32"),
        (NOW + timedelta(days=1), "明天 14:32"),
        (NOW - timedelta(days=1), "昨天 14:32"),
        (NOW - timedelta(days=8), "11-18 14:32"),
        (NOW - timedelta(days=366), "2024-11-25 14:32"),
        (datetime(2025, 11, 26, 16, 5, tzinfo=UTC), "明天 00:05"),
        (None, ""),
    ],
)
def test_moment_is_told_in_the_fairs_own_zone(at, text):
    """Today shows the clock alone; midnight is Shanghai's, not Greenwich's."""
    assert printed.moment(at, now=NOW) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (date(2025, 11, 26), "今天"),
        (date(2025, 11, 27), "明天 周四"),
        (date(2025, 11, 28), "周五 11-28"),
        (date(2025, 12, 20), "12-20"),
        (date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_day_names_the_weekday_within_a_week(at, text):
    """Near days carry their weekday, far ones their date, another year is written out."""
    assert printed.day(at, now=NOW) == text


@pytest.mark.parametrize(("seconds", "text"), [(192, "03:12"), (6730, "1:52:10"), (0, "00:00"), (None, "")])
def test_duration_shows_hours_only_when_there_are_some(seconds, text):
    """Minutes and seconds have two digits, hours as many as needed."""
    assert printed.duration(seconds) == text


@pytest.mark.parametrize(
    ("ago", "text"), [(3, "刚刚"), (24, "24 秒前"), (200, "3 分钟前"), (5 * 3600, "5 小时前"), (3 * 86400, "3 天前")]
)
def test_waiting_uses_the_largest_whole_unit(ago, text):
    """A wait is told in the one unit that fits."""
    assert printed.waiting(NOW - timedelta(seconds=ago), now=NOW) == text


def test_left_counts_down_to_zero_and_not_below():
    """A deadline that has passed leaves nothing; one far away is told in days."""
    assert printed.left(NOW + timedelta(hours=18, minutes=57), now=NOW) == "18 小时 57 分"
    assert printed.left(NOW + timedelta(days=3), now=NOW) == "3 天"
    assert printed.left(NOW - timedelta(hours=1), now=NOW) == "0 分"


def test_span_names_the_second_day_only_when_it_differs():
    """A session within a day has one date; one past midnight has two."""
    starts = datetime(2025, 11, 26, 6, 0, tzinfo=UTC)

    assert printed.span(starts, starts + timedelta(hours=2, minutes=28)) == "2025-11-26 14:00–16:28"
    assert printed.span(starts, starts + timedelta(hours=12)) == "2025-11-26 14:00–2025-11-27 02:00"

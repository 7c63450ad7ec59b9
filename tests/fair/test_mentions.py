"""What a posting's text says of shifts, board and experience, and where it is silent."""

import pytest

from fair.mentions import said_dormitory, said_meals, said_schedule, said_years
from fair.vocabulary import Schedule


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("安保员（12小时制），服从安排", Schedule.TWO_SHIFTS),
        ("上班时间：12小时两班制", Schedule.TWO_SHIFTS),
        ("四班三运转", Schedule.THREE_SHIFTS),
        ("能上晚班", Schedule.NIGHT),
        ("可接受夜班优先", Schedule.NIGHT),
        ("长白班，不上夜班", Schedule.DAY),
        ("周末双休，五险一金", Schedule.DAY),
        ("时间自由，不坐班", Schedule.FLEXIBLE),
        ("会开叉车", None),
    ],
)
def test_shifts_are_read_where_they_are_named(text: str, schedule: Schedule | None) -> None:
    """A shift that is denied is not one."""
    assert said_schedule(text) == schedule


@pytest.mark.parametrize(
    ("text", "bed", "meals"),
    [
        ("包吃住，月休四天", True, True),
        ("包吃包住", True, True),
        ("提供员工宿舍和免费三餐", True, True),
        ("包住，餐费自理", True, False),
        ("不包住，包两餐", False, True),
        ("住宿自理", False, None),
        ("负责宿舍楼保洁", None, None),
    ],
)
def test_board_is_read_where_it_is_promised_or_denied(text: str, bed: bool | None, meals: bool | None) -> None:
    """Work in a dormitory promises no bed."""
    assert (said_dormitory(text), said_meals(text)) == (bed, meals)


def test_years_are_read_where_experience_is_asked_for() -> None:
    """The least of them; other years are none of experience."""
    assert said_years("有2-3年嵌入式开发经验") == 2
    assert said_years("2年以上工作经验，5年以上管理经验优先") == 2
    assert said_years("工作经验3年以上") == 3
    assert said_years("公司成立 15 年，2026 年扩招") is None
    assert said_years("有相关经验") is None

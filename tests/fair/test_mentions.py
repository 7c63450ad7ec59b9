"""What a posting's text says of pay, shifts, board and experience, and where it is silent."""

import pytest

from fair.mentions import (
    Hours,
    SaidPay,
    said_dormitory,
    said_employment,
    said_hours,
    said_meals,
    said_pay,
    said_remote,
    said_schedule,
    said_years,
)
from fair.vocabulary import EmploymentType, PayUnit, Schedule


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("安保员（12小时制），服从安排", Schedule.TWO_SHIFTS),
        ("上班时间：12小时两班制", Schedule.TWO_SHIFTS),
        ("四班三运转", Schedule.THREE_SHIFTS),
        ("能上晚班", Schedule.NIGHT),
        ("可接受夜班优先", Schedule.NIGHT),
        ("长白班，不上夜班", Schedule.DAY),
        ("正常班，月休四天", Schedule.DAY),
        ("周末双休，五险一金", Schedule.DAY),
        ("时间自由，不坐班", Schedule.FLEXIBLE),
        ("会开叉车", None),
        ("上班时间 8:30-17:30", Schedule.DAY),
        ("早8点到6点", Schedule.DAY),
        ("每晚 22:00-6:00", Schedule.NIGHT),
        ("不用熬夜", Schedule.DAY),
        ("无夜班，早中晚班轮换", Schedule.THREE_SHIFTS),
        ("上一休二，上班24小时", Schedule.THREE_SHIFTS),
        ("午休 12:00-14:00", None),
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
        ("管吃管住", True, None),
        ("封闭驻场", True, None),
        ("负责驻场运维", None, None),
        ("宿舍4-6人间，有空调", True, None),
        ("施工场地在城东", None, None),
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
    assert said_years("3年以上网络运维、监控、高可用保障等领域的经验") == 3
    assert said_years("两年以上驾龄") == 2
    assert said_years("公司成立 15 年，2026 年扩招") is None
    assert said_years("有相关经验") is None


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("月薪4500-6000，包吃住，两班倒", SaidPay(4500, 6000, PayUnit.MONTH)),
        ("综合工资9000到12000元", SaidPay(9000, 12000, PayUnit.MONTH)),
        ("税后工资 0.8-1 万", SaidPay(8000, 10000, PayUnit.MONTH)),
        ("薪资8k-12k", SaidPay(8000, 12000, PayUnit.MONTH)),
        ("¥6,000–8,000/月", SaidPay(6000, 8000, PayUnit.MONTH)),
        ("日薪200-300元", SaidPay(200, 300, PayUnit.DAY)),
        ("23 元/小时，日结", SaidPay(23, 23, PayUnit.HOUR)),
        ("每单5-10元不等", SaidPay(5, 10, PayUnit.PIECE)),
        ("底薪4400＋按单提成，每单5-10元", SaidPay(4400, 4400, PayUnit.MONTH)),
        ("工资面议", None),
        ("年龄16-45岁，3年以上经验，月休4天，8-18点", None),
        ("注册资本5000万元，员工3000人", None),
        ("工资 12000-4000", None),
    ],
)
def test_pay_is_read_with_its_unit(text: str, pay: SaidPay | None) -> None:
    """An amount counts beside a word of pay or a unit; pay by the month comes before pay by the piece."""
    assert said_pay(text) == pay


def test_hours_are_spans_of_work() -> None:
    """From when to when, and whether it goes on into the night; a break is too short to be one."""
    assert said_hours("8:00-12:00，13:30-17:30") == [Hours(8, 12), Hours(13.5, 17.5)]
    assert said_hours("9点到6点半") == [Hours(9, 18.5)]
    assert [hours.is_by_night for hours in said_hours("19:00-7:00")] == [True]
    assert said_hours("午休 12:00-14:00，月薪 6000-8000，2-3 年") == []


@pytest.mark.parametrize(
    ("text", "is_remote"),
    [
        ("居家办公，时间自由", True),
        ("线上授课", True),
        ("Remote", True),
        ("居家兼职，纯打字", True),
        ("不支持远程办公", False),
        ("不接受居家办公", False),
        ("远程办公者勿扰", False),
        ("公司坐班，线上办公、居家办公免谈", False),
        ("线上客服", False),
        ("线上客户咨询", False),
    ],
)
def test_work_from_home_is_read_where_it_is_named(text: str, is_remote: bool) -> None:
    """Customers who ask online make no work from home."""
    assert said_remote(text) == is_remote


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("前端开发实习生", EmploymentType.INTERN),
        ("兼职会计", EmploymentType.PART_TIME),
        ("寒假工", EmploymentType.TEMPORARY),
        ("分拣员（全职/兼职）", None),
        ("销售，兼职勿扰", None),
        ("电工", None),
    ],
)
def test_kind_of_contract_is_read_from_the_title(title: str, kind: EmploymentType | None) -> None:
    """One that is denied, or offered beside full time, is none."""
    assert said_employment(title) == kind

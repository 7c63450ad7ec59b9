"""Positions from a spreadsheet: which columns there are, what each cell must hold, and everything that is wrong.

Nothing here reads a file or a database: rows of text go in, the content of positions and problems come out. A problem's
words are a template, so that the site can say them in another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from fair import cells as read
from fair.importcolumns import BY_KEY
from fair.mentions import said_dormitory, said_meals
from fair.places import PlaceFinder
from fair.readings import Reading, filled, readings
from fair.vocabulary import Education, EmploymentType, PayUnit, Schedule
from fair.wording import N_, advice

Value = TypeVar("Value", bound=StrEnum)

_HIGHEST_PAY = 1_000_000
_MOST_PEOPLE = 9_999


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: its column's key, what is there, and how to mend it."""

    column: str
    value: str
    message: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The message in Chinese."""
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True)
class Terms:
    """What rows are checked against: today, places, and the names that the employer goes by."""

    today: date
    places: PlaceFinder
    employer_names: frozenset[str]


@dataclass(frozen=True)
class CheckedRow:
    """A row's content as `fair.positions.CONTENT` names it, and its problems; content is whole if there are none."""

    content: dict[str, Any]
    problems: list[Problem]
    readings: list[Reading]
    """What was read from the text where a column is silent; it is in the content."""

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two rows the same position."""
        return identity_of(self.content)


def check_row(cells: Mapping[str, str], terms: Terms) -> CheckedRow:
    """Read one row (key → text); every cell that is wrong becomes a problem."""
    clean = {key: read.clean(value) for key, value in cells.items()}
    found = readings(clean)
    reader = _Reader(filled(clean, found), terms)
    return CheckedRow(reader.content(), reader.problems, found)


def identity_of(content: Mapping[str, Any]) -> tuple[Any, ...]:
    """Title, place, schedule and pay: two positions alike in all of them are one."""
    return tuple(content.get(name) for name in ("title", "district_code", "address", "schedule", "pay_min", "pay_max"))


class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], terms: Terms) -> None:
        self.cells, self.terms = cells, terms
        self.problems: list[Problem] = []

    def content(self) -> dict[str, Any]:
        self._employer()
        pay_min, pay_max = self._pay()
        base_pay = self._base_pay(pay_max)
        code, address = self._place()
        schedule, schedule_note = self._schedule()
        has_dormitory, has_meals = self._board()
        return {
            "title": self.worded("title"),
            "occupation": self.worded("occupation"),
            "employment_type": self._one_of(
                "employment_type", read.employment_type, EmploymentType.FULL_TIME, "全职、兼职、实习、临时工"
            ),
            "district_code": code,
            "address": address,
            "head_count": self._head_count(),
            "base_pay": base_pay,
            "pay_min": pay_min,
            "pay_max": pay_max,
            "pay_unit": self._one_of("pay_unit", read.pay_unit, PayUnit.MONTH, "月、天、小时、件"),
            "pay_note": self.worded("pay_note"),
            "schedule": schedule,
            "schedule_note": schedule_note,
            "education": self._one_of(
                "education", read.education, Education.NONE, "不限、初中、高中、大专、本科、硕士、博士"
            ),
            "experience_years": self._experience(),
            "certificates": self._list("certificates"),
            "skills": self._list("skills"),
            "duties": self.worded("duties"),
            "requirements": self.worded("requirements"),
            "has_dormitory": has_dormitory,
            "has_meals": has_meals,
            "has_insurance": read.is_yes(self.text("insurance")),
            "benefits": self.worded("benefits"),
            "is_supported_place": False,
            "valid_until": self._valid_until(),
        }

    def text(self, key: str) -> str:
        """A cell's text; one that is missing or too long is a problem."""
        value = self.cells.get(key, "")
        column = BY_KEY[key]
        if not value and column.is_required:
            self._wrong(key, _MISSING.get(key, N_("缺%(heading)s")), heading=column.heading)
        if len(value) > column.longest:
            self._wrong(
                key, N_("太长，有 %(length)s 个字。最多 %(longest)s 个字"), length=len(value), longest=column.longest
            )
            return value[: column.longest]
        return value

    def worded(self, key: str) -> str:
        """A text that people will read: it may not discriminate nor ask for money."""
        value = self.text(key)
        found = advice(value)
        if found:
            self._wrong(key, found[0], **found[1])
        return value

    def _wrong(self, key: str, message: str, **values: object) -> None:
        told = {name: str(value) for name, value in values.items()}
        self.problems.append(Problem(key, self.cells.get(key, ""), message, told))

    def _employer(self) -> None:
        value = self.text("employer")
        if value and value not in self.terms.employer_names:
            self._wrong("employer", N_("不是本单位。只能导入自己单位的岗位，改成本单位或空着"))

    def _head_count(self) -> int | None:
        value = self.text("head_count")
        if not value:
            return None
        number = read.whole_number(value.removesuffix("人").removesuffix("名"))
        if number is None:
            self._wrong("head_count", N_("人数要写数字，如 3"))
        elif number < 1:
            self._wrong("head_count", N_("至少招 1 人"))
        elif number > _MOST_PEOPLE:
            self._wrong("head_count", N_("人数太大，最多 9,999"))
        return number

    def _pay(self) -> tuple[int | None, int | None]:
        value = self.text("pay")
        if not value:
            return None, None
        if "面议" in value:
            self._wrong("pay", N_("不能写面议。写范围，如 6500–9000"))
            return None, None
        amounts = read.pay_amounts(value)
        if amounts is None:
            self._wrong("pay", N_("看不懂。写范围，如 6500–9000"))
            return None, None
        low, high = amounts
        if high < low:
            self._wrong("pay", N_("最高的比最低的低。写成 %(high)s–%(low)s"), low=low, high=high)
        if high > _HIGHEST_PAY or low < 1:
            self._wrong("pay", N_("数目不对。按元写，如 6500–9000"))
        return low, high

    def _base_pay(self, pay_max: int | None) -> int | None:
        value = self.text("base_pay")
        if not value:
            return None
        amounts = read.pay_amounts(value)
        if amounts is None or "面议" in value:
            self._wrong("base_pay", N_("底薪要写数字。填每月元数，如 4800"))
            return None
        amount = amounts[0]
        if amounts[0] != amounts[1]:
            self._wrong("base_pay", N_("底薪只写一个数，如 4800。范围写在月薪里"))
        elif not 1 <= amount <= _HIGHEST_PAY:
            self._wrong("base_pay", N_("数目不对。按元写，如 4800"))
        elif pay_max is not None and amount > pay_max:
            self._wrong("base_pay", N_("比月薪最高的 %(highest)s 还高。核对底薪和月薪"), highest=pay_max)
        return amount

    def _place(self) -> tuple[str | None, str]:
        value = self.text("place")
        if not value:
            return None, ""
        found = self.terms.places.find(value)
        if not found:
            self._wrong("place", N_("没有这个地方。写到街道，如“余杭区仓前街道”"))
            return None, ""
        if len(found) > 1:
            self._wrong("place", N_("有几个同名的地方。前面加上市和区"))
            return None, ""
        if not self.terms.places.is_exact_enough(found[0].code):
            self._wrong("place", N_("不够细。写到区或街道，如“余杭区仓前街道”"))
        if len(found[0].address) > 120:
            self._wrong("place", N_("详细地址太长，最多 120 个字"))
        return found[0].code, found[0].address

    def _valid_until(self) -> date | None:
        value = self.text("valid_until")
        if not value:
            return None
        day = read.day(value)
        if day is None:
            self._wrong("valid_until", N_("日期看不懂。写成 2027-12-31 这样"))
        elif day < self.terms.today:
            self._wrong("valid_until", N_("已经过了。填今天以后的日期"))
        elif day.year > self.terms.today.year + 2:
            self._wrong("valid_until", N_("太远了，最多两年。核对年份"))
        return day

    def _schedule(self) -> tuple[Schedule, str]:
        value = self.worded("schedule")
        if not value:
            return Schedule.DAY, ""
        schedule = read.schedule(value)
        if schedule is None:
            self._wrong("schedule", N_("不认得。写%(choices)s中的一个"), choices="白班、两班倒、三班倒、夜班、时间灵活")
            return Schedule.DAY, ""
        return schedule, "" if value in ("白班", "长白班", "两班倒", "三班倒", "夜班", "时间灵活") else value

    def _experience(self) -> int:
        value = self.text("experience")
        if not value:
            return 0
        years = read.years(value)
        if years is None or years > 40:
            self._wrong("experience", N_("写年数，如“3 年”，没有要求就写“不限”"))
            return 0
        return years

    def _board(self) -> tuple[bool, bool]:
        """Whether there is a bed, and meals."""
        board = self.text("board")
        has_bed = "住" in board and said_dormitory(board) is not False
        has_meals = any(word in board for word in ("吃", "餐", "食")) and said_meals(board) is not False
        return has_bed and read.is_yes(board), has_meals and read.is_yes(board)

    def _list(self, key: str) -> list[str]:
        value = self.worded(key)
        if not value or value in ("无", "不限", "没有"):
            return []
        words = [word.strip() for word in re.split(r"[、,，;；|\n]+", value) if word.strip()]
        if any(len(word) > 30 for word in words):
            self._wrong(key, N_("几个用顿号隔开，每个最多 30 个字"))
        return words[:20]

    def _one_of(self, key: str, reads: Callable[[str], Value | None], default: Value, choices: str) -> Value:
        value = self.text(key)
        if not value:
            return default
        found = reads(value)
        if found is None:
            self._wrong(key, N_("不认得。写%(choices)s中的一个"), choices=choices)
            return default
        return found


_MISSING = {
    "place": N_("缺工作地点。写到街道，如“余杭区仓前街道”"),
    "base_pay": N_("缺底薪。填每月元数，如 4800"),
    "head_count": N_("缺人数。填招几个人，如 3"),
    "valid_until": N_("缺有效期。填今天以后的日期，如 2027-12-31"),
    "requirements": N_("缺要求。写干活要用到的，没有就写“不限”"),
    "duties": N_("缺职责。写到岗以后做什么"),
}

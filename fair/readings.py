"""What the running text of a row says where its columns are silent, in the words that the columns take.

A sheet often has all of a posting in one cell: 月薪4500-6000，包吃住，两班倒. What is read is put into the cells as if
somebody had written it there, and told to the recruiter, who confirms or changes it. Knows no records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from fair.mentions import SaidPay, said_dormitory, said_employment, said_meals, said_pay, said_schedule, said_years
from fair.vocabulary import EmploymentType, PayUnit, Schedule

Value = TypeVar("Value", EmploymentType, Schedule)

_SENTENCES = ("title", "requirements", "duties", "benefits")
_SCHEDULES = {
    Schedule.DAY: "白班",
    Schedule.TWO_SHIFTS: "两班倒",
    Schedule.THREE_SHIFTS: "三班倒",
    Schedule.NIGHT: "夜班",
    Schedule.FLEXIBLE: "时间灵活",
}
_UNITS = {PayUnit.MONTH: "月", PayUnit.DAY: "天", PayUnit.HOUR: "小时", PayUnit.PIECE: "件"}
_EMPLOYMENT = {EmploymentType.PART_TIME: "兼职", EmploymentType.INTERN: "实习", EmploymentType.TEMPORARY: "临时工"}

NOTHING = {"schedule": "白班", "board": "无", "experience": "不限", "employment_type": "全职"}
"""What a cell says that grants and asks nothing, for a recruiter who takes a reading back."""


@dataclass(frozen=True)
class Reading:
    """One thing read from the text: the column's key, and what its cell would say."""

    column: str
    value: str


def readings(cells: Mapping[str, str]) -> list[Reading]:
    """What the text of a row says for columns that are empty, in the order of the columns."""
    text = "\n".join(cells.get(key, "") for key in _SENTENCES)
    found = [*_pay(cells, text)]
    for column, value in (
        ("employment_type", _said(_EMPLOYMENT, said_employment(cells.get("title", "")))),
        ("schedule", _said(_SCHEDULES, said_schedule(text))),
        ("experience", _years(cells.get("requirements", ""))),
        ("board", _board(text)),
    ):
        if value and not cells.get(column):
            found.append(Reading(column, value))
    return found


def filled(cells: Mapping[str, str], found: list[Reading]) -> dict[str, str]:
    """The cells with what was read."""
    return {**cells, **{reading.column: reading.value for reading in found}}


def _said(words: Mapping[Value, str], value: Value | None) -> str | None:
    return words.get(value) if value is not None else None


def _pay(cells: Mapping[str, str], text: str) -> list[Reading]:
    if cells.get("pay") or cells.get("pay_unit"):
        return []
    said = said_pay(text)
    if said is None or said.low < 1:
        return []
    unit = [Reading("pay_unit", _UNITS[said.unit])] if said.unit != PayUnit.MONTH else []
    return [Reading("pay", _range(said)), *unit]


def _range(said: SaidPay) -> str:
    low, high = round(said.low), round(said.high)
    return f"{low}-{high}" if low != high else str(low)


def _years(requirements: str) -> str | None:
    years = said_years(requirements)
    return f"{years} 年" if years else None


def _board(text: str) -> str | None:
    has_meals, has_bed = said_meals(text), said_dormitory(text)
    if has_meals and has_bed:
        return "包吃包住"
    return "包吃" if has_meals else "包住" if has_bed else None

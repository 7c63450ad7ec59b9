"""One cell of a sheet read as what it means: pay, days, years, words of the vocabulary; None = not understood."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import TypeVar

from fair.vocabulary import Education, EmploymentType, PayUnit, Schedule

Value = TypeVar("Value", bound=StrEnum)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO = ("否", "无", "没有", "不", "不提供", "N", "no", "No", "0", "不包", "自理")
_CHINESE_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "八": 8, "十": 10}
_DATES = (
    re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_AMOUNT = r"(\d+(?:\.\d+)?)\s*(万|[kK千])?\s*元?"
_PAY = re.compile(
    rf"^{_AMOUNT}(?:\s*(?:-|–|—|~|至|到){{1,2}}\s*{_AMOUNT})?\s*/?\s*(?:月|天|日|小时|时|件)?(?:以上|起)?$"
)
_TIMES = {"万": 10_000, "k": 1_000, "K": 1_000, "千": 1_000, None: 1}

_PAY_UNITS = (
    (("小时", "时"), PayUnit.HOUR),
    (("月",), PayUnit.MONTH),
    (("天", "日"), PayUnit.DAY),
    (("件",), PayUnit.PIECE),
)
_EMPLOYMENT_TYPES = (
    (("全职",), EmploymentType.FULL_TIME),
    (("兼职",), EmploymentType.PART_TIME),
    (("实习",), EmploymentType.INTERN),
    (("临时", "短期"), EmploymentType.TEMPORARY),
)
_SCHEDULES = (
    (("三班", "四班三"), Schedule.THREE_SHIFTS),
    (("两班", "二班", "倒班", "轮班"), Schedule.TWO_SHIFTS),
    (("灵活", "弹性", "自由"), Schedule.FLEXIBLE),
    (("夜班", "晚班"), Schedule.NIGHT),
    (("白班", "日班", "常白", "双休", "单休", "做六休一", "做五休二", "早九", "行政班"), Schedule.DAY),
)
_EDUCATIONS = (
    (("不限", "无要求", "小学"), Education.NONE),
    (("初中",), Education.JUNIOR),
    (("高中", "中专", "中技", "技校", "技工", "职高", "中职"), Education.SENIOR),
    (("大专", "专科", "高职"), Education.COLLEGE),
    (("本科", "学士", "大学"), Education.BACHELOR),
    (("硕士", "研究生"), Education.MASTER),
    (("博士",), Education.DOCTOR),
)


def clean(text: str) -> str:
    """A cell without the apostrophe that guards a formula, and without edges and control signs."""
    text = _CONTROL.sub("", text).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def plain(text: str) -> str:
    """The text with its full-width digits and signs made half-width."""
    return unicodedata.normalize("NFKC", text).strip()


def whole_number(text: str) -> int | None:
    """A whole number from 12, １２ or 1,200."""
    digits = plain(text).replace(",", "").strip()
    return int(digits) if re.fullmatch(r"-?\d{1,9}", digits) else None


def pay_amounts(text: str) -> tuple[int, int] | None:
    """Lowest and highest pay in CNY from 7500–9500, 4800 元, 8k-10k or 0.8–1 万."""
    match = _PAY.match(plain(text).replace(",", ""))
    if match is None:
        return None
    low, low_unit, high, high_unit = match.groups()
    if high is None:
        return _amount(low, low_unit), _amount(low, low_unit)
    return _amount(low, low_unit or high_unit), _amount(high, high_unit)


def day(text: str) -> date | None:
    """A day from 2027-12-31, 2027/12/31, 2027.12.31, 2027年12月31日 or 20271231."""
    for pattern in _DATES:
        match = pattern.match(plain(text))
        if match:
            try:
                return date(*map(int, match.groups()))
            except ValueError:
                return None
    return None


def years(text: str) -> int | None:
    """The least years of experience from 3 年, 3-5年 or 两年以上; 不限 and 应届 are none asked for."""
    if any(word in text for word in ("不限", "应届", "无", "均可")):
        return 0
    digits = re.search(r"\d{1,3}", plain(text))
    return int(digits.group()) if digits else _CHINESE_DIGITS.get(text[:1])


def is_yes(text: str) -> bool:
    """Whether the cell grants something; an empty one does not."""
    return bool(text) and text not in _NO and not text.startswith("不含")


def pay_unit(text: str) -> PayUnit | None:
    """月, 天, 小时, 件, or the key."""
    return _worded(text, _PAY_UNITS) or _named(text, PayUnit)


def employment_type(text: str) -> EmploymentType | None:
    """全职, 兼职, 实习, 临时工, or the key."""
    return _worded(text, _EMPLOYMENT_TYPES) or _named(text, EmploymentType)


def schedule(text: str) -> Schedule | None:
    """白班, 两班倒, 三班倒, 夜班, 时间灵活 and what else they are called, or the key."""
    return _worded(text, _SCHEDULES) or _named(text, Schedule)


def education(text: str) -> Education | None:
    """The lowest degree that is named, as in 高中及以上，大专优先; or the key; 初中及以下 asks for none."""
    if text == "无" or text.endswith("以下"):
        return Education.NONE
    return _worded(text, _EDUCATIONS) or _named(text, Education)


def _amount(number: str, unit: str | None) -> int:
    return min(round(float(number[:12]) * _TIMES[unit]), 10**9)


def _worded(text: str, table: tuple[tuple[tuple[str, ...], Value], ...]) -> Value | None:
    return next((value for words, value in table if any(word in text for word in words)), None)


def _named(text: str, kind: type[Value]) -> Value | None:
    key = text.strip().replace(" ", "_").replace("-", "_").casefold()
    return next((value for value in kind if value.value.casefold() == key), None)

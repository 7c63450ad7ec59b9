"""What a posting's running text says of pay, shifts, board and experience, for postings that say it nowhere else.

Nothing is guessed: None where the text is silent, False where it says no.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from fair.vocabulary import PayUnit, Schedule

_SCHEDULES = (
    (Schedule.THREE_SHIFTS, re.compile(r"三班|四班三")),
    (Schedule.TWO_SHIFTS, re.compile(r"两班|二班倒|倒班|轮班|12\s*小时(?:制|两班)|24\s*小时(?:轮|两班)")),
    (Schedule.NIGHT, re.compile(r"(?<!不上)(?<!无)(?<!没有)(?<!不用上)(?<!无需上)(?:夜班|晚班|通宵|大夜)")),
    (Schedule.DAY, re.compile(r"长白班|常白班|白班|双休|做五休二|朝九晚|早九|行政班")),
    (Schedule.FLEXIBLE, re.compile(r"时间(?:灵活|自由)|弹性(?:工作|上班|时间)|周末兼职|不坐班")),
)
_NO_NIGHTS = re.compile(r"(?:不上|无|没有|不用上|无需上)(?:夜班|晚班|倒班)")
_NO_BED = re.compile(r"不(?:包|提供|含)(?:吃)?住|住宿自理|不提供(?:食宿|住宿|宿舍)|自行解决住宿|食宿自理")
_BED = re.compile(
    r"包(?:吃)?(?:包)?住|包食宿|包吃包住|食宿全包|(?:提供|免费|有)(?:免费)?(?:的)?(?:食宿|住宿|宿舍)|员工宿舍|夫妻房"
)
_NO_MEALS = re.compile(r"不(?:包|提供|含)(?:吃|餐|三餐|食)|食宿自理|餐费自理")
_MEALS = re.compile(r"包吃|包[一两二三]?餐|包食宿|食宿全包|(?:免费|提供)(?:[一两二三早中午晚]*餐|食宿|伙食)|员工餐")
_YEARS = re.compile(
    r"(?<!\d)(\d{1,2})(?:\s*[-–—~～至到]\s*\d{1,2})?\s*年(?:及)?(?:以上)?[^，。；\n]{0,8}?(?:经验|工作经历|从业)|"
    r"(?:经验|从业)[^，。；\n\d]{0,6}?(\d{1,2})\s*年"
)

_AMOUNT = r"(\d+(?:\.\d+)?)\s*([万wWkK千]?)"
_PAY = re.compile(
    rf"(?P<before>[^，。；、\n\d]{{0,8}}?)(?<![\d.])(?P<low>{_AMOUNT})\s*元?(?:\s*[-–—~～至到]+\s*(?P<high>{_AMOUNT}))?"
    r"\s*[+＋]?\s*元?(?:左右|以上|起)?\s*(?P<after>(?:/|每|一)?\s*(?:小时|时|[hH]\b|天|日|月|年|单|件|票|个月))?"
)
_OF_PAY = re.compile(r"薪|工资|收入|待遇|月入|底薪|综合|到手|单价|每单|每小时|每天|[薪资]酬|salary", re.IGNORECASE)
_UNITS = (
    (re.compile(r"小时|时薪|时$|[hH]$"), PayUnit.HOUR),
    (re.compile(r"[单件票]|计件"), PayUnit.PIECE),
    (re.compile(r"[天日]"), PayUnit.DAY),
    (re.compile(r"月"), PayUnit.MONTH),
)
_PLAUSIBLE = {
    PayUnit.MONTH: (1_000, 100_000),
    PayUnit.DAY: (60, 2_000),
    PayUnit.HOUR: (8, 500),
    PayUnit.PIECE: (0.01, 100),
}
_TIMES = {"万": 10_000, "w": 10_000, "k": 1_000, "千": 1_000, "": 1}


@dataclass(frozen=True)
class SaidPay:
    """Lowest and highest pay in CNY for one `unit`, as a text says it."""

    low: float
    high: float
    unit: PayUnit


def said_pay(text: str) -> SaidPay | None:
    """The pay that a text names: by the month if it names one, else by day, hour or piece; the first of its kind.

    None when it names none; an amount counts only beside a word of pay or a unit, and if it is plausible for its unit.
    """
    found: dict[PayUnit, SaidPay] = {}
    for match in _PAY.finditer(unicodedata.normalize("NFKC", text).replace(",", "")):
        before, after = match["before"] or "", match["after"] or ""
        if not _OF_PAY.search(before) and not after.startswith(("/", "每", "一")):
            continue
        said = _pay_of(match, _unit_of(before, after))
        if said is not None:
            found.setdefault(said.unit, said)
    return next((found[unit] for unit in _PLAUSIBLE if unit in found), None)


def said_schedule(text: str) -> Schedule | None:
    """The shifts that a text names, the hardest first; None when it names none."""
    silent = _NO_NIGHTS.sub("", text)
    return next((schedule for schedule, pattern in _SCHEDULES if pattern.search(silent)), None)


def said_dormitory(text: str) -> bool | None:
    """Whether a text promises a bed; None when it says nothing of one."""
    return _said(text, _BED, _NO_BED)


def said_meals(text: str) -> bool | None:
    """Whether a text promises meals; None when it says nothing of them."""
    return _said(text, _MEALS, _NO_MEALS)


def said_years(text: str) -> int | None:
    """The least years of experience that a text asks for; None when it asks for none in figures."""
    found = [int(match[1] or match[2]) for match in _YEARS.finditer(text)]
    asked = [years for years in found if 0 < years <= 20]
    return min(asked, default=None)


def _said(text: str, promise: re.Pattern[str], denial: re.Pattern[str]) -> bool | None:
    if denial.search(text):
        return False
    return True if promise.search(text) else None


def _unit_of(before: str, after: str) -> PayUnit:
    told = (unit for said in (after, before) for pattern, unit in _UNITS if pattern.search(said))
    return next(told, PayUnit.MONTH)


def _pay_of(match: re.Match[str], unit: PayUnit) -> SaidPay | None:
    low, low_times, high, high_times = match[3], match[4].lower(), match[6], (match[7] or "").lower()
    least = float(low) * _TIMES[low_times or (high_times if high and float(low) < 100 else "")]
    most = float(high) * _TIMES[high_times] if high else least
    lowest, highest = _PLAUSIBLE[unit]
    return SaidPay(least, most, unit) if lowest <= least <= most <= highest else None

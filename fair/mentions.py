"""What a posting's running text says of pay, shifts, board and experience, for postings that say it nowhere else.

Nothing is guessed: None where the text is silent, False where it says no.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from fair.vocabulary import EmploymentType, PayUnit, Schedule

_SCHEDULES = (
    (
        Schedule.THREE_SHIFTS,
        re.compile(r"三班|四班三|早[、,，]?中[、,，]?[晚夜](?:三个?)?班|上一(?:天)?休[二两](?:天)?|上24休48"),
    ),
    (
        Schedule.TWO_SHIFTS,
        re.compile(
            r"[两二]班|倒班|轮班|翻班|倒夜|白[、,，/]?(?:天)?[夜晚]班|早[、,，/]?[晚夜]班|12\s*小时(?:制|两班)|24\s*小时(?:轮|两班)"
        ),
    ),
    (Schedule.NIGHT, re.compile(r"夜班|晚班|通宵|大夜|熬夜")),
    (
        Schedule.DAY,
        re.compile(r"长白班|常白班|正常(?:工作制|班)|白班|日班|双休|做五休二|上五休二|朝九晚|早[八九]晚[五六]|行政班"),
    ),
    (Schedule.FLEXIBLE, re.compile(r"时间(?:灵活|自由)|弹性(?:工作|上班|时间)|周末兼职|不坐班")),
)
_NO_NIGHTS = re.compile(r"(?:不(?:用|需要?|必)?(?:上|倒|熬)?|无需?(?:上|倒|熬)?|没有|免)(?:大?夜班|晚班|倒班|夜(?!班))")
_HOURS = re.compile(
    r"(?<!\d)(?P<from>[01]?\d|2[0-4])\s*(?P<from_minutes>[:：点时]\s*(?:[0-5]\d|半)?)\s*(?:分)?\s*"
    r"(?:-|–|—|~|～|至|到)+\s*(?:下午|晚上?|次日|第二天|凌晨)?\s*"
    r"(?P<to>[01]?\d|2[0-4])\s*(?P<to_minutes>[:：点时]\s*(?:[0-5]\d|半)?)(?!\s*(?:元|天|个月|分钟))"
)
_NO_BED = re.compile(r"不(?:包|管|提供|含)(?:吃)?住|住宿自理|不提供(?:食宿|住宿|宿舍)|自行解决住宿|食宿自理")
_BED = re.compile(
    r"[包管](?:吃)?[包管]?住|包食宿|食宿全包|吃住(?:全|都|免)|"
    r"(?:提供|免费|有|安排|解决)(?:免费|公寓|低价|员工|集体)*(?:的)?(?:吃住|食宿|住宿|宿舍|公寓)|"
    r"员工宿舍|集体宿舍|公寓宿舍|厂区宿舍|宿舍(?:有|配)?(?:独立)?空调|夫妻房|人间(?:宿舍|公寓)|宿舍.{0,4}人间|封闭式?驻场|住场(?!地|所)|"
    r"(?<!不)住家(?!附近)"
)
_REMOTE = re.compile(
    r"(?:居家|在家|远程|线上|云端)(?:全职|兼职|自由)?(?:办公|工作|上班|接单|授课|教学|做|坐席|模式)|(?:居家|在家|远程)(?:的)?(?:全职|兼职|客服)|办公地点不限|城市不限|"
    r"工作地点(?:自由|灵活)|(?<![a-z])(?:remote|wfh|work from home)(?![a-z])",
    re.IGNORECASE,
)
_NOT_REMOTE = re.compile(
    r"(?:不(?:支持|接受|提供|是|可以?)|谢绝|拒绝|非)(?:线上|全职|兼职)*(?:居家|在家|远程|线上)(?:办公|工作|上班)?|"
    r"(?:(?:居家|在家|远程|线上)(?:办公|工作|上班)?[、,， /或]*)+[者的等]?[,，]?请?(?:勿扰|勿投|免谈|除外|不考虑)"
)
_EMPLOYMENT = (
    (EmploymentType.INTERN, re.compile(r"(?<!接受)(?<!接收)(?<!可)(?<!含)实习(?!期|鉴定|证明|经)")),
    (EmploymentType.PART_TIME, re.compile(r"(?<!非)(?<!勿)(?<!不招)(?<!谢绝)兼职(?!勿|请勿|不)")),
    (EmploymentType.TEMPORARY, re.compile(r"(?:寒假|暑假|假期|临时|短期|日结)(?:工|兼职)?")),
)
_FULL_TIME_TOO = re.compile(r"全职|长期|正式工")
_NO_MEALS = re.compile(r"不(?:包|提供|含)(?:吃|餐|三餐|食)|食宿自理|餐费自理")
_MEALS = re.compile(r"包吃|包[一两二三]?餐|包食宿|食宿全包|(?:免费|提供)(?:[一两二三早中午晚]*餐|食宿|伙食)|员工餐")
_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "八": 8, "十": 10}
_YEARS = re.compile(
    r"(?<![\d十])(?P<before>\d{1,2}|[一两二三四五六八十])(?:\s*[-–—~～至到]\s*[\d一两二三四五六八十]{1,2})?\s*年(?:及)?(?:以上)?"
    r"[^，。；;\n]{0,24}?(?:经验|工作经历|从业|驾龄)|"
    r"(?:经验|从业|驾龄)[^，。；;\n\d]{0,6}?(?P<after>\d{1,2}|[一两二三四五六八十])\s*年"
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


@dataclass(frozen=True)
class Hours:
    """From when to when people work, in hours of a day; an `end` before the `start` is on the next day."""

    start: float
    end: float

    @property
    def is_by_night(self) -> bool:
        """Whether it goes on after eleven in the evening or begins before five."""
        return self.end < self.start or self.end > 23 or self.start < 5


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
    """The shifts that a text names, the hardest first, or that its hours are; None when it names none."""
    silent = _NO_NIGHTS.sub("", text)
    named = next((schedule for schedule, pattern in _SCHEDULES if pattern.search(silent)), None)
    if named is not None:
        return named
    if any(hours.is_by_night for hours in said_hours(text)):
        return Schedule.NIGHT
    return Schedule.DAY if silent != text or said_hours(text) else None


def said_hours(text: str) -> list[Hours]:
    """The spans of working hours that a text names, each of 3 hours and more, as 8:00-17:30 or 早上9点到6点."""
    found = []
    for match in _HOURS.finditer(text):
        start, end = _time_of(match, "from"), _time_of(match, "to")
        # People write 8点到6点 and mean the evening.
        end += 12 if end <= start and end + 12 > start + 3 and end <= 9 and start >= 6 and match["to"][0] != "0" else 0
        if (end - start) % 24 >= 3:
            found.append(Hours(start, end))
    return found


def said_dormitory(text: str) -> bool | None:
    """Whether a text promises a bed; None when it says nothing of one."""
    return _said(text, _BED, _NO_BED)


def said_remote(text: str) -> bool:
    """Whether a text says that the work is done from home or wherever one is."""
    return _REMOTE.search(_NOT_REMOTE.sub("", text)) is not None


def said_employment(title: str) -> EmploymentType | None:
    """The kind of contract that a title names; None when it names none, or 全职 beside others."""
    if _FULL_TIME_TOO.search(title):
        return None
    return next((kind for kind, pattern in _EMPLOYMENT if pattern.search(title)), None)


def said_meals(text: str) -> bool | None:
    """Whether a text promises meals; None when it says nothing of them."""
    return _said(text, _MEALS, _NO_MEALS)


def said_years(text: str) -> int | None:
    """The least years of experience that a text asks for; None when it asks for none in figures."""
    figures = (match["before"] or match["after"] for match in _YEARS.finditer(text))
    found = [_NUMBERS[figure] if figure in _NUMBERS else int(figure) for figure in figures]
    asked = [years for years in found if 0 < years <= 20]
    return min(asked, default=None)


def _time_of(match: re.Match[str], name: str) -> float:
    minutes = (match[f"{name}_minutes"] or "").lstrip(":：点时").strip()
    return int(match[name]) + (0.5 if minutes == "半" else int(minutes or 0) / 60)


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

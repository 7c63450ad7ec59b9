"""What seekers ask of a working day in their own words, and what postings say of it: the one table of such wishes.

Neither has a field for sitting down, for Sundays or for selling by telephone; both write of them. Age, health and what
else no score may stand on are no wishes: texts come here without them. Knows no weights and no words of reasons.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from fair.vocabulary import EmploymentType


class Wish(StrEnum):
    """One thing that seekers write of."""

    SEATED = "seated"
    WEEKENDS = "weekends"
    NO_SELLING = "no_selling"
    MEALS = "meals"
    DAILY_PAY = "daily_pay"
    LEARNING = "learning"


@dataclass(frozen=True)
class _Words:
    """How seekers ask for it, how postings grant it, and how they rule it out."""

    asked: re.Pattern[str]
    granted: re.Pattern[str]
    ruled_out: re.Pattern[str] | None = None


_WISHES = {
    Wish.SEATED: _Words(
        re.compile(
            r"坐着|坐岗|坐班的|(?:不能|不想|没法)(?:久站|站|搬|干重)|站不[了住久]|搬不动|轻(?:松|便)?(?:一?点的?)?活"
        ),
        re.compile(r"坐岗|坐班|坐着|坐姿|坐式|办公室(?:工作|内|环境)|室内办公"),
        re.compile(r"站岗|久站|站立|站着|站班|搬运|装卸|搬货|重体力|巡逻|骑(?:车|电)|送餐|爬楼"),
    ),
    Wish.WEEKENDS: _Words(
        re.compile(r"双休|周末(?:要)?(?:休|陪|在家)|(?:不想|不要|别|少)(?:天天|老|总)?加班|不加班"),
        re.compile(r"双休|[做上]五休二|不加班|朝九晚五|早九晚五|五天工作制|每周5天"),
        re.compile(r"单双?休|大小周|月休[一二两三四1234]天|[做上]六休一|(?:需要?|能|接受|适应|经常)加班"),
    ),
    Wish.NO_SELLING: _Words(
        re.compile(
            r"(?:别|不想|不要|不做|不愿|不干|不喜欢)(?:要?我|让我|再|去|做|干|跑|打)*(?:电话|销售|推销|业务|拉客|电销)"
        ),
        re.compile(r"无(?:任何)?销售|[非不](?:做|是|含)?(?:电话)?销售|纯接听|无需?(?:外呼|打电话)|没有(?:销售|业绩)"),
        re.compile(
            r"外呼|电销|电话(?:销售|邀约|营销|回访)|拉新|拉客|邀约|推销|地推|陌拜|销售成交|促进?成交|开发(?:新|有需求的)?客户|催收|复购|(?<!不)含(?:有)?销售"
        ),
    ),
    Wish.MEALS: _Words(
        re.compile(r"[包管]吃|管饭|包[一两三]?餐"),
        re.compile(r"[包管]吃|[包管][一两二三]?[餐饭]|食宿|免费.{0,2}餐|工作餐|员工餐|吃住"),
        re.compile(r"不[包管](?:吃|餐)|食宿自理|餐费自理"),
    ),
    Wish.DAILY_PAY: _Words(re.compile(r"日结|当天结|天天结"), re.compile(r"日结|当天结|当日结|下班(?:就)?结|日薪现结")),
    Wish.LEARNING: _Words(
        re.compile(r"想学|学(?:门|个|点)?(?:手艺|技术)|当?学徒|有人带|师傅带"),
        re.compile(r"学徒|带教|[有由]?(?:师傅|老员工|专人)(?:手把手)?(?:带|教)|免费培训|带薪培训|可学|包教"),
    ),
}
_NO_NIGHTS = re.compile(
    r"(?:不|别|没法|不能|不想|不用)(?:想|能|用|要)?(?:上|倒|熬|做|值)(?:大)?(?:夜|晚班)|晚上熬不[住了]|天黑前|(?:只|就)(?:能)?(?:上|做)?白班"
)
_HOME_BY = re.compile(
    r"(?P<hour>[3-7三四五六七])\s*点半?(?:钟)?(?:之?前|以?前)?(?:就|要|得|必须)*(?:去)?(?:接|下班|走|回家|到家)|"
    r"(?P<clock>1[5-9])[:：点]\d*(?:之?前)?(?:就|要|得|必须)*(?:去)?(?:接|下班|走|回家|到家)"
)
_HOURS = {"三": 15, "四": 16, "五": 17, "六": 18, "七": 19}
_NEEDS_BED = re.compile(
    r"(?:要|得|必须|需要?)(?:能)?(?:[包管](?:吃)?住|住宿|住宿舍|有(?:地方)?住|提供住)|[包管]吃[包管]?住|^[包管]住$|住家"
)
_ONLY_WISHED = re.compile(r"最好|更好|优先|也行|就好|能住")
_LITTLE_SCHOOLING = re.compile(
    r"(?:小学|没有?)(?:毕业|文化|学历)|(?:没|没有|不)(?:念|读|上)过?(?:啥|什么|几天|多少)?(?:书|学)|没啥(?:文化|学历)|文盲|不识字"
)
_CHILD = re.compile(r"[孩娃孙]|儿子|女儿|闺女")
_REMOTE = re.compile(
    r"(?:在家|居家|远程|线上|网上)(?:办公|工作|上班|做|干|也|的|就|$)|(?:做|想|找|干).{0,4}(?:线上|远程|居家)"
)
_KINDS = (
    (EmploymentType.PART_TIME, re.compile(r"(?<!不)(?<!不要)兼职|业余|钟点")),
    (EmploymentType.INTERN, re.compile(r"实习(?!过|了|经)")),
    (EmploymentType.TEMPORARY, re.compile(r"日结|临时工|短期|寒假工|暑假工")),
)
_CLAUSES = re.compile(r"[，,。；;、！!？?\n]")
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_FIGURE = "".join(_DIGITS)
_PAY = re.compile(
    rf"(?P<figure>\d+(?:\.\d+)?|[{_FIGURE}])\s*(?P<times>[万千kKwW])(?P<rest>[{_FIGURE}\d]?)(?![天点岁年个月家人\d])|"
    r"(?<!\d)(?P<plain>[1-9]\d{3,4})(?!\d)"
)
_TIMES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}


@lru_cache(maxsize=4096)
def asked_wishes(text: str) -> frozenset[Wish]:
    """What a seeker's own words ask for."""
    return frozenset(wish for wish, words in _WISHES.items() if words.asked.search(text))


def granted_wishes(text: str) -> tuple[frozenset[Wish], frozenset[Wish]]:
    """What a posting's words grant, and what they rule out; what is both, as 单双休 by turns, is neither."""
    granted = {wish for wish, words in _WISHES.items() if words.granted.search(text)}
    out = {wish for wish, words in _WISHES.items() if words.ruled_out and words.ruled_out.search(text)}
    return frozenset(granted - out), frozenset(out - granted)


def asks_no_nights(text: str) -> bool:
    """Whether a seeker's own words rule out shifts at night."""
    return _NO_NIGHTS.search(text) is not None


def home_by(text: str) -> float | None:
    """The hour of the day that a seeker must be free at, as 五点前要接孩子; None when none is named."""
    match = _HOME_BY.search(text)
    if match is None:
        return None
    if match["clock"]:
        return float(match["clock"])
    return float(_HOURS.get(match["hour"]) or int(match["hour"]) + 12)


def asks_bed(text: str) -> bool:
    """Whether a seeker's own words need a bed; one that would only be nice is not needed."""
    return any(_NEEDS_BED.search(clause) for clause in _needed(text))


def has_little_schooling(text: str) -> bool:
    """Whether a seeker's own words say that junior school was not reached."""
    return any(_LITTLE_SCHOOLING.search(clause) and not _CHILD.search(clause) for clause in _CLAUSES.split(text))


def asks_remote(text: str) -> bool:
    """Whether a seeker's own words ask for work from home."""
    return _REMOTE.search(text) is not None


def asked_kinds(text: str) -> frozenset[EmploymentType]:
    """The kinds of contract that a seeker's own words ask for; none named is no wish."""
    return frozenset(kind for clause in _needed(text) for kind, pattern in _KINDS if pattern.search(clause))


def asked_pay(text: str) -> int | None:
    """The pay a month in CNY that a seeker's own words name, as 六千往上 or 一万二; the first of several."""
    match = _PAY.search(text)
    if match is None:
        return None
    if match["plain"]:
        return int(match["plain"])
    times = _TIMES[match["times"].lower()]
    pay = (_number(match["figure"]) + (_number(match["rest"]) / 10 if match["rest"] else 0)) * times
    return round(pay) if 1_000 <= pay <= 100_000 else None


def _needed(text: str) -> list[str]:
    return [clause for clause in _CLAUSES.split(text) if not _ONLY_WISHED.search(clause)]


def _number(figure: str) -> float:
    return float(_DIGITS.get(figure) or float(figure))

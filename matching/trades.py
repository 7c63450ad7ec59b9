"""Trades: families of work whose names a text comparison cannot tell, as 护工 and 护理员, or 叉车司机 and 货车司机.

A *trade* has names that mean the same; a *family* holds trades whose people can change over, the more easily the
nearer its closeness is to 1. A name of work belongs to the trade whose name ends last in it, for the head of a Chinese
compound stands at its end: 电工培训教师 is a teacher. Knows no vectors, no positions and no seekers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations

from matching.families import FAMILIES, FIELDS

_ONE_WORK = 0.9
_MAY_BE_IT = 0.75
_ONE_FIELD = 0.2
_LONGEST_ENDING = 2
_GENERAL = re.compile(r"兼职|实习生?|全职|临时工?|长期|短期|夜班|晚班|白班|学徒|员工|工人|服务|暑假工|寒假工|工作")
# What follows the name of a work in a title without changing it.
_ADVERTISED = re.compile(rf"岗位?|直招|直聘|招聘|急[聘招]|诚聘|高薪|[^\u4e00-\u9fff]|{_GENERAL.pattern}")
_LEADS = re.compile(
    r"(?<!客户)(?<!产品)(?:主管|经理|总监|主任|店长|领班|护士长|队长|班长|组长|拉长|线长)(?!助理|司机|秘书)"
)
# What says the rank and not the work: of 社媒运营专员 the work is 社媒运营.
_RANK = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:专员|人员|岗位?)$")
# What titles promise beside the work.
_PRAISE = re.compile(
    r"[无非不][\u4e00-\u9fff]{0,2}销售(?:性质)?|[高低]?底薪|[高双]提成|五险一金|[双单]休|包吃包?住|包住|直招|急[聘招]"
)
_LATIN = re.compile(r"[!-~]")
_LISTED = re.compile(r"[、，,/／；;+＋]")
_BRACKETS = re.compile(r"[（(【\[]([^（()）【\]】]*)[)）】\]]")
_LONGEST_LISTED = 8
_DASH = re.compile(r"(?<=[\u4e00-\u9fff])[-–—|+]")
# Stems that are part of too many other names: 保险综合服务, 卫生害虫防治, 网络安全, 建筑公司副总经理.
_NO_STEMS = frozenset(
    {"服务", "卫生", "安全", "建筑", "生产", "统计", "资料", "检测", "计划", "操作", "通信技术", "程序", "实验"}
)
# Families whose people work at night and at weekends unless a posting says otherwise, and trades that do so alone.
_IN_SHIFTS = frozenset(
    ("普工", "质检员", "电工", "机械加工", "司机", "配送员", "仓储", "护工", "医护", "医生", "药房", "厨师", "服务员")
) | {"营业员", "保安", "生产管理"}
_ALONE_IN_SHIFTS = frozenset({"酒店前台", "客房服务员"})
_BY_DAY = frozenset({"品质工程师", "药师", "医药代表", "质检主管", "物流专员", "物控员"})
# Names so wide that who wants one takes any trade under it; an 电工 does not want to mend lifts.
_WIDE = frozenset(
    {"普工", "司机", "配送员", "仓储", "机械加工", "医护", "医生", "建筑工", "程序员", "教师", "生产管理"}
)


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of work; `is_family` means that the name stands for all of its family."""

    number: int
    family: int
    closeness: float
    is_family: bool
    names: tuple[str, ...]


def likeness(wanted: str, offered: str) -> float | None:
    """How near two names of work are: 1 for one trade, the family's closeness inside it, 0.2 in one field, 0 apart.

    None if one is unknown.
    """
    mine, theirs = trade_of(wanted), trade_of(offered)
    if mine is None or theirs is None:
        return None
    if mine.number == theirs.number:
        return 1.0
    if mine.family != theirs.family:
        return _ONE_FIELD if (mine.family, theirs.family) in _neighbours() else 0.0
    if mine.is_family and _takes_any(mine):
        return max(mine.closeness, _ONE_WORK)
    # 司机 may turn out to be the 货车司机 that is wanted: nearer than a 客车司机, less sure than the very name.
    return max(mine.closeness, _MAY_BE_IT) if theirs.is_family and _takes_any(theirs) else mine.closeness


@cache
def trades() -> tuple[Trade, ...]:
    """All of them; the first of a family stands for it."""
    found: list[Trade] = []
    family, closeness = -1, 0.0
    for line in FAMILIES.strip().splitlines():
        words = line.split()
        is_family = not line.startswith(" ")
        if is_family:
            family, closeness = family + 1, float(words.pop(0))
        names = tuple(word.replace("-", " ") for word in words)
        found.append(Trade(len(found), family, closeness, is_family, names))
    return tuple(found)


@lru_cache(maxsize=65536)
def trade_of(name: str) -> Trade | None:
    """The trade that a name of work belongs to, None for one that is not listed."""
    main = _main_part(name)
    found = _alias_in(_RANK.sub("", main)) or _alias_in(main)
    return _aliases()[found[1]] if found else None


def listed_works(title: str) -> list[str]:
    """The works that a title lists, as 保洁员、洗碗工 or 普工（冲压工、装配工）; none where it names a single one."""
    # A single word in brackets is the field, as in 全栈工程师（财务支付）; several are works.
    inside = [said for said in _BRACKETS.findall(title) if _LISTED.search(said)]
    parts = [part.strip() for said in (_BRACKETS.sub(" ", title), *inside) for part in _LISTED.split(said)]
    works = [part for part in parts if len(part) <= _LONGEST_LISTED and _is_name(part)]
    return works if len({trade_of(work) for work in works}) > 1 else []


@lru_cache(maxsize=4096)
def is_general(name: str) -> bool:
    """Whether a name says no kind of work, only how or when: 兼职, 夜班, 学徒."""
    return re.fullmatch(f"(?:{_GENERAL.pattern})+", _folded(name)) is not None


def is_above(wanted: str, title: str) -> bool:
    """Whether a title leads others and the work wanted does not."""
    return _leads(title) and not _leads(wanted)


@lru_cache(maxsize=65536)
def runs_in_shifts(name: str) -> bool:
    """Whether work of this name often goes on at night or over weekends, so that silence about shifts says nothing."""
    trade = trade_of(name)
    if trade is None or trade.names[0] in _BY_DAY:
        return False
    return trade.names[0] in _ALONE_IN_SHIFTS or _head_of(trade).names[0] in _IN_SHIFTS


def is_same(wanted: str, offered: str) -> bool:
    """Whether a position is the very work wanted: the head word stands there, or one trade is the other's."""
    alike, mine, theirs = likeness(wanted, offered), _folded(wanted), _main_part(offered)
    if alike is None:
        head = mine.split()[-1:] if mine.isascii() else [_stem(_GENERAL.sub("", mine))[-2:]]
        return bool(head and head[0]) and head[0] in _folded(offered)
    if alike < _ONE_WORK:
        return False
    (start, alias), (their_start, their_alias) = _alias_in(mine) or (0, ""), _alias_in(theirs) or (0, "")
    after = _ADVERTISED.sub("", theirs[their_start + len(their_alias) :])
    if len(after) > _LONGEST_ENDING:
        return False
    kind, their_kind = _GENERAL.sub("", mine[:start]), _GENERAL.sub("", theirs[:their_start])
    if len(kind) < 2 or any(kind[at : at + 2] in theirs for at in range(len(kind) - 1)):
        return True
    return len(their_kind) < 2 and _stem(alias) == _stem(their_alias)


def _is_name(part: str) -> bool:
    """Whether a part of a title is the name of a trade and no more than that, a kind before it aside."""
    folded = _folded(part)
    found = _alias_in(folded)
    return found is not None and not _ADVERTISED.sub("", folded[found[0] + len(found[1]) :].removesuffix("人员"))


@lru_cache(maxsize=65536)
def _leads(name: str) -> bool:
    return _LEADS.search(name) is not None


@lru_cache(maxsize=65536)
def _main_part(name: str) -> str:
    """The name without what follows a dash, as the field in 研发工程师-配送方向, if a trade is named before it."""
    folded = _folded(name)
    main = _DASH.split(folded, maxsplit=1)[0]
    return main if main != folded and (_alias_in(main) or main[-1] in "师员工") else folded


@lru_cache(maxsize=65536)
def _alias_in(folded: str) -> tuple[int, str] | None:
    """Where the name of a trade begins that ends last in a name of work, and that name."""
    best = _ending_last_in(folded)
    for alias in _spelled_aliases() if _LATIN.search(folded) else ():
        start = folded.rfind(alias)
        if start < 0 or not re.search(rf"(?<![a-z]){re.escape(alias)}s?(?![a-z])", folded):
            continue
        if best is None or (start + len(alias), len(alias)) > best[:2]:
            best = (start + len(alias), len(alias), alias)
    return (best[0] - best[1], best[2]) if best else None


def _ending_last_in(folded: str) -> tuple[int, int, str] | None:
    """Where the alias that is not all ASCII ends last in a name, its length, and itself; of those the longest.

    Pieces of the name are looked up among the aliases, which are twenty times as many.
    """
    aliases = _aliases()
    for end in range(len(folded), 0, -1):
        for start in range(max(0, end - _longest_alias()), end):
            piece = folded[start:end]
            if piece in aliases and not piece.isascii():
                return end, end - start, piece
    return None


def _stem(name: str) -> str:
    name = name.replace("教师", "老师")
    return name[:-1] if len(name) > 2 and name[-1] in "工员师" else name


def _head_of(trade: Trade) -> Trade:
    return next(one for one in trades() if one.family == trade.family)


@cache
def _neighbours() -> frozenset[tuple[int, int]]:
    """The pairs of families of one field, by their numbers, either way round."""
    numbers = {trade.names[0]: trade.family for trade in trades() if trade.is_family}
    fields = [[numbers[name] for name in line.split()] for line in FIELDS.strip().splitlines()]
    return frozenset(pair for field in fields for pair in permutations(field, 2))


def _takes_any(trade: Trade) -> bool:
    """Whether people who name this take any trade of the family, as 司机 and 普工 do."""
    return trade.names[0] in _WIDE


@cache
def _aliases() -> dict[str, Trade]:
    """Every name, and every name without the 工 or 员 that people leave off, unless that is a name by itself."""
    named = {_folded(name): trade for trade in trades() for name in trade.names}
    stems = {name[:-1]: trade for name, trade in named.items() if len(name) > 2 and name[-1] in "工员"}
    return {stem: trade for stem, trade in stems.items() if stem not in _NO_STEMS} | named


@cache
def _spelled_aliases() -> tuple[str, ...]:
    """Those that are all ASCII, as English words are: they count as whole words only."""
    return tuple(alias for alias in _aliases() if alias.isascii())


@cache
def _longest_alias() -> int:
    return max(map(len, _aliases()))


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).lower()
    folded = _PRAISE.sub(" ", re.sub(r"[(【\[].*?[)】\]]", " ", folded))
    return re.sub(r"(?<![a-z])\s+|\s+(?![a-z])", "", folded)

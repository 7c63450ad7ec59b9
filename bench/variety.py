"""Employers, positions and seekers in any number, varied from the demo fair's own texts; knows no database.

What is drawn depends on the random numbers that are given alone, so that one seed always makes the same fair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from web.demo.content import DemoEmployer, DemoPosition, DemoSeeker

__all__ = ["varied_employer", "varied_position", "varied_seeker"]

_PLACES = (
    "临江",
    "湖滨",
    "望江",
    "东河",
    "西塘",
    "南屏",
    "北桥",
    "青山",
    "云栖",
    "新塘",
    "长桥",
    "石桥",
    "三里",
    "五福",
)
_WISHES = ("恒", "达", "盛", "新", "佳", "信", "安", "泰", "远", "诚", "润", "辉", "瑞", "嘉", "广", "和", "兴", "朗")
_FAMILIES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
_GIVEN = (
    "建国",
    "秀英",
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "涛",
    "明",
    "超",
    "霞",
)
_MARKS = (
    "",
    "",
    "",
    "",
    "（就近）",
    "（白班）",
    "（可学）",
    "（二期）",
    "（东区）",
    "（西区）",
    "（长期）",
    "（急招）",
)


def varied_employer(models: Sequence[DemoEmployer], number: int, luck: Random) -> DemoEmployer:
    """An employer in the trade of one of `models`, with a name of its own up to some thousand."""
    model = models[number % len(models)]
    turn = number // len(models)
    trade = model.short_name[2:] or "服务"
    place, wish = _PLACES[turn % len(_PLACES)], _WISHES[turn // len(_PLACES) % len(_WISHES)]
    ending = f"{turn // (len(_PLACES) * len(_WISHES)) or ''}"
    short_name = f"{place}{wish}{trade}{ending}"[:20]
    return replace(
        model,
        short_name=short_name,
        name=f"杭州{short_name}有限公司",
        staff_count=max(8, round(model.staff_count * luck.uniform(0.3, 2.5))),
        address=f"{luck.choice(_PLACES)}路 {luck.randint(1, 999)} 号",
        positions=[],
    )


def varied_position(model: DemoPosition, luck: Random) -> DemoPosition:
    """A position like `model` with other pay, head count, demands and order of its sentences."""
    factor = luck.uniform(0.8, 1.25)
    step = 100 if model.pay_min >= 1000 else 1
    low, high = _near(model.pay_min, factor, step), _near(model.pay_max, factor * luck.uniform(0.95, 1.1), step)
    return replace(
        model,
        title=f"{model.title}{luck.choice(_MARKS)}"[:60],
        head_count=luck.choice((1, 2, 2, 3, 5, 8, 10, 20, 40)),
        base_pay=_near(model.base_pay or model.pay_min, factor, step),
        pay_min=low,
        pay_max=max(low, high),
        experience_years=max(0, model.experience_years + luck.choice((-1, 0, 0, 0, 1, 2))),
        skills=_some(model.skills, luck),
        duties="\n".join(_shuffled(model.duties.splitlines(), luck)),
        requirements="\n".join(_shuffled(model.requirements.splitlines(), luck)),
    )


def varied_seeker(model: DemoSeeker, number: int, luck: Random) -> DemoSeeker:
    """A person who looks for work like `model`, with another name, pay and experience."""
    full_name = luck.choice(_FAMILIES) + luck.choice(_GIVEN)
    return replace(
        model,
        nickname=f"{model.nickname}{number}"[:40],
        full_name=full_name,
        skills=_some(model.skills, luck),
        experience_years=max(0, model.experience_years + luck.randint(-3, 5)),
        pay_min=_near(model.pay_min, luck.uniform(0.8, 1.2), 100) if model.pay_min else None,
        hard=_some(model.hard, luck),
    )


def _near(amount: int, factor: float, step: int) -> int:
    return max(step, round(amount * factor / step) * step)


def _some(items: list[str], luck: Random) -> list[str]:
    return [item for item in items if luck.random() < 0.8] or items[:1]


def _shuffled(lines: list[str], luck: Random) -> list[str]:
    return luck.sample(lines, len(lines))

"""How figures, pay and moments are printed. It knows no records, no request and no database.

Digits are grouped by thousands; a moment is told in the fair's own time zone: the clock alone for today, the day
before it otherwise. Words come through the `gettext` that a caller passes, so that a test needs no application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel

from web import words
from web.language import either, selected

__all__ = [
    "FILTERS",
    "ZONE",
    "count",
    "day",
    "duration",
    "file_size",
    "moment",
    "pay_range",
    "percent",
    "span",
    "waiting",
]

ZONE = ZoneInfo("Asia/Shanghai")

Gettext = Callable[..., str]


def plain(message: str, **values: object) -> str:
    """The words as they are written, for callers without an application."""
    return message % values if values else message


def count(value: float | None, *, language: str = "zh") -> str:
    """3482 → 3,482; above ten thousand 23000 → 2.3万, in English 23k; None is a dash."""
    if value is None:
        return "—"
    whole = round(value)
    if abs(whole) <= 10_000:
        return f"{whole:,}"
    if language == "zh":
        return f"{_short(whole, 10_000)}万" if abs(whole) < 100_000_000 else f"{_short(whole, 100_000_000)}亿"
    return f"{_short(whole, 1_000)}k" if abs(whole) < 1_000_000 else f"{_short(whole, 1_000_000)}m"


def pay_range(low: int | None, high: int | None = None) -> str:
    """7500, 9500 → 7,500–9,500; one bound alone stands alone; neither is a dash."""
    bounds = sorted({value for value in (low, high) if value is not None})
    return "–".join(f"{value:,}" for value in bounds) or "—"


def percent(share: float | None) -> str:
    """A share of 0 to 1: 0.048 → 4.8%; None is a dash."""
    return "—" if share is None else f"{share * 100:.1f}".removesuffix(".0") + "%"


def moment(at: datetime | None, *, now: datetime, gettext: Gettext = plain) -> str:
    """14:32 for today, 明天 14:32, 昨天 14:32, else 11-26 14:32; another year in full; None is empty."""
    if at is None:
        return ""
    local = _local(at)
    return f"{_day_before_clock(local.date(), _local(now).date(), gettext)}{local:%H:%M}"


def clock(at: datetime | None) -> str:
    """14:32:08, the server's second; None is empty."""
    return "" if at is None else f"{_local(at):%H:%M:%S}"


def day(at: datetime | date | None, *, now: datetime, gettext: Gettext = plain) -> str:
    """今天, 明天 周四, 周五 11-28 within a week, else 11-26; another year in full; None is empty."""
    if at is None:
        return ""
    this = _local(at).date() if isinstance(at, datetime) else at
    today = _local(now).date()
    weekday = gettext(("周一", "周二", "周三", "周四", "周五", "周六", "周日")[this.weekday()])
    away = (this - today).days
    if away == 0:
        return gettext("今天")
    if away == 1:
        return f"{gettext('明天')} {weekday}"
    if 1 < away < 7:
        return f"{weekday} {this:%m-%d}"
    return f"{this:%m-%d}" if this.year == today.year else f"{this:%Y-%m-%d}"


def span(starts: datetime, ends: datetime) -> str:
    """2025-11-26 14:00–16:28; the second day is named when it is another."""
    first, last = _local(starts), _local(ends)
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M}–{end}"


def duration(seconds: float | None) -> str:
    """192 → 03:12, 6730 → 1:52:10; None is empty."""
    if seconds is None:
        return ""
    minutes, second = divmod(max(0, round(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute:02}:{second:02}"


def waiting(since: datetime | None, *, now: datetime, gettext: Gettext = plain) -> str:
    """How long ago: 刚刚, 24 秒前, 3 分钟前, 5 小时前, 2 天前; None is empty."""
    if since is None:
        return ""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 10:
        return gettext("刚刚")
    if seconds < 60:
        return gettext("%(n)s 秒前", n=seconds)
    if seconds < 3600:
        return gettext("%(n)s 分钟前", n=seconds // 60)
    if seconds < 86400:
        return gettext("%(n)s 小时前", n=seconds // 3600)
    return gettext("%(n)s 天前", n=seconds // 86400)


def left(until: datetime, *, now: datetime, gettext: Gettext = plain) -> str:
    """What is left of a wait: 18 小时 57 分, 7 分; 0 分 when it is over."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 48:
        return gettext("%(n)s 天", n=hours // 24)
    if hours:
        return gettext("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minute)
    return gettext("%(n)s 分", n=minute)


def file_size(octets: int) -> str:
    """2048 → 2 KB; 3_145_728 → 3.0 MB."""
    return f"{max(1, round(octets / 1024))} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"


def _short(whole: int, unit: int) -> str:
    """One digit after the point, cut and not rounded: 19,999 must not read as 2.0万."""
    tenths = int(whole * 10 / unit)
    return f"{tenths / 10:.1f}".removesuffix(".0")


def _local(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZONE)


def _day_before_clock(this: date, today: date, gettext: Gettext) -> str:
    if this == today:
        return ""
    if this - today == timedelta(days=1):
        return f"{gettext('明天')} "
    if today - this == timedelta(days=1):
        return f"{gettext('昨天')} "
    return f"{this:%m-%d} " if this.year == today.year else f"{this:%Y-%m-%d} "


def _now() -> datetime:
    return datetime.now(UTC)


def _language() -> str:
    return selected()


# The edge where templates meet these functions: the clock and the language of the request are read here.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "count": lambda value: count(value, language=_language()),
    "pay_range": pay_range,
    "percent": percent,
    "moment": lambda at, now=None: moment(at, now=now or _now(), gettext=flask_babel.gettext),
    "clock": clock,
    "day": lambda at, now=None: day(at, now=now or _now(), gettext=flask_babel.gettext),
    "hour": lambda at: f"{_local(at):%H:%M}",
    "date": lambda at: f"{_local(at).date() if isinstance(at, datetime) else at:%Y-%m-%d}" if at else "",
    "input_time": lambda at: f"{_local(at):%Y-%m-%dT%H:%M}" if at else "",
    "span": span,
    "duration": duration,
    "waiting": lambda since, now=None: waiting(since, now=now or _now(), gettext=flask_babel.gettext),
    "left": lambda until, now=None: left(until, now=now or _now(), gettext=flask_babel.gettext),
    "file_size": file_size,
    "or_english": either,
    **words.FILTERS,
}

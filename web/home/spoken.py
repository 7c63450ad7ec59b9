"""Hours as one says them, for 关怀模式: 今天晚上 7 点半."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from web.format import FILTERS, ZONE
from web.language import is_english

__all__ = ["spoken_hour"]


def spoken_hour(at: datetime, *, now: datetime) -> str:
    """The day and the hour of `at` as somebody would say them."""
    local = at.astimezone(ZONE)
    day = FILTERS["day"](at, now)
    if is_english():
        return f"{day} {local:%H:%M}"
    part = _part(local.hour)
    hour = local.hour if local.hour <= 12 else local.hour - 12
    minute = {0: "", 30: "半"}.get(local.minute, f" {local.minute} 分")
    return f"{day}{part} {hour} 点{minute}"


def _part(hour: int) -> str:
    for until, words in ((5, _("凌晨")), (9, _("早上")), (12, _("上午")), (13, _("中午")), (18, _("下午"))):
        if hour < until:
            return words
    return _("晚上")

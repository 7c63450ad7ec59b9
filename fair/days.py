"""Days: what date it is for the fair. China has one time zone, UTC+8, and no summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def china_day(moment: datetime) -> date:
    """The date in China at an aware `moment`: validity, deadlines and reports speak of these days."""
    return moment.astimezone(CHINA).date()

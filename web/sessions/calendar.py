"""The sessions as an iCalendar feed (RFC 5545), for one session or all that come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from fair.livesessions import LiveSession
from fair.statuses import LiveSessionStatus
from web.format import ZONE

__all__ = ["calendar_of"]

_REMIND_BEFORE = timedelta(minutes=10)


def calendar_of(sessions: Sequence[LiveSession], *, site: str, now: datetime) -> bytes:
    """The feed's text; `site` is the address that the sessions' links begin with."""
    calendar = Calendar()
    calendar.add("prodid", "-//Gangbo//Live sessions//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("岗播直播场次"))
    calendar.add("x-wr-timezone", str(ZONE))
    for each in sessions:
        calendar.add_component(_event(each, site=site, now=now))
    return calendar.to_ical()


def _event(session: LiveSession, *, site: str, now: datetime) -> Event:
    event = Event()
    address = f"{site}/sessions/{session.id}"
    event.add("uid", f"session-{session.id}@{urlsplit(site).hostname or 'gangbo'}")
    event.add("dtstamp", now)
    event.add("dtstart", session.starts_at.astimezone(ZONE))
    event.add("dtend", session.ends_at.astimezone(ZONE))
    event.add("summary", session.title)
    event.add("url", address)
    event.add("location", address)
    event.add("description", "\n".join(part for part in (session.about, session.bureau.name, address) if part))
    event.add("status", "CANCELLED" if session.status == LiveSessionStatus.CANCELLED else "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", session.title)
    alarm.add("trigger", -_REMIND_BEFORE)
    event.add_component(alarm)
    return event

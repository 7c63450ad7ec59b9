"""A room that is over: what can still be applied for, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.livesessions import LiveSession
from fair.matches import VERY_FITTING
from web import format as printed
from web.rooms import page
from web.rooms.scene import Scene

__all__ = ["StillOpen", "next_sessions", "still_open"]

OPEN_SHOWN = 5


@dataclass(frozen=True)
class StillOpen:
    """What can still be applied for when the session is over: the rows shown, and how many there are in all."""

    offers: Sequence[Mapping[str, Any]]
    is_suited: bool
    open_count: int


def still_open(scene: Scene, *, now: datetime) -> StillOpen:
    """The fitting positions not applied for yet, best first; without scores the first few in running order."""
    opened = [offer for offer in scene.offers if offer.is_open]
    left = [offer for offer in opened if offer.application is None]
    suited = [offer for offer in page.best_first(left) if page.score_of(offer.match) >= VERY_FITTING]
    rows = [
        page.job_shown(scene.session.id, offer, now=now) | {"employer": offer.position.employer.short_name}
        for offer in (suited or left)[:OPEN_SHOWN]
    ]
    return StillOpen(offers=rows, is_suited=bool(suited), open_count=len(opened))


def next_sessions(sessions: Iterable[LiveSession], *, now: datetime) -> list[dict[str, Any]]:
    """Rows of the sessions that come next."""
    return [
        {
            "title": each.title,
            "href": url_for("rooms.show" if each.is_live else "sessions.show", session_id=each.id),
            "clock": page.hour(each.starts_at),
            "day": _("直播中") if each.is_live else printed.day(each.starts_at, now=now, gettext=_),
            "facts": [
                _("%(n)s 家单位", n=len({slot.employer_id for slot in each.slots})),
                _("%(n)s 个岗位", n=sum(len(slot.offers) for slot in each.slots)),
            ],
        }
        for each in sessions
    ]

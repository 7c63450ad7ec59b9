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
from web.rooms.scene import Offer, Scene

__all__ = ["StillOpen", "next_sessions", "still_open", "suited_ids"]

OPEN_SHOWN = 5


@dataclass(frozen=True)
class StillOpen:
    """What can still be applied for when the session is over: the rows shown, and how many there are in all."""

    offers: Sequence[Mapping[str, Any]]
    is_suited: bool
    open_count: int


def suited_ids(scene: Scene) -> set[int]:
    """The positions that fit this viewer very well, are open and not applied for yet."""
    return {offer.position.id for offer in _left(scene) if page.score_of(offer.match) >= VERY_FITTING}


def still_open(scene: Scene, first: Sequence[int], *, now: datetime) -> StillOpen:
    """The positions `first`, which were chosen for this viewer; without any the first few in running order."""
    shown = [scene.offer_by_id[position_id] for position_id in first] or _left(scene)[:OPEN_SHOWN]
    return StillOpen(
        offers=[page.job_shown(scene.session.id, offer, now=now) for offer in shown],
        is_suited=bool(first),
        open_count=len(scene.open_ids),
    )


def _left(scene: Scene) -> list[Offer]:
    """What can be applied for and was not."""
    return [offer for offer in scene.offers if offer.is_open and offer.application is None]


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

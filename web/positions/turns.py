"""Whose turn it is in a list made by match: for who looks the same for ten minutes, and counted once in them.

The first places that were chosen lie in the visitor's own cookie, so that every process shows the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from flask import session

from fair.chances import first_places, in_order
from fair.exposures import seen_in_lists, seen_in_session
from fair.matches import Match
from web.context import actor, db, now, settings
from web.listings import listings
from web.positions.fitting import Fitting

__all__ = ["first_of_session", "in_turn", "show_first_of_session"]

_HELD = timedelta(minutes=10)
_LISTS_HELD = 4


def in_turn(fitting: Fitting, among: Collection[int], *, is_shown: bool) -> list[int]:
    """Of the positions in `among` all that fit who looks: the first places in turns, then the best first."""

    def seen() -> Mapping[int, int]:
        return seen_in_lists(db(), [match.position_id for match in matches])

    matches = [match for match in fitting.matches.values() if match.position_id in among]
    first = _first(None, matches, seen, is_shown=is_shown)
    return [match.position_id for match in _ordered(matches, first)]


def first_of_session(session_id: int, fitting: Fitting, among: Collection[int], *, is_shown: bool) -> list[int]:
    """Of the positions in `among` those that have the first places in a session's list for who looks, best first.

    A list that nobody sees yet is not counted: it is when it is shown.
    """

    def seen() -> Mapping[int, int]:
        return listings().seen(session_id, lambda: seen_in_session(db(), session_id), now=now())

    matches = [match for match in fitting.matches.values() if match.position_id in among]
    first = _first(session_id, matches, seen, is_shown=is_shown)
    return [match.position_id for match in _ordered(matches, first)[: len(first)]]


def show_first_of_session(session_id: int) -> None:
    """The list that was made for who looks is seen now."""
    held = session.get("turns", {}).get(_name(session_id))
    if held is not None and not held["shown"]:
        _hold(session_id, held | {"shown": True})
        listings().note(session_id, held["first"])


def _first(
    session_id: int | None, matches: Sequence[Match], seen: Callable[[], Mapping[int, int]], *, is_shown: bool
) -> list[int]:
    """The first places as they were chosen in the last ten minutes, if all of them still fit; else chosen now."""
    fitting = {match.position_id for match in _ordered(matches, ())}
    if not fitting:
        session.pop("turns", None)
        return []
    held = session.get("turns", {}).get(_name(session_id))
    at = int(now().timestamp())
    if held is None or not 0 <= at - held["at"] < _HELD.total_seconds() or not fitting.issuperset(held["first"]):
        loss = settings().chance_loss / 100
        held = {"at": at, "first": first_places(matches, seen(), seeker_id=_seeker_id(), loss=loss), "shown": False}
        _hold(session_id, held)
    first: list[int] = held["first"]
    if is_shown and not held["shown"]:
        _hold(session_id, held | {"shown": True})
        listings().note(session_id, first)
    return first


def _ordered(matches: Sequence[Match], first: Collection[int]) -> list[Match]:
    return in_order(matches, first, seeker_id=_seeker_id()) if matches else []


def _hold(session_id: int | None, held: dict[str, object]) -> None:
    """Keep it with the newest others."""
    others = {name: each for name, each in session.get("turns", {}).items() if name != _name(session_id)}
    session["turns"] = dict(list(others.items())[1 - _LISTS_HELD :]) | {_name(session_id): held}


def _name(session_id: int | None) -> str:
    return "site" if session_id is None else str(session_id)


def _seeker_id() -> int:
    account_id = actor().account_id
    assert account_id is not None
    return account_id

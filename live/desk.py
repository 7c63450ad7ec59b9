"""The desk of a room: takes requests, refuses what limits and rights forbid, and answers each once under its key.

What is left over is a deed for the database. What came of a deed is answered here and told to the room elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from live import fitting
from live.audience import Audience, Viewer
from live.deeds import Deed, Outcome
from live.effects import Do, Effect, Remember, Tell
from live.keys import Keys
from live.messages import FLOODING, Closing, refusal, reply
from live.requests import KIND, AnyRequest, Apply, Ask, Like, Sanctioning, Say
from live.stream import Stream

_ONLY_LIVE = frozenset({"ask", "caption", "apply", "pin", "vote"})


class Desk:
    """Requests in; refusals, repeated answers and deeds out. `people` are those whom moderation can name."""

    def __init__(
        self,
        stream: Stream,
        audience: Audience,
        *,
        people: dict[str, int],
        like: Callable[[int], None],
        shut: Callable[[int, Closing], list[Effect]],
    ) -> None:
        self._stream, self._audience, self._people = stream, audience, people
        self._like, self._shut = like, shut

    def receive(self, connection: int, request: AnyRequest, *, now: datetime) -> list[Effect]:
        """Answer a request at once, or have it done."""
        viewer = self._audience.of_connection(connection)
        if viewer is None:
            return []
        kind, at = KIND[type(request)], now.timestamp()
        wait = viewer.wait_for_any(now=at)
        if viewer.is_flooding:
            return self._shut(connection, FLOODING)
        if wait:
            return [_refuse(connection, request, "rate_limited", retry_after_ms=_ms(wait))]
        if isinstance(request, Like):
            if self._is_live:
                self._like(viewer.likes_allowed(request.count, now=at))
            return []
        if viewer.account_id is None:
            return [_refuse(connection, request, "sign_in")]
        if request.key is not None:
            known = _repeat(viewer, connection, request)
            if known is not None:
                return known
        code, fields = self._forbids(viewer, request, now=now)
        if code is None:
            wait = viewer.wait_for(kind, now=at)
            code, fields = ("rate_limited", {"retry_after_ms": _ms(wait)}) if wait else (None, {})
        if code is not None:
            return [_refuse(connection, request, code, **fields)]
        if request.key is not None:
            viewer.keys = viewer.keys or Keys()
            viewer.keys.hold(request.key, request, connection, now=at)
        return [Do(self._deed(viewer, request, now=now))]

    def answer(self, deed: Deed, outcome: Outcome) -> list[Effect]:
        """A deed was done or refused: tell who asked, and remember it under its key."""
        to, key = KIND[type(deed.request)], deed.request.key
        if outcome.code is None:
            return self._tell(deed, reply(to, key, outcome.fields))
        return self._tell(deed, refusal(outcome.code, to=to, key=key, **outcome.fields))

    def repeat(self, deed: Deed, answer: dict[str, Any] | None) -> list[Effect]:
        """Another process was asked under the same key: for the same with this answer, or (None) for something else."""
        if answer is not None:
            return [each for each in self._tell(deed, answer) if isinstance(each, Tell)]
        viewer, key = self._audience.by_id(deed.viewer), deed.request.key
        waiting = viewer.keys.release(key) if viewer and viewer.keys and key else set()
        return [_refuse(each, deed.request, "key_reused") for each in waiting]

    @property
    def _is_live(self) -> bool:
        return self._stream.board.session.status == "live"

    def _tell(self, deed: Deed, answer: dict[str, Any]) -> list[Effect]:
        viewer, key = self._audience.by_id(deed.viewer), deed.request.key
        if key is None:
            return [Tell(tuple(viewer.connections) if viewer else (), answer)]
        is_done = answer.get("code") != "busy"
        waiting: set[int] = set()
        if viewer is not None and viewer.keys is not None:
            waiting = viewer.keys.settle(key, answer) if is_done else viewer.keys.release(key)
        return [Tell(tuple(waiting), answer), Remember(deed, answer if is_done else None)]

    def _forbids(self, viewer: Viewer, request: AnyRequest, *, now: datetime) -> tuple[str | None, dict[str, Any]]:
        if not self._is_live and (
            KIND[type(request)] in _ONLY_LIVE or (isinstance(request, Say) and viewer.is_audience)
        ):
            return "not_live", {}
        if isinstance(request, Say | Ask) and viewer.mutes_at(now):
            return "muted", {"until": viewer.muted_until}
        if isinstance(request, Sanctioning) and request.person not in self._people:
            return "not_found", {}
        return None, {}

    def _deed(self, viewer: Viewer, request: AnyRequest, *, now: datetime) -> Deed:
        assert viewer.account_id is not None
        match = viewer.matches.get(request.position_id) if isinstance(request, Apply) else None
        return Deed(
            session_id=self._stream.board.session.id,
            account_id=viewer.account_id,
            viewer=viewer.id,
            role=viewer.role,
            name=viewer.name,
            request=request,
            at=now,
            target_id=self._people[request.person] if isinstance(request, Sanctioning) else None,
            score=fitting.shown_score(match),
            reasons=msgspec.to_builtins(match.reasons) if match else None,
        )


def _repeat(viewer: Viewer, connection: int, request: AnyRequest) -> list[Effect] | None:
    asked = viewer.keys.find(request.key) if viewer.keys is not None and request.key is not None else None
    if asked is None:
        return None
    if asked.request != request:
        return [_refuse(connection, request, "key_reused")]
    if asked.answer is not None:
        return [Tell((connection,), asked.answer)]
    asked.waiting.add(connection)
    return []


def _refuse(connection: int, request: AnyRequest, code: str, **fields: Any) -> Tell:
    return Tell((connection,), refusal(code, to=KIND[type(request)], key=request.key, **fields))


def _ms(seconds: float) -> int:
    return int(seconds * 1000) + 1

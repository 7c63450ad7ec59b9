"""Keys: what a viewer asked for under which key, so that a repeated request is answered and not done again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from live.requests import AnyRequest

KEPT = 128
SECONDS_KEPT = 600.0


@dataclass
class Asked:
    """A request under a key; `answer` is None while it is being done, `waiting` are the connections to tell."""

    request: AnyRequest
    at: float
    waiting: set[int] = field(default_factory=set)
    answer: dict[str, Any] | None = None


class Keys:
    """The keys of one viewer, the newest KEPT that are answered and all that are being done."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def find(self, key: str) -> Asked | None:
        """What was asked for under `key`."""
        return self._asked.get(key)

    def hold(self, key: str, request: AnyRequest, connection: int, *, now: float) -> None:
        """Remember that `request` is being done for `connection`."""
        answered = [each for each, asked in self._asked.items() if asked.answer is not None]
        for old in answered[: max(0, len(self._asked) - KEPT + 1)]:
            del self._asked[old]
        self._asked[key] = Asked(request, now, {connection})

    def settle(self, key: str, answer: dict[str, Any]) -> set[int]:
        """Keep the answer, if it is waited for in this epoch; the connections that wait for it."""
        asked = self._asked.get(key)
        if asked is None:
            return set()
        asked.answer = answer
        waiting, asked.waiting = asked.waiting, set()
        return waiting

    def release(self, key: str) -> set[int]:
        """Forget a request that could not be done, so that it may be asked again; who waited for it."""
        asked = self._asked.pop(key, None)
        return asked.waiting if asked else set()

    def expire(self, *, now: float) -> None:
        """Forget answers older than SECONDS_KEPT."""
        for key, asked in list(self._asked.items()):
            if asked.answer is not None and now - asked.at > SECONDS_KEPT:
                del self._asked[key]

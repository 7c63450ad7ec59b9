"""How much one viewer, and one room's chat, may do: token buckets, each a rate a second and a burst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`per_second` on the long run, `burst` at once."""

    per_second: float
    burst: float


ALL = Rate(20, 120)
LIKES = Rate(10, 50)
CHAT_OF_ROOM = Rate(20, 40)
STAFF_SAY = Rate(5, 10)
OF_KIND = {
    "say": Rate(1, 3),
    "ask": Rate(0.1, 2),
    "vote": Rate(2, 10),
    "apply": Rate(1, 10),
    "withdraw": Rate(1, 10),
}
REFUSED_IN_A_ROW = 240
BAD_MESSAGES = 20


class Bucket:
    """Tokens that come back with time; times are seconds of any one clock."""

    __slots__ = ("_at", "_rate", "_tokens")

    def __init__(self, rate: Rate, *, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._at = now

    def take(self, *, now: float, wanted: float = 1) -> float:
        """Take `wanted` tokens: 0 when they were there, else the seconds until they will be, nothing taken."""
        self._refill(now)
        if self._tokens >= wanted:
            self._tokens -= wanted
            return 0.0
        return (wanted - self._tokens) / self._rate.per_second

    def take_up_to(self, wanted: int, *, now: float) -> int:
        """Take as many of `wanted` as are there."""
        self._refill(now)
        taken = min(wanted, int(self._tokens))
        self._tokens -= taken
        return taken

    def _refill(self, now: float) -> None:
        self._tokens = min(self._rate.burst, self._tokens + max(0.0, now - self._at) * self._rate.per_second)
        self._at = now

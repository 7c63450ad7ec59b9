"""How much one viewer, and one room's chat, may do: token buckets, each a rate a second and a burst.

A bucket is one number: the moment at which it will be full again. One that is full by now need not be kept at all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`per_second` on the long run, `burst` at once; times are seconds of any one clock."""

    per_second: float
    burst: float

    def take(self, full_at: float, *, now: float, wanted: float = 1) -> tuple[float, float]:
        """Take `wanted` tokens: when the bucket is full again, and 0; or as it was, and the seconds to wait."""
        after = max(full_at, now) + wanted / self.per_second
        wait = after - now - self.burst / self.per_second
        return (full_at, wait) if wait > _TINY else (after, 0.0)

    def left(self, full_at: float, *, now: float) -> float:
        """How many tokens are there."""
        return self.burst - max(0.0, full_at - now) * self.per_second


ALL = Rate(20, 120)
LIKES = Rate(10, 50)
CHAT_OF_ROOM = Rate(20, 40)
STAFF_SAY = Rate(5, 10)
OF_KIND = {
    "say": Rate(1, 3),
    "caption": Rate(1, 5),
    "ask": Rate(0.1, 2),
    "vote": Rate(2, 10),
    "apply": Rate(1, 10),
    "withdraw": Rate(1, 10),
}
REFUSED_IN_A_ROW = 240
BAD_MESSAGES = 20
_TINY = 1e-6  # What a clock's seconds since 1970 cannot tell apart.


class Bucket:
    """One bucket that is kept."""

    __slots__ = ("_full_at", "_rate")

    def __init__(self, rate: Rate, *, now: float) -> None:
        self._rate = rate
        self._full_at = now

    def take(self, *, now: float, wanted: float = 1) -> float:
        """Take `wanted` tokens: 0 when they were there, else the seconds until they will be, nothing taken."""
        self._full_at, wait = self._rate.take(self._full_at, now=now, wanted=wanted)
        return wait

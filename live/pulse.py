"""The pulse of a room: when a tick is due and its counts; what is counted many times is told once a tick."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Raw

from live.happenings import Applied, Voted
from live.messages import Counts, Tick
from live.stream import Cut, Stream

HEARTBEAT = timedelta(seconds=5)
COUNTS_EVERY = timedelta(seconds=1)


class Pulse:
    """Counts since the last tick: likes, lines left out, votes and applications."""

    def __init__(self, stream: Stream, *, likes: int, now: datetime) -> None:
        self._stream = stream
        self._likes, self._left_out = likes, 0
        self._sent = Counts(present=0, likes=likes, left_out=0)
        self._votes: dict[int, int] = {}
        self._applied: dict[int, int] = {}
        self._ticked_at = self._counted_at = now

    def like(self, count: int) -> None:
        """Likes came."""
        self._likes += count

    def leave_out(self) -> None:
        """Sampling left a line out."""
        self._left_out += 1

    def vote(self, question_id: int, votes: int) -> None:
        """A question has so many votes."""
        self._votes[question_id] = votes

    def apply(self, applied: Mapping[int, int]) -> None:
        """Position → so many applications stand."""
        self._applied.update(applied)

    def counts(self, present: int) -> Counts:
        """The counts as they are."""
        return Counts(present=present, likes=self._likes, left_out=self._left_out)

    def tick(self, *, present: int, now: datetime) -> tuple[Tick, Cut] | None:
        """What everybody is to hear now, if anything: the tick, and the cut that it was made from."""
        self._tell_counted()
        cut, counts = self._stream.cut(), self.counts(present)
        has_new_counts = counts != self._sent and now - self._counted_at >= COUNTS_EVERY
        if not cut.events and not has_new_counts and now - self._ticked_at < HEARTBEAT:
            return None
        if counts != self._sent:
            self._counted_at = now
        self._ticked_at, self._sent = now, counts
        return Tick(self._stream.epoch, cut.after, cut.seq, Raw(cut.json()), counts), cut

    def _tell_counted(self) -> None:
        for question_id, votes in self._votes.items():
            self._stream.append(Voted(question_id, votes))
        for position_id, applied in self._applied.items():
            card = self._stream.board.card(position_id)
            if card is not None and card.applied != applied:
                self._stream.append(Applied(position_id, applied))
        self._votes, self._applied = {}, {}

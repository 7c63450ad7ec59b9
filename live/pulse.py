"""The pulse of a room: how wide its ticks are, when one is due, and its counts; what comes often is counted first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import UNSET, Raw

from live.effects import Publish
from live.happenings import Applied, Voted
from live.messages import Counts, Tick
from live.stream import Cut, Stream

HEARTBEAT = timedelta(seconds=5)
WIDTHS_MS = ((1_000, 100), (10_000, 250), (50_000, 500))
WIDEST_MS = 1_000
COUNTS_EVERY = 10
"""Counts alone make a tick once in so many widths, and at each heartbeat."""


class Pulse:
    """Counts of the whole room, and those of this process that the others do not know yet."""

    def __init__(self, stream: Stream, *, likes: int, now: datetime) -> None:
        self._stream = stream
        self._likes, self._own_likes, self._left_out, self._elsewhere = likes, 0, 0, 0
        self._sent = Counts(present=0, likes=likes, left_out=0)
        self._votes: dict[int, int] = {}
        self._applied: dict[int, tuple[int, int]] = {}
        self._published: dict[int, int] = {}
        self._is_delayed = self._sent_delayed = False
        self._ticked_at = self._counted_at = now

    def like(self, count: int) -> None:
        """Likes came."""
        self._own_likes += count

    def leave_out(self) -> None:
        """Sampling left a line out."""
        self._left_out += 1

    @property
    def own_likes(self) -> int:
        """Likes that came here and are not among those of all processes yet."""
        return self._own_likes

    def recount(self, *, elsewhere: int, likes: int, left_out: int, own_likes: int) -> None:
        """The counts of all processes; `own_likes` of those that came here are among them now."""
        self._elsewhere, self._likes, self._left_out = elsewhere, likes, left_out
        self._own_likes -= own_likes

    def delay(self, *, is_delayed: bool) -> None:
        """Whether what happens comes late."""
        self._is_delayed = is_delayed

    def vote(self, question_id: int, votes: int) -> None:
        """A question has so many votes."""
        self._votes[question_id] = max(votes, self._votes.get(question_id, 0))

    def apply(self, applied: Mapping[int, int], *, event_id: int) -> None:
        """Position → so many applications stand, by what the event log says up to `event_id`."""
        self._applied.update({position_id: (event_id, count) for position_id, count in applied.items()})

    def width_ms(self, present: int) -> int:
        """The width of a tick: it grows with the whole room, so that cost follows viewers × ticks."""
        everybody = present + self._elsewhere
        return next((width for most, width in WIDTHS_MS if everybody <= most), WIDEST_MS)

    def counts(self, present: int) -> Counts:
        """The counts as they are."""
        return Counts(present + self._elsewhere, self._likes + self._own_likes, self._left_out)

    def counted(self) -> list[Publish]:
        """What was counted since the last time and is not on the board."""
        board = self._stream.board
        votes, self._votes = self._votes, {}
        told = [Publish(Voted(each, count)) for each, count in votes.items() if count > board.votes(each)]
        for position_id, (event_id, count) in self._applied.items():
            card = board.card(position_id)
            # Heard or not yet, it is published once; what another process told meanwhile may ask for it again.
            if card is None or card.applied == count or self._published.get(position_id) == event_id > 0:
                continue
            self._published[position_id] = event_id
            told.append(Publish(Applied(position_id, count), event_id=event_id, topic=f"applied:{position_id}"))
        return told

    def tick(self, *, present: int, now: datetime) -> tuple[Tick, Cut] | None:
        """What everybody is to hear now, if anything: the tick, and the cut that it was made from."""
        cut, counts = self._stream.cut(), self.counts(present)
        counts_due = self._counted_at + COUNTS_EVERY * timedelta(milliseconds=self.width_ms(present))
        has_new_counts = counts != self._sent and now >= counts_due
        has_new = bool(cut.events) or has_new_counts or self._is_delayed != self._sent_delayed
        if not has_new and now - self._ticked_at < HEARTBEAT:
            return None
        if counts != self._sent:
            self._counted_at = now
        self._ticked_at, self._sent, self._sent_delayed = now, counts, self._is_delayed
        is_delayed = self._is_delayed or UNSET
        return Tick(self._stream.epoch, cut.after, cut.seq, Raw(cut.json()), counts, is_delayed=is_delayed), cut

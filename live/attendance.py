"""The attendance book: visits, likes and exposures of one room, gathered so that a batch costs one transaction."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from live.audience import Audience, Viewer
from live.board import Board
from live.deeds import AnyDeed, KeepAttendance, KeepExposures, KeepLikes, Visit
from live.fitting import shown_score

VISITS_EVERY = timedelta(milliseconds=250)
LIKES_EVERY = timedelta(seconds=3)
EXPOSED_AFTER = timedelta(seconds=1)
BATCH = 5_000
EXPOSURES_KEPT_AFTER = timedelta(seconds=4)
"""Not before: while a position is still on its way to a crowd's screens, it needs the processor itself."""
MOST_BATCHES = 100
"""Where positions follow one another faster than that, no more than this waits."""
EXPOSURES_AT_ONCE = 1_000
"""Fewer: everybody is looked at in one moment, and other writers are to get in between."""
BATCHES_A_LOOK = 2
SHARE_A_LOOK = 8
"""What a crowd saw is kept over some seconds, and more of it at a look the more waits, so that it never piles up."""


class AttendanceBook:
    """What is counted and not yet kept."""

    def __init__(self, session_id: int) -> None:
        self._session_id = session_id
        self._entered: dict[str, Visit] = {}
        self._left: dict[str, None] = {}
        self._arrived: deque[Viewer] = deque()
        self._exposed_pin = 0
        self._exposed: deque[KeepExposures] = deque()
        self._likes = 0
        self._visits_at: datetime | None = None
        self._likes_at: datetime | None = None
        self._looked_at: datetime | None = None

    def enter(self, viewer: Viewer) -> None:
        """A stay begins, or one goes on whose end is not kept yet."""
        if viewer.is_counted:
            return
        viewer.is_counted = True
        if viewer.id in self._left:
            del self._left[viewer.id]
        else:
            self._entered[viewer.id] = Visit(viewer.id, viewer.account_id, viewer.is_audience)
        if viewer.is_audience:
            self._arrived.append(viewer)

    def leave(self, viewer: Viewer) -> None:
        """A stay ends."""
        if viewer.is_counted:
            viewer.is_counted = False
            self._left[viewer.id] = None

    def like(self, count: int) -> int:
        """Count likes; how many."""
        self._likes += count
        return count

    def due(self, audience: Audience, board: Board, *, now: datetime) -> list[AnyDeed]:
        """What is to be kept now."""
        deeds: list[AnyDeed] = []
        if (self._entered or self._left) and _is_due(self._visits_at, VISITS_EVERY, now):
            self._visits_at = now
            deeds.append(self._visits(now=now))
        if self._likes and _is_due(self._likes_at, LIKES_EVERY, now):
            self._likes_at = now
            deeds.append(self._take_likes())
        if _is_due(self._looked_at, EXPOSED_AFTER, now):
            self._looked_at = now
            self._exposed += self._exposures(audience, board, now=now)
            is_new = board.pin is not None and now - board.pin.started_at < EXPOSURES_KEPT_AFTER
            if not is_new or len(self._exposed) > MOST_BATCHES:
                some = min(len(self._exposed), max(BATCHES_A_LOOK, len(self._exposed) // SHARE_A_LOOK))
                deeds += [self._exposed.popleft() for _ in range(some)]
        return deeds

    def close(self, audience: Audience, *, now: datetime) -> list[AnyDeed]:
        """Everything, with everybody leaving now."""
        for viewer in audience:
            self.leave(viewer)
        deeds: list[AnyDeed] = list(self._exposed)
        self._exposed.clear()
        while self._entered or self._left:
            deeds.append(self._visits(now=now))
        if self._likes:
            deeds.append(self._take_likes())
        return deeds

    def _visits(self, *, now: datetime) -> KeepAttendance:
        entered = dict(list(self._entered.items())[:BATCH])
        # Who came and left since the last batch leaves only after the coming is kept.
        left = [each for each in self._left if each in entered or each not in self._entered][:BATCH]
        for each in entered:
            del self._entered[each]
        for each in left:
            del self._left[each]
        return KeepAttendance(self._session_id, tuple(entered.values()), tuple(left), now)

    def _take_likes(self) -> KeepLikes:
        count, self._likes = self._likes, 0
        return KeepLikes(self._session_id, count)

    def _exposures(self, audience: Audience, board: Board, *, now: datetime) -> list[KeepExposures]:
        since = (now - EXPOSED_AFTER).timestamp()
        settled = self._settled(since)
        pin = board.pin
        card = board.card(pin.position_id) if pin else None
        if pin is None or card is None or now - pin.started_at < EXPOSED_AFTER:
            return []
        if pin.id == self._exposed_pin:
            viewers = settled
        else:
            # Once a pin everybody is looked at; after that only who comes.
            self._exposed_pin = pin.id
            viewers = [each for each in audience if each.is_audience and each.entered_at <= since]
        seen = [(viewer.id, shown_score(viewer.matches.get(card.id))) for viewer in viewers]
        return [
            KeepExposures(
                self._session_id, card.id, card.employer_id, tuple(seen[start : start + EXPOSURES_AT_ONCE]), now
            )
            for start in range(0, len(seen), EXPOSURES_AT_ONCE)
        ]

    def _settled(self, since: float) -> list[Viewer]:
        """Who came by then, was not looked at yet, and is here."""
        settled = []
        while self._arrived and self._arrived[0].entered_at <= since:
            settled.append(self._arrived.popleft())
        return [viewer for viewer in settled if viewer.connections]


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or now - last >= every

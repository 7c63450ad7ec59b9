"""Who was there when: unique viewers beside visits, the peak, watch time, and the curve by the minute.

A visit is what a viewer stayed without a break of SAME_VISIT, at one live server or several, with one device or more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fair.attendances import Attendance

_stay = Attendance.__table__.c
# The table's columns, not the record's: thousands of rows come without the records' loading.
_STAYS = select(_stay.viewer, _stay.entered_at, _stay.left_at).where(
    _stay.session_id == bindparam("session_id"), _stay.is_audience.is_(True)
)

SAME_VISIT = timedelta(seconds=60)  # Who returns within it has not left: a line that broke is no second visit.


@dataclass(frozen=True)
class Presence:
    """Counts of the audience alone: hosts, moderators and officers are not in them. The curve begins at `since`."""

    unique_viewers: int
    visits: int
    peak: int
    peak_at: datetime | None
    watched: timedelta
    watched_median: timedelta | None
    since: datetime
    by_minute: list[int]


def presence_of(db: Session, session_id: int, *, since: datetime, until: datetime) -> Presence:
    """Count the visits of a session between its start and `until`; one that has not ended lasts until then."""
    db.flush()
    # Seconds since the start: thousands of numbers are compared and sorted several times faster than moments.
    end = (until - since).total_seconds()
    stays: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for viewer, entered_at, left_at in db.execute(_STAYS, {"session_id": session_id}).all():
        entered = (entered_at - since).total_seconds()
        left = (left_at - since).total_seconds() if left_at else end
        if entered < end and (left > 0 or left_at is None):
            stays[viewer].append((entered if entered > 0 else 0.0, left if left < end else end))
    visits = [each if len(each) == 1 else _joined(each) for each in stays.values()]
    watched = [each[0][1] - each[0][0] if len(each) == 1 else _length(each) for each in visits]
    entries = sorted([span[0] for each in visits for span in each])
    departures = sorted([span[1] for each in visits for span in each])
    peak, peak_second = _peak(entries, departures)
    return Presence(
        unique_viewers=len(visits),
        visits=len(entries),
        peak=peak,
        peak_at=None if peak_second is None else since + timedelta(seconds=peak_second),
        watched=timedelta(seconds=sum(watched)),
        watched_median=timedelta(seconds=round(median(watched))) if watched else None,
        since=since,
        by_minute=_by_minute(entries, departures, end),
    )


def median_time(times: Iterable[timedelta]) -> timedelta | None:
    """The median of some times, to the second; None when there is none."""
    seconds = [time.total_seconds() for time in times]
    return timedelta(seconds=round(median(seconds))) if seconds else None


def _joined(stays: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stays of one viewer as visits: what overlaps or follows soon goes on."""
    visits: list[tuple[float, float]] = []
    for entered, left in sorted(stays):
        if visits and entered - visits[-1][1] < SAME_VISIT.total_seconds():
            visits[-1] = (visits[-1][0], max(visits[-1][1], left))
        else:
            visits.append((entered, left))
    return visits


def _length(visits: Sequence[tuple[float, float]]) -> float:
    return sum(left - entered for entered, left in visits)


def _peak(entries: Sequence[float], departures: Sequence[float]) -> tuple[int, float | None]:
    """The most viewers at one moment, and the first such moment; who leaves as another comes is not there with them."""
    best, best_at, gone = 0, None, 0
    for come, moment in enumerate(entries, start=1):
        while gone < len(departures) and departures[gone] <= moment:
            gone += 1
        if come - gone > best:
            best, best_at = come - gone, moment
    return best, best_at


def _by_minute(entries: Sequence[float], departures: Sequence[float], end: float) -> list[int]:
    """Viewers present at the end of each minute; the last, begun minute counts at `end`."""
    minutes = max(0, -(-int(end) // 60))
    ends = [60.0 * number for number in range(1, minutes + 1)]
    return [bisect_left(entries, each) - bisect_left(departures, min(each, end)) for each in ends]

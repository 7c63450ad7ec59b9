"""Who was there when: unique viewers beside visits, the peak, watch time, and the curve by the minute.

A visit is what a viewer stayed without a break of SAME_VISIT, at one live server or several, with one device or more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.attendances import Attendance

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
    # The table's columns, not the record's: thousands of rows come without the records' loading.
    stay = Attendance.__table__.c
    rows = db.execute(
        select(stay.viewer, stay.entered_at, stay.left_at).where(
            stay.session_id == session_id, stay.is_audience.is_(True)
        )
    ).all()
    # Seconds since the start: thousands of numbers are compared and sorted several times faster than moments.
    end = (until - since).total_seconds()
    stays: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for viewer, entered, left in rows:
        if entered < until and (left is None or left > since):
            leaves = min((left - since).total_seconds(), end) if left else end
            stays[viewer].append((max((entered - since).total_seconds(), 0.0), leaves))
    visits = {viewer: _joined(each) for viewer, each in stays.items()}
    spans = [span for each in visits.values() for span in each]
    watched = [sum(left - entered for entered, left in each) for each in visits.values()]
    peak, peak_second = _peak(spans)
    return Presence(
        unique_viewers=len(visits),
        visits=len(spans),
        peak=peak,
        peak_at=None if peak_second is None else since + timedelta(seconds=peak_second),
        watched=timedelta(seconds=sum(watched)),
        watched_median=timedelta(seconds=round(median(watched))) if watched else None,
        since=since,
        by_minute=_by_minute(spans, end),
    )


def median_time(times: Iterable[timedelta]) -> timedelta | None:
    """The median of some times, to the second; None when there is none."""
    seconds = [time.total_seconds() for time in times]
    return timedelta(seconds=round(median(seconds))) if seconds else None


def _joined(stays: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stays of one viewer as visits: what overlaps or follows soon goes on."""
    if len(stays) == 1:
        return stays
    visits: list[tuple[float, float]] = []
    for entered, left in sorted(stays):
        if visits and entered - visits[-1][1] < SAME_VISIT.total_seconds():
            visits[-1] = (visits[-1][0], max(visits[-1][1], left))
        else:
            visits.append((entered, left))
    return visits


def _peak(spans: Sequence[tuple[float, float]]) -> tuple[int, float | None]:
    """The most viewers at one moment, and the first such moment."""
    steps = sorted([(left, -1) for _, left in spans] + [(entered, 1) for entered, _ in spans])
    present, best, best_at = 0, 0, None
    for moment, step in steps:
        present += step
        if present > best:
            best, best_at = present, moment
    return best, best_at


def _by_minute(spans: Sequence[tuple[float, float]], end: float) -> list[int]:
    """Viewers present at the end of each minute; the last, begun minute counts at `end`."""
    minutes = max(0, -(-int(end) // 60))
    changes: Counter[int] = Counter()
    for entered, left in spans:
        changes[int(entered // 60)] += 1
        changes[minutes if left >= end else int(left // 60)] -= 1
    present, curve = 0, []
    for minute in range(minutes):
        present += changes[minute]
        curve.append(present)
    return curve

"""Nearest neighbours by inner product, of subjects, by the way that is quickest for how many are left.

A *subject* is a position's or a seeker's number; it owns one or more *rows*, and its similarity to a query is the best
of them. Few rows are computed one by one; more are scanned by their 8-bit images, and the nearest computed exactly,
with a proof that none was missed; only a large index of which most is asked for goes by cells, whose recall is
measured. Knows no records, no texts and no locks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.cells import CELLS_FROM, Cells, Parted, parted
from matching.slots import MOST_ROWS, Mask, Rows, Slots, Vectors, reserved

Numbers = NDArray[np.int64]

_FEW_ROWS, _FEW_SHARE = 4096, 5
_MOST_LEFT = 0.75
_LOOKED_AT = 64
_WIDENINGS = (1, 8)
_COMPACTED_FROM = 4
_COMPACTED_AT_ONCE = 32
_FIRST_SUBJECTS = 1024


class VectorIndex:
    """Vectors of `dimension` parts and length 1, by subject; subjects are small numbers, as keys of a table are."""

    def __init__(self, dimension: int, *, most_rows: int = MOST_ROWS, cells_from: int = CELLS_FROM) -> None:
        self.dimension = dimension
        self._slots = Slots(dimension, most_rows=most_rows)
        self._cells = Cells(self._slots, least_rows=cells_from)
        self._owners: Numbers = reserved(self._slots.most_rows, 1, dtype=np.int64)
        # A subject's first row and each row's next one of the same subject, plus 1; 0 is none.
        self._first: NDArray[np.int32] = np.zeros(_FIRST_SUBJECTS, dtype=np.int32)
        self._next: NDArray[np.int32] = reserved(self._slots.most_rows, 1, dtype=np.int32)
        self._held = 0
        self._most_rows = 1

    def __len__(self) -> int:
        return self._held

    def __contains__(self, subject: int) -> bool:
        return 0 <= subject < len(self._first) and bool(self._first[subject])

    @property
    def recall(self) -> float:
        """The share of the true ten nearest that an unfiltered search finds; 1 where it is exact."""
        return self._cells.recall

    @property
    def rows_spanned(self) -> int:
        """How many slots a scan reads, the free ones among them."""
        return self._slots.used

    def put(self, subject: int, vectors: Vectors) -> None:
        """Give a subject these rows (n × dimension), instead of those that it had."""
        self.put_many([subject], [len(vectors)], vectors)

    def put_many(self, subjects: Sequence[int], counts: Sequence[int], vectors: Vectors) -> None:
        """Give each subject its count of rows, one subject's after the other's, instead of those that it had."""
        for subject in subjects:
            self.drop(subject)
        if not len(vectors):
            return
        self._make_room(max(subjects))
        rows = self._slots.write(vectors)
        self._cells.note_written(rows)
        start = 0
        for subject, count in zip(subjects, counts, strict=True):
            mine, start = rows[start : start + count], start + count
            if count:
                self._first[subject] = mine[0] + 1
                self._next[mine[:-1]] = mine[1:] + 1
                self._next[mine[-1]] = 0
                self._owners[mine] = subject
                self._held += 1
        self._most_rows = max(self._most_rows, *counts)

    def drop(self, subject: int) -> None:
        """Forget a subject; one that is not here changes nothing."""
        if subject not in self:
            return
        rows, _ = self._rows_of([subject])
        self._first[subject] = 0
        self._owners[rows] = -1
        self._slots.release(rows)
        self._held -= 1

    def search(self, queries: Vectors, *, limit: int, among: Numbers | None = None) -> list[tuple[int, float]]:
        """The `limit` subjects nearest to any of the queries, best first, equals by number; only those in `among`."""
        if not self._held or not len(queries) or limit < 1:
            return []
        chosen = None if among is None else self._rows_of(among)[0]
        found = [self._nearest(query, limit=limit, chosen=chosen) for query in np.ascontiguousarray(queries)]
        subjects, scores = _best(
            np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found]), limit
        )
        return list(zip(subjects.tolist(), scores.tolist(), strict=True))

    def by_subject(self, queries: Vectors, subjects: Sequence[int] | Numbers) -> Vectors:
        """Subjects × queries: the best of each subject's rows; NaN for a subject that is not here."""
        found = np.full((len(subjects), len(queries)), np.nan, dtype=np.float32)
        rows, counts = self._rows_of(subjects)
        if len(rows) and len(queries):
            here = counts > 0
            starts = np.cumsum(counts[here]) - counts[here]
            # One query after the other, for that reads each row where it lies and copies none.
            products = [self._slots.products(query, rows) for query in np.ascontiguousarray(queries)]
            found[here] = np.maximum.reduceat(np.stack(products, axis=1), starts, axis=0)
        return found

    def vectors(self, subject: int) -> Vectors:
        """The rows of a subject, none if it is not here."""
        return self._slots.stored[self._rows_of([subject])[0]]

    def parting(self) -> Callable[[], Parted] | None:
        """What makes cells, for `adopt`, where they are due; it may be called beside searches and writers."""
        rows = self._cells.begin()
        return None if rows is None else lambda: parted(self._slots, rows)

    def adopt(self, made: Parted) -> None:
        """Search by these cells from now on."""
        self._cells.adopt(made)

    def tend(self) -> bool:
        """Do a millisecond's work of keeping searches quick; whether there is more to do."""
        has_unfiled = self._cells.file_some()
        return self._compact() or has_unfiled

    def _nearest(self, query: Vectors, *, limit: int, chosen: Rows | None) -> tuple[Numbers, Vectors]:
        """The subjects nearest to one query, exactly, unless there are cells."""
        used = self._slots.used
        if chosen is None and used <= _FEW_ROWS:
            chosen = self._left(np.arange(used, dtype=np.int64), None)
        if chosen is not None and len(chosen) <= max(_FEW_ROWS, used // _FEW_SHARE):
            return self._computed(query, chosen, limit)
        mask: Mask | None = None
        if chosen is not None:
            mask = np.zeros(used, dtype=np.bool_)
            mask[chosen] = True
        wanted = 2 * limit * self._most_rows + _LOOKED_AT
        if chosen is None or len(chosen) >= _MOST_LEFT * self._slots.held:
            near = self._cells.near(query, wanted=wanted)
            if near is not None:
                subjects, scores = self._computed(query, self._left(near, mask), limit)
                if len(subjects) == limit:
                    return subjects, scores
        share = 1.0 if chosen is None else len(chosen) / used
        for widening in _WIDENINGS:
            looked_at = round(wanted * widening / share)
            if looked_at >= used:
                break
            near, rest = self._slots.scan(query, wanted=looked_at)
            subjects, scores = self._computed(query, self._left(near, mask), limit)
            if len(subjects) == limit and scores[-1] > rest:
                return subjects, scores
        everything = np.arange(used, dtype=np.int64) if chosen is None else chosen
        return self._computed(query, self._left(everything, None), limit)

    def _compact(self) -> bool:
        """Move a few subjects from the end into free slots, where many are free; whether there is more to do."""
        slots = self._slots
        for _ in range(_COMPACTED_AT_ONCE):
            if (slots.used - slots.held) * _COMPACTED_FROM < max(slots.used, _FEW_ROWS):
                return False
            if self._owners[slots.used - 1] >= 0:
                subject = int(self._owners[slots.used - 1])
                self.put(subject, self.vectors(subject))
            slots.shrink()
        return True

    def _left(self, rows: Rows, mask: Mask | None) -> Rows:
        """Those of the rows that are in use, and in the mask."""
        rows = rows[self._owners[rows] >= 0]
        return rows if mask is None else rows[mask[rows]]

    def _computed(self, query: Vectors, rows: Rows, limit: int) -> tuple[Numbers, Vectors]:
        return _best(self._owners[rows], self._slots.products(query, rows), limit * self._most_rows, subjects=limit)

    def _rows_of(self, subjects: Sequence[int] | Numbers) -> tuple[Rows, Numbers]:
        """The subjects' rows, one subject's after the other's, and how many each has."""
        numbers = np.asarray(subjects, dtype=np.int64)
        inside = (numbers >= 0) & (numbers < len(self._first))
        level = np.where(inside, self._first[np.where(inside, numbers, 0)], 0)
        levels = []
        while level.any():
            levels.append(level)
            level = np.where(level > 0, self._next[np.maximum(level, 1) - 1], 0)
        if not levels:
            return np.zeros(0, dtype=np.int64), np.zeros(len(numbers), dtype=np.int64)
        grid = np.stack(levels, axis=1).astype(np.int64) - 1
        return grid[grid >= 0], (grid >= 0).sum(axis=1)

    def _make_room(self, subject: int) -> None:
        if subject >= len(self._first):
            more = max(subject + 1, 2 * len(self._first)) - len(self._first)
            self._first = np.concatenate([self._first, np.zeros(more, dtype=np.int32)])


def _best(owners: Numbers, scores: Vectors, wanted: int, *, subjects: int = 0) -> tuple[Numbers, Vectors]:
    """The best row of each subject: the highest first, equals by number, the first `subjects` (else `wanted`) of them.

    Of many rows only the `wanted` highest, and the equals of the last, are put in order.
    """
    if len(scores) > 4 * wanted:
        last = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
        high = np.flatnonzero(scores >= last)
        owners, scores = owners[high], scores[high]
    order = np.lexsort((owners, -scores))
    owners, scores = owners[order], scores[order]
    firsts = np.sort(np.unique(owners, return_index=True)[1])[: subjects or wanted]
    return owners[firsts], scores[firsts]

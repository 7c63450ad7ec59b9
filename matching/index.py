"""Exact nearest neighbours by inner product: one FAISS flat index whose rows belong to subjects.

A *subject* is a position's or a seeker's number; it owns one or more *rows*, and its similarity to a query is the best
of them. A removed row is struck out of a bitmap and its place is used again, since taking rows out of a flat index
moves all behind them. Knows no records, no texts and no locks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]

_FIRST_ROWS = 1024
_ROUNDING = 1e-5


class VectorIndex:
    """Vectors of `dimension` parts and length 1, by subject."""

    def __init__(self, dimension: int) -> None:
        faiss.omp_set_num_threads(1)
        self.dimension = dimension
        self._flat = faiss.IndexFlatIP(dimension)
        self._owners = np.full(0, -1, dtype=np.int64)
        self._rows: dict[int, list[int]] = {}
        self._free: list[int] = []
        self._most_rows = 1
        self._grow(_FIRST_ROWS)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, subject: int) -> bool:
        return subject in self._rows

    def put(self, subject: int, vectors: Vectors) -> None:
        """Give a subject these rows (n × dimension), instead of those that it had."""
        self.drop(subject)
        if len(vectors) == 0:
            return
        if len(self._free) < len(vectors):
            self._grow(max(len(self._owners) * 3 // 2, len(self._owners) + len(vectors)))
        rows = [self._free.pop() for _ in range(len(vectors))]
        self._stored[rows] = vectors
        self._owners[rows] = subject
        self._rows[subject] = rows
        self._most_rows = max(self._most_rows, len(rows))

    def drop(self, subject: int) -> None:
        """Forget a subject; one that is not here changes nothing."""
        rows = self._rows.pop(subject, [])
        self._owners[rows] = -1
        self._stored[rows] = 0.0
        self._free.extend(rows)

    def search(self, queries: Vectors, *, limit: int, among: Numbers | None = None) -> list[tuple[int, float]]:
        """The `limit` subjects nearest to any of the queries, best first, equals by number; only those in `among`."""
        allowed = self._owners >= 0
        if among is not None:
            allowed &= np.isin(self._owners, among)
        count = int(allowed.sum())
        if not count or not len(queries) or limit < 1:
            return []
        bits = np.packbits(allowed, bitorder="little")
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        best: dict[int, float] = {}
        for query in queries:
            for subject, similarity in self._nearest(query, selector, limit=limit, count=count):
                if similarity > best.get(subject, -2.0):
                    best[subject] = similarity
        return sorted(best.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def by_row(self, queries: Vectors, subjects: Sequence[int]) -> tuple[Vectors, list[int]]:
        """The subjects' rows, one subject's after the other's, × queries; and where each subject's rows end."""
        rows = [self._rows.get(subject, ()) for subject in subjects]
        ends = np.cumsum([len(mine) for mine in rows], dtype=np.int64).tolist()
        return self._stored[[row for mine in rows for row in mine]] @ queries.T, ends

    def by_subject(self, queries: Vectors, subjects: Sequence[int]) -> Vectors:
        """Subjects × queries: the best of each subject's rows; NaN for a subject that is not here."""
        found = np.full((len(subjects), len(queries)), np.nan, dtype=np.float32)
        here = [number for number, subject in enumerate(subjects) if subject in self._rows]
        if here:
            matrix, ends = self.by_row(queries, [subjects[number] for number in here])
            found[here] = np.maximum.reduceat(matrix, [0, *ends[:-1]], axis=0)
        return found

    def vectors(self, subject: int) -> Vectors:
        """The rows of a subject, none if it is not here."""
        return self._stored[self._rows.get(subject, [])]

    def _nearest(
        self, query: Vectors, selector: faiss.IDSelector, *, limit: int, count: int
    ) -> Iterator[tuple[int, float]]:
        """Subjects by this query; where equals of the last one may be left behind, all as good as it are taken."""
        wanted = min(limit * self._most_rows + 1, count)
        found, rows = self._flat.search(query[None], wanted, params=_only(selector))
        found, rows = found[0], rows[0]
        if wanted < count and found[-1] == found[-2]:
            _, found, rows = self._flat.range_search(query[None], float(found[-1]) - _ROUNDING, params=_only(selector))
        return zip(self._owners[rows].tolist(), found.tolist(), strict=True)

    def _grow(self, size: int) -> None:
        held = len(self._owners)
        self._flat.add(np.zeros((size - held, self.dimension), dtype=np.float32))
        self._owners = np.concatenate([self._owners, np.full(size - held, -1, dtype=np.int64)])
        self._free.extend(range(size - 1, held - 1, -1))
        # The index's own memory, to write a row in place; it moves when the index grows.
        self._stored: Vectors = faiss.rev_swig_ptr(self._flat.get_xb(), size * self.dimension).reshape(size, -1)


def _only(selector: faiss.IDSelector) -> faiss.SearchParameters:
    found = faiss.SearchParameters()
    found.sel = selector
    return found

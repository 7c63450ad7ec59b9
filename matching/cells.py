"""Cells: the rows of a large index parted around centres, so that a search looks into the nearest cells alone.

What is found there is approximate; how much of the truth it is, is measured when the cells are made, and as many cells
are looked into as that takes. A row that was freed or written anew leaves its old entry behind: entries only name
rows, and products are computed from the rows themselves. Knows no subjects and no locks.
"""

from __future__ import annotations

import math
from itertools import islice

import faiss
import numpy as np

from matching.slots import Images, Rows, Slots, Vectors, parts_of

CELLS_FROM = 65_536
"""Below so many rows an exact search takes less than a millisecond, and there are no cells."""

WANTED_RECALL = 0.99
LEAST_RECALL = 0.98
_TAUGHT_EACH = 40
_READ_AT_ONCE = 8192
_ROUNDS = 8
_TRIED, _NEAREST = 100, 10
_SHARES = (0.005, 0.01, 0.02, 0.04, 0.08)
_STALE = 2
_FILED_AT_ONCE = 256


class Cells:
    """The cells of an index; none while it is small, or where cells would not find enough."""

    def __init__(self, slots: Slots, *, least_rows: int = CELLS_FROM) -> None:
        self.recall = 1.0
        self._least_rows = least_rows
        self._slots = slots
        self._parted: Parted | None = None
        self._made_for = 0
        self._filed = 0
        self._unfiled: dict[int, None] = {}

    def note_written(self, rows: Rows) -> None:
        """Rows have other vectors now."""
        self._unfiled.update(dict.fromkeys(rows.tolist()))

    def near(self, query: Vectors, *, wanted: int) -> Rows | None:
        """About the `wanted` rows nearest to a query, freed ones among them; None while there are no cells."""
        if self._parted is None:
            return None
        image, _, _ = self._slots.query_image(query)
        found = self._parted.nearest(image, wanted)
        unfiled = np.fromiter(self._unfiled, dtype=np.int64, count=len(self._unfiled))
        return np.unique(np.concatenate([found, unfiled]))

    def begin(self) -> Rows | None:
        """The rows to make cells of, for the first time or anew, by `parted`; None where nothing is to be made."""
        held = self._slots.held
        if held < self._least_rows:
            self._parted, self.recall, self._made_for, self._filed = None, 1.0, 0, 0
            self._unfiled.clear()
            return None
        if held <= _STALE * self._made_for and self._filed <= _STALE * self._slots.used:
            return None
        self._made_for = held
        self._unfiled.clear()
        return np.arange(self._slots.used, dtype=np.int64)

    def adopt(self, made: Parted) -> None:
        """Use these cells from now on, if they find enough."""
        self._filed = self._made_for
        is_enough = made.recall >= LEAST_RECALL
        self._parted, self.recall = (made, made.recall) if is_enough else (None, 1.0)

    def file_some(self) -> bool:
        """File a batch of the rows written since into their cells; whether more are left."""
        if self._parted is None or not self._unfiled:
            return False
        batch = np.array(list(islice(self._unfiled, _FILED_AT_ONCE)), dtype=np.int64)
        self._parted.add(batch, self._slots.images(batch))
        for row in batch.tolist():
            del self._unfiled[row]
        self._filed += len(batch)
        return bool(self._unfiled)


class Parted:
    """Entries of rows in cells, in one FAISS index."""

    def __init__(self, slots: Slots, rows: Rows, *, seed: int) -> None:
        count = 1 << max(1, round(math.log2(math.sqrt(len(rows)))))
        self._centres = faiss.IndexFlatIP(slots.dimension)
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._index = faiss.IndexIVFScalarQuantizer(
            self._centres, slots.dimension, count, kind, faiss.METRIC_INNER_PRODUCT, False
        )
        self._index.cp.niter, self._index.cp.spherical, self._index.cp.seed = _ROUNDS, True, seed
        chance = np.random.default_rng(seed)
        taught = chance.choice(rows, size=min(len(rows), _TAUGHT_EACH * count), replace=False)
        self._index.train(parts_of(slots.images(taught)))
        self.probes = 1
        self.recall = 0.0

    @property
    def count(self) -> int:
        """How many cells there are."""
        return int(self._index.nlist)

    def add(self, rows: Rows, images: Images) -> None:
        """File rows into their cells."""
        self._index.add_with_ids(parts_of(images), rows)

    def nearest(self, image: Vectors, wanted: int) -> Rows:
        """The rows nearest to the image of a query in the cells nearest to it."""
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = self.probes
        found = self._index.search(image[None], wanted, params=parameters)[1][0]
        return np.asarray(found[found >= 0], dtype=np.int64)


def parted(slots: Slots, rows: Rows, *, seed: int = 1) -> Parted:
    """Cells of these rows, which know how many of the ten nearest they find.

    Runs beside writers: what they write meanwhile is filed when the cells are used.
    """
    made = Parted(slots, rows, seed=seed)
    for start in range(0, len(rows), _READ_AT_ONCE):
        some = rows[start : start + _READ_AT_ONCE]
        made.add(some, slots.images(some))
    tried = _queries(slots, rows, np.random.default_rng(seed))
    truth = [_true_nearest(slots, query) for query in tried]
    for share in _SHARES:
        made.probes = max(1, round(share * made.count))
        made.recall = _recall(slots, made, tried, truth)
        if made.recall >= WANTED_RECALL:
            break
    return made


def _queries(slots: Slots, rows: Rows, chance: np.random.Generator) -> list[Vectors]:
    """Vectors that lie among those held, as those of texts that speak of two things do."""
    one = slots.stored[chance.choice(rows, size=_TRIED)]
    mixed = one + 0.5 * slots.stored[chance.choice(rows, size=_TRIED)]
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    return list((mixed / np.maximum(lengths, 1e-12)).astype(np.float32))


def _true_nearest(slots: Slots, query: Vectors) -> float:
    """The product of the tenth nearest row."""
    near, _ = slots.scan(query, wanted=10 * _NEAREST)
    return float(np.sort(slots.products(query, near))[-_NEAREST])


def _recall(slots: Slots, made: Parted, tried: list[Vectors], truth: list[float]) -> float:
    """The share of the ten nearest that is found; equals of the tenth count as well as it."""
    found = 0
    for query, tenth in zip(tried, truth, strict=True):
        near = np.unique(made.nearest(slots.query_image(query)[0], 4 * _NEAREST))
        found += min(_NEAREST, int((slots.products(query, near) >= tenth).sum()))
    return found / (_NEAREST * len(tried))

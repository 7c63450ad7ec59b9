"""Slots for vectors in memory that never moves, each vector beside its 8-bit image, which is a quarter as long to read.

A *row* is the number of a slot. A vector and its image stay where they are until the slot is free, so that neither
growth nor removal copies anything. Images give every inner product within a stated error: a scan of them leaves few
rows to compute exactly. Knows no subjects and no locks.
"""

from __future__ import annotations

import heapq
import math
import mmap
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Images = NDArray[np.uint8]
Mask = NDArray[np.bool_]

MOST_ROWS = 1 << 24
_FIRST_BLOCK, _LARGEST_BLOCK = 1024, 32768
_IMAGED = 4096
_SHRUNK = 65536
_HIGHEST = 127
_NOTHING = 128
# The largest part of a vector as a multiple of the mean one; what is larger is cut off and kept on a list of its own.
_USUAL_PARTS = 5.0
_ROUNDING = 1e-6


class SlotsFull(Exception):
    """More rows than there is memory reserved for."""


class Slots:
    """Vectors of `dimension` parts and of length 1 or 0; every row that is or was in use is below `used`."""

    def __init__(self, dimension: int, *, most_rows: int = MOST_ROWS) -> None:
        faiss.omp_set_num_threads(1)
        self.dimension = dimension
        self.used = 0
        self.held = 0
        self.stored: Vectors = reserved(most_rows, dimension, dtype=np.float32)
        self._is_held: Mask = reserved(self.most_rows, 1, dtype=np.bool_)
        self._free: list[int] = []
        self._blocks: list[_Block] = []
        self._scale = _HIGHEST * math.sqrt(dimension) / _USUAL_PARTS
        # The error of an image is that of rounding each part, and differs little from row to row.
        self._error = 1.25 * math.sqrt(dimension / 12) / self._scale
        self._odd: set[int] = set()

    @property
    def most_rows(self) -> int:
        """How many there is room for."""
        return len(self.stored)

    def write(self, vectors: Vectors) -> Rows:
        """Put vectors into slots, the lowest first, and return their rows; raises SlotsFull."""
        rows = self._taken(len(vectors))
        for start in range(0, len(vectors), _IMAGED):
            some, into = vectors[start : start + _IMAGED], rows[start : start + _IMAGED]
            self.stored[into] = some
            images, errors = self._imaged(some)
            self._keep_images(into, images)
            self._odd.update(into[errors > self._error].tolist())
        return rows

    def release(self, rows: Rows) -> None:
        """Free slots; their vectors are zeros from now on."""
        self.stored[rows] = 0.0
        self._is_held[rows] = False
        self.held -= len(rows)
        self._keep_images(rows, np.full((len(rows), self.dimension), _NOTHING, dtype=np.uint8))
        for row in rows.tolist():
            heapq.heappush(self._free, row)
            self._odd.discard(row)

    def shrink(self) -> None:
        """Lower `used` below the free slots at the end; a step of it, where they are very many."""
        start = max(0, self.used - _SHRUNK)
        held = np.flatnonzero(self._is_held[start : self.used])
        self.used = start + (int(held[-1]) + 1 if len(held) else 0)
        self._count_blocks()

    def products(self, query: Vectors, rows: Rows) -> Vectors:
        """The exact inner products of these rows with a query; the same for equal vectors wherever they lie."""
        found = np.empty(len(rows), dtype=np.float32)
        chosen = np.ascontiguousarray(rows, dtype=np.int64)
        faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined]
            faiss.swig_ptr(found),
            faiss.swig_ptr(query),
            faiss.swig_ptr(self.stored),
            faiss.swig_ptr(chosen),
            self.dimension,
            1,
            len(chosen),
        )
        return found

    def scan(self, query: Vectors, *, wanted: int) -> tuple[Rows, float]:
        """At least the `wanted` rows nearest to a query by their images, and what no other row's product exceeds."""
        image, scale, error = self.query_image(query)
        found: list[Rows] = [np.array(tuple(self._odd), dtype=np.int64)]
        rest = -math.inf
        for block in self._blocks:
            if not block.index.ntotal:
                break
            near, rows = block.index.search(image[None], min(wanted, block.index.ntotal))
            held = rows[0] >= 0
            found.append(rows[0][held] + block.start)
            if len(rows[0]) < block.index.ntotal and held.all():
                rest = max(rest, float(near[0, -1]))
        return np.concatenate(found), rest / (scale * self._scale) + error

    def query_image(self, query: Vectors) -> tuple[Vectors, float, float]:
        """A query in whole numbers, their scale, and how far a product of images may be from the exact one."""
        scale = _HIGHEST / max(float(np.abs(query).max()), 1e-12)
        image = np.rint(query * scale)
        error = float(np.linalg.norm(query - image / scale))
        return image, scale, self._error * float(np.linalg.norm(query)) + (1 + self._error) * error + _ROUNDING

    def images(self, rows: Rows) -> Images:
        """The 8-bit images of rows."""
        found = np.empty((len(rows), self.dimension), dtype=np.uint8)
        for block, inside in self._by_block(rows):
            found[inside] = block.images[rows[inside] - block.start]
        return found

    def _taken(self, count: int) -> Rows:
        if self.held + count > self.most_rows:
            raise SlotsFull(f"{self.held + count} rows where {self.most_rows} have room")
        rows: list[int] = []
        while self._free and len(rows) < count:
            # Those that `used` was lowered below are no slots any more, and the lowest of all come first.
            if self._free[0] >= self.used:
                self._free.clear()
            else:
                rows.append(heapq.heappop(self._free))
        fresh = count - len(rows)
        rows.extend(range(self.used, self.used + fresh))
        self.used += fresh
        while not self._blocks or self._blocks[-1].end < self.used:
            start = self._blocks[-1].end if self._blocks else 0
            self._blocks.append(_Block(self.dimension, start, min(max(_FIRST_BLOCK, start), _LARGEST_BLOCK)))
        self._count_blocks()
        found = np.array(rows, dtype=np.int64)
        self._is_held[found] = True
        self.held += count
        return found

    def _count_blocks(self) -> None:
        for block in self._blocks:
            block.index.ntotal = min(max(self.used - block.start, 0), block.end - block.start)

    def _imaged(self, vectors: Vectors) -> tuple[Images, Vectors]:
        """Images of vectors, and how far each is from its vector."""
        parts = vectors * np.float32(self._scale)
        np.rint(parts, out=parts)
        np.clip(parts, -_HIGHEST, _HIGHEST, out=parts)
        errors = np.linalg.norm(vectors - parts / np.float32(self._scale), axis=1)
        parts += _NOTHING
        return parts.astype(np.uint8), errors

    def _keep_images(self, rows: Rows, images: Images) -> None:
        for block, inside in self._by_block(rows):
            block.images[rows[inside] - block.start] = images[inside]

    def _by_block(self, rows: Rows) -> list[tuple[_Block, slice | Mask]]:
        """The blocks that hold some of the rows, each with the places of those in `rows`."""
        if not len(rows):
            return []
        low, high = int(rows.min()), int(rows.max())
        blocks = [block for block in self._blocks if block.start <= high and low < block.end]
        if len(blocks) == 1:
            return [(blocks[0], slice(None))]
        return [(block, (rows >= block.start) & (rows < block.end)) for block in blocks]


class _Block:
    """Images of the rows from `start` on, in one FAISS index whose memory is all there from the beginning."""

    def __init__(self, dimension: int, start: int, size: int) -> None:
        self.start, self.end = start, start + size
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self.index = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
        self.index.codes.resize(size * dimension)
        self.images: Images = faiss.rev_swig_ptr(self.index.codes.data(), size * dimension).reshape(size, dimension)


def parts_of(images: Images) -> Vectors:
    """The whole numbers that images stand for."""
    return images.astype(np.float32) - np.float32(_NOTHING)


def reserved(rows: int, parts: int, *, dtype: Any) -> NDArray[Any]:
    """An array of zeros that takes memory only where it is written; half as many rows where so many are refused."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _WITHOUT_COUNTING
    while True:
        try:
            memory = mmap.mmap(-1, rows * parts * np.dtype(dtype).itemsize, flags=flags)
        except (OSError, OverflowError):
            if rows <= _FIRST_BLOCK:
                raise
            rows //= 2
            continue
        if parts > 1 and hasattr(mmap, "MADV_HUGEPAGE"):
            memory.madvise(mmap.MADV_HUGEPAGE)
        found = np.frombuffer(memory, dtype=dtype)
        return found if parts == 1 else found.reshape(rows, parts)


_WITHOUT_COUNTING = 0x4000 if hasattr(mmap, "MADV_HUGEPAGE") else 0  # Linux's MAP_NORESERVE.

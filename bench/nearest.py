"""Measures the vector index beside others, on the same vectors in the same run: time, memory, and always recall.

Vectors are mixtures of the bundled encoder's names of trades, so that they lie as those of texts do. Ways take turns,
a few queries each, so that whatever else the machine does strikes all of them alike. What is not installed is named.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from bench.nearpeers import hnswlib_way, pgvector_way
from matching.encoder import load_encoder
from matching.index import VectorIndex
from matching.trades import trades

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Way = Callable[[int], Sequence[int]]

_QUERIES, _ROUNDS = 100, 5
_NEAREST, _WANTED = 10, 20
_READ_AT_ONCE = 10_000
_CHANGES = 300


def measure_nearest(count: int, *, seekers: int, told: Callable[[str], None]) -> dict[str, Any]:
    """Figures of an index of so many vectors, beside others, and of `seekers` asked for one position."""
    chance = np.random.default_rng(1)
    names = load_encoder().encode([name for trade in trades() for name in trade.names])
    told(f"{count} vectors")
    held, queries = mixtures(names, count, chance), mixtures(names, _QUERIES, chance)
    truth = [nearest_by_numpy(held, query) for query in queries]
    figures: dict[str, Any] = {"vectors": count, "parts": held.shape[1], "read_ms": round(read_ms(held), 3)}

    before = resident_mb()
    index = VectorIndex(held.shape[1])
    figures["put_cpu_seconds"] = round(cpu_of(lambda: put_all(index, held)), 2)
    figures["ours_mb"] = round(resident_mb() - before)
    ways: dict[str, Way] = {"ours_exact": lambda at: found(index.search(queries[at : at + 1], limit=_WANTED))}
    flat = faiss.IndexFlatIP(held.shape[1])
    flat.add(held)
    ways["faiss_flat"] = lambda at: flat.search(queries[at : at + 1], _WANTED)[1][0].tolist()
    ways["numpy"] = lambda at: nearest_by_numpy(held, queries[at], limit=_WANTED).tolist()
    with hnswlib_way(held, queries, _WANTED, told=told) as hnsw, pgvector_way(held, queries, _WANTED, told=told) as pg:
        ways |= {name: way for name, way in (("hnswlib", hnsw), ("pgvector", pg)) if way is not None}
        figures["not_measured"] = [name for name in ("hnswlib", "pgvector") if name not in ways]
        figures["unfiltered"] = compared(ways, truth)
    told("cells")
    making = index.parting()
    if making is not None:
        figures["cells_cpu_seconds"] = round(cpu_of(lambda: index.adopt(making())), 2)
        cells: dict[str, Way] = {"ours": ways["ours_exact"], "faiss_flat": ways["faiss_flat"]}
        figures["by_cells"] = compared(cells, truth) | {"stated_recall": index.recall}
    for share in (0.01, 0.1):
        told(f"filtered {share:.0%}")
        figures[f"filtered_{share:.0%}"] = filtered(index, flat, held, queries, share, chance)
    figures["changes"] = changes(index, held, queries)
    figures["seekers"] = reverse(names, seekers, chance)
    return figures


def mixtures(names: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    """So many vectors, each of three names of trades and some noise, of length 1, in 16 bits' precision."""
    made = np.empty((count, names.shape[1]), dtype=np.float32)
    for start in range(0, count, _READ_AT_ONCE):
        some = min(_READ_AT_ONCE, count - start)
        shares = chance.random((some, 3)) * [1.0, 0.6, 0.4]
        mixed = np.einsum("nt,ntd->nd", shares, names[chance.integers(0, len(names), (some, 3))])
        mixed += chance.normal(size=mixed.shape) * 0.3 / np.sqrt(names.shape[1])
        made[start : start + some] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return made.astype(np.float16).astype(np.float32)


def nearest_by_numpy(held: Vectors, query: Vectors, *, limit: int = _NEAREST) -> Numbers:
    """The nearest by brute force, equals by number."""
    scores = held @ query
    best = np.argpartition(-scores, min(4 * limit, len(scores) - 1))[: 4 * limit]
    return np.asarray(best[np.lexsort((best, -scores[best]))][:limit], dtype=np.int64)


def compared(ways: dict[str, Way], truth: Sequence[Numbers]) -> dict[str, Any]:
    """Milliseconds and recall of each way; they take turns."""
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    recall: dict[str, list[float]] = {name: [] for name in ways}
    gc.collect()
    for turn in range(_ROUNDS):
        for name, way in ways.items():
            for at in range(turn, len(truth), _ROUNDS):
                start, worked = time.perf_counter(), time.thread_time()
                answer = way(at)
                cpu[name].append((time.thread_time() - worked) * 1000)
                wall[name].append((time.perf_counter() - start) * 1000)
                right = set(truth[at].tolist())
                recall[name].append(len(right & set(answer[:_NEAREST])) / max(len(right), 1))
    return {
        name: {
            "p50_ms": round(float(np.median(wall[name])), 3),
            "p99_ms": round(float(np.percentile(wall[name], 99)), 3),
            "cpu_p50_ms": round(float(np.median(cpu[name])), 3),
            "recall_at_10": round(float(np.mean(recall[name])), 4),
        }
        for name in ways
    }


def filtered(
    index: VectorIndex, flat: Any, held: Vectors, queries: Vectors, share: float, chance: np.random.Generator
) -> dict[str, Any]:
    """The same among a share of the subjects."""
    among = np.flatnonzero(chance.random(len(held)) < share)
    truth = [among[nearest_by_numpy(held[among], query)] for query in queries]
    bits = np.zeros(len(held), dtype=np.bool_)
    bits[among] = True
    packed = np.packbits(bits, bitorder="little")
    parameters = faiss.SearchParameters()
    parameters.sel = faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
    return compared(
        {
            "ours": lambda at: found(index.search(queries[at : at + 1], limit=_WANTED, among=among)),
            "faiss_flat_bitmap": lambda at: flat.search(queries[at : at + 1], _WANTED, params=parameters)[1][
                0
            ].tolist(),
            "numpy": lambda at: among[nearest_by_numpy(held[among], queries[at], limit=_WANTED)].tolist(),
        },
        truth,
    )


def changes(index: VectorIndex, held: Vectors, queries: Vectors) -> dict[str, float]:
    """Milliseconds of one subject added, changed and removed, and of background work done at once."""
    new = range(len(held), len(held) + _CHANGES)
    figures: dict[str, float] = {}
    works: dict[str, Callable[[int], object]] = {
        "add": lambda number: index.put(number, queries[:1]),
        "change": lambda number: index.put(number, queries[1:2]),
        "remove": lambda number: index.drop(number),
        "tend": lambda _number: index.tend(),
    }
    for name, work in works.items():
        taken = []
        for number in new:
            start = time.thread_time()
            work(number)
            taken.append((time.thread_time() - start) * 1000)
        figures[f"{name}_p50_cpu_ms"] = round(float(np.median(taken)), 3)
        figures[f"{name}_most_cpu_ms"] = round(max(taken), 3)
    return figures


def reverse(names: Vectors, seekers: int, chance: np.random.Generator) -> dict[str, Any]:
    """One position's vector against so many seekers' whole texts."""
    held, queries = mixtures(names, seekers, chance), mixtures(names, _QUERIES, chance)
    index = VectorIndex(held.shape[1], cells_from=seekers + 1)
    put_all(index, held)
    flat = faiss.IndexFlatIP(held.shape[1])
    flat.add(held)
    ways: dict[str, Way] = {
        "ours_exact": lambda at: found(index.search(queries[at : at + 1], limit=_WANTED)),
        "faiss_flat": lambda at: flat.search(queries[at : at + 1], _WANTED)[1][0].tolist(),
        "numpy": lambda at: nearest_by_numpy(held, queries[at], limit=_WANTED).tolist(),
    }
    figures = compared(ways, [nearest_by_numpy(held, query) for query in queries])
    ratio = figures["faiss_flat"]["cpu_p50_ms"] / figures["ours_exact"]["cpu_p50_ms"]
    return figures | {"count": seekers, "times_as_fast_as_faiss_flat": round(ratio, 2)}


def put_all(index: VectorIndex, held: Vectors) -> None:
    """Put vectors in, a thousand at once."""
    for start in range(0, len(held), 1000):
        some = held[start : start + 1000]
        index.put_many(range(start, start + len(some)), [1] * len(some), some)


def found(pairs: Sequence[tuple[int, float]]) -> list[int]:
    """The subjects of an answer."""
    return [subject for subject, _ in pairs]


def read_ms(held: Vectors) -> float:
    """The least milliseconds of reading all vectors once."""
    numbers = held.view(np.int64).reshape(-1)
    taken = []
    for _ in range(7):
        start = time.thread_time()
        np.bitwise_or.reduce(numbers)
        taken.append((time.thread_time() - start) * 1000)
    return min(taken)


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def resident_mb() -> float:
    """Memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

"""Training pairs as rows of grams, and the batches drawn from them.

A batch is of one source, so that the pairs beside a pair are of its own kind. Knows no vectors and no loss.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.pairs import Pair
from matching.teacher import Teacher
from matching.tokens import GramTokenizer

NEIGHBOURS = 16
"""So many neighbouring topics at a time: a classification puts what is hard to tell apart side by side."""
_WINDOW_FROM, _SHORTEST_WINDOW, _LONGEST_WINDOW = 120, 60, 500

Rows = NDArray[np.int64]
Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Source:
    """The pairs of one source: their rows with weights, their topics, and the teacher's rows of both sides or -1."""

    left: list[tuple[Rows, Weights]]
    right: list[tuple[Rows, Weights]]
    topics: NDArray[np.int64]
    taught: NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Texts as one run of rows: first all left ones, then all right ones; `starts` tells where each begins."""

    rows: Rows
    weights: Weights
    starts: Rows
    topics: NDArray[np.int64]
    taught: NDArray[np.int64] | None


def read(pairs: Sequence[Pair], tokenizer: GramTokenizer, teacher: Teacher | None) -> Source:
    """The pairs whose two sides have letters."""
    left, right, numbers, taught = [], [], [], []
    topics: dict[str, int] = {}
    for pair in pairs:
        one, other = (_grams(text, tokenizer) for text in (pair.left, pair.right))
        if len(one[0]) and len(other[0]):
            left.append(one)
            right.append(other)
            numbers.append(topics.setdefault(pair.topic.lower(), len(topics)))
            taught.append(_taught(pair, teacher))
    return Source(left, right, np.array(numbers), np.array(taught))


def batches(
    sources: Mapping[str, Source],
    shares: Mapping[str, float],
    *,
    steps: int,
    pairs: int,
    dropout: float,
    neighbours: frozenset[str],
    random: np.random.Generator,
) -> Iterator[Batch]:
    """Batches by the sources' shares; a share of the grams is left out of each text, and long texts are cut anew."""
    names = sorted(sources)
    chances = np.array([shares[name] for name in names])
    for _ in range(steps):
        name = names[random.choice(len(names), p=chances / chances.sum())]
        source = sources[name]
        chosen = _neighbours(source, pairs, random) if name in neighbours else _any(source, pairs, random)
        texts = [*(source.left[number] for number in chosen), *(source.right[number] for number in chosen)]
        cut = [_window(text, random) for text in texts]
        owners = np.repeat(np.arange(len(cut)), [len(rows) for rows, _ in cut])
        kept = random.random(len(owners), dtype=np.float32) >= dropout
        taught = source.taught[chosen]
        yield Batch(
            rows=np.concatenate([rows for rows, _ in cut])[kept],
            weights=np.concatenate([weights for _, weights in cut])[kept],
            starts=np.searchsorted(owners[kept], np.arange(len(cut))),
            topics=source.topics[chosen],
            taught=taught if (taught >= 0).all() else None,
        )


def _grams(text: str, tokenizer: GramTokenizer) -> tuple[Rows, Weights]:
    tokens = tokenizer.tokens(text)
    return np.array(tokens.rows, dtype=np.int64), np.array(tokens.weights, dtype=np.float32)


def _taught(pair: Pair, teacher: Teacher | None) -> tuple[int, int]:
    rows = [teacher.row(text) for text in pair.english] if teacher is not None and pair.english is not None else []
    left, right = rows or (None, None)
    return (-1, -1) if left is None or right is None else (left, right)


def _any(source: Source, pairs: int, random: np.random.Generator) -> NDArray[np.int64]:
    return random.choice(len(source.left), size=min(pairs, len(source.left)), replace=False)


def _neighbours(source: Source, pairs: int, random: np.random.Generator) -> NDArray[np.int64]:
    """One pair of each topic in some runs of neighbouring topics; topics are numbered in the source's order."""
    order = np.argsort(source.topics, kind="stable")
    topics = int(source.topics.max()) + 1
    first = random.integers(0, topics, max(pairs // NEIGHBOURS, 1))
    runs = np.unique((first[:, None] + np.arange(NEIGHBOURS)) % topics)
    starts, ends = np.searchsorted(source.topics[order], [runs, runs + 1])
    return np.asarray(order[random.integers(starts, ends)])


def _window(text: tuple[Rows, Weights], random: np.random.Generator) -> tuple[Rows, Weights]:
    """A part of a long text, which is another one each time; grams stand in the order of their first occurrence."""
    rows, weights = text
    if len(rows) <= _WINDOW_FROM:
        return rows, weights
    size = int(np.clip(len(rows) * random.uniform(0.15, 1), _SHORTEST_WINDOW, _LONGEST_WINDOW))
    start = int(random.integers(0, len(rows) - size + 1))
    return rows[start : start + size], weights[start : start + size]

"""How good a ranking is against judgements: MAP, MRR and nDCG@10. Plain arithmetic; knows no model and no file.

Each is the mean over the judged queries, of the whole ranking; a right document that is not in the corpus counts as
never found. The gain of a grade is 2^grade - 1, its discount log2(rank + 1) (Järvelin and Kekäläinen 2002).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CUT = 10


@dataclass(frozen=True)
class Measures:
    """Means over queries, 0 to 1."""

    map: float
    mrr: float
    ndcg_at_10: float


def measured(rankings: Iterable[tuple[Sequence[str], Mapping[str, float]]]) -> Measures:
    """The measures of rankings (docids best first), each with the grades of its right documents."""
    found = [(_precision(order, grades), _first(order, grades), _gain(order, grades)) for order, grades in rankings]
    if not found:
        return Measures(0.0, 0.0, 0.0)
    return Measures(*(sum(values) / len(found) for values in zip(*found, strict=True)))


def _ranks(order: Sequence[str], grades: Mapping[str, float]) -> list[int]:
    return [rank for rank, docid in enumerate(order, start=1) if docid in grades]


def _precision(order: Sequence[str], grades: Mapping[str, float]) -> float:
    return sum(number / rank for number, rank in enumerate(_ranks(order, grades), start=1)) / len(grades)


def _first(order: Sequence[str], grades: Mapping[str, float]) -> float:
    return 1 / next(iter(_ranks(order, grades)), math.inf)


def _gain(order: Sequence[str], grades: Mapping[str, float]) -> float:
    best = sorted(grades.values(), reverse=True)[:CUT]
    return _discounted([grades.get(docid, 0.0) for docid in order[:CUT]]) / _discounted(best)


def _discounted(grades: Sequence[float]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))

"""From similarities to meaning: where "unrelated" and "the same work" lie for a model, and how work becomes a score.

Every encoder spreads its similarities differently, so the two ends are measured on names of trades at the start.
Knows trades and arrays; knows no positions and no seekers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fair.matches import FAIRLY_FITTING, VERY_FITTING, WORTH_A_LOOK
from matching.trades import Trade, trades

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

# A whole text dilutes: a name and a text reach about these shares of what two names reach.
_TEXT_SHARE = (0.45, 0.62)


@dataclass(frozen=True, slots=True)
class Scale:
    """Similarity at and below `unrelated` means nothing in common, at and above `same` the same work."""

    unrelated: float
    same: float

    def share(self, similarities: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where similarities lie between the two ends, 0 to 1; NaN stays NaN."""
        return np.clip((similarities.astype(np.float64) - self.unrelated) / (self.same - self.unrelated), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scales of one model: names in one script, names in two, and a name against a whole text."""

    names: Scale
    across: Scale
    texts: Scale


def calibrate(encode: Encode) -> Calibration:
    """Measure a model: names of one trade against each other and against those of other families."""
    chosen = [(trade, chinese) for trade in trades() if len(chinese := _chinese(trade)) > 1]
    first = encode([chinese[0] for _, chinese in chosen])
    second = encode([chinese[1] for _, chinese in chosen])
    families = np.array([trade.family for trade, _ in chosen])
    names = _scale(first, second, apart=families[:, None] != families[None, :])

    abroad = [(trade, english) for trade in trades() for english in _english(trade)[:1]]
    families = np.array([trade.family for trade, _ in abroad])
    across = _scale(
        encode([trade.names[0] for trade, _ in abroad]),
        encode([english for _, english in abroad]),
        apart=families[:, None] != families[None, :],
    )
    low, high = _TEXT_SHARE
    return Calibration(names, across, Scale(names.unrelated * low, max(names.same * high, names.unrelated * low + 0.1)))


def _scale(left: NDArray[np.float32], right: NDArray[np.float32], *, apart: NDArray[np.bool_]) -> Scale:
    similarities = left @ right.T
    unrelated = float(np.quantile(similarities[apart], 0.9))
    same = float(np.median(np.diag(similarities)))
    return Scale(unrelated, max(same, unrelated + 0.1))


def _chinese(trade: Trade) -> tuple[str, ...]:
    return tuple(name for name in trade.names if not name.isascii())


def _english(trade: Trade) -> tuple[str, ...]:
    return tuple(name for name in trade.names if name.isascii() and len(name) > 3)


LOOSELY, RELATED, WANTED = 0.30, 0.50, 0.75
"""The least work at which a position is loosely related, of a related trade, and what the seeker wants."""

_WORK_TO_SCORE = ((0.0, 12.0), (LOOSELY, 48.0), (RELATED, 63.0), (WANTED, 80.0), (1.0, 85.0))


def score_of_work(work: float) -> float:
    """The score that work alone earns: straight between the points, never falling."""
    for (left, low), (right, high) in pairwise(_WORK_TO_SCORE):
        if work <= right:
            return low + (high - low) * (work - left) / (right - left)
    return _WORK_TO_SCORE[-1][1]


def most_of_works(works: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score that each work alone earns, as `score_of_work` says."""
    ends, points = zip(*_WORK_TO_SCORE, strict=True)
    return np.interp(works, ends, points)


def highest_score(work: float) -> int:
    """What no condition can lift a score above: the end of the band that the work belongs to."""
    if work < LOOSELY:
        return WORTH_A_LOOK - 1
    if work < RELATED:
        return FAIRLY_FITTING - 1
    return VERY_FITTING - 1 if work < WANTED else 99


def ends_of_works(works: NDArray[np.float64]) -> NDArray[np.int64]:
    """What no condition can lift each score above, as `highest_score` says."""
    return _ENDS[np.searchsorted(_BANDS, works, side="right")]


_BANDS = np.array([LOOSELY, RELATED, WANTED])
_ENDS = np.array([highest_score(work) for work in (0.0, LOOSELY, RELATED, WANTED)], dtype=np.int64)

"""How far a position is the work that a seeker wants: by trades where both are known, by words and vectors always.

All pairs that a question asks about are worked out together, in arrays. Knows facts and similarities that were looked
up before; knows no index, no conditions and no records.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from matching.calibration import WANTED, Calibration
from matching.documents import PositionFacts, SeekerFacts
from matching.lexical import coverage
from matching.trades import is_above, is_general, is_same, likeness

Floats = NDArray[np.float64]

_LIKE_TRADE, _LIKE_TEXT = 0.8, 0.2
_OTHER_TRADE = 0.5
HIGHEST_WITHOUT_WISH = 0.7
_NOT_THE_SAME = WANTED - 0.01
_AS_SAID = 0.6
_WORDS_ALONE = 0.9
_SAID, _ALIKE, NAMES_NO_WORK, _HIGHEST, _ABOVE = range(5)
NO_WORK = (math.nan, math.nan, 0.0, 1.0, 0.0)
"""What the names say where nothing is wanted."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Inner products of a seeker's vectors with a position's: each work wanted with its names, and with its text."""

    names: Sequence[float]
    texts: Sequence[float]
    whole: float


class Work(Struct, frozen=True):
    """How far a position is the work that a seeker wants, 0 to 1, and which of the works wanted is meant."""

    share: float
    wanted: str
    is_above: bool = False
    """Whether the position leads others, which the seeker did not ask for."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Pairs × works wanted: what the names say of each (`named`), and inner products, NaN where one is not encoded.

    `whole` is that of the two whole texts, one a pair; `is_wanted` is false where a pair has no such work.
    """

    named: Floats
    is_wanted: NDArray[np.bool_]
    names: Floats
    texts: Floats
    whole: Floats

    def work(self, number: int, wanted: Sequence[str], share: float, which: int) -> Work:
        """The work of a pair, of which `best_shares` told these two."""
        return Work(share, wanted[which], bool(self.named[number, which, _ABOVE])) if which >= 0 else Work(share, "")


def nearest_work(
    seeker: SeekerFacts, position: PositionFacts, similarity: Similarity | None, calibration: Calibration
) -> Work:
    """The work wanted that is nearest to the position; there is no similarity while one of the two is not encoded."""
    count = len(seeker.works)
    silent = [math.nan] * count
    pair = Likeness(
        named=said_by_names([seeker.works], [position.works]),
        is_wanted=np.ones((1, count), dtype=np.bool_),
        names=np.array([similarity.names if similarity else silent], dtype=np.float64),
        texts=np.array([similarity.texts if similarity else silent], dtype=np.float64),
        whole=np.array([similarity.whole if similarity else math.nan]),
    )
    return nearest_works([seeker.works], pair, calibration)[0]


def nearest_works(wanted: Sequence[Sequence[str]], pairs: Likeness, calibration: Calibration) -> list[Work]:
    """For each pair the work wanted that is nearest; the first of equals."""
    return [
        pairs.work(number, works, share, which)
        for number, (works, share, which) in enumerate(
            zip(wanted, *(found.tolist() for found in best_shares(pairs, calibration)), strict=True)
        )
    ]


def best_shares(pairs: Likeness, calibration: Calibration) -> tuple[Floats, NDArray[np.int64]]:
    """Each pair's highest share, and which of the works wanted has it; −1 where none names work and the text is nearer.

    Who names no work, or only words as 学徒 that say none, is compared by the whole texts, up to a related trade.
    """
    whole = np.nan_to_num(calibration.texts.share(pairs.whole))
    alone = HIGHEST_WITHOUT_WISH * whole
    if not _any(pairs):
        return alone, np.full(len(alone), -1, dtype=np.int64)
    texts = np.maximum(whole[:, None], np.nan_to_num(calibration.texts.share(pairs.texts)))
    shares = np.where(pairs.is_wanted, shares_of(pairs.named, pairs.names, texts, calibration), -1.0)
    which = shares.argmax(axis=1)
    best = shares[np.arange(len(shares)), which]
    names_work = (pairs.is_wanted & np.isnan(pairs.named[:, :, NAMES_NO_WORK])).any(axis=1)
    is_told = names_work | (best > alone)
    return np.where(is_told, best, alone), np.where(is_told, which, -1)


def shares_of(named: Floats, names: Floats, texts: Floats, calibration: Calibration) -> Floats:
    """The share of each pair of a work wanted and a position; `texts` are shares already, `names` inner products.

    A synonym shares no words, a foreign language not even the script: then vectors speak alone.
    """
    said, alike = named[..., _SAID], named[..., _ALIKE]
    near = calibration.names.share(names)
    by_words = np.maximum(0.4 * near + 0.4 * said + 0.2 * texts, 0.75 * near + 0.1 * texts)
    across = 0.8 * calibration.across.share(names) + 0.2 * texts
    text = np.where(np.isnan(said), across, by_words)
    text = np.where(np.isnan(names), _WORDS_ALONE * np.nan_to_num(said), text)
    by_trade = np.maximum(_LIKE_TRADE * alike + _LIKE_TEXT * text, _OTHER_TRADE * text)
    shares = np.where(np.isnan(alike), text, by_trade)
    shares = np.where(np.isnan(named[..., NAMES_NO_WORK]), shares, named[..., NAMES_NO_WORK])
    return np.minimum(shares, named[..., _HIGHEST])


def said_by_names(wanted: Sequence[Sequence[str]], offered: Sequence[tuple[str, ...]]) -> Floats:
    """Pairs × works × what the names alone say of each; pairs must want equally many works."""
    count = len(wanted[0]) if wanted else 0
    said = [said_of(work, names) for works, names in zip(wanted, offered, strict=True) for work in works]
    return np.array(said, dtype=np.float64).reshape(len(wanted), count, 5)


@lru_cache(maxsize=262144)
def said_of(wanted: str, offered: tuple[str, ...]) -> tuple[float, float, float, float, float]:
    """What names alone say: words in common, likeness of the trades, the share of what names no work, the highest
    share, and whether the position leads others; NaN for what cannot be told."""
    title = offered[0] if offered else ""
    leads, follows = is_above(wanted, title), is_above(title, wanted)
    if is_general(wanted):
        fixed = _AS_SAID if any(wanted in name for name in offered) else 0.0
        return math.nan, math.nan, fixed, 1.0, float(leads)
    said = coverage(wanted, offered)
    alike = max((one for name in offered if (one := likeness(wanted, name)) is not None), default=math.nan)
    # Names are compared closely only where the work could be the one wanted.
    is_near = math.isnan(alike) or _LIKE_TRADE * alike + _LIKE_TEXT > _NOT_THE_SAME
    is_other = leads or follows or (is_near and said is not None and not any(is_same(wanted, name) for name in offered))
    return (
        math.nan if said is None else said,
        alike,
        math.nan,
        _NOT_THE_SAME if is_other else 1.0,
        float(leads),
    )


def _any(pairs: Likeness) -> bool:
    return bool(pairs.named.shape[1])

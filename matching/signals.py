"""The signals that rank texts for a text: likeness of meaning (dense), words in common (lexical), and their mix.

Owns how the two are mixed; the rules on place, pay and shifts are another matter (`matching.rules`). Knows no records.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder
from matching.lexical import LexicalIndex

Scores = NDArray[np.float32]

LEXICAL_WEIGHT = 0.5
"""How much words in common count beside the cosine of the vectors.

Both are on scales of their own that mean something: where a query's words stand in no document the lexical share is
small everywhere and leaves the order to the vectors, which scaling each to its best document would not.
"""


class Signal(StrEnum):
    """One way to compare two texts."""

    DENSE = "dense"
    LEXICAL = "lexical"


class Corpus:
    """Texts that queries are ranked against, by number."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._size = len(texts)
        self._encoder = encoder
        self._vectors = encoder.encode(texts)
        self._words = LexicalIndex()
        for number, text in enumerate(texts):
            self._words.put(number, text)

    def scores(self, query: str, signals: frozenset[Signal]) -> Scores:
        """A score for each text, in their order: that of one signal, or of both mixed."""
        if signals == {Signal.DENSE}:
            return self._near(query)
        if signals == {Signal.LEXICAL}:
            return self._said(query)
        return mixed(self._near(query), self._said(query))

    def _near(self, query: str) -> Scores:
        return np.asarray(self._vectors @ self._encoder.encode([query])[0], dtype=np.float32)

    def _said(self, query: str) -> Scores:
        found = self._words.search(query, limit=self._size)
        scores = np.zeros(self._size, dtype=np.float32)
        scores[list(found)] = list(found.values())
        return scores


def mixed(dense: Scores, lexical: Scores) -> Scores:
    """Cosine, -1 to 1, and the lexical share, 0 to 1, as one score."""
    return np.asarray(dense + np.float32(LEXICAL_WEIGHT) * lexical, dtype=np.float32)

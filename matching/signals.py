"""The signals that rank texts for a text: likeness of meaning (dense), words in common (lexical), and their mix.

Owns how the two are mixed; the rules on place, pay and shifts are another matter (`matching.rules`). Knows no records.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder
from matching.lexical import LexicalIndex, name_of

Scores = NDArray[np.float32]

NAME_CHARACTERS = 40
"""A corpus whose texts are no longer than this in the middle holds names; any other holds whole texts."""

LEXICAL_WEIGHT_OF_NAMES, LEXICAL_WEIGHT_OF_TEXTS = 0.2, 1.0
"""How much words in common count beside the cosine of the vectors.

Two names of one trade often share no word, and two that share one are often two trades. A whole text says so much that
its one vector is diluted, and that it says the very word asked for means much.

Both are on scales of their own that mean something: where a query's words stand in no document the lexical share is
small everywhere and leaves the order to the vectors, which scaling each to its best document would not.
"""

NAME_SHARE = 0.5
"""How much of likeness is that of the name where a text begins with one: the rest is that of the whole text.

A name says what a text is about, the text what the name leaves out; one vector of both is nearly the text's alone.
"""

NAMED_SHARE = 1 / 3
"""Where fewer of a corpus's texts begin with a name than this, what looks like one is chance."""


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
        names = [name_of(text) for text in texts]
        if sum(map(bool, names)) > NAMED_SHARE * len(texts):
            named = encoder.encode([name or text for name, text in zip(names, texts, strict=True)])
            self._vectors = (1 - NAME_SHARE) * self._vectors + NAME_SHARE * named
        are_names = statistics.median(map(len, texts)) <= NAME_CHARACTERS if texts else True
        self.lexical_weight = LEXICAL_WEIGHT_OF_NAMES if are_names else LEXICAL_WEIGHT_OF_TEXTS
        self._words = LexicalIndex()
        for number, text in enumerate(texts):
            self._words.put(number, text)

    def scores(self, query: str, signals: frozenset[Signal]) -> Scores:
        """A score for each text, in their order: that of one signal, or of both mixed."""
        if signals == {Signal.DENSE}:
            return self._near(query)
        if signals == {Signal.LEXICAL}:
            return self._said(query)
        # Likeness, -1 to 1, and the lexical share, 0 to 1.
        return np.asarray(self._near(query) + np.float32(self.lexical_weight) * self._said(query), dtype=np.float32)

    def _near(self, query: str) -> Scores:
        return np.asarray(self._vectors @ self._encoder.encode([query])[0], dtype=np.float32)

    def _said(self, query: str) -> Scores:
        found = self._words.search(query, limit=self._size)
        scores = np.zeros(self._size, dtype=np.float32)
        scores[list(found)] = list(found.values())
        return scores

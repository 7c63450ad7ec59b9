"""Text to grams: the bundled encoder's tokenizer.

A *gram* is a Chinese character, two or three neighbouring Chinese characters, a word of
another script, or a piece of such a word. A gram of the vocabulary has a row of its own;
any other falls into one of the hashed buckets that follow the vocabulary's rows, so no
text of letters is without a vector. Knows no torch, no weights and no records.
"""

import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path

TOKENS_FILE = "tokens.json"
MAX_CHARACTERS = 8000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+[+#]*)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Row numbers of one text with the weight of each, in order of first occurrence."""

    rows: list[int]
    weights: list[float]


class GramTokenizer:
    """Maps texts to weighted rows: the vocabulary's first, the buckets' after them."""

    def __init__(self, vocabulary: Sequence[str], *, buckets: int) -> None:
        if buckets < 1:
            raise ValueError("buckets must be at least 1")
        self.vocabulary = tuple(vocabulary)
        self.buckets = buckets
        self._row_of = {gram: row for row, gram in enumerate(self.vocabulary)}

    @property
    def size(self) -> int:
        """Number of rows that an embedding table for this tokenizer has."""
        return len(self.vocabulary) + self.buckets

    def tokens(self, text: str) -> Tokens:
        """Rows of a text, each weighed by the square root of its count; none if it has no letters."""
        counts: dict[int, int] = {}
        for gram, times in Counter(grams(text)).items():
            row = self._row_of.get(gram)
            if row is None:
                if _is_long_han(gram):
                    continue
                row = len(self.vocabulary) + zlib.crc32(gram.encode()) % self.buckets
            counts[row] = counts.get(row, 0) + times
        return Tokens(rows=list(counts), weights=[count**0.5 for count in counts.values()])

    def save(self, folder: Path) -> None:
        """Write the tokenizer into a model folder."""
        content = {"buckets": self.buckets, "vocabulary": self.vocabulary}
        path = folder / TOKENS_FILE
        path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "GramTokenizer":
        """Read a tokenizer that `save` wrote."""
        content = json.loads((folder / TOKENS_FILE).read_text(encoding="utf-8"))
        return cls(content["vocabulary"], buckets=content["buckets"])


def grams(text: str) -> list[str]:
    """Every gram of a text, repeated as often as it occurs; reads the first 8,000 characters."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower()
    found: list[str] = []
    for han, word in _RUN.findall(folded):
        found += _han_grams(han) if han else _word_grams(word)
    return found


def _han_grams(run: str) -> Iterator[str]:
    yield from run
    yield from map(add, run, run[1:])
    yield from (run[start : start + 3] for start in range(len(run) - 2))


def _word_grams(word: str) -> Iterator[str]:
    marked = f"<{word}>"
    yield marked
    if word.isdigit():
        return
    for length in (3, 4):
        for start in range(len(marked) - length + 1):
            piece = marked[start : start + length]
            if piece != marked:
                yield piece


def _is_long_han(gram: str) -> bool:
    """Three Chinese characters earn a row only by being frequent: their parts speak for them."""
    return len(gram) == 3 and "\u3400" <= gram[0] <= "\u9fff"

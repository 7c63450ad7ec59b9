"""Words in common: terms of Chinese and English texts, a BM25 index that changes term by term, and coverage.

A *term* is a Chinese character, two neighbouring ones, or a word of another script; the index counts pieces of such
words besides. Knows no vectors and no records.
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+[+#]*)")
_SATURATION, _LENGTH_SHARE = 1.2, 0.6
_SPARE_SLOTS = 1024
_NAME = re.compile(r"(.{1,30}?)(?:[。\n]|\. )\s*\S")
_NAME_COUNTS_MORE = 2
_PIECES = (3, 4)

# Said of nearly every trade, so having them in common says next to nothing.
GENERIC = frozenset(
    term
    for line in (
        "工 员 师 手 长 人 生 岗 位 业 者 类 职 工程 程师 技术 术员 人员 专员 经理 助理 主管 员工 师傅",
        "工人 操作 作工 engineer worker assistant manager operator staff junior senior specialist",
        "a an and of for the in to",
    )
    for term in line.split()
)


class LexicalIndex:
    """BM25 over documents by subject; a document that leaves keeps its place until half of them have left."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._postings: list[tuple[array[int], array[float]]] = []
        self._having: list[int] = []
        self._documents: dict[int, tuple[array[int], array[float]]] = {}
        self._slots: dict[int, int] = {}
        self._subjects = np.full(_SPARE_SLOTS, -1, dtype=np.int64)
        self._lengths = np.ones(_SPARE_SLOTS, dtype=np.float32)
        self._used = 0
        self._total = 0.0

    def __len__(self) -> int:
        return len(self._documents)

    def put(self, subject: int, text: str) -> None:
        """Index a document, instead of the one that the subject had."""
        self.drop(subject)
        counted = Counter(index_terms(text))
        for term in index_terms(name_of(text)):
            counted[term] += _NAME_COUNTS_MORE
        document = array("i", map(self._number, counted)), array("f", counted.values())
        self._documents[subject] = document
        self._total += sum(document[1])
        for number in document[0]:
            self._having[number] += 1
        self._write(subject, document)

    def drop(self, subject: int) -> None:
        """Forget a document; one that is not here changes nothing."""
        document = self._documents.pop(subject, None)
        if document is None:
            return
        self._subjects[self._slots.pop(subject)] = -1
        self._total -= sum(document[1])
        for number in document[0]:
            self._having[number] -= 1
        if self._used > _SPARE_SLOTS and self._used > 2 * len(self._documents):
            self._compact()

    def search(self, text: str, *, limit: int, among: NDArray[np.int64] | None = None) -> dict[int, float]:
        """The `limit` documents that say most of it, best first: 0 to 1, BM25 as a share of the highest possible."""
        scores = np.zeros(self._used, dtype=np.float32)
        mean_length = max(self._total / max(len(self._documents), 1), 1.0)
        damping = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * self._lengths[: self._used] / mean_length)
        highest = 0.0
        for term in dict.fromkeys(index_terms(text)):
            number = self._numbers.get(term)
            rarity = self._rarity(self._having[number] if number is not None else 0)
            highest += rarity * (_SATURATION + 1)
            if number is not None:
                # Copies, for an array that is being looked at cannot grow.
                slots = np.array(self._postings[number][0], dtype=np.int32)
                counts = np.array(self._postings[number][1], dtype=np.float32)
                scores[slots] += rarity * (_SATURATION + 1) * counts / (counts + damping[slots])
        scores[self._subjects[: self._used] < 0] = 0
        if among is not None:
            scores[~np.isin(self._subjects[: self._used], among)] = 0
        found = np.flatnonzero(scores)
        order = found[np.lexsort((self._subjects[found], -scores[found]))][:limit]
        return dict(zip(self._subjects[order].tolist(), (scores[order] / highest).tolist(), strict=True))

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self._numbers))
        if number == len(self._postings):
            self._postings.append((array("i"), array("f")))
            self._having.append(0)
        return number

    def _rarity(self, having: int) -> float:
        return math.log(1 + (len(self._documents) - having + 0.5) / (having + 0.5))

    def _write(self, subject: int, document: tuple[array[int], array[float]]) -> None:
        slot = self._used
        if slot == len(self._subjects):
            self._subjects = np.concatenate([self._subjects, np.full(slot, -1, dtype=np.int64)])
            self._lengths = np.concatenate([self._lengths, np.ones(slot, dtype=np.float32)])
        self._subjects[slot], self._lengths[slot] = subject, sum(document[1])
        self._slots[subject] = slot
        self._used += 1
        for number, count in zip(*document, strict=True):
            slots, counts = self._postings[number]
            slots.append(slot)
            counts.append(count)

    def _compact(self) -> None:
        self._postings = [(array("i"), array("f")) for _ in self._postings]
        self._slots.clear()
        self._subjects[:] = -1
        self._used = 0
        for subject, document in self._documents.items():
            self._write(subject, document)


def name_of(text: str) -> str:
    """What a text begins with, a line or a sentence of at most 30 characters, if more follows: most likely a name."""
    found = _NAME.match(text)
    return found[1] if found else ""


def terms(text: str) -> list[str]:
    """The terms of a text, repeated as often as they occur."""
    folded = unicodedata.normalize("NFKC", text).lower()
    found: list[str] = []
    for han, word in _RUN.findall(folded):
        if word:
            found.append(word)
        else:
            found.extend(han)
            found.extend(han[start : start + 2] for start in range(len(han) - 1))
    return found


def index_terms(text: str) -> list[str]:
    """The terms of a text and the pieces of 3 and 4 letters of its words, so that weld and welder share some."""
    found: list[str] = []
    for term in terms(text):
        found.append(term)
        if term.isascii() and not term.isdigit():
            marked = f"<{term}>"
            found += (marked[at : at + size] for size in _PIECES for at in range(len(marked) - size + 1))
    return found


def weight(term: str) -> float:
    """How much a term says: a pair of characters 1, a single one 0.3, a word 1.5, a generic one a tenth."""
    usual = 0.3 if len(term) == 1 else 1.0 if "\u3400" <= term[0] <= "\u9fff" else 1.5
    return usual * 0.1 if term in GENERIC else usual


def coverage(wanted: str, offered: Sequence[str]) -> float | None:
    """Which share of what `wanted` says is said in one of `offered` too, 0 to 1; None when they share no script."""
    said, scripts, total = _weighed(wanted)
    most: float | None = None
    for text in offered:
        theirs, their_scripts, _ = _weighed(text)
        if their_scripts & scripts:
            common = sum([says for term, says in said.items() if term in theirs]) / total
            most = common if most is None else max(most, common)
    return most


@lru_cache(maxsize=65536)
def _weighed(text: str) -> tuple[dict[str, float], frozenset[bool], float]:
    """The terms of a short text with their weights, whether some are Chinese and some not, and the weights' sum."""
    weights = {term: weight(term) for term in terms(text)}
    return weights, frozenset("\u3400" <= term[0] <= "\u9fff" for term in weights), sum(weights.values())

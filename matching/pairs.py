"""A training pair: two texts that mean much the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts to bring together; pairs of one topic are never pushed apart.

    `english` says both in English, where that is known, for a teacher that reads no Chinese.
    """

    left: str
    right: str
    topic: str
    english: tuple[str, str] | None = None


def in_english(left: str, right: str, topic: str) -> Pair:
    """A pair of English texts."""
    return Pair(left, right, topic, (left, right))

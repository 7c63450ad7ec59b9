"""Training pairs from the project's own list of names, `glossary.tsv`.

A line holds Chinese names (、) and English ones (; ) of one thing, and what it is: nothing for a kind of work; `level`,
`field` or `role` for the parts that titles are put together from; `matter` for substances, processes and machines that
belong together; `study` for a field of study and the work it leads to; `family` for kinds of work that are done side by
side or lead to one another. Knows no other source.
"""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from matching.pairs import Pair

GLOSSARY = Path(__file__).parent / "glossary.tsv"


def names() -> Iterator[Pair]:
    """Every two names of one kind of work, or of one part of titles."""
    yield from _alike({"", "level", "field", "role"})


def matters() -> Iterator[Pair]:
    """Every two substances, processes or machines of one line."""
    yield from _alike({"matter"})


def studies() -> Iterator[Pair]:
    """Fields of study with the work they lead to."""
    yield from _alike({"study"})


def families() -> Iterator[Pair]:
    """Kinds of work of one family; a teacher is not asked, for the line's names do not say the same."""
    for pair in _alike({"family"}):
        yield replace(pair, english=None)


def composed() -> Iterator[Pair]:
    """Titles put together from levels, fields and roles, in both languages."""
    parts: dict[str, list[tuple[list[str], list[str]]]] = {}
    for part, chinese, english in _lines():
        parts.setdefault(part, []).append((chinese, english))
    plain = [([""], [""])] * len(parts["level"])
    levels = itertools.cycle([*plain, *parts["level"]])
    for field, role in itertools.product(parts["field"], parts["role"]):
        words = (next(levels), field, role)
        chinese = ["".join(_turn(zh, by) for zh, _ in words) for by in (0, 1)]
        english = [" ".join(_turn(en, by) for _, en in words).strip() for by in (0, 1)]
        yield from _every_two(chinese, english)


def _alike(parts: set[str]) -> Iterator[Pair]:
    for part, chinese, english in _lines():
        if part in parts:
            yield from _every_two(chinese, english)


def _every_two(chinese: list[str], english: list[str]) -> Iterator[Pair]:
    """Every two names of a line, in the two languages or in one; Chinese is said by the first English name."""
    said = {**dict.fromkeys(chinese, english[0]), **{name: name for name in english}}
    for left, right in itertools.combinations(said, 2):
        yield Pair(left, right, chinese[0], (said[left], said[right]))


def _turn(several: list[str], by: int) -> str:
    return several[by % len(several)]


def _lines() -> Iterator[tuple[str, list[str], list[str]]]:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["part"], row["zh"].split("、"), row["en"].split("; ")

"""What the rules say of pairs, each rule asked once for all pairs that are alike in what it reads.

A rule reads a few fields of a seeker and a few of a position: that is an *aspect* of each. Thousands of seekers share a
few hundred aspects, so that most answers are there already. Knows facts and rules; knows no index and no records.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.documents import PositionFacts, SeekerFacts
from matching.ranking import Ruling
from matching.rules import RULES, Finding
from matching.weights import MOST_POINTS

Rule = Callable[[SeekerFacts, PositionFacts], Finding | None]
Aspects = tuple[int, ...]

_MOST_ASPECTS = 100_000
_MOST_REMEMBERED = 500_000
_NOT_SHARED = -1


class Rulings:
    """The rules' answers as they are remembered."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._seekers = [_Aspects(fields_read(rule, 0)) for rule in rules]
        self._positions = [_Aspects(fields_read(rule, 1)) for rule in rules]
        self._known: list[tuple[Rule, dict[tuple[int, int], Ruling | None]]] = [(rule, {}) for rule in rules]

    def aspects(self, facts: SeekerFacts | PositionFacts) -> Aspects:
        """What each rule reads of a seeker or of a position, as numbers."""
        sides = self._seekers if isinstance(facts, SeekerFacts) else self._positions
        return tuple([side.of(facts) for side in sides])

    def of(self, seeker: SeekerFacts, position: PositionFacts, mine: Aspects, theirs: Aspects) -> list[Ruling]:
        """What all rules have to say of a seeker and a position, whose aspects these are."""
        pairs = zip(mine, theirs, strict=True)
        found = [self._one(known, seeker, position, pair) for known, pair in zip(self._known, pairs, strict=True)]
        return [one for one in found if one is not None]

    def outlook(
        self, seekers: Sequence[SeekerFacts], position: PositionFacts, mine: Sequence[Aspects], theirs: Aspects
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """For each seeker the most points that the rules can give, and whether something decisive is missed for sure.

        Each rule is asked for one of all who are alike to it.
        """
        points = np.zeros(len(seekers))
        misses = np.zeros(len(seekers), dtype=np.bool_)
        columns = np.array(mine, dtype=np.int64).reshape(len(seekers), len(self._known))
        for known, column, other in zip(self._known, columns.T, theirs, strict=True):
            values, firsts, which = np.unique(column, return_index=True, return_inverse=True)
            if other == _NOT_SHARED or (len(values) and values[0] == _NOT_SHARED):
                points += MOST_POINTS
                continue
            alike = zip(values.tolist(), firsts.tolist(), strict=True)
            ones = [self._one(known, seekers[first], position, (value, other)) for value, first in alike]
            points += np.array([one.points if one else 0.0 for one in ones])[which]
            misses |= np.array([one is not None and one.is_decisive_miss for one in ones])[which]
        return points, misses

    def _one(
        self,
        remembered: tuple[Rule, dict[tuple[int, int], Ruling | None]],
        seeker: SeekerFacts,
        position: PositionFacts,
        pair: tuple[int, int],
    ) -> Ruling | None:
        rule, known = remembered
        if pair in known:
            return known[pair]
        finding = rule(seeker, position)
        one = Ruling(finding) if finding is not None else None
        if _NOT_SHARED not in pair:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[pair] = one
        return one


class _Aspects:
    """Numbers for the values of some fields."""

    def __init__(self, names: frozenset[str] | None) -> None:
        self._names = None if names is None else sorted(names)
        self._numbers: dict[tuple[object, ...], int] = {}

    def of(self, facts: Any) -> int:
        if self._names is None:
            return _NOT_SHARED
        values = tuple([getattr(facts, name) for name in self._names])
        if values not in self._numbers and len(self._numbers) >= _MOST_ASPECTS:
            return _NOT_SHARED
        return self._numbers.setdefault(values, len(self._numbers))


def fields_read(rule: Callable[..., Any], side: int) -> frozenset[str] | None:
    """The fields that a rule's code reads of its first argument (side 0) or its second; None if that cannot be told.

    Read from the code itself, since a list beside it would grow old.
    """
    function = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    assert isinstance(function, ast.FunctionDef)
    argument = function.args.args[side].arg
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == argument]
    reads = [
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == argument
    ]
    # Handed on as a whole, anything may be read of it.
    return frozenset(reads) if len(reads) == len(uses) else None

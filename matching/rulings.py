"""What the rules say of pairs, each rule asked once for all pairs that are alike in what it reads.

A rule reads a few fields of a seeker and a few of a position: that is an *aspect* of each. Thousands of seekers share a
few hundred aspects, so that most answers are there already. Knows facts and rules; knows no index and no records.
"""

from __future__ import annotations

import ast
import inspect
import operator
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
Numbers = NDArray[np.int32]

_MOST_ASPECTS = 100_000
_MOST_REMEMBERED = 2_000_000
_FIRST_ASPECTS = 256
_NOT_SHARED = -1
_NOT_ASKED: Any = object()


class Rulings:
    """The rules' answers as they are remembered."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._seekers = [_Aspects(fields_read(rule, 0)) for rule in rules]
        self._positions = [_Aspects(fields_read(rule, 1)) for rule in rules]
        self._known = [_Remembered(rule, side) for rule, side in zip(rules, self._seekers, strict=True)]

    def aspects(self, facts: SeekerFacts | PositionFacts) -> Aspects:
        """What each rule reads of a seeker or of a position, as numbers."""
        sides = self._seekers if isinstance(facts, SeekerFacts) else self._positions
        return tuple([side.of(facts) for side in sides])

    @property
    def count(self) -> int:
        """How many rules there are, and aspects of a side."""
        return len(self._known)

    def of(self, seeker: SeekerFacts, position: PositionFacts, mine: Aspects, theirs: Aspects) -> list[Ruling]:
        """What all rules have to say of a seeker and a position, whose aspects these are."""
        return [
            one
            for known, me, other in zip(self._known, mine, theirs, strict=True)
            if (one := known.ruling(seeker, position, me, other)) is not None
        ]

    def of_each(
        self, seeker: SeekerFacts, positions: Sequence[PositionFacts], mine: Aspects, theirs: Sequence[Aspects]
    ) -> list[list[Ruling]]:
        """The same of a seeker and each of some positions, rule by rule."""
        columns = [
            known.column(seeker, positions, me, others)
            for known, me, others in zip(self._known, mine, zip(*theirs, strict=True), strict=True)
        ]
        return [[one for one in row if one is not None] for row in zip(*columns, strict=True)]

    def learn(self, seekers: Sequence[SeekerFacts], position: PositionFacts, mine: Numbers, theirs: Aspects) -> bool:
        """Ask what `outlook` does not know yet of these seekers (aspects: seekers × rules); whether there was any.

        Each rule is asked for one of all who are alike to it.
        """
        learnt = False
        for known, column, other in zip(self._known, mine.T, theirs, strict=True):
            learnt = known.learn(seekers, position, column, other) or learnt
        return learnt

    def outlook(self, mine: Numbers, theirs: Aspects) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """For seekers of these aspects the most points that the rules can give, and whether something decisive is
        missed for sure, as far as is known."""
        points = np.zeros(len(mine))
        misses = np.zeros(len(mine), dtype=np.bool_)
        for known, column, other in zip(self._known, mine.T, theirs, strict=True):
            if other == _NOT_SHARED:
                points += MOST_POINTS
                continue
            outlook = known.outlook(other)
            points += outlook.points[column]
            misses |= outlook.misses[column]
        return points, misses


class _Remembered:
    """What one rule said, by the aspect of the seeker and then by that of the position."""

    def __init__(self, rule: Rule, seekers: _Aspects) -> None:
        self._rule = rule
        self._seekers = seekers
        self._rulings: dict[int, dict[int, Ruling | None]] = {}
        self._outlooks: dict[int, _Outlook] = {}
        self._count = 0

    def ruling(self, seeker: SeekerFacts, position: PositionFacts, mine: int, theirs: int) -> Ruling | None:
        """What the rule has to say, asked only if it was not before."""
        known = self._rulings.get(mine)
        if known is not None and theirs in known:
            return known[theirs]
        finding = self._rule(seeker, position)
        one = Ruling(finding) if finding is not None else None
        if mine != _NOT_SHARED and theirs != _NOT_SHARED:
            self._rulings.setdefault(mine, {})[theirs] = one
            self._grow(1)
        return one

    def column(
        self, seeker: SeekerFacts, positions: Sequence[PositionFacts], mine: int, theirs: Sequence[int]
    ) -> list[Ruling | None]:
        """What the rule has to say of a seeker and each of some positions."""
        known = self._rulings.get(mine, {})
        found = [known.get(one, _NOT_ASKED) for one in theirs]
        if _NOT_ASKED in found:
            for number, one in enumerate(found):
                if one is _NOT_ASKED:
                    found[number] = self.ruling(seeker, positions[number], mine, theirs[number])
        return found

    def outlook(self, theirs: int) -> _Outlook:
        """What is known of a position's aspect, with room for every aspect of a seeker."""
        if theirs not in self._outlooks:
            self._outlooks[theirs] = _Outlook()
        outlook = self._outlooks[theirs]
        self._grow(outlook.reach(len(self._seekers)))
        return outlook

    def learn(self, seekers: Sequence[SeekerFacts], position: PositionFacts, column: Numbers, theirs: int) -> bool:
        """Ask for the aspects in a column that are not known yet; whether there was any."""
        if theirs == _NOT_SHARED:
            return False
        outlook = self.outlook(theirs)
        unknown = np.flatnonzero(~outlook.is_known[column])
        if not len(unknown):
            return False
        aspects, firsts = np.unique(column[unknown], return_index=True)
        for aspect, first in zip(aspects.tolist(), unknown[firsts].tolist(), strict=True):
            outlook.note(aspect, self.ruling(seekers[first], position, aspect, theirs))
        return True

    def _grow(self, more: int) -> None:
        """Count what is remembered, and forget all of it where it became too much."""
        self._count += more
        if self._count > _MOST_REMEMBERED:
            self._rulings, self._outlooks, self._count = {}, {}, 0


class _Outlook:
    """Points and decisive misses by the seekers' aspects; the last place is that of an aspect which is not shared.

    What is not known yet could give the most points and misses nothing.
    """

    def __init__(self, size: int = _FIRST_ASPECTS) -> None:
        self.points: NDArray[np.float64] = np.full(size + 1, MOST_POINTS)
        self.misses: NDArray[np.bool_] = np.zeros(size + 1, dtype=np.bool_)
        self.is_known: NDArray[np.bool_] = np.zeros(size + 1, dtype=np.bool_)
        self.is_known[_NOT_SHARED] = True

    def reach(self, aspects: int) -> int:
        """Make room for so many aspects; how many places that added."""
        held = len(self.points) - 1
        if aspects <= held:
            return 0
        larger = _Outlook(max(aspects, 2 * held))
        for mine, theirs in ((larger.points, self.points), (larger.misses, self.misses)):
            mine[:held] = theirs[:-1]
        larger.is_known[:held] = self.is_known[:-1]
        self.points, self.misses, self.is_known = larger.points, larger.misses, larger.is_known
        return len(self.points) - 1 - held

    def note(self, aspect: int, one: Ruling | None) -> None:
        """Note what a rule said."""
        self.points[aspect] = one.points if one else 0.0
        self.misses[aspect] = one is not None and one.is_decisive_miss
        self.is_known[aspect] = True


class _Aspects:
    """Numbers for the values of some fields."""

    def __init__(self, names: frozenset[str] | None) -> None:
        self._names = names
        # Of one name the value itself, of several a tuple; of none nothing is read, and all are alike.
        self._values: Callable[[Any], object] = operator.attrgetter(*sorted(names)) if names else lambda _facts: None
        self._numbers: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, facts: Any) -> int:
        if self._names is None:
            return _NOT_SHARED
        values = self._values(facts)
        number = self._numbers.get(values)
        if number is None:
            if len(self._numbers) >= _MOST_ASPECTS:
                return _NOT_SHARED
            number = self._numbers[values] = len(self._numbers)
        return number


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

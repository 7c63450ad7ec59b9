"""Fair chance (机会均等): which positions stand first in a list made by match, so that those seen less get their turn.

A list is judged by its first places, for few look further. They may give up a stated share of the match score that the
best positions have together; no score changes for it, and no hard requirement is broken. Knows matches and how often
positions were seen; knows no records and no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b

from fair.matches import WORTH_A_LOOK, Match

FIRST_PLACES = 5
"""How many places of a list are evened out and counted: about what a phone shows without scrolling."""


def first_places(
    matches: Sequence[Match], seen: Mapping[int, int], *, seeker_id: int, loss: float, places: int = FIRST_PLACES
) -> list[int]:
    """The positions for the first places of a seeker's list, fitting ones alone, the best first.

    `seen` counts how often each position was seen. One that was seen less than the average of all `matches` takes the
    place of the one seen most, as long as the places together keep 1 - `loss` of the score they could have. Of equal
    scores the one seen less comes first, and of those seen equally often each seeker has another.
    """

    def turn(match: Match) -> tuple[int, bytes]:
        return seen.get(match.position_id, 0), _luck(seeker_id, match)

    fitting = sorted(_fitting(matches), key=lambda match: (-match.score, *turn(match)))
    first = fitting[:places]
    left = loss * sum(match.score for match in first)
    average = sum(seen.get(match.position_id, 0) for match in matches) / max(1, len(matches))
    waiting = [match for match in fitting[places:] if seen.get(match.position_id, 0) < average]
    for newcomer in sorted(waiting, key=turn):
        giving_way = _giving_way(first, newcomer, seen, left=left)
        if giving_way is not None:
            left -= giving_way.score - newcomer.score
            first[first.index(giving_way)] = newcomer
    return [match.position_id for match in in_order(first, (), seeker_id=seeker_id)]


def in_order(matches: Sequence[Match], first: Collection[int], *, seeker_id: int) -> list[Match]:
    """The fitting ones of a seeker's matches: first those with the first places, then the others, best first."""
    return sorted(
        _fitting(matches),
        key=lambda match: (match.position_id not in first, -match.score, _luck(seeker_id, match)),
    )


def _fitting(matches: Sequence[Match]) -> list[Match]:
    return [match for match in matches if not match.broken and match.score >= WORTH_A_LOOK]


def _giving_way(first: Sequence[Match], newcomer: Match, seen: Mapping[int, int], *, left: float) -> Match | None:
    """The one seen most of those that were seen more than the newcomer and cost no more than is left to give up."""
    known = seen.get(newcomer.position_id, 0)
    able = [match for match in first if match.score - newcomer.score <= left and seen.get(match.position_id, 0) > known]
    return max(able, key=lambda match: (seen.get(match.position_id, 0), match.position_id), default=None)


def _luck(seeker_id: int, match: Match) -> bytes:
    """An order of the seeker's own, the same each time."""
    return blake2b(f"{seeker_id} {match.position_id}".encode(), digest_size=8).digest()


def gini(counts: Sequence[int]) -> float | None:
    """How unevenly something is spread: 0 = all have the same, near 1 = one has all (Gini 1912); None of nothing."""
    total = sum(counts)
    if not total:
        return None
    ranked = enumerate(sorted(counts), start=1)
    return sum((2 * rank - len(counts) - 1) * count for rank, count in ranked) / (len(counts) * total)

"""Fair chance: first places turn to those seen less, within a stated loss, and nothing else of a list changes."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fair.chances import FIRST_PLACES, first_places, gini, in_order
from fair.matches import WORTH_A_LOOK, Match

SEEKER = 7


def match(position_id: int, score: int, *, broken: bool = False) -> Match:
    return Match(position_id, SEEKER, score, broken=["pay"] if broken else [])


def first(matches: list[Match], seen: dict[int, int], *, loss: float = 0.05, seeker_id: int = SEEKER) -> list[int]:
    return first_places(matches, seen, seeker_id=seeker_id, loss=loss)


def test_first_places_are_the_best_while_all_were_seen_alike() -> None:
    """Nobody waits: the list is the best first."""
    matches = [match(number, 90 - number) for number in range(1, 9)]

    assert first(matches, {}) == [1, 2, 3, 4, 5]


def test_first_places_go_to_one_seen_less_for_little_score() -> None:
    """The one seen most gives way; the newcomer stands where its own score puts it."""
    matches = [match(number, 90 - number) for number in range(1, 7)]
    seen = {1: 10, 2: 10, 3: 500, 4: 10, 5: 10, 6: 0}

    assert first(matches, seen) == [1, 2, 4, 5, 6]
    assert first(matches, seen, loss=0) == [1, 2, 3, 4, 5]


def test_first_places_keep_what_would_cost_too_much() -> None:
    """Of 450 points 22.5 may be given up: 67 comes in for 90 at 23 no more, 68 does."""
    matches = [match(number, 90) for number in range(1, 6)]
    seen = dict.fromkeys(range(1, 6), 10)

    assert 6 not in first([*matches, match(6, 67)], seen)
    assert 6 in first([*matches, match(6, 68)], seen)


def test_first_places_of_equal_scores_go_to_the_one_seen_less() -> None:
    """No score is given up for that."""
    matches = [match(number, 80) for number in range(1, 8)]
    seen = dict.fromkeys(range(1, 8), 5) | {6: 0, 7: 1}

    assert {6, 7} <= set(first(matches, seen, loss=0))


def test_first_places_never_hold_a_broken_requirement_or_what_does_not_fit() -> None:
    """Never seen, but no hard wish is broken and nothing shown that is not worth a look."""
    matches = [match(number, 55) for number in range(1, 6)]
    seen = dict.fromkeys(range(1, 6), 100)
    unfit = [match(6, 99, broken=True), match(7, WORTH_A_LOOK - 1)]

    assert set(first([*matches, *unfit], seen, loss=1)) == {1, 2, 3, 4, 5}
    assert [each.position_id for each in in_order([*matches, *unfit], (6, 7), seeker_id=SEEKER) if each.broken] == []


def test_first_places_differ_between_seekers_and_stay_for_one() -> None:
    """Equals are spread over seekers from the first moment on, and a list does not jump."""
    matches = [match(number, 80) for number in range(1, 21)]

    lists = [tuple(first(matches, {}, seeker_id=number)) for number in range(50)]

    assert lists == [tuple(first(matches, {}, seeker_id=number)) for number in range(50)]
    assert set().union(*lists) == set(range(1, 21))


def test_first_places_show_everything_that_fits_somebody() -> None:
    """What is always a little worse than five others is never seen without turns, and is seen with them."""
    matches = [match(number, 85) for number in range(1, 6)] + [match(6, 70)]

    def shown(loss: float) -> Counter[int]:
        seen: Counter[int] = Counter()
        for seeker_id in range(60):
            seen.update(first(matches, seen, loss=loss, seeker_id=seeker_id))
        return seen

    assert shown(0)[6] == 0
    assert shown(0.05)[6] > 20


def test_in_order_is_every_fitting_position_once() -> None:
    """Those with the first places, then the others, each part the best first; scores are as they were."""
    matches = [match(1, 60), match(2, 95), match(3, 70), match(4, 80)]

    order = in_order(matches, [3, 1], seeker_id=SEEKER)

    assert order == [match(3, 70), match(1, 60), match(2, 95), match(4, 80)]


_MATCHES = st.lists(st.tuples(st.integers(0, 100), st.booleans(), st.integers(0, 300)), max_size=40)


@given(_MATCHES, st.sampled_from([0.0, 0.02, 0.05, 0.2]))
def test_first_places_keep_the_score_that_is_stated(drawn: list[tuple[int, bool, int]], loss: float) -> None:
    """Whatever was seen: as many places as the best first would fill, and no more of their score lost than stated."""
    matches = [match(number, score, broken=broken) for number, (score, broken, _) in enumerate(drawn)]
    seen = {number: count for number, (_, _, count) in enumerate(drawn)}
    score_of = {each.position_id: each.score for each in matches}
    best = [each.score for each in in_order(matches, (), seeker_id=SEEKER)][:FIRST_PLACES]

    chosen = first(matches, seen, loss=loss)

    assert len(chosen) == len(set(chosen)) == len(best)
    assert sum(score_of[each] for each in chosen) >= (1 - loss) * sum(best) - 1e-9
    assert all(not matches[each].broken for each in chosen)


def test_gini_tells_even_from_uneven() -> None:
    """Equal is 0, one of four having all is 3/4, one having nothing of two is a half; of nothing it is not told."""
    assert gini([3, 3, 3]) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([0, 5]) == 0.5
    assert gini([0, 0]) is None
    assert gini([]) is None

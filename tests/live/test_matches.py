"""Asking matching: those who come together are asked for together, and a crowd that is too large is put off."""

import asyncio
from contextlib import contextmanager

from live.matches import JOINERS_EACH, Matching
from tests.live.oracle import answering
from tests.live.visitor import free_port


@contextmanager
def asked_of(port):
    """A client of the matching at this port."""
    matching = Matching(f"http://127.0.0.1:{port}")
    try:
        yield matching
    finally:
        matching.close()


def joined(matching, seekers, positions=(31, 32)):
    """The answers for all of these seekers, who come at once."""

    async def story():
        return await asyncio.wait_for(asyncio.gather(*(matching.for_seeker(each, positions) for each in seekers)), 30)

    return asyncio.run(story())


def test_those_who_come_together_are_asked_for_together():
    """Sixty seekers are two questions, and each gets the own matches; the second connection of one costs nothing."""
    with answering() as oracle, asked_of(oracle.port) as matching:
        oracle.scores[31, 7] = 91

        answers = joined(matching, [*range(JOINERS_EACH + 10), 7])

        assert oracle.asked == ["/positions/for-seekers"] * 2
        assert [(match.position_id, match.seeker_id) for match in answers[7]] == [(31, 7), (32, 7)]
        assert answers[7][0].score == 91
        assert answers[-1] == answers[7]
        assert all(match.seeker_id == 8 for match in answers[8])


def test_rooms_with_other_positions_are_asked_for_apart():
    """What is asked of one room's positions is no answer for another's."""
    with answering() as oracle, asked_of(oracle.port) as matching:

        async def story():
            return await asyncio.gather(matching.for_seeker(1, (31,)), matching.for_seeker(1, (32,)))

        first, second = asyncio.run(story())

        assert [match.position_id for match in first + second] == [31, 32]


def test_who_comes_when_too_many_wait_is_put_off(monkeypatch):
    """The answer is as if matching were away, so that the room asks again; those who wait get theirs."""
    monkeypatch.setattr("live.matches.MOST_WAITING", 3)
    with answering() as oracle, asked_of(oracle.port) as matching:
        answers = joined(matching, range(5))

        assert [answer is None for answer in answers] == [False, False, False, True, True]
        assert (matching.skipped, matching.is_up) == (2, True)
        assert joined(matching, [4]) != [None]


def test_matching_that_is_away_answers_nobody():
    """None for each, and the next time it is asked anew."""
    with asked_of(free_port()) as matching:
        assert joined(matching, range(3)) == [None, None, None]
        assert not matching.is_up


def test_equal_reasons_are_kept_once():
    """Thousands of seekers have few reasons between them."""
    with answering() as oracle, asked_of(oracle.port) as matching:
        (first,), (second,) = joined(matching, [1, 2], (31,))

        assert first.reasons[0] == second.reasons[0]
        assert first.reasons[0] is second.reasons[0]

"""Gathering: what comes while one is asking is asked together, and each gets its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from live.gathering import Gathering


class Oracle:
    """Doubles numbers; it knows who asked together, and may fail."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.fails = False

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError("gone")
        return [2 * number for number in numbers]


def test_who_comes_meanwhile_is_asked_for_together():
    """Those of one moment, then all that came until the answer was there; each has its own."""

    async def story():
        oracle = Oracle()
        gathering: Gathering[int, int] = Gathering(oracle, pause_seconds=lambda: 0)
        first = [asyncio.ensure_future(gathering.ask(number)) for number in (1, 2)]
        while not oracle.asked:
            await asyncio.sleep(0)
        later = await asyncio.gather(*(gathering.ask(number) for number in (3, 4, 5)))
        return oracle.asked, [await each for each in first], later

    assert asyncio.run(story()) == ([[1, 2], [3, 4, 5]], [2, 4], [6, 8, 10])


def test_urgent_question_ends_the_pause():
    """With those that waited for the pause's end; after it there is a pause again."""

    async def story():
        oracle = Oracle()
        gathering: Gathering[int, int] = Gathering(oracle, pause_seconds=lambda: 60)
        assert await gathering.ask(1) == 2
        waits = asyncio.ensure_future(gathering.ask(2))
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            assert await gathering.ask(3, is_urgent=True) == 6
        late = asyncio.ensure_future(gathering.ask(4))
        while not waits.done():
            await asyncio.sleep(0)
        late.cancel()
        return oracle.asked

    assert asyncio.run(story()) == [[1], [2, 3]]


def test_failure_is_told_to_each_and_the_next_are_asked_for():
    """Nobody waits for ever, and a cancelled one is no harm to the others."""

    async def story():
        oracle = Oracle()
        gathering: Gathering[int, int] = Gathering(oracle, pause_seconds=lambda: 0)
        oracle.fails = True
        failed = await asyncio.gather(gathering.ask(1), gathering.ask(2), return_exceptions=True)
        oracle.fails = False
        gone, stays = asyncio.ensure_future(gathering.ask(3)), asyncio.ensure_future(gathering.ask(4))
        await asyncio.sleep(0)
        gone.cancel()
        assert await stays == 8
        with pytest.raises(asyncio.CancelledError):
            await gone
        return [type(each) for each in failed]

    assert asyncio.run(story()) == [ConnectionError, ConnectionError]

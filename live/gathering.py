"""Gathering: questions that are asked together, since a round trip costs the same for one and for many."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

MOST_AT_ONCE = 500

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Gathering(Generic[Question, Answer]):
    """The first question is asked at once; those that come until `pause_seconds` after its answer are the next.

    An urgent one ends the pause.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        *,
        pause_seconds: Callable[[], float],
    ) -> None:
        self._ask, self._pause_seconds = ask, pause_seconds
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._hurry = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, question: Question, *, is_urgent: bool = False) -> Answer:
        """Its answer; raises what asking for those that went together raised."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, answer))
        if is_urgent:
            self._hurry.set()
        if self._asking is None:
            self._asking = loop.create_task(self._ask_on())
        return await answer

    async def _ask_on(self) -> None:
        while self._waiting:
            self._hurry.clear()
            some, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                answers = await self._ask([question for question, _ in some])
                for (_, waiting), answer in zip(some, answers, strict=True):
                    if not waiting.done():
                        waiting.set_result(answer)
            except Exception as error:
                for _, waiting in some:
                    if not waiting.done():
                        waiting.set_exception(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_seconds()):
                    await self._hurry.wait()
        self._asking = None

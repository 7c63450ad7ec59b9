"""A lane: one thread that does deeds in the order in which they come, and those that wait together in one transaction.

A commit waits for the disk, so that one for many is most of what a busy room gains; and what the deeds of a room all
look at is read once. Each deed is in a savepoint of its own: what the rules refuse, or the database, undoes it alone.
What somebody asked for and waits for goes before what is only counted, which nobody waits for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import monotonic
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from fair.database import writing
from fair.errors import AlreadyApplied, FairError, WrongValue
from live.act import Refused
from live.deeds import AnyDeed, Deed, Outcome

MOST_TOGETHER = 64
SECONDS_TOGETHER = 0.02
SECONDS_TO_YIELD = 0.25
_TRIES_ALONE = 2

_log = logging.getLogger("live.lane")
Found = TypeVar("Found")
Do = Callable[[Session, Sequence[AnyDeed]], Sequence[Outcome | Exception]]
GoesWith = Callable[[AnyDeed, AnyDeed], bool]
Waiting = tuple[AnyDeed, asyncio.Future[Outcome]]


class Lane:
    """Deeds wait here until the thread comes to them; nobody is answered before the commit."""

    def __init__(
        self,
        engine: Engine,
        do: Do,
        goes_with: GoesWith,
        *,
        name: str,
        seconds_together: float = SECONDS_TOGETHER,
        seconds_to_yield: float = SECONDS_TO_YIELD,
    ) -> None:
        """`do` gets deeds that all go with the one before; `seconds_together` keeps other processes from writing.

        What is counted lets those who ask go first for `seconds_to_yield`.
        """
        self._engine, self._do, self._goes_with = engine, do, goes_with
        self._seconds_together, self._seconds_to_yield = seconds_together, seconds_to_yield
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._asked: deque[Waiting] = deque()
        self._counted: deque[Waiting] = deque()
        self._yields_until = 0.0
        self._is_working = False

    async def do(self, deed: AnyDeed) -> Outcome:
        """The outcome of a deed, after its commit; `busy` when the database cannot keep it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        if isinstance(deed, Deed):
            self._asked.append((deed, future))
        else:
            if not self._counted:
                self._yields_until = monotonic() + self._seconds_to_yield
            self._counted.append((deed, future))
        if not self._is_working:
            self._work(loop)
        return await future

    async def run(self, function: Callable[..., Found], *args: object) -> Found:
        """What `function` returns, called on the lane's thread between two transactions."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def close(self) -> None:
        """Finish what was begun, drop what was not, which nobody was told of, and end the thread."""
        self._thread.shutdown(cancel_futures=True)
        for waiting in (self._asked, self._counted):
            while waiting:
                waiting.popleft()[1].cancel()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_working = True
        self._thread.submit(self._take_some, loop)

    def _take_some(self, loop: asyncio.AbstractEventLoop) -> None:
        done = self._done_together()
        loop.call_soon_threadsafe(self._tell, loop, done)

    def _tell(self, loop: asyncio.AbstractEventLoop, done: list[tuple[asyncio.Future[Outcome], Outcome]]) -> None:
        self._is_working = False
        for future, outcome in done:
            if not future.done():
                future.set_result(outcome)
        if self._asked or self._counted:
            self._work(loop)

    def _done_together(self) -> list[tuple[asyncio.Future[Outcome], Outcome]]:
        """Do what waits, as much as fits into one transaction, and commit it."""
        done: list[tuple[asyncio.Future[Outcome], Outcome]] = []
        anew: list[Waiting] = []
        waiting = self._first()
        try:
            with writing(self._engine) as db:
                until = monotonic() + self._seconds_together
                while waiting and len(done) < MOST_TOGETHER and (not done or monotonic() < until):
                    some = self._next(waiting, MOST_TOGETHER - len(done))
                    outcomes = self._in_savepoint(db, [deed for deed, _ in some])
                    _taken(waiting, len(some))
                    if outcomes is None:
                        # They are done anew before anything that comes after them.
                        anew = some
                        break
                    done += [(future, outcome) for (_, future), outcome in zip(some, outcomes, strict=True)]
        except Exception as error:
            # Whoever waits behind would only wait as long for the same answer.
            unkept = [future for future, _ in done] + [future for _, future in _taken(waiting, MOST_TOGETHER)]
            _log.error("%d deeds could not be kept: %s", len(unkept), _named(error))
            done = [(future, busy()) for future in unkept]
        done += [(future, self._alone(deed)) for deed, future in anew]
        return done

    def _first(self) -> deque[Waiting]:
        """Whose turn it is: a transaction of what is counted would keep those who asked waiting until its commit."""
        if self._asked and (not self._counted or monotonic() < self._yields_until):
            return self._asked
        self._yields_until = monotonic() + self._seconds_to_yield
        return self._counted

    def _next(self, waiting: deque[Waiting], most: int) -> list[Waiting]:
        """The deed that has waited longest, with those behind it that go together with it."""
        some = [waiting[0]]
        for each in islice(waiting.copy(), 1, most):
            if not self._goes_with(each[0], some[-1][0]):
                break
            some.append(each)
        return some

    def _in_savepoint(self, db: Session, deeds: Sequence[AnyDeed]) -> list[Outcome] | None:
        """The outcomes, or None when each is to be done alone: another writer did the same at once, or one of several
        failed. Raises OperationalError.
        """
        try:
            with db.begin_nested():
                outcomes = self._do(db, deeds)
        except IntegrityError:
            return None
        except OperationalError:
            raise
        except Exception as error:
            if len(deeds) > 1:
                return None
            outcomes = [error]
        return [
            each if isinstance(each, Outcome) else _refusal(each) or self._failed(deed, each)
            for deed, each in zip(deeds, outcomes, strict=True)
        ]

    def _alone(self, deed: AnyDeed) -> Outcome:
        """Do a deed in a transaction of its own: the one that comes second finds the first one's row."""
        for left in reversed(range(_TRIES_ALONE)):
            try:
                with writing(self._engine) as db:
                    (outcome,) = self._do(db, [deed])
                    if isinstance(outcome, Outcome):
                        return outcome
                    raise outcome
            except IntegrityError as error:
                if not left:
                    return self._failed(deed, error)
            except Exception as error:
                return _refusal(error) or self._failed(deed, error)
        return busy()

    def _failed(self, deed: AnyDeed, error: Exception) -> Outcome:
        if isinstance(error, DBAPIError):
            _log.error("the database refused a %s: %s", type(deed).__name__, _named(error))
        else:
            _log.error("a %s failed", type(deed).__name__, exc_info=error)
        return busy()


def _taken(waiting: deque[Waiting], most: int) -> list[Waiting]:
    return [waiting.popleft() for _ in range(min(most, len(waiting)))]


def busy() -> Outcome:
    """Nothing happened; the same may be asked again."""
    return Outcome({"retry_after_ms": 1_000}, code="busy")


def _refusal(error: Exception) -> Outcome | None:
    """What a rule's error is told as; None for an error of another kind."""
    match error:
        case AlreadyApplied():
            return Outcome({"application_id": error.application_id}, code=error.code)
        case WrongValue():
            return Outcome({"message": str(error)}, code="bad_message")
        case Refused() | FairError():
            return Outcome(code=error.code)
    return None


def _named(error: Exception) -> str:
    return type(error.orig if isinstance(error, DBAPIError) and error.orig else error).__name__

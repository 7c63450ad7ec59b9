"""A lane: what waits together is kept together, each deed undone alone, nobody answered before the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from fair.database import reading
from fair.districts import District, add_district
from fair.errors import NotPermitted
from live.deeds import AnyDeed, Deed, KeepLikes, Outcome
from live.lane import MOST_TOGETHER, Lane
from live.requests import Unpin
from tests.live.scene import Scene

AT = datetime(2026, 1, 31, tzinfo=UTC)


def deed(number: int) -> KeepLikes:
    """A deed that can be told from others."""
    return KeepLikes(session_id=1, count=number)


def asked(number: int) -> Deed:
    """A deed that somebody waits for."""
    return Deed(1, number, f"a{number}", "host", "", Unpin(key=f"k{number}"), AT)


def goes_with(what: AnyDeed, before: AnyDeed) -> bool:
    """Deeds from ten on go together."""
    return isinstance(what, KeepLikes) and isinstance(before, KeepLikes) and before.count >= 10


class Doing:
    """Writes a district for each deed; some deeds fail after they wrote, of several that go together with an error."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.together: list[int] = []
        self.order: list[int] = []
        self.refused: dict[int, Exception] = {}
        self.errors: dict[int, Exception] = {}
        self.gate = Event()
        self.gate.set()

    def __call__(self, db: Session, deeds: Sequence[AnyDeed]) -> list[Outcome | Exception]:
        self.gate.wait(10)
        self.sessions.append(db)
        self.together.append(len(deeds))
        return [self._do(db, what) for what in deeds]

    def _do(self, db: Session, what: AnyDeed) -> Outcome | Exception:
        assert isinstance(what, KeepLikes | Deed)
        number = what.count if isinstance(what, KeepLikes) else what.account_id
        self.order.append(number)
        if number in self.refused:
            return self.refused[number]
        add_district(db, f"99{number:04d}", f"第{number}区", parent=None)
        db.flush()
        if number in self.errors:
            raise self.errors.pop(number)
        return Outcome({"number": number})


def kept(engine: Engine) -> list[str]:
    """The districts that were committed."""
    with reading(engine) as db:
        return list(db.scalars(select(District.code).where(District.code.like("99%")).order_by(District.code)))


@pytest.fixture
def doing() -> Doing:
    return Doing()


@pytest.fixture
def lane(either_scene: Scene, doing: Doing) -> Iterator[Lane]:
    """A lane over SQLite and over PostgreSQL."""
    lane = Lane(either_scene.engine, doing, goes_with, name="write", seconds_together=10)
    yield lane
    lane.close()


async def done(lane: Lane, doing: Doing, count: int, *, first: int = 1) -> list[Outcome]:
    """The outcomes of so many deeds, all but the first of which waited for the first."""
    return await done_all(lane, doing, [deed(number) for number in range(first, first + count)])


async def done_all(lane: Lane, doing: Doing, deeds: Sequence[AnyDeed]) -> list[Outcome]:
    """The outcomes of these, all but the first of which waited for the first."""
    doing.gate.clear()
    tasks = [asyncio.ensure_future(lane.do(each)) for each in deeds]
    await asyncio.sleep(0)
    doing.gate.set()
    return await asyncio.gather(*tasks)


def test_deeds_that_wait_together_are_kept_in_order_and_in_few_transactions(
    either_scene: Scene, lane: Lane, doing: Doing
) -> None:
    """Thirty deeds at once: each kept, each answered, in far fewer transactions."""
    outcomes = asyncio.run(done(lane, doing, 30))

    assert [outcome.fields["number"] for outcome in outcomes] == list(range(1, 31))
    assert kept(either_scene.engine) == [f"99{number:04d}" for number in range(1, 31)]
    assert len({id(db) for db in doing.sessions}) <= 2


@pytest.mark.parametrize(
    "error", [NotPermitted("no"), ValueError("a fault"), DataError("", {}, ValueError("too long"))]
)
def test_deed_that_fails_is_undone_alone(either_scene: Scene, lane: Lane, doing: Doing, error: Exception) -> None:
    """What it wrote is gone; those before and after it in the same transaction are kept."""
    doing.errors[2] = error

    outcomes = asyncio.run(done(lane, doing, 3))

    assert [outcome.code is None for outcome in outcomes] == [True, False, True]
    assert kept(either_scene.engine) == ["990001", "990003"]


def test_deed_that_came_second_is_done_anew_before_what_follows(either_scene: Scene, lane: Lane, doing: Doing) -> None:
    """Another writer's row stood in the way; now its row is found, and order is kept."""
    doing.errors[2] = IntegrityError("", {}, ValueError("twice"))

    outcomes = asyncio.run(done(lane, doing, 4))

    assert [outcome.fields["number"] for outcome in outcomes] == [1, 2, 3, 4]
    assert kept(either_scene.engine) == ["990001", "990002", "990003", "990004"]


def test_nobody_is_told_of_what_could_not_be_committed(either_scene: Scene, lane: Lane, doing: Doing) -> None:
    """The database goes away in mid-transaction: all of it is busy and none of it kept; afterwards it works again."""
    doing.errors[2] = OperationalError("", {}, ValueError("gone"))

    first = asyncio.run(done(lane, doing, 3))
    second = asyncio.run(done(lane, doing, 1))

    assert {outcome.code for outcome in first} == {"busy"}
    assert second[0].code is None
    assert kept(either_scene.engine) == ["990001"]


def test_deeds_that_go_together_are_done_in_one_step(either_scene: Scene, lane: Lane, doing: Doing) -> None:
    """As far as they stand behind one another; the one that is refused is answered so, the others are kept."""
    doing.refused[12] = NotPermitted("no")

    outcomes = asyncio.run(done(lane, doing, 6, first=8))

    assert doing.together == [1, 1, 4]
    assert [outcome.code for outcome in outcomes] == [None, None, None, None, "not_permitted", None]
    assert kept(either_scene.engine) == ["990008", "990009", "990010", "990011", "990013"]


@pytest.mark.parametrize("error", [IntegrityError("", {}, ValueError("twice")), ValueError("a fault")])
def test_one_that_fails_is_no_harm_to_those_that_go_with_it(
    either_scene: Scene, lane: Lane, doing: Doing, error: Exception
) -> None:
    """What several did in one step is undone together and done anew by each, in order."""
    doing.errors[12] = error

    outcomes = asyncio.run(done(lane, doing, 5, first=10))

    assert [outcome.fields["number"] for outcome in outcomes] == [10, 11, 12, 13, 14]
    assert kept(either_scene.engine) == [f"9900{number}" for number in range(10, 15)]


def test_who_asked_goes_before_what_is_counted(lane: Lane, doing: Doing) -> None:
    """In a transaction of their own, so that they do not wait for the counting either; each kind in its order."""
    outcomes = asyncio.run(done_all(lane, doing, [asked(1), deed(2), deed(3), asked(4)]))

    assert doing.order == [1, 4, 2, 3]
    assert [outcome.fields["number"] for outcome in outcomes] == [1, 2, 3, 4]
    assert doing.sessions[0] is doing.sessions[1]
    assert doing.sessions[1] is not doing.sessions[2]


def test_what_is_counted_does_not_wait_for_ever(either_scene: Scene, doing: Doing) -> None:
    """When it has yielded for long enough it goes first, though there are still some who asked."""
    lane = Lane(either_scene.engine, doing, goes_with, name="write", seconds_together=10, seconds_to_yield=0)
    count = MOST_TOGETHER + 6

    asyncio.run(done_all(lane, doing, [*map(asked, range(1, count)), deed(count)]))
    lane.close()

    assert doing.order[MOST_TOGETHER] == count
    assert doing.order[MOST_TOGETHER + 1 :] == list(range(MOST_TOGETHER + 1, count))

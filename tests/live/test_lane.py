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
from live.deeds import AnyDeed, KeepLikes, Outcome
from live.lane import Lane
from tests.live.scene import Scene

AT = datetime(2026, 1, 31, tzinfo=UTC)


def deed(number: int) -> KeepLikes:
    """A deed that can be told from others."""
    return KeepLikes(session_id=1, count=number)


def goes_with(what: AnyDeed, before: AnyDeed) -> bool:
    """Deeds from ten on go together."""
    return isinstance(what, KeepLikes) and isinstance(before, KeepLikes) and before.count >= 10


class Doing:
    """Writes a district for each deed; some deeds fail after they wrote, of several that go together with an error."""

    def __init__(self) -> None:
        self.sessions: list[int] = []
        self.together: list[int] = []
        self.refused: dict[int, Exception] = {}
        self.errors: dict[int, Exception] = {}
        self.gate = Event()
        self.gate.set()

    def __call__(self, db: Session, deeds: Sequence[AnyDeed]) -> list[Outcome | Exception]:
        self.gate.wait(10)
        self.sessions.append(id(db))
        self.together.append(len(deeds))
        return [self._do(db, what) for what in deeds]

    def _do(self, db: Session, what: AnyDeed) -> Outcome | Exception:
        assert isinstance(what, KeepLikes)
        if what.count in self.refused:
            return self.refused[what.count]
        add_district(db, f"99{what.count:04d}", f"第{what.count}区", parent=None)
        db.flush()
        if what.count in self.errors:
            raise self.errors.pop(what.count)
        return Outcome({"number": what.count})


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
    doing.gate.clear()
    tasks = [asyncio.ensure_future(lane.do(deed(number))) for number in range(first, first + count)]
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
    assert len(set(doing.sessions)) <= 2


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

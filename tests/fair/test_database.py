"""The database: who writes to SQLite waits for its turn, and is told when there is none."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from fair import database
from fair.database import make_engine, reading, writing


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of one table."""
    engine = make_engine(f"sqlite:///{tmp_path / 'fair.db'}")
    with writing(engine) as db:
        db.execute(text("CREATE TABLE line (number INTEGER)"))
    yield engine
    engine.dispose()


def numbers(engine: Engine) -> list[int]:
    """What was written, in order."""
    with reading(engine) as db:
        return list(db.scalars(text("SELECT number FROM line ORDER BY rowid")))


def write(engine: Engine, number: int) -> None:
    """Write one number in a transaction of its own."""
    with writing(engine) as db:
        db.execute(text("INSERT INTO line VALUES (:number)"), {"number": number})


def test_writers_have_their_turns_one_after_the_other(engine: Engine) -> None:
    """Whoever comes while another writes waits until that one has committed; nobody fails, and readers go on."""
    come = Event()

    def come_and_write(number: int) -> None:
        come.set()
        write(engine, number)

    others = [Thread(target=come_and_write, args=(number,)) for number in (2, 3)]
    with writing(engine) as db:
        db.execute(text("INSERT INTO line VALUES (1)"))
        for each in others:
            each.start()
        assert come.wait(10)
        assert numbers(engine) == []
    for each in others:
        each.join(10)

    assert numbers(engine)[0] == 1
    assert sorted(numbers(engine)) == [1, 2, 3]


def test_writer_that_has_no_turn_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an error as of any statement; the same connection writes when the other is done."""
    with writing(engine) as db:
        db.execute(text("INSERT INTO line VALUES (1)"))
        with monkeypatch.context() as patch:
            patch.setattr(database, "SECONDS_TO_WAIT", 0.05)
            with pytest.raises(OperationalError, match="locked"):
                write(engine, 2)
    write(engine, 3)

    assert numbers(engine) == [1, 3]
    with reading(engine) as db:
        assert db.scalar(text("PRAGMA busy_timeout")) == 15_000

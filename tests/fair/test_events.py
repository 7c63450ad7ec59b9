"""The event log: committed with the state it tells of, read in commit order, none skipped."""

import threading
from datetime import timedelta

from sqlalchemy import Engine, func, select

from fair.database import reading, writing
from fair.events import Event, EventKind, append, cursor_of, events_after, move_cursor, newest_event_id
from tests.builders import NOW

WRITERS, EACH = 6, 25


def test_readers_see_every_event_in_commit_order_while_many_write(engine: Engine) -> None:
    """A reader that polls `id > last` while six writers commit at once misses nothing and never goes back."""
    seen: list[int] = []
    done = threading.Event()
    errors: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for number in range(EACH):
                with writing(engine) as db:
                    append(db, EventKind.PROFILE_SAVED, now=NOW, account_id=writer, data={"number": number})
                    # Something slow between the number and the commit is what makes late commits.
                    db.scalar(select(func.count()).select_from(Event))
        except Exception as error:
            errors.append(error)

    def read() -> None:
        last = 0
        while True:
            is_last_round = done.is_set()
            with reading(engine) as db:
                for event in events_after(db, last, limit=7):
                    seen.append(event.id)
                    last = event.id
                if is_last_round and last == newest_event_id(db):
                    return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    reader = threading.Thread(target=read)
    for thread in [reader, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join(60)

    assert not errors
    assert len(seen) == WRITERS * EACH
    assert seen == sorted(set(seen))


def test_event_of_a_transaction_that_fails_is_never_seen(engine: Engine) -> None:
    """State and event commit together or not at all."""
    try:
        with writing(engine) as db:
            append(db, EventKind.POSITION_PUBLISHED, now=NOW, position_id=1)
            raise RuntimeError("the state could not be written")
    except RuntimeError:
        pass

    with reading(engine) as db:
        assert events_after(db, 0) == []


def test_cursor_remembers_how_far_a_reader_read(engine: Engine) -> None:
    """A reader that starts again goes on behind the last event that it handled."""
    with writing(engine) as db:
        first = append(db, EventKind.SESSION_CHANGED, now=NOW, session_id=1)
        append(db, EventKind.SESSION_CHANGED, now=NOW + timedelta(seconds=1), session_id=2)
        move_cursor(db, "index", first.id)

    with reading(engine) as db:
        assert cursor_of(db, "nobody") == 0
        assert [event.session_id for event in events_after(db, cursor_of(db, "index"))] == [2]

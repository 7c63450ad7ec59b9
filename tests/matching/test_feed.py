"""The feed keeps the catalogue equal to the database, from the start on and event by event."""

from __future__ import annotations

import gc
import threading
from datetime import timedelta

import pytest
from sqlalchemy.event import listen

from fair.accounts import Account
from fair.database import reading, writing
from fair.districts import District
from fair.employers import Employer, move_employer
from fair.events import EventKind, append
from fair.positions import Position, close_position, save_position
from fair.seekers import SeekerProfile, save_profile, switch_matching
from fair.statuses import EmployerStatus
from matching import documents, keepsakes
from matching import feed as feeds
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.feed import Feed, Stage
from matching.vectors import Kind, Vector, stored_rows
from tests.matching.records import NOW, TODAY, HashedTerms, add_position, add_seeker, city


@pytest.fixture
def engine(sqlite_url):
    """A city with an electrician's and a cleaner's position and a seeker who wants to be an electrician."""
    made = city(sqlite_url)
    with writing(made) as db:
        add_position(db, "低压电工")
        add_position(db, "保洁员")
        add_seeker(db, "电工")
    yield made
    made.dispose()


def following(engine, encoder=None):
    """A feed that has read and encoded everything, and its catalogue."""
    encoder = encoder or HashedTerms()
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    feed = Feed(engine, encoder, catalogue)
    feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()
    while feed.complete_some():
        pass
    return feed, catalogue


def best(catalogue, seeker_id=1):
    """The positions' ids for a seeker, best first."""
    return [one.position_id for one in catalogue.positions_for_seeker(seeker_id, limit=20, today=TODAY)]


def test_feed_load_reads_open_positions_and_consenting_seekers(engine):
    """At the start there are the published positions and the seekers who consented, none else."""
    with writing(engine) as db:
        closed = add_position(db, "焊工")
        close_position(db, closed, now=NOW)
        hidden = add_seeker(db, "电工", is_matched=False).account_id
    with reading(engine) as db:
        assert db.get(SeekerProfile, hidden) is not None

    _, catalogue = following(engine)

    assert catalogue.position_ids() == {1, 2}
    assert catalogue.seeker_ids() == {1}


def test_feed_published_position_is_found_after_catching_up(engine):
    """A position that is published later is the best match at once."""
    feed, catalogue = following(engine)
    with writing(engine) as db:
        published = add_position(db, "电工", pay_min=9000, pay_max=9900).id

    feed.catch_up()

    assert published in best(catalogue)
    assert feed.stage == Stage.FOLLOWING


def test_feed_changed_position_is_read_anew(engine):
    """What was an electrician's position and is a cook's now is found as a cook's."""
    feed, catalogue = following(engine)
    assert best(catalogue)[0] == 1
    with writing(engine) as db:
        position = db.get_one(Position, 1)
        position.title = position.occupation = "厨师"
        save_position(db, position, by=None, now=NOW)

    feed.catch_up()

    found = catalogue.positions_for_text("厨师", None, limit=5, today=TODAY)
    assert [one.position_id for one in found] == [1]


def test_feed_closed_position_is_gone(engine):
    """A position that closes is in no answer any more."""
    feed, catalogue = following(engine)
    assert 1 in best(catalogue)
    with writing(engine) as db:
        close_position(db, db.get_one(Position, 1), now=NOW)

    feed.catch_up()

    assert 1 not in best(catalogue)
    assert catalogue.positions_for_text("电工", None, limit=5, today=TODAY) == []


def test_feed_positions_of_a_rejected_employer_are_gone(engine):
    """When an employer's approval is taken back its positions leave."""
    feed, catalogue = following(engine)
    with writing(engine) as db:
        move_employer(db, db.get_one(Employer, 1), EmployerStatus.REJECTED, now=NOW)

    feed.catch_up()

    assert catalogue.position_ids() == set()


def test_feed_saved_profile_is_read_anew(engine):
    """A seeker who wants to clean from now on gets the cleaner's position first."""
    feed, catalogue = following(engine)
    with writing(engine) as db:
        profile = db.get_one(SeekerProfile, 1)
        profile.wanted_work = ["保洁"]
        save_profile(db, profile, now=NOW)

    feed.catch_up()

    assert best(catalogue)[0] == 2


@pytest.mark.parametrize("way", ["switched off", "erased", "disabled"])
def test_feed_seeker_who_leaves_is_forgotten(engine, way):
    """Who switches matching off, erases or loses the account is gone from the catalogue and from the kept vectors."""
    feed, catalogue = following(engine)
    with reading(engine) as db:
        assert stored_rows(db, Kind.SEEKER, [1], model="hashed").keys() == {1}
    assert catalogue.seekers_for_position(1, seeker_ids=[1], lowest_score=0, today=TODAY) != []
    with writing(engine) as db:
        if way == "switched off":
            switch_matching(db, db.get_one(SeekerProfile, 1), is_on=False, wording="", now=NOW)
        elif way == "erased":
            db.delete(db.get_one(SeekerProfile, 1))
            append(db, EventKind.ACCOUNT_ERASED, now=NOW, account_id=1)
        else:
            db.get_one(Account, 1).is_active = False
            append(db, EventKind.ACCOUNT_DISABLED, now=NOW, account_id=1)

    feed.catch_up()

    assert catalogue.seekers_for_position(1, seeker_ids=[1], lowest_score=0, today=TODAY) == []
    assert catalogue.positions_for_seeker(1, limit=5, today=TODAY) == []
    with reading(engine) as db:
        assert stored_rows(db, Kind.SEEKER, [1], model="hashed") == {}


def test_feed_second_start_encodes_nothing(engine):
    """The same model's vectors are read back, and the scores are what they were."""
    _, first = following(engine)
    encoder = HashedTerms()
    encoder_calls = len(encoder.encoded)

    catalogue = Catalogue(encoder.dimension, calibrate(HashedTerms().encode))
    feed = Feed(engine, encoder, catalogue)
    feed.load()

    assert len(encoder.encoded) == encoder_calls
    assert feed.stage == Stage.FOLLOWING
    assert catalogue.positions_for_seeker(1, limit=5, today=TODAY) == first.positions_for_seeker(
        1, limit=5, today=TODAY
    )


@pytest.fixture
def read_anew(monkeypatch):
    """The numbers of positions and seekers whose records are read, in order."""
    numbers: list[tuple[str, int]] = []
    for name, read in (("position_facts", documents.position_facts), ("seeker_facts", documents.seeker_facts)):

        def noting(record, places, *, name=name, read=read):
            facts = read(record, places)
            numbers.append((name.removesuffix("_facts"), facts.id))
            return facts

        monkeypatch.setattr(feeds, name, noting)
    return numbers


def answers(catalogue):
    """What is found by a profile, by a position and by words."""
    return (
        catalogue.positions_for_seeker(1, limit=5, today=TODAY),
        catalogue.seekers_for_position(1, seeker_ids=[1], lowest_score=0, today=TODAY),
        catalogue.positions_for_text("电工", None, limit=5, today=TODAY),
    )


def test_feed_second_start_takes_back_what_was_read(engine, read_anew):
    """No record is read again, the answers are the same, and words are found behind the first of them."""
    _, first = following(engine)
    read_anew.clear()
    encoder = HashedTerms()
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    feed = Feed(engine, encoder, catalogue)

    feed.load()
    early, words_left = answers(catalogue), feed.words_left
    while feed.complete_some():
        pass

    assert read_anew == []
    assert early[:2] == answers(first)[:2]
    assert (early[2], words_left) == ([], 2)
    assert (answers(catalogue), feed.words_left) == (answers(first), 0)


def test_feed_second_start_reads_what_changed_meanwhile(engine, read_anew):
    """A position and a profile that were changed while nobody followed are read, the others are not."""
    with writing(engine) as db:
        other = add_seeker(db, "保洁").account_id
    following(engine)
    read_anew.clear()
    with writing(engine) as db:
        position = db.get_one(Position, 1)
        position.pay_max = 30_000
        save_position(db, position, by=None, now=NOW)
        save_profile(db, db.get_one(SeekerProfile, other), now=NOW + timedelta(minutes=1))

    feed, catalogue = following(engine)

    assert read_anew == [("position", 1), ("seeker", other)]
    read_anew.clear()
    following(engine)
    assert read_anew == []
    assert feed.catch_up() == 0
    assert catalogue.position_ids() == {1, 2}


def test_feed_second_start_takes_back_nobody_who_left_meanwhile(engine):
    """Who closed a position or switched matching off while nobody followed is not there, and no vector of theirs."""
    following(engine)
    with writing(engine) as db:
        close_position(db, db.get_one(Position, 1), now=NOW)
        switch_matching(db, db.get_one(SeekerProfile, 1), is_on=False, wording="", now=NOW)

    _, catalogue = following(engine)

    assert catalogue.position_ids() == {2}
    assert catalogue.seeker_ids() == set()
    with reading(engine) as db:
        assert stored_rows(db, Kind.SEEKER, [1], model="hashed") == {}


@pytest.mark.parametrize("fault", ["other code", "a place moved", "half of it lost", "nothing kept"])
def test_feed_facts_that_no_longer_hold_are_read_anew(engine, read_anew, monkeypatch, fault):
    """What is kept is looked at before it is trusted; what was read instead is kept in its place."""
    _, first = following(engine)
    read_anew.clear()
    expected = [("position", 1), ("position", 2), ("seeker", 1)]
    if fault == "a place moved":
        expected.pop()
    if fault == "other code":
        monkeypatch.setattr(keepsakes, "_code", lambda: "another")
    with writing(engine) as db:
        if fault == "a place moved":
            db.get_one(District, db.get_one(Position, 1).district_code).latitude = 30.29
        for one in db.query(Vector):
            if fault == "half of it lost":
                one.facts = (one.facts or b"")[:100]
            elif fault == "nothing kept":
                one.facts, one.stamp = None, ""

    _, catalogue = following(engine)

    assert read_anew == expected
    if fault != "a place moved":
        assert answers(catalogue) == answers(first)
    read_anew.clear()
    following(engine)
    assert read_anew == []


def test_feed_other_model_encodes_anew_while_answers_stand_on_words(engine):
    """With another model nothing kept is used; until its vectors are made, words and rules answer."""
    following(engine)
    encoder = HashedTerms("other")
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    feed = Feed(engine, encoder, catalogue)

    feed.load()
    early = best(catalogue)
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()

    assert early[0] == 1
    assert (feed.done, feed.total) == (3, 3)
    with reading(engine) as db:
        assert stored_rows(db, Kind.POSITION, [1, 2], model="hashed") == {}
        assert stored_rows(db, Kind.POSITION, [1, 2], model="other").keys() == {1, 2}


def test_feed_in_a_thread_finds_what_is_published_meanwhile(engine):
    """What is published while the thread follows is encoded without anybody asking (bench.matching says how soon)."""
    gc.unfreeze()
    encoder = HashedTerms()
    arrived = threading.Event()

    class Watched(Catalogue):
        def put_rows(self, rows):
            super().put_rows(rows)
            if any(facts.id > 2 for facts, _ in rows):
                arrived.set()

    catalogue = Watched(encoder.dimension, calibrate(encoder.encode))
    feed = Feed(engine, encoder, catalogue)
    feed.load()
    stop = threading.Event()
    thread = threading.Thread(target=feed.run, args=(stop,))
    thread.start()
    try:
        with writing(engine) as db:
            published = add_position(db, "电工").id
        has_arrived = arrived.wait(20)
    finally:
        stop.set()
        thread.join()

    assert has_arrived
    assert published in catalogue.position_ids()
    assert gc.get_freeze_count() > 0


def test_feed_load_reads_nothing_that_is_encrypted(engine):
    """At the start no identity number and no phone number is asked of the database, though there are some."""
    asked: list[str] = []
    with writing(engine) as db:
        db.get_one(SeekerProfile, 1).identity_number = "330106199001010013"
        db.get_one(Account, 1).phone = "13800000001"
    listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: asked.append(statement))
    with reading(engine) as db:
        assert db.get_one(SeekerProfile, 1).identity_number
    assert "identity_number" in asked[-1]
    assert "phone" in asked[-1]
    asked.clear()

    following(engine)

    assert any("seeker_profile" in statement for statement in asked)
    assert not any("identity_number" in statement or "phone" in statement for statement in asked)

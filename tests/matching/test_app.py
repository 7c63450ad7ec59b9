"""Matching's HTTP: questions in, matches out, refusals that say what is wrong, and health that tells the truth."""

from __future__ import annotations

import threading
from datetime import date

import msgspec
import pytest

from fair.database import reading, writing
from fair.matches import FoundPositions, Matches
from fair.seekers import SeekerProfile, switch_matching
from matching.app import app_of
from matching.desk import Desk
from matching.encoder import ModelUnavailable
from matching.feed import Stage
from matching.works import said_of
from tests.matching.records import FAR, NOW, TODAY, HashedTerms, add_position, add_seeker, city


@pytest.fixture
def engine(sqlite_url):
    """A city with two positions, a seeker who is matched and one who is not."""
    made = city(sqlite_url)
    with writing(made) as db:
        add_position(db, "低压电工")
        add_position(db, "保洁员", district_code=FAR, pay_min=3000, pay_max=3500)
        add_seeker(db, "电工", pay_min=5500)
        add_seeker(db, "电工", pay_min=5500, is_matched=False)
    yield made
    made.dispose()


@pytest.fixture
def desk(engine):
    """A desk over the city that no thread follows."""
    return Desk(engine, HashedTerms)


@pytest.fixture
def feed(desk):
    """The desk's feed, with everything read and encoded."""
    made = desk.make_feed()
    made.load()
    while made.stage != Stage.FOLLOWING:
        made.encode_some()
    return made


@pytest.fixture
def client(desk, feed):
    """A client of matching's application."""
    return app_of(desk, today=lambda: TODAY).test_client()


def body(answer):
    """What an answer's JSON holds."""
    return msgspec.json.decode(answer.data)


def test_positions_for_seeker_are_ranked_with_reasons(client):
    """The work wanted comes first, with a score and the reasons for it."""
    answer = client.post("/positions/for-seeker", json={"seeker_id": 1})

    found = msgspec.json.decode(answer.data, type=Matches)
    assert [match.position_id for match in found.matches] == [1, 2]
    assert found.matches[0].score >= 80 > 50 > found.matches[1].score
    assert "工资比你想要的高 500 元" in [reason.seeker for reason in found.matches[0].reasons]
    assert found.model == "hashed"
    assert found.event_id > 0


def test_positions_for_seeker_answers_each_one_asked_for(client, engine, feed):
    """Of named positions every open one is answered, those with a broken hard requirement too, and named so."""
    with writing(engine) as db:
        picky = add_seeker(db, "电工", pay_min=9000, hard=["pay"]).account_id
    feed.catch_up()

    named = client.post("/positions/for-seeker", json={"seeker_id": picky, "position_ids": [2, 1, 77]})
    best = client.post("/positions/for-seeker", json={"seeker_id": picky})

    assert {m.position_id: m.broken for m in msgspec.json.decode(named.data, type=Matches).matches} == {
        1: ["pay"],
        2: ["pay"],
    }
    assert msgspec.json.decode(best.data, type=Matches).matches == []


def test_positions_for_seekers_are_those_of_each_alone(client, engine):
    """What many are told together is what each would be told alone; who gave no consent is left out."""
    alone = [client.post("/positions/for-seeker", json={"seeker_id": each, "position_ids": [1, 2]}) for each in (1, 2)]

    answer = client.post("/positions/for-seekers", json={"seeker_ids": [1, 2, 77], "position_ids": [1, 2]})

    each = [body(one)["matches"] for one in alone]
    assert (len(each[0]), each[1]) == (2, [])
    assert body(answer)["matches"] == each[0] + each[1]
    too_many = client.post("/positions/for-seekers", json={"seeker_ids": [1] * 101, "position_ids": [1]})
    assert too_many.status_code == 422


def test_seekers_for_position_are_those_present_who_consented(client, engine):
    """Who is present and consented is answered; who did not is in no answer, asked for or not."""
    with reading(engine) as db:
        assert not db.get_one(SeekerProfile, 2).is_matched
        assert db.get_one(SeekerProfile, 2).wanted_work == ["电工"]

    answer = client.post("/seekers/for-position", json={"position_id": 1, "seeker_ids": [1, 2, 3]})
    own = client.post("/positions/for-seeker", json={"seeker_id": 2, "position_ids": [1]})

    assert [match.seeker_id for match in msgspec.json.decode(answer.data, type=Matches).matches] == [1]
    assert msgspec.json.decode(own.data, type=Matches).matches == []


def test_seekers_for_position_with_a_limit_are_the_best(client, engine, feed):
    """Of three the best one is answered, the same as without a limit."""
    with writing(engine) as db:
        add_seeker(db, "保洁")
        add_seeker(db, "低压电工", pay_min=5000, schedule=["day"])
    feed.catch_up()
    question = {"position_id": 1, "seeker_ids": [1, 3, 4]}

    everybody = client.post("/seekers/for-position", json=question)
    best = client.post("/seekers/for-position", json=question | {"limit": 1})
    wrong = client.post("/seekers/for-position", json=question | {"limit": 0})

    assert len(body(everybody)["matches"]) == 3
    assert body(best)["matches"] == body(everybody)["matches"][:1]
    assert wrong.status_code == 422


def test_seekers_for_position_leaves_out_low_scores(client):
    """Below the score asked for nobody is answered."""
    low = client.post("/seekers/for-position", json={"position_id": 2, "seeker_ids": [1], "lowest_score": 50})
    any_score = client.post("/seekers/for-position", json={"position_id": 2, "seeker_ids": [1]})

    assert msgspec.json.decode(any_score.data, type=Matches).matches != []
    assert msgspec.json.decode(low.data, type=Matches).matches == []


def test_seekers_for_position_switched_off_meanwhile_are_gone(client, engine, feed):
    """After switching off the seeker is in no answer any more."""
    before = client.post("/seekers/for-position", json={"position_id": 1, "seeker_ids": [1]})
    with writing(engine) as db:
        switch_matching(db, db.get_one(SeekerProfile, 1), is_on=False, wording="", now=NOW)
    feed.catch_up()

    after = client.post("/seekers/for-position", json={"position_id": 1, "seeker_ids": [1]})

    assert len(msgspec.json.decode(before.data, type=Matches).matches) == 1
    assert msgspec.json.decode(after.data, type=Matches).matches == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [({}, {1, 2}), ({"district_path": "330100/330106/"}, {1}), ({"pay_min": 4000}, {1})],
)
def test_positions_for_text_pass_the_filters(client, filters, expected):
    """Place and monthly pay leave out what does not pass; without them both are found."""
    answer = client.post("/positions/for-text", json={"text": "低压电工 保洁员", **filters})

    found = msgspec.json.decode(answer.data, type=FoundPositions).positions
    assert {one.position_id for one in found} == expected
    assert all(0 < one.score <= 1 for one in found)


def test_positions_for_text_of_other_words_are_none(client):
    """Words that no position is about find nothing rather than anything."""
    answer = client.post("/positions/for-text", json={"text": "量子引力"})

    assert msgspec.json.decode(answer.data, type=FoundPositions).positions == []


def test_answers_leave_out_positions_that_expired(desk, feed):
    """From the day after its validity a position is in no answer."""
    last_day, day_after = date(2026, 12, 31), date(2027, 1, 1)
    questions = (
        ("/positions/for-seeker", {"seeker_id": 1}, "matches"),
        ("/positions/for-seeker", {"seeker_id": 1, "position_ids": [1]}, "matches"),
        ("/positions/for-text", {"text": "电工"}, "positions"),
        ("/seekers/for-position", {"position_id": 1, "seeker_ids": [1]}, "matches"),
    )
    for path, question, key in questions:
        assert body(app_of(desk, today=lambda: last_day).test_client().post(path, json=question))[key] != []

        assert body(app_of(desk, today=lambda: day_after).test_client().post(path, json=question))[key] == []


@pytest.mark.parametrize(
    ("path", "question", "said"),
    [
        ("/positions/for-seeker", b"{", "truncated"),
        ("/positions/for-seeker", b"\xff", "invalid"),
        ("/positions/for-seeker", b"{}", "seeker_id"),
        ("/positions/for-seeker", b'{"seeker_id": "x"}', "$.seeker_id"),
        ("/positions/for-seeker", b'{"seeker_id": 1, "limit": 0}', "limit"),
        ("/positions/for-text", b'{"text": "a", "limit": 5000}', "limit"),
        ("/seekers/for-position", b'{"position_id": 1, "seeker_ids": 7}', "$.seeker_ids"),
    ],
)
def test_wrong_question_is_refused_with_what_is_wrong(client, path, question, said):
    """A question that cannot be read is a 422 whose message names the fault."""
    answer = client.post(path, data=question)

    assert answer.status_code == 422
    assert body(answer)["error"] == "wrong_question"
    assert said in body(answer)["message"].lower()


def test_question_too_large_is_refused(client):
    """More than four megabytes are not read."""
    answer = client.post("/seekers/for-position", data=b" " * (4 * 1024 * 1024 + 1))

    assert answer.status_code == 413


def test_health_is_ok_when_all_is_encoded(client):
    """Everything read and encoded is ok, with the counts."""
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert (body(answer)["status"], body(answer)["positions"], body(answer)["seekers"]) == ("ok", 2, 1)
    assert body(answer)["missing"] == []


def test_health_tells_starting_then_degraded_then_ok(desk):
    """Before anything is read there are no answers; before all is encoded there are, and health says what lacks."""
    client = app_of(desk, today=lambda: TODAY).test_client()
    question = {"seeker_id": 1}

    starting = client.get("/healthz")
    refused = client.post("/positions/for-seeker", json=question)
    feed = desk.make_feed()
    feed.load()
    degraded = client.get("/healthz")
    answered = client.post("/positions/for-seeker", json=question)
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()

    assert (starting.status_code, body(starting)["status"]) == (503, "starting")
    assert (refused.status_code, body(refused)["error"]) == (503, "starting")
    assert (degraded.status_code, body(degraded)["status"]) == (200, "degraded")
    assert body(degraded)["missing"] == ["vectors of 3 of 3 records"]
    assert body(answered)["matches"][0]["position_id"] == 1
    assert body(client.get("/healthz"))["status"] == "ok"


def test_health_of_a_model_that_is_missing_names_it(engine):
    """A model that cannot be loaded is named; nothing is answered."""

    def unavailable():
        raise ModelUnavailable("model 'nowhere' cannot be loaded: no such folder")

    desk = Desk(engine, unavailable)
    desk.open()
    desk.close()

    answer = app_of(desk).test_client().get("/healthz")

    assert (answer.status_code, body(answer)["status"]) == (503, "not")
    assert "nowhere" in body(answer)["missing"][0]


def test_feed_that_fails_ends_the_answers_and_asks_for_a_new_process(engine):
    """Stale answers would go on matching somebody who switched it off, so there are none."""

    class Broken(HashedTerms):
        def encode(self, texts):
            if any("保洁员" in text for text in texts):
                raise RuntimeError("out of memory")
            return super().encode(texts)

    ended = threading.Event()
    desk = Desk(engine, Broken, ended=ended.set)
    desk.open()
    assert ended.wait(60)
    client = app_of(desk).test_client()

    health = client.get("/healthz")

    assert (health.status_code, body(health)["status"]) == (503, "not")
    assert body(health)["missing"] == ["feed (RuntimeError)"]
    assert client.post("/positions/for-seeker", json={"seeker_id": 1}).status_code == 503
    desk.close()


def test_catalogue_compares_what_was_shown_before_it_is_pinned(client, desk, engine, feed):
    """Once a room's position was shown to somebody, a pin has no name left to compare, whoever else is there."""
    with writing(engine) as db:
        shown, other = (add_position(db, f"第{number}种水下考古员").id for number in (1, 2))
        everybody = [add_seeker(db, f"第{number}种考古辅助员").account_id for number in range(5)]
    feed.catch_up()
    feed.encode_some()
    client.post("/positions/for-seeker", json={"seeker_id": everybody[0], "position_ids": [shown]})

    while desk.catalogue.tend():
        pass
    compared = []
    for position_id in (shown, other):
        before = said_of.cache_info().misses
        client.post("/seekers/for-position", json={"position_id": position_id, "seeker_ids": everybody})
        compared.append(said_of.cache_info().misses - before)

    assert compared[0] == 0
    assert compared[1] == len(everybody)

"""The server on loopback: who is let in, what they hear, what is kept; over a real database."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.typing import Origin, Subprotocol

from fair.accounts import Account
from fair.applications import Application, ApplicationChange, move_application, submit_application, withdraw_application
from fair.attendances import Attendance
from fair.database import reading, writing
from fair.events import EventKind, append
from fair.exposures import Exposure
from fair.livesessions import LiveSession, move_session
from fair.pictures import Caption
from fair.pins import Pin
from fair.positions import Position, close_position
from fair.presence import presence_of
from fair.seekers import SeekerProfile, switch_matching
from fair.statuses import ApplicationStatus, LiveSessionStatus
from fair.talk import ChatMessage, Question, ask_question
from live import pulse
from live.reading import open_room
from live.views import People
from tests.live.oracle import answering
from tests.live.scene import SECRET, make_scene
from tests.live.visitor import Visitor, connected, entered, serving


def in_room(scene, tmp_path, story, **options):
    """Run a story of the address of a server's rooms."""

    async def run():
        async with serving(scene, tmp_path, **options) as (live, address):
            await asyncio.wait_for(story(live, address), 100)

    asyncio.run(run())


def count(scene, record, *conditions):
    """How many rows there are."""
    with reading(scene.engine) as db:
        return db.scalar(select(func.count()).select_from(record).where(*conditions))


def same_as_read(live, scene):
    """Whether the room's board equals the one that a process started now would read."""
    with reading(scene.engine) as db:
        found = open_room(db, scene.session_id, people=People(SECRET), now=datetime.now(UTC))
    assert found is not None
    return found.board == live.rooms.seats[scene.session_id].room.stream.board


def close_code_of(scene, tmp_path, *messages):
    """The close code after sending these first messages."""
    codes = []

    async def story(_, address):
        async with connected(address) as visitor:
            for message in messages:
                await visitor.websocket.send(message)
            codes.append(await visitor.close_code())

    in_room(scene, tmp_path, story)
    return codes[0]


def enter_message(scene, ticket, session_id=None):
    """The first message, as text."""
    return json.dumps({"type": "enter", "ticket": ticket, "session": session_id or scene.session_id})


def test_forged_ticket_is_refused(scene, tmp_path):
    """Signed with another key: closed as ticket."""
    ticket = scene.ticket(scene.seeker_ids[0], secret="another secret")

    assert close_code_of(scene, tmp_path, enter_message(scene, ticket)) == 4001


def test_expired_ticket_is_refused(scene, tmp_path):
    """Older than 30 seconds: closed as ticket."""
    ticket = scene.ticket(scene.seeker_ids[0], now=datetime.now(UTC) - timedelta(seconds=31))

    assert close_code_of(scene, tmp_path, enter_message(scene, ticket)) == 4001


def test_ticket_of_another_room_is_refused(scene, tmp_path):
    """A ticket opens its own room only."""
    ticket = scene.ticket(scene.seeker_ids[0], session_id=999)

    assert close_code_of(scene, tmp_path, enter_message(scene, ticket)) == 4001


def test_ticket_of_an_earlier_process_is_refused(scene, tmp_path):
    """Whether it was used already is not known any more."""
    ticket = scene.ticket(scene.seeker_ids[0], now=datetime.now(UTC) - timedelta(seconds=2))

    assert close_code_of(scene, tmp_path, enter_message(scene, ticket)) == 4001


def test_ticket_opens_once(scene, tmp_path):
    """The second connection with a ticket is refused; the first goes on."""

    async def story(_, address):
        ticket = scene.ticket(scene.seeker_ids[0])
        async with entered(address, scene, ticket) as (first, _), connected(address) as second:
            await second.websocket.send(enter_message(scene, ticket))
            assert await second.close_code() == 4001
            assert (await first.ask("say", text="还在"))["type"] == "reply"

    in_room(scene, tmp_path, story)


@pytest.mark.parametrize(
    "first", ['{"type": "say", "key": "k", "text": "你好"}', "not json", "[]", '{"type": "enter"}']
)
def test_first_message_must_be_enter(scene, tmp_path, first):
    """Anything else is closed as protocol."""
    assert close_code_of(scene, tmp_path, first) == 4002


def test_silence_before_enter_is_closed(scene, tmp_path, monkeypatch):
    """Who connects and says nothing is put out."""
    monkeypatch.setattr("live.server.SECONDS_TO_ENTER", 0.2)

    assert close_code_of(scene, tmp_path) == 4009


def test_oversize_message_is_refused(scene, tmp_path):
    """Above 16 KiB the connection is closed with 1009."""
    assert close_code_of(scene, tmp_path, json.dumps({"type": "enter", "ticket": "x" * (17 << 10)})) == 1009


def test_binary_message_is_refused(scene, tmp_path):
    """Rooms speak text."""
    assert close_code_of(scene, tmp_path, b"{}") == 1003


def test_who_packs_hears_and_says_the_same(scene, tmp_path):
    """A client that offers compression gets ticks packed once for all, without context; what it packs is read."""

    async def story(_, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0]), compression="deflate") as (packed, _),
            entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (plain, _),
        ):
            (extension,) = packed.websocket.protocol.extensions
            assert isinstance(extension, PerMessageDeflate)
            assert extension.remote_no_context_takeover
            assert extension.local_no_context_takeover
            assert plain.websocket.protocol.extensions == []
            for number, speaker in enumerate((packed, plain, packed)):
                said = (await speaker.ask("say", text="宿舍几个人一间，" * 5 + str(number)))["line"]
                assert (await packed.event("said"))["line"] == said
                assert (await plain.event("said"))["line"] == said

    in_room(scene, tmp_path, story)


def test_session_without_a_room_is_closed(scene, tmp_path):
    """A ticket for a session that does not exist leads nowhere."""
    message = enter_message(scene, scene.ticket(scene.seeker_ids[0], session_id=999), 999)

    async def story(live, address):
        async with connected(address) as visitor:
            ticket = scene.ticket(scene.seeker_ids[0], session_id=999)
            await visitor.websocket.send(enter_message(scene, ticket, 999))
            assert await visitor.close_code() == 4004

    assert close_code_of(scene, tmp_path, message) == 4001  # It was made before the server.
    in_room(scene, tmp_path, story)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "null",
        "http://127.0.0.1:8000.evil.test",
        "http://127.0.0.1:8001",
        "https://127.0.0.1:8000",
        "http://notlocalhost:8000",
        None,
    ],
)
def test_foreign_origin_is_refused(scene, tmp_path, origin):
    """Only the site's own pages open rooms: 403 before the handshake."""

    async def story(_, address):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(address, origin=origin, subprotocols=[Subprotocol("gangbo.v1")]):
                pass
        assert refused.value.response.status_code == 403

    in_room(scene, tmp_path, story)


def test_unknown_message_is_answered_and_many_bad_ones_close(scene, tmp_path):
    """The connection survives a few; the twentieth closes it."""

    async def story(_, address):
        async with entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (visitor, _):
            assert (await visitor.ask("dance"))["code"] == "unknown_type"
            assert (await visitor.ask("apply"))["code"] == "bad_message"
            assert (await visitor.ask("apply", position_id="31"))["code"] == "bad_message"
            for _ in range(17):
                await visitor.websocket.send("{")
            assert await visitor.close_code() == 4002

    in_room(scene, tmp_path, story)


def test_one_fair_from_pin_to_answer(either_scene, tmp_path):
    """Pin, chat, question, answer, application, its state and the end reach those whom they concern."""
    scene = either_scene

    async def story(live, address):
        seeker, host = scene.ticket(scene.seeker_ids[0]), scene.host_ticket()
        position_id = scene.position_ids[0]
        async with entered(address, scene, seeker) as (viewer, _), entered(address, scene, host) as (console, welcome):
            assert set(welcome["me"]["can"]) == {"say", "pin", "answer", "arrange", "start", "moderate"}
            pin = (await console.ask("pin", position_id=position_id))["pin"]
            assert (await viewer.event("pinned"))["pin"] == pin
            assert (await viewer.ask("say", text="  宿舍 几个人\n一间 "))["line"]["text"] == "宿舍 几个人 一间"
            assert (await console.event("said"))["line"]["role"] == "audience"
            question = (await viewer.ask("ask", text="有没有厂车"))["question"]
            assert (await console.event("asked"))["question"] == question
            await console.ask("answer", question_id=question["id"], text="有，三班")
            answered = await viewer.event("answered")
            assert (answered["line"]["text"], answered["line"]["role"]) == ("有，三班", "host")

            application = (await viewer.ask("apply", position_id=position_id))["application"]
            arrival = (await console.of_type("arrived"))["arrival"]
            assert (arrival["id"], arrival["name"], arrival["is_in_room"]) == (application["id"], "求职0", True)
            assert (await console.event("applied"))["applied"] == 1
            await console.ask("seen", application_id=application["id"])
            await viewer.until(lambda each: each["type"] == "application" and each["application"]["status"] == "viewed")
            await console.ask("move", application_id=application["id"], status="interview", note="周二下午")
            await viewer.until(
                lambda each: each["type"] == "application" and each["application"]["status"] == "interview"
            )
            await console.ask("begin_slot", slot_id=scene.slot_ids[1])
            assert (await viewer.event("unpinned"))["previous"]["position_id"] == position_id
            await viewer.event("slot")
            assert same_as_read(live, scene)
            await console.ask("end")
            assert (await viewer.event("session"))["session"]["status"] == "ended"
            assert same_as_read(live, scene)

    in_room(scene, tmp_path, story)

    with reading(scene.engine) as db:
        application = db.scalars(select(Application)).one()
        pin = db.scalars(select(Pin)).one()
        assert application.session_id == scene.session_id
        assert application.media_ms is not None
        assert pin.media_to_ms is not None
        assert {visit.is_audience for visit in db.scalars(select(Attendance))} == {True, False}
        assert all(visit.left_at for visit in db.scalars(select(Attendance)))
        assert db.scalars(select(ChatMessage.text)).all() == ["宿舍 几个人 一间"]


def test_hundred_parallel_applications_with_one_key_are_one_row(either_scene, tmp_path):
    """Eight connections, a hundred times the same: one application and a hundred identical answers."""
    scene = either_scene

    async def story(_, address):
        position_id, account_id = scene.position_ids[0], scene.seeker_ids[0]
        async with AsyncExitStack() as stack:
            visitors = [
                (await stack.enter_async_context(entered(address, scene, scene.ticket(account_id))))[0]
                for _ in range(8)
            ]
            for number in range(100):
                await visitors[number % 8].send(type="apply", key="once", position_id=position_id)
            # A connection that waits for the same answer more than once is told once.
            answers = [await visitor.until(lambda each: each.get("key") == "once") for visitor in visitors]
            await visitors[0].send(type="apply", key="once", position_id=scene.position_ids[1])
            other = await visitors[0].until(lambda each: each["type"] == "error")
            twice = await visitors[0].ask("apply", key="again", position_id=position_id)
            assert len({json.dumps(each) for each in answers}) == 1
            assert other["code"] == "key_reused"
            assert (twice["code"], twice["application_id"]) == ("already_applied", answers[0]["application"]["id"])

    in_room(scene, tmp_path, story)

    assert count(scene, Application) == 1


def test_application_key_holds_over_a_restart(scene, tmp_path):
    """The database remembers an application's key: the answer is the same from another process."""
    answers = []

    async def story(_, address):
        async with entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (visitor, _):
            answers.append(await visitor.ask("apply", key="once", position_id=scene.position_ids[0]))

    in_room(scene, tmp_path, story)
    in_room(scene, tmp_path, story)

    assert answers[0] == answers[1]
    assert count(scene, Application) == 1


def test_return_resumes_and_a_new_process_starts_afresh(scene, tmp_path):
    """With epoch and number exactly what was missed; with those of another process the whole room."""
    known: dict[str, Any] = {}

    async def first(_, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (speaker, _),
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (visitor, welcome),
        ):
            await speaker.ask("say", text="一")
            await visitor.event("said")
            known.update(epoch=welcome["epoch"], seq=visitor.seen[-1]["seq"])
            await visitor.websocket.close()
            await speaker.ask("say", text="二")
            await speaker.ask("say", text="三")
            async with entered(address, scene, scene.ticket(scene.seeker_ids[0]), **known) as (_, back):
                assert back["how"] == "resumed"
                assert [event["line"]["text"] for event in back["events"]] == ["二", "三"]

    async def second(_, address):
        async with entered(address, scene, scene.ticket(scene.seeker_ids[0]), **known) as (_, back):
            assert (back["how"], back["why"]) == ("fresh", "other_epoch")
            assert [line["text"] for line in back["room"]["chat"]] == ["一", "二", "三"]

    in_room(scene, tmp_path, first)
    in_room(scene, tmp_path, second)


def test_pin_reaches_each_viewer_with_the_own_match(either_scene, tmp_path):
    """Two seekers, two scores, with reasons; the application keeps what was shown, the exposure too."""
    scene = either_scene
    one, two = scene.seeker_ids[:2]
    position_id = scene.position_ids[0]

    with answering() as oracle:
        oracle.scores = {(position_id, one): 86, (position_id, two): 55}

        async def story(_, address):
            async with (
                entered(address, scene, scene.ticket(one)) as (first, _),
                entered(address, scene, scene.ticket(two)) as (second, _),
                entered(address, scene, scene.host_ticket()) as (console, _),
            ):
                assert len((await first.of_type("matches"))["matches"]) == 3
                await second.of_type("matches")
                await console.ask("pin", position_id=position_id)
                shown = [(await each.of_type("match"))["match"] for each in (first, second)]
                assert [(each["score"], each["band"]) for each in shown] == [(86, "very"), (55, "look")]
                assert shown[0]["reasons"][0] == {
                    "is_met": True,
                    "topic": "certificate",
                    "text": "你有低压电工证",
                    "text_en": "You hold it",
                }
                await first.ask("apply", position_id=position_id)
                arrival = (await console.of_type("arrived"))["arrival"]
                assert (arrival["score"], arrival["reasons"][0]["text"]) == (86, "低压电工证")
                fits = (await console.of_type("fits"))["fits"]
                assert {"position_id": position_id, "very": 1, "fairly": 0, "look": 1} in fits
                while count(scene, Exposure) < 2:
                    await first.receive()

        in_room(scene, tmp_path, story, matching_port=oracle.port)

    with reading(scene.engine) as db:
        assert {each.viewer: each.score for each in db.scalars(select(Exposure))} == {f"a{one}": 86, f"a{two}": 55}


def test_room_goes_on_while_matching_is_down(scene, tmp_path):
    """It says so, everything else works, and scores come by themselves when matching is back."""
    position_id = scene.position_ids[0]

    with answering() as gone:
        port = gone.port

    async def story(live, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (viewer, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            assert (await viewer.of_type("matches"))["match_state"] == "down"
            await console.ask("pin", position_id=position_id)
            assert (await viewer.ask("apply", position_id=position_id))["type"] == "reply"
            assert live.health()["status"] == "degraded"
            with answering(port):
                back = await viewer.of_type("matches")
                assert (back["match_state"], len(back["matches"])) == ("on", 3)
                assert live.health()["status"] == "ok"

    in_room(scene, tmp_path, story, matching_port=port)


def test_moderator_hides_mutes_and_bans(either_scene, tmp_path):
    """A line goes and comes back; a muted person is refused; a banned one is out and stays out."""
    scene = either_scene

    async def story(live, address):
        spammer = scene.seeker_ids[0]
        async with (
            entered(address, scene, scene.ticket(spammer)) as (viewer, _),
            entered(address, scene, scene.ticket(scene.moderator_id, "moderator", name="场控")) as (moderator, _),
        ):
            line = (await viewer.ask("say", text="加我微信"))["line"]
            await moderator.event("said")
            assert (await moderator.ask("hide", line_id=line["id"]))["type"] == "reply"
            assert (await viewer.event("hid"))["line_id"] == line["id"]
            await moderator.ask("show", line_id=line["id"])
            assert (await viewer.event("showed"))["line"] == line
            assert (await moderator.ask("mute", person=line["by"], minutes=5))["type"] == "reply"
            assert (await viewer.of_type("sanctioned"))["kind"] == "mute"
            assert (await viewer.ask("say", text="又来"))["code"] == "muted"
            await moderator.ask("unmute", person=line["by"])
            assert (await viewer.of_type("sanctioned"))["kind"] == "unmute"
            assert (await viewer.ask("hide", line_id=line["id"]))["code"] == "not_permitted"
            await moderator.ask("ban", person=line["by"])
            assert await viewer.close_code() == 4003
            async with connected(address) as again:
                await again.websocket.send(enter_message(scene, scene.ticket(spammer)))
                assert await again.close_code() == 4003
            await moderator.ask("unban", person=line["by"])
            async with entered(address, scene, scene.ticket(spammer)):
                pass
            assert same_as_read(live, scene)

    in_room(scene, tmp_path, story)


def test_rights_are_checked_in_the_database(scene, tmp_path):
    """A forged role in the browser helps nothing: each request is checked by the rules for the account."""

    async def story(_, address):
        application_id = submitted(scene)
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (seeker, _),
            entered(address, scene, scene.host_ticket(1)) as (other, welcome),
        ):
            refused = [
                await seeker.ask("pin", position_id=scene.position_ids[0]),
                await seeker.ask("begin_slot", slot_id=scene.slot_ids[1]),
                await seeker.ask("end"),
                await seeker.ask("unpin"),
                await other.ask("pin", position_id=scene.position_ids[0]),
                await other.ask("apply", position_id=scene.position_ids[0]),
            ]
            assert [each["code"] for each in refused] == ["not_permitted"] * 6
            hidden = [
                await seeker.ask("withdraw", application_id=application_id),
                await seeker.ask("seen", application_id=application_id),
                await other.ask("move", application_id=application_id, status="declined"),
                await other.ask("seen", application_id=application_id),
            ]
            assert [each["code"] for each in hidden] == ["not_found"] * 4
            assert welcome["me"]["staff"]["arrivals"] == []

    in_room(scene, tmp_path, story)


def submitted(scene, *, number=0):
    """An application by the site's form."""
    now = datetime.now(UTC)
    with writing(scene.engine) as db:
        application = submit_application(
            db,
            db.get_one(SeekerProfile, scene.seeker_ids[number]),
            db.get_one(Position, scene.position_ids[0]),
            key=f"form{number}",
            now=now,
            wording="同意",
            live_session=db.get_one(LiveSession, scene.session_id),
        )
        return application.id


def test_facts_of_the_site_reach_the_room(either_scene, tmp_path):
    """Applied, moved, withdrawn, asked, closed, switched off by form: the room hears of it by the event log."""
    scene = either_scene

    async def story(_, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (viewer, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            application_id = await asyncio.to_thread(submitted, scene)
            assert (await console.of_type("arrived"))["arrival"]["id"] == application_id
            now = datetime.now(UTC)
            with writing(scene.engine) as db:
                application = db.get_one(Application, application_id)
                move_application(db, application, ApplicationStatus.SHORTLISTED, by=scene.recruiter_ids[0], now=now)
            await viewer.until(lambda each: (each.get("application") or {}).get("status") == "shortlisted")
            with writing(scene.engine) as db:
                withdraw_application(db, db.get_one(Application, application_id), by=scene.seeker_ids[0], now=now)
            await console.until(lambda each: (each.get("application") or {}).get("status") == "withdrawn")
            with writing(scene.engine) as db:
                live_session = db.get_one(LiveSession, scene.session_id)
                ask_question(
                    db, live_session, "几点上班", slot=None, account_id=scene.seeker_ids[1], name="小满", now=now
                )
                close_position(db, db.get_one(Position, scene.position_ids[1]), now=now)
                profile = db.get_one(SeekerProfile, scene.seeker_ids[0])
                switch_matching(db, profile, is_on=False, wording="", now=now)
            assert (await console.event("asked"))["question"]["text"] == "几点上班"
            assert (await viewer.event("position"))["position"]["is_open"] is False
            await viewer.until(lambda each: each["type"] == "matches" and each["match_state"] == "off")
            with writing(scene.engine) as db:
                move_session(db, db.get_one(LiveSession, scene.session_id), LiveSessionStatus.ENDED, now=now)
            assert (await viewer.event("session"))["session"]["page"] == f"/sessions/{scene.session_id}"

    in_room(scene, tmp_path, story)


@pytest.mark.parametrize("kind", [EventKind.SIGNED_OUT, EventKind.ACCOUNT_DISABLED])
def test_leaving_the_site_closes_the_sockets(scene, tmp_path, kind):
    """Signed out or disabled: closed within five seconds, of that sign-in only when it is named."""
    account_id = scene.seeker_ids[0]

    async def story(_, address):
        async with (
            entered(address, scene, scene.ticket(account_id, login="phone")) as (phone, _),
            entered(address, scene, scene.ticket(account_id, login="desk")) as (desk, _),
        ):
            with writing(scene.engine) as db:
                db.get_one(Account, account_id).is_active = kind == EventKind.SIGNED_OUT
                append(db, kind, now=datetime.now(UTC), account_id=account_id, data={"login": "phone"})
            assert await asyncio.wait_for(phone.close_code(), 5) == 4006
            if kind == EventKind.SIGNED_OUT:
                assert (await desk.ask("say", text="还在"))["type"] == "reply"
            else:
                assert await asyncio.wait_for(desk.close_code(), 5) == 4006

    in_room(scene, tmp_path, story)


def test_closed_position_takes_no_application(scene, tmp_path):
    """It cannot be applied for, nor pinned."""

    async def story(_, address):
        with writing(scene.engine) as db:
            close_position(db, db.get_one(Position, scene.position_ids[0]), now=datetime.now(UTC))
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (viewer, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            assert (await viewer.ask("apply", position_id=scene.position_ids[0]))["code"] == "position_closed"
            assert (await console.ask("pin", position_id=scene.position_ids[0]))["code"] == "position_closed"
            assert (await viewer.ask("apply", position_id=777))["code"] == "not_found"

    in_room(scene, tmp_path, story)

    assert count(scene, Application) == count(scene, Pin) == 0


def test_withdrawing_takes_the_application_back(scene, tmp_path):
    """Within the undo time or later; the employer hears of it and the count goes down."""

    async def story(_, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (viewer, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            application = (await viewer.ask("apply", position_id=scene.position_ids[0]))["application"]
            assert (await viewer.event("applied"))["applied"] == 1
            back = await viewer.ask("withdraw", application_id=application["id"])
            assert back["application"]["status"] == "withdrawn"
            assert (await viewer.event("applied"))["applied"] == 0
            await console.until(lambda each: (each.get("application") or {}).get("status") == "withdrawn")
            again = await viewer.ask("apply", position_id=scene.position_ids[0])
            assert again["application"]["id"] != application["id"]

    in_room(scene, tmp_path, story)


def test_captions_are_typed_by_who_publishes_and_read_by_all(either_scene, tmp_path):
    """A line of the host reaches every viewer and who comes later; one of the audience is refused."""
    scene = either_scene

    async def story(live, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (viewer, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            assert (await viewer.ask("caption", text="加我微信"))["code"] == "not_permitted"
            assert (await console.ask("caption", text=" \n"))["code"] == "empty_text"
            assert (await console.ask("caption", text="长" * 201))["code"] == "long_text"
            kept = (await console.ask("caption", text="宿舍四人间， 有空调"))["caption"]
            assert (await viewer.event("captioned"))["caption"] == kept
            assert same_as_read(live, scene)
        async with entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (_, welcome):
            assert welcome["room"]["captions"] == [kept]

    in_room(scene, tmp_path, story)

    assert count(scene, Caption) == 1


def test_questions_are_voted_withdrawn_and_hidden(either_scene, tmp_path):
    """A vote counts once; only the asker withdraws; a hidden one comes back."""
    scene = either_scene

    async def story(live, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (asker, _),
            entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (other, _),
            entered(address, scene, scene.host_ticket()) as (console, _),
        ):
            first = (await asker.ask("ask", text="有没有厂车"))["question"]["id"]
            second = (await asker.ask("ask", text="几点上班"))["question"]["id"]
            assert [(await other.event("asked"))["question"]["id"] for _ in range(2)] == [first, second]
            assert (await other.ask("vote", question_id=first))["is_counted"] is True
            assert (await other.ask("vote", question_id=first))["is_counted"] is False
            assert (await asker.ask("vote", question_id=first))["is_counted"] is False
            assert await console.event("voted") == {"kind": "voted", "question_id": first, "votes": 1}
            assert (await other.ask("withdraw_question", question_id=first))["code"] == "not_found"
            assert (await asker.ask("withdraw_question", question_id=first))["type"] == "reply"
            assert (await other.event("question_gone"))["question_id"] == first
            await console.ask("hide", question_id=second)
            assert (await other.event("question_gone"))["question_id"] == second
            await console.ask("show", question_id=second)
            assert (await other.event("asked"))["question"]["id"] == second
            assert same_as_read(live, scene)

    in_room(scene, tmp_path, story)

    assert count(scene, Question) == 2


def test_rehearsal_starts_the_session(sqlite_url, tmp_path):
    """Before the start only staff are in; the host starts, and then the audience may enter."""
    scene = make_scene(sqlite_url, status=LiveSessionStatus.APPROVED)

    async def story(_, address):
        async with entered(address, scene, scene.host_ticket()) as (console, welcome):
            assert welcome["room"]["session"]["status"] == "approved"
            assert (await console.ask("pin", position_id=scene.position_ids[0]))["code"] == "not_live"
            async with connected(address) as early:
                await early.websocket.send(enter_message(scene, scene.ticket(None, viewer="v1")))
                assert await early.close_code() == 4004
            assert (await console.ask("start"))["status"] == "live"
            assert (await console.event("session"))["session"]["status"] == "live"
            assert (await console.ask("start"))["code"] == "illegal_transition"
            async with entered(address, scene, scene.ticket(None, viewer="v1")) as (visitor, seen):
                assert seen["me"]["has_account"] is False
                assert (await visitor.ask("say", text="你好"))["code"] == "sign_in"

    in_room(scene, tmp_path, story)

    assert count(scene, Attendance) == 2


def test_likes_and_visits_are_kept(either_scene, tmp_path):
    """Likes add up in the session; a return within a minute is the same visit."""
    scene = either_scene

    async def story(_, address):
        for _ in range(2):
            async with entered(address, scene, scene.ticket(None, viewer="v1")) as (visitor, _):
                await visitor.send(type="like", count=5)
                await visitor.until(lambda each: each["type"] == "tick" and each["counts"]["likes"] >= 5)

    in_room(scene, tmp_path, story)

    with reading(scene.engine) as db:
        live_session = db.get_one(LiveSession, scene.session_id)
        presence = presence_of(db, scene.session_id, since=live_session.started_at, until=datetime.now(UTC))
    assert live_session.like_count == 10
    assert (presence.unique_viewers, presence.visits) == (1, 1)
    assert count(scene, Attendance, Attendance.left_at.is_(None)) == 0


def test_drain_finishes_what_was_begun_and_sends_everybody_back(scene, tmp_path):
    """Applications in flight are answered or were never acknowledged; then all are told to return."""
    outcome = {}

    async def story(live, address):
        async with AsyncExitStack() as stack:
            viewers: list[Visitor] = [
                (await stack.enter_async_context(entered(address, scene, scene.ticket(each))))[0]
                for each in scene.seeker_ids
            ]
            for viewer in viewers:
                await viewer.send(type="apply", key="last", position_id=scene.position_ids[0])
            await asyncio.gather(live.drain(), *(viewer.close_code() for viewer in viewers))
            outcome["codes"] = {viewer.websocket.close_code for viewer in viewers}
            outcome["replies"] = sum(each["type"] == "reply" for viewer in viewers for each in viewer.seen)
            with pytest.raises(OSError, match="Connect call failed"):
                await connect(address, origin=Origin("http://127.0.0.1:8000"))

    in_room(scene, tmp_path, story)

    assert outcome["codes"] == {4012}
    assert outcome["replies"] <= count(scene, Application)
    assert count(scene, Application) == count(scene, ApplicationChange)
    assert count(scene, Attendance, Attendance.left_at.is_(None)) == 0


def test_what_is_urgent_waits_for_no_tick(scene, tmp_path, monkeypatch):
    """In a room whose ticks are an hour apart a pin is seen at once, and what came before it with it."""
    monkeypatch.setattr(pulse, "WIDTHS_MS", ())
    monkeypatch.setattr(pulse, "WIDEST_MS", 3_600_000)

    async def story(_, address):
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (seeker, _),
            entered(address, scene, scene.host_ticket()) as (host, _),
        ):
            await seeker.ask("say", text="宿舍几个人一间")
            await host.ask("pin", position_id=scene.position_ids[0])
            seen = await seeker.of_type("tick")
            assert [event["kind"] for event in seen["events"]] == ["said", "pinned"]
            await host.ask("say", text="四人间")
            assert (await seeker.event("said"))["line"]["text"] == "宿舍几个人一间"
            assert (await seeker.event("said"))["line"]["text"] == "四人间"

    in_room(scene, tmp_path, story)

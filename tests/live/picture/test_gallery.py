"""The picture over real sockets: who may watch and publish, what each hears, and that it comes back by itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from sqlalchemy import select

from bench import film
from fair.database import reading, writing
from fair.livesessions import LiveSession, Slot, begin_slot, move_session
from fair.pictures import PictureStream
from fair.statuses import LiveSessionStatus
from tests.live.picture.lines import line, picture_ticket, publishing, watching
from tests.live.picture.tape import TAPES, WEBM, relayed
from tests.live.scene import make_scene
from tests.live.visitor import entered, serving


def on_air(scene, tmp_path, story):
    """Run a story of a live server and its address."""

    async def run():
        async with serving(scene, tmp_path) as (live, address):
            await asyncio.wait_for(story(live, address), 100)

    asyncio.run(run())


async def first_words(address, scene, kind, ticket):
    """The close code of who begins with this ticket."""
    async with line(address) as visitor:
        await visitor.send(type=kind, ticket=ticket, session=scene.session_id)
        return await visitor.close_code()


@pytest.mark.parametrize("tape", TAPES)
def test_viewers_get_the_recording_whole(scene, tmp_path, tape):
    """One that came before and one that joins later get the same pieces, the later one from a key frame on."""
    pieces = relayed(tape)
    half = len(TAPES[tape]) // 2

    async def story(_, address):
        async with publishing(address, scene) as host, watching(address, scene) as early:
            await early.hear("waiting")
            begun = await host.begin(tape)
            await host.websocket.send(TAPES[tape][:half])
            told = await early.hear("began")
            await early.until(lambda it: bool(it.got))
            async with watching(address, scene, "v2") as late:
                await late.hear("began")
                await host.websocket.send(TAPES[tape][half:])
                for viewer in (early, late):
                    await viewer.until(lambda it: it.pieces(tape)[-1:] == pieces[-1:])
                    seen = viewer.pieces(tape)
                    assert seen == pieces[-len(seen) :]
                    assert any(piece.is_key for piece in seen)
            assert begun["stream"] == told["stream"] == 1
            assert told["mime"].startswith(f"video/{tape}; codecs=")
            assert 0 <= told["zero_ms"] < 100_000

    on_air(scene, tmp_path, story)


def test_who_wants_the_sound_gets_that_alone(scene, tmp_path):
    """All of it, for less than a quarter of the bytes; the host hears of both viewers."""
    head = film.head(has_sound=True)
    portions = list(islice(film.blobs(600_000, sound_bits_per_second=64_000), 20))
    sent = blocks(relayed("webm", head + b"".join(portions)))
    each = len(sent) // len(portions)

    async def story(live, address):
        async with publishing(address, scene) as host, watching(address, scene) as viewer:
            async with watching(address, scene, "v2", only="sound") as listener:
                await listener.hear("waiting")
                await host.begin("webm")
                await host.websocket.send(head)
                for number, portion in enumerate(portions):
                    await host.websocket.send(portion)
                    await viewer.until(has_blocks((number + 1) * each))
                await listener.until(lambda it: len(blocks(it.pieces("webm"))) == len(sent) / 2)
                assert (await viewer.hear("began"))["mime"] == 'video/webm; codecs="vp8,opus"'
                assert (await listener.hear("began"))["mime"] == 'audio/webm; codecs="opus"'
                assert blocks(viewer.pieces("webm")) == sent
                assert blocks(listener.pieces("webm")) == [block for block in sent if block[TRACK_AT] == OF_SOUND]
                assert 4 * len(listener.got) < len(viewer.got)
                assert (await host.hear("note"))["viewers"] == 2
                track = live.gallery.shows[scene.session_id].stream.soundtrack
                assert track.listeners == 1
            await host.hear("note", viewers=1)
            assert track.listeners == 0

    on_air(scene, tmp_path, story)


TRACK_AT, OF_SOUND = 5, 0x82
"""Where the number of the track stands in a block of the film, and what it is there."""


def has_blocks(count):
    return lambda it: len(blocks(it.pieces("webm"))) == count


def blocks(pieces):
    return [piece.data for piece in pieces if not piece.is_head]


def test_who_wants_the_sound_of_a_silent_stream_is_told(scene, tmp_path):
    """And gets the sound of the next one that has some."""

    async def story(_, address):
        async with publishing(address, scene) as host, watching(address, scene, only="sound") as listener:
            await host.begin("webm")
            await host.websocket.send(film.head() + next(film.blobs(100_000)))
            await listener.hear("soundless", stream=1)
            await host.begin("mp4")
            await host.websocket.send(TAPES["mp4"])
            assert (await listener.hear("began", stream=2))["mime"] == 'audio/mp4; codecs="opus"'
            await listener.until(lambda it: bool(it.pieces("mp4")))
            async with watching(address, scene, "v2", only="sound") as late:
                assert (await late.hear("began", stream=2))["mime"].startswith("audio/mp4")

    on_air(scene, tmp_path, story)


def test_stream_is_on_record(scene, tmp_path):
    """Who published it, with which consent, and when its clock was zero."""
    before = datetime.now(UTC)

    async def story(_, address):
        async with publishing(address, scene) as host:
            await host.begin("webm")
            await host.begin("mp4", has_consent=False)

    on_air(scene, tmp_path, story)

    with reading(scene.engine) as db:
        first, second = db.scalars(select(PictureStream).order_by(PictureStream.number))
    assert (first.number, second.number) == (1, 2)
    assert first.published_by == scene.recruiter_ids[0]
    assert first.employer_id == scene.employer_ids[0]
    assert before <= first.zero_at <= second.zero_at
    assert first.consented_at == first.zero_at
    assert second.consented_at is None


def test_ticket_of_the_room_opens_no_picture(scene, tmp_path):
    """And the picture's opens no room."""

    async def story(_, address):
        room, picture = scene.ticket(None, viewer="v1"), picture_ticket(scene, None, viewer="v1")
        assert await first_words(address, scene, "watch", room) == 4001
        async with entered(address, scene, scene.ticket(None, viewer="v2")):
            pass
        assert await first_words(address, scene, "watch", picture_ticket(scene, None, session_id=999)) == 4001
        async with line(address) as visitor:
            await visitor.send(type="watch", ticket=picture, session=scene.session_id)
            await visitor.hear("waiting")
        assert await first_words(address, scene, "watch", picture) == 4001

    on_air(scene, tmp_path, story)


def test_publishing_is_for_whose_turn_it_is(scene, tmp_path):
    """A seeker with whatever role, and the employer whose turn it is not, are refused."""

    async def story(_, address):
        seeker = picture_ticket(scene, scene.seeker_ids[0], "host", employer_id=scene.employer_ids[0])
        rival = picture_ticket(scene, scene.recruiter_ids[1], "host", employer_id=scene.employer_ids[1])
        visitor = picture_ticket(scene, None, "host")
        codes = [await first_words(address, scene, "publish", ticket) for ticket in (seeker, rival, visitor)]
        assert codes == [4014, 4014, 4014]

    on_air(scene, tmp_path, story)


def test_stage_is_handed_over(scene, tmp_path):
    """When the next slot is on, its recruiter replaces the one before; viewers get the new stream."""

    async def story(_, address):
        async with publishing(address, scene) as first, watching(address, scene) as viewer:
            await first.begin()
            await first.websocket.send(WEBM)
            await viewer.hear("began", stream=1)
            with writing(scene.engine) as db:
                session = db.get(LiveSession, scene.session_id)
                begin_slot(db, session, db.get(Slot, scene.slot_ids[1]), now=datetime.now(UTC))
            async with publishing(address, scene, 1) as second:
                await viewer.hear("paused", why="host")
                await second.begin("mp4")
                await second.websocket.send(TAPES["mp4"])
                assert (await viewer.hear("began", stream=2))["mime"].startswith("video/mp4")
                await viewer.until(lambda it: bool(it.pieces("mp4")))
            assert await first.close_code() == 4015

    on_air(scene, tmp_path, story)


def test_turn_is_asked_for_at_each_beginning(scene, tmp_path):
    """Whose turn was over meanwhile begins no other stream."""

    async def story(_, address):
        async with publishing(address, scene) as host:
            await host.begin()
            with writing(scene.engine) as db:
                session = db.get(LiveSession, scene.session_id)
                begin_slot(db, session, db.get(Slot, scene.slot_ids[1]), now=datetime.now(UTC))
            await host.send(type="begin", mime="video/webm", has_consent=True)
            assert await host.close_code() == 4014

    on_air(scene, tmp_path, story)


def test_lost_host_comes_back(scene, tmp_path):
    """Viewers stay, hear that the line is lost, and get the next stream on the same connection."""

    async def story(_, address):
        async with watching(address, scene) as viewer:
            async with publishing(address, scene) as host:
                await host.begin()
                await host.websocket.send(WEBM)
                await viewer.hear("began", stream=1)
                host.websocket.transport.abort()
                await viewer.hear("paused", why="lost")
            async with publishing(address, scene) as host:
                await host.begin()
                await host.websocket.send(WEBM)
                await viewer.hear("began", stream=2)
                await viewer.until(lambda it: bool(it.pieces("webm")))
                await host.send(type="pause")
                await viewer.hear("paused", stream=2, why="host")
                await host.send(type="end")
                await viewer.hear("ended")

    on_air(scene, tmp_path, story)


def test_broken_bytes_end_the_stream_alone(scene, tmp_path):
    """The host is told why, and begins again on the same line; the room goes on."""

    async def story(_, address):
        async with publishing(address, scene) as host, watching(address, scene) as viewer:
            await host.begin()
            await host.websocket.send(WEBM + b"\x00 noise")
            assert await host.hear("broken") == {"type": "broken", "stream": 1, "reason": "container"}
            await viewer.hear("paused", why="lost")
            await host.websocket.send(b"what was on its way is dropped")
            await host.begin()
            await host.websocket.send(WEBM)
            await viewer.hear("began", stream=2)
            await host.send(type="begin", mime="video/quicktime", has_consent=True)
            assert (await host.hear("broken"))["reason"] == "container"
            async with entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (visitor, _):
                assert (await visitor.ask("say", text="还在"))["type"] == "reply"

    on_air(scene, tmp_path, story)


def test_end_of_the_session_ends_the_picture(scene, tmp_path):
    """Both are told, and who comes later too."""

    async def story(_, address):
        async with publishing(address, scene) as host, watching(address, scene) as viewer:
            await host.begin()
            with writing(scene.engine) as db:
                move_session(db, db.get(LiveSession, scene.session_id), LiveSessionStatus.ENDED, now=datetime.now(UTC))
            assert await viewer.close_code() == 4005
            assert await host.close_code() == 4005
            assert viewer.said[-1] == {"type": "ended"}
            assert await first_words(address, scene, "watch", picture_ticket(scene, None)) in (4004, 4005)

    on_air(scene, tmp_path, story)


def test_rehearsal_is_for_those_who_make_it(sqlite_url, tmp_path):
    """Before the start hosts and moderators see the picture; at the start the host is asked to begin again."""
    scene = make_scene(sqlite_url, status=LiveSessionStatus.APPROVED)

    async def story(_, address):
        assert await first_words(address, scene, "watch", picture_ticket(scene, None)) == 4004
        async with publishing(address, scene) as host, line(address) as moderator:
            ticket = picture_ticket(scene, scene.moderator_id, "moderator")
            await moderator.send(type="watch", ticket=ticket, session=scene.session_id)
            assert (await host.begin())["recording"] == "rehearsal"
            await host.websocket.send(WEBM)
            assert (await moderator.hear("began"))["zero_ms"] is None
            with writing(scene.engine) as db:
                move_session(db, db.get(LiveSession, scene.session_id), LiveSessionStatus.LIVE, now=datetime.now(UTC))
            assert await host.hear("again") == {"type": "again", "why": "live"}

    on_air(scene, tmp_path, story)


def test_ninth_connection_of_a_viewer_closes_the_first(scene, tmp_path):
    """So that nobody takes the picture for himself."""

    async def story(_, address):
        lines = [watching(address, scene, "v1") for _ in range(9)]
        viewers = [await each.__aenter__() for each in lines]
        assert await viewers[0].close_code() == 4007
        await viewers[8].hear("waiting")
        for each in lines:
            await each.__aexit__(None, None, None)

    on_air(scene, tmp_path, story)


def test_host_and_operator_hear_how_a_stream_fares(scene, tmp_path):
    """The host viewers and the rate of what comes, every other second; the operator what all of them come to."""

    async def story(live, address):
        async with publishing(address, scene) as host, watching(address, scene) as viewer:
            await host.begin()
            await host.websocket.send(WEBM)
            await viewer.hear("began")
            note = await host.hear("note")
            assert (note["stream"], note["viewers"], note["skipped"]) == (1, 1, 0)
            assert note["kbit_s"] > 0
            figures = live.metrics.text().decode()
            assert "gangbo_live_picture_streams 1.0" in figures
            assert "gangbo_live_picture_viewers 1.0" in figures
            assert f"gangbo_live_picture_received_bytes_total {float(len(WEBM))}" in figures

    on_air(scene, tmp_path, story)


def test_old_ticket_is_refused(scene, tmp_path):
    """Older than 30 seconds, or of another process."""

    async def story(_, address):
        old = picture_ticket(scene, None, now=datetime.now(UTC) - timedelta(seconds=31))
        assert await first_words(address, scene, "watch", old) == 4001

    on_air(scene, tmp_path, story)

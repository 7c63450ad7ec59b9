"""HLS over real sockets: what a host sends is cut, listed, handed out in parts, and hidden from whom it is not for."""

import asyncio
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from fair.database import reading, writing
from fair.livesessions import LiveSession, move_session
from fair.pictures import PictureStream, add_caption, replay_ms, streams_of, withdraw_stream
from fair.statuses import LiveSessionStatus
from live.picture import answering, archive, keeper
from live.picture.reels import media_file
from live.picture.sound import sound_of
from tests.conftest import do_without
from tests.live.picture.lines import publishing, watching
from tests.live.picture.tape import MP4, WEBM, scanned
from tests.live.scene import make_scene
from tests.live.visitor import serving


def on_air(scene, tmp_path, story):
    """Run a story of a live server, its rooms' address and a browser that asks over HTTP."""

    async def run():
        async with serving(scene, tmp_path) as (live, address):
            base = address.replace("ws://", "http://").replace("/room", f"/hls/{scene.session_id}/")
            async with httpx.AsyncClient(base_url=base, timeout=30) as browser:
                await asyncio.wait_for(story(live, address, browser), 100)

    asyncio.run(run())


async def listed(browser, name="live.m3u8", *, least=1, having=""):
    """A playlist once it has so many addresses and these words, and the addresses."""
    while True:
        answer = await browser.get(name)
        found = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
        if answer.status_code == 200 and len(found) >= least and having in answer.text:
            return answer, found


async def send(host, tape, *, portion=4_000):
    """A recording in portions, as a browser sends it."""
    for begin in range(0, len(tape), portion):
        await host.websocket.send(tape[begin : begin + portion])


def end(scene):
    """The session is over."""
    with writing(scene.engine) as db:
        move_session(db, db.get(LiveSession, scene.session_id), LiveSessionStatus.ENDED, now=datetime.now(UTC))


def only_stream(scene):
    with reading(scene.engine) as db:
        return db.scalars(select(PictureStream)).one()


def test_mp4_is_cut_and_handed_out(scene, tmp_path):
    """Playlist, init and segments, with what caches are told; put together they are what the host sent."""
    scanner, pieces = scanned("mp4")

    async def story(_, address, browser):
        assert (await browser.get("live.m3u8")).status_code == 404
        async with publishing(address, scene) as host:
            assert (await host.begin("mp4"))["recording"] == "on"
            await send(host, MP4)
            answer, found = await listed(browser, least=3)
            assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
            assert answer.headers["cache-control"] == "public, max-age=1"
            assert answer.headers["access-control-allow-origin"] == "*"
            assert found == ["1/seg-0.m4s", "1/seg-1.m4s", "1/seg-2.m4s"]
            init = await browser.get("1/init.mp4")
            parts = [await browser.get(each) for each in found]
            assert "immutable" in init.headers["cache-control"]
            assert "immutable" in parts[0].headers["cache-control"]
            assert init.content == scanner.init.data
            assert [each.content for each in parts] == [piece.data for piece in pieces[:3]]
            assert (await host.hear("note", hls="on"))["recorded_s"] >= 3

    on_air(scene, tmp_path, story)


def test_sound_alone_is_handed_out_too(scene, tmp_path):
    """A playlist and parts of its own, made of the same bytes, for as long as the picture's may be seen."""
    sound = sound_of(scanned("mp4")[0].init)
    pieces = sound.take(scanned("mp4")[1])

    async def story(_, address, browser):
        assert (await browser.get("sound.m3u8")).status_code == 404
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            answer, found = await listed(browser, "sound.m3u8", least=3)
            assert answer.headers["cache-control"] == "public, max-age=1"
            assert '#EXT-X-MAP:URI="1/sound.mp4"' in answer.text
            assert found == ["1/sound-0.m4s", "1/sound-1.m4s", "1/sound-2.m4s"]
            init = await browser.get("1/sound.mp4")
            parts = [await browser.get(each) for each in found]
            assert (init.headers["content-type"], init.content) == ("audio/mp4", sound.init.data)
            assert [each.content for each in parts] == [piece.data for piece in pieces[:3]]
            assert (await browser.get("1/sound-99.m4s")).status_code == 404
            end(scene)
        with writing(scene.engine) as db:
            withdraw_stream(db.scalars(select(PictureStream)).one(), now=datetime.now(UTC))
        await gone(browser, "sound.m3u8", "1/sound.mp4", "1/sound-0.m4s")

    on_air(scene, tmp_path, story)


def test_webm_is_turned_into_what_hls_wants(scene, tmp_path):
    """By ffmpeg, on the same clock, every frame of it; at the end the recording is one file that plays."""
    ffprobe = shutil.which("ffprobe") or do_without("ffmpeg is missing: apt install ffmpeg")

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("webm")
            await send(host, WEBM)
            await host.send(type="end")
            _, found = await listed(browser, least=4)
            assert found[0] == "1/seg-0.m4s"

    on_air(scene, tmp_path, story)

    stream = only_stream(scene)
    assert stream.first_ms < 100
    assert 3_300 < stream.last_ms < 3_900
    assert stream.ended_at is not None
    media = media_file(tmp_path / "media", scene.session_id, 1)
    assert media.stat().st_size == stream.size_bytes + _init_size(media)
    assert _frames(ffprobe, media) == _frames(ffprobe, "tests/live/picture/recorded/vp8.webm") > 90


def _init_size(media):
    return json.loads(media.with_suffix(".index").read_bytes().splitlines()[0])["init"]


def _frames(ffprobe, path):
    command = [ffprobe, "-v", "error", "-count_frames", "-select_streams", "v", "-of", "csv=p=0"]
    command += ["-show_entries", "stream=nb_read_frames", str(path)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout.strip().rstrip(b","))


def test_webm_without_ffmpeg_is_relayed_only(scene, tmp_path, monkeypatch):
    """The host is told so."""
    monkeypatch.setattr(archive, "find_ffmpeg", lambda: None)

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            begun = await host.begin("webm")
            assert (begun["hls"], begun["recording"]) == ("no_ffmpeg", "no_ffmpeg")

    on_air(scene, tmp_path, story)


def test_ffmpeg_that_dies_is_started_again(scene, tmp_path):
    """What comes after is cut on the same clock."""
    if shutil.which("ffmpeg") is None:
        do_without("ffmpeg is missing: apt install ffmpeg")

    async def story(live, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("webm")
            await send(host, WEBM[:22_000])
            await listed(browser)
            sink = live.gallery.shows[scene.session_id].stream.sink
            before = sink.recorded_seconds
            sink.process.kill()
            await sink.process.wait()
            await send(host, WEBM[22_000:])
            await host.send(type="end")
            await sink._work
            assert sink.hls == "on"
            assert sink.recorded_seconds > before

    on_air(scene, tmp_path, story)


def test_replay_is_shown_after_the_end(scene, tmp_path):
    """The whole of it, as long as the organiser wants it; withdrawn streams are gone at once."""

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            await host.send(type="end")
            await listed(browser, least=4)
            end(scene)
            await host.close_code()
        _, found = await listed(browser, "replay.m3u8", having="#EXT-X-ENDLIST")
        assert found == ["1/seg-0-3.m4s"]
        whole = await browser.get(found[0])
        assert whole.content == b"".join(piece.data for piece in scanned("mp4")[1])
        with writing(scene.engine) as db:
            withdraw_stream(db.scalars(select(PictureStream)).one(), now=datetime.now(UTC))
        await gone(browser, "replay.m3u8", found[0], "1/init.mp4", "live.m3u8")

    on_air(scene, tmp_path, story)


async def gone(browser, *names):
    """Wait until there is nothing at these addresses."""
    for name in names:
        while (await browser.get(name)).status_code != 404:
            pass


@pytest.mark.parametrize("column", ["has_replay", "is_recorded"])
def test_what_is_not_to_be_seen_again_is_not(scene, tmp_path, column):
    """Live it is for everybody; after the end it is there no more."""
    with writing(scene.engine) as db:
        db.execute(update(LiveSession).values({column: False}))

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            begun = await host.begin("mp4")
            assert begun["recording"] == ("on" if column == "has_replay" else "not_wanted")
            await send(host, MP4)
            await listed(browser, least=3)
            assert (await browser.get("replay.m3u8")).status_code == 404
            end(scene)
        await gone(browser, "live.m3u8", "1/seg-0.m4s")

    on_air(scene, tmp_path, story)


def test_unconsented_stream_is_removed_soon(scene, tmp_path):
    """Its host did not want a recording: it is cut for those who watch, and the files go after it has ended."""

    async def story(live, address, browser):
        async with publishing(address, scene) as host:
            assert (await host.begin("mp4", has_consent=False))["recording"] == "no_consent"
            await send(host, MP4)
            await listed(browser, least=3)
            await host.send(type="end")
        media = media_file(tmp_path / "media", scene.session_id, 1)
        archive_ = live.gallery.archive
        while only_stream(scene).ended_at is None:
            await archive_.save()
        await archive_.tidy()
        assert media.exists()
        with writing(scene.engine) as db:
            db.execute(update(PictureStream).values(ended_at=datetime.now(UTC) - archive.UNKEPT_AFTER))
        await archive_.tidy()
        assert not media.exists()
        assert only_stream(scene).removed_at is not None

    on_air(scene, tmp_path, story)


def test_rehearsal_is_not_to_be_had(sqlite_url, tmp_path):
    """Nor is it written."""
    scene = make_scene(sqlite_url, status=LiveSessionStatus.APPROVED)

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            assert (await host.begin("mp4"))["hls"] == "rehearsal"
            await send(host, MP4)
            await host.hear("note")
            assert (await browser.get("live.m3u8")).status_code == 404
        assert not (tmp_path / "media").exists()

    on_air(scene, tmp_path, story)


def test_full_disk_ends_the_recording_and_not_the_relay(scene, tmp_path, monkeypatch):
    """The host is told; what was recorded before plays."""
    free = iter([True])
    monkeypatch.setattr(keeper, "has_room", lambda *_: next(free, False))

    async def story(live, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            await listed(browser, least=3)
            begun = await host.begin("mp4")
            await send(host, MP4)
            note = await host.hear("note", stream=2)
            assert (begun["hls"], note["hls"], note["recording"]) == ("starting", "full", "full")
            assert live.gallery.shows[scene.session_id].stream.relay is not None
            assert (await browser.get("1/seg-0.m4s")).status_code == 200

    on_air(scene, tmp_path, story)


def test_disk_that_fills_up_ends_the_recording(scene, tmp_path, monkeypatch):
    """It is looked at while it is written to: what is whole by then is kept, and some room is left for others."""
    free = iter([True, True])
    monkeypatch.setattr(keeper, "has_room", lambda *_: next(free, False))
    monkeypatch.setattr(keeper, "SECONDS_BETWEEN_CHECKS", 0)

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            assert (await host.hear("note", recording="full"))["recorded_s"] == 1
            _, found = await listed(browser)
            assert found == ["1/seg-0.m4s"]

    on_air(scene, tmp_path, story)


def test_killed_process_leaves_a_recording_that_plays(scene, tmp_path):
    """The next one of that name finds out how much there is; the time of a pin is found in it."""

    async def first(live, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            await listed(browser, least=3)
            live.gallery.archive._running.clear()

    async def second(live, address, browser):
        while only_stream(scene).ended_at is None:
            await browser.get("live.m3u8")
        await listed(browser)

    on_air(scene, tmp_path, first)
    assert only_stream(scene).ended_at is None
    on_air(scene, tmp_path, second)

    stream = only_stream(scene)
    assert (stream.first_ms, round(stream.last_ms, -2)) == (0, 3_600)
    with reading(scene.engine) as db:
        streams = streams_of(db, scene.session_id)
    assert replay_ms(streams, stream.zero_at + timedelta(seconds=2)) == 2_000


def test_gap_is_left_out_of_the_replay_and_of_its_clock(scene, tmp_path):
    """Where the recorder went on later than where it had stopped; the playlist is as long as the record says."""
    scanner, pieces = scanned("mp4")

    async def story(live, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, scanner.init.data + pieces[0].data + b"".join(piece.data for piece in pieces[3:]))
            await host.send(type="end")
            end(scene)
            answer, _ = await listed(browser, "replay.m3u8", having="#EXT-X-ENDLIST")
            assert "#EXT-X-DISCONTINUITY" in answer.text
            lengths = [float(line[8:-1]) for line in answer.text.splitlines() if line.startswith("#EXTINF:")]
            found.append(round(sum(lengths) * 1_000))

    found: list[int] = []
    on_air(scene, tmp_path, story)

    stream = only_stream(scene)
    lost = round((pieces[3].begin - pieces[0].end) * 1_000)
    assert [after - before for before, after in stream.gaps] == [lost]
    assert abs(found[0] - stream.length_ms) < 5
    behind = stream.zero_at + timedelta(seconds=pieces[3].begin + 0.2)
    assert replay_ms([stream], behind) == round((pieces[3].begin + 0.2) * 1_000) - lost - stream.first_ms


def test_captions_stand_where_they_were_said(scene, tmp_path):
    """On the replay's clock, each until the next; signs of markup are plain text."""

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            await listed(browser, least=3)
        end(scene)

    on_air(scene, tmp_path, story)
    zero_at = only_stream(scene).zero_at
    with writing(scene.engine) as db:
        session = db.get(LiveSession, scene.session_id)
        for seconds, text in ((1.0, "四人间 <空调>"), (2.5, "月薪 7500"), (60, "已经结束")):
            add_caption(db, session, text, by=None, now=zero_at + timedelta(seconds=seconds))

    async def later(_, address, browser):
        answer = await browser.get("captions.vtt")
        assert answer.headers["content-type"].startswith("text/vtt")
        assert answer.text == (
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n四人间 &lt;空调&gt;\n\n00:00:02.500 --> 00:00:08.500\n月薪 7500\n"
        )

    on_air(scene, tmp_path, later)


def test_parts_of_a_segment_can_be_had(scene, tmp_path):
    """Ranges, heads and preflights, on one connection; what is no request for a file is refused."""

    async def story(live, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("mp4")
            await send(host, MP4)
            await listed(browser, least=3)
        whole = (await browser.get("1/seg-0.m4s")).content
        some = await browser.get("1/seg-0.m4s", headers={"Range": "bytes=10-19"})
        tail = await browser.get("1/seg-0.m4s", headers={"Range": "bytes=-7"})
        beyond = await browser.get("1/seg-0.m4s", headers={"Range": f"bytes={len(whole)}-"})
        head = await browser.head("1/seg-0.m4s")
        preflight = await browser.options("1/seg-0.m4s")
        assert (some.status_code, some.content) == (206, whole[10:20])
        assert some.headers["content-range"] == f"bytes 10-19/{len(whole)}"
        assert tail.content == whole[-7:]
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
        assert (head.headers["content-length"], head.content) == (str(len(whole)), b"")
        assert "GET" in preflight.headers["access-control-allow-methods"]
        for name in ("1/seg-99.m4s", "9/init.mp4", "1/seg-2-1.m4s", "1/seg-0-999.m4s", "live.m3u9"):
            assert (await browser.get(name)).status_code == 404, name
        assert live.gallery.archive.hls.requests > 10

    on_air(scene, tmp_path, story)


@pytest.mark.parametrize(
    "request_", [b"GET /hls/ x y HTTP/1.1\r\n\r\n", b"GET /hls/1/live.m3u8 HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345"]
)
def test_nonsense_is_refused_and_cut_off(scene, tmp_path, request_):
    """Nothing is read after it."""

    async def story(_, address, browser):
        reader, writer = await asyncio.open_connection("127.0.0.1", browser.base_url.port)
        writer.write(request_)
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()

    on_air(scene, tmp_path, story)


def test_silent_client_is_cut_off(scene, tmp_path, monkeypatch):
    """One that begins a request and does not go on."""
    monkeypatch.setattr(answering, "SECONDS_IDLE", 0.2)

    async def story(_, address, browser):
        reader, writer = await asyncio.open_connection("127.0.0.1", browser.base_url.port)
        writer.write(b"GET /hls/1/live.m3u8 HTTP/1.1\r\nHost:")
        assert await reader.read() == b""
        writer.close()

    on_air(scene, tmp_path, story)


def test_host_at_another_process_is_seen_here(scene, tmp_path):
    """Viewers of this one are told where HLS is, and get it here; who publishes here then takes the stage there."""

    async def run():
        async with serving(scene, tmp_path) as (_, there), serving(scene, tmp_path) as (_, here):
            base = here.replace("ws://", "http://").replace("/room", f"/hls/{scene.session_id}/")
            async with (
                publishing(there, scene) as host,
                watching(here, scene) as viewer,
                httpx.AsyncClient(base_url=base, timeout=30) as browser,
            ):
                await viewer.hear("waiting", hls=None)
                await host.begin("mp4")
                await send(host, MP4)
                told = await viewer.hear("waiting")
                assert told["hls"] == f"/hls/{scene.session_id}/live.m3u8"
                _, found = await listed(browser, least=3)
                assert (await browser.get(found[0])).status_code == 200
                async with publishing(here, scene) as second:
                    assert (await second.begin("mp4"))["stream"] == 2
                    await second.websocket.send(MP4)
                    await viewer.hear("began", stream=2)
                    assert await host.close_code() == 4015

    asyncio.run(asyncio.wait_for(run(), 100))


def test_picture_shows_the_moment_that_its_date_says(scene, tmp_path):
    """Read the clock that is drawn into the picture: it runs as the media clock of the playlist does."""
    ffmpeg = shutil.which("ffmpeg") or do_without("ffmpeg is missing: apt install ffmpeg")

    async def story(_, address, browser):
        async with publishing(address, scene) as host:
            await host.begin("webm")
            await send(host, WEBM)
            await host.send(type="end")
            end(scene)
            await host.close_code()
        await listed(browser, "replay.m3u8", having="#EXT-X-ENDLIST")
        process = await asyncio.create_subprocess_exec(
            *[ffmpeg, "-v", "error", "-i", f"{browser.base_url}replay.m3u8", "-f", "rawvideo"],
            *["-vf", "fps=10", "-pix_fmt", "gray", "-"],
            stdout=asyncio.subprocess.PIPE,
        )
        raw, _ = await process.communicate()
        shown = [_clock(raw[at : at + 160 * 90]) for at in range(0, len(raw), 160 * 90)]
        assert len(shown) >= 34
        away = [moment - number * 100 - shown[0] for number, moment in enumerate(shown)]
        assert all(abs(each) < 150 for each in away), away

    on_air(scene, tmp_path, story)


def _clock(picture):
    """The milliseconds drawn into a picture of 160 to 90 as 24 bars, black for a one, the least first."""
    row = picture[160 * 22 : 160 * 23]
    return sum((row[round((bit + 0.5) * 160 / 24)] < 128) << bit for bit in range(24))

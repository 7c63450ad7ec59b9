"""`kill -9` of `python -m live` in mid-recording: what was whole by then plays, and the next process knows of it."""

import asyncio

import httpx
from sqlalchemy import select

from fair.database import reading
from fair.pictures import PictureStream
from tests.live.picture.lines import publishing
from tests.live.picture.tape import MP4, scanned
from tests.live.test_process import process


def test_recording_outlives_a_killed_process(scene, tmp_path):
    """The host comes back with a second stream; the replay has both, byte for byte what was whole."""
    _, pieces = scanned("mp4")
    whole = b"".join(piece.data for piece in pieces[:2])
    cut = MP4.index(pieces[2].data[:64]) + 100

    def base_of(address):
        return address.replace("ws://", "http://").replace("/room", f"/hls/{scene.session_id}/")

    async def first(running, address):
        async with httpx.AsyncClient(base_url=base_of(address)) as browser, publishing(address, scene) as host:
            await host.begin("mp4")
            await host.websocket.send(MP4[:cut])
            while "1/seg-1.m4s" not in (await browser.get("live.m3u8")).text:
                pass
            running.kill()
            await host.close_code()

    async def second(address):
        async with httpx.AsyncClient(base_url=base_of(address)) as browser, publishing(address, scene) as host:
            assert (await host.begin("mp4"))["stream"] == 2
            await host.websocket.send(MP4)
            await host.send(type="end")
            while "2/seg-0-3.m4s" not in (await browser.get("replay.m3u8")).text:
                pass
            assert (await browser.get("1/seg-0-1.m4s")).content == whole

    with process(scene, tmp_path, GANGBO_LIVE_NAME="hall") as (running, address):
        asyncio.run(asyncio.wait_for(first(running, address), 60))
        running.wait(timeout=30)
    with process(scene, tmp_path, GANGBO_LIVE_NAME="hall") as (running, address):
        asyncio.run(asyncio.wait_for(second(address), 60))
        running.terminate()
        assert running.wait(timeout=30) == 0

    with reading(scene.engine) as db:
        killed, after = db.scalars(select(PictureStream).order_by(PictureStream.number))
    assert (killed.first_ms, round(killed.last_ms, -2)) == (0, 2_000)
    assert killed.ended_at is not None
    assert (round(after.last_ms, -2), after.ended_at is not None) == (3_600, True)

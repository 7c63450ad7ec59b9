"""nginx as deploy/ has it, in front of a live server: pictures pass both ways, and HLS is asked for once for many."""

import asyncio
import contextlib
import getpass
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import do_without
from tests.live.picture.lines import publishing, watching
from tests.live.picture.tape import MP4, scanned
from tests.live.visitor import free_port, serving

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def nginx(folder, *, port, live_port):
    """nginx with the deployed file, but for the certificate, on these ports."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or do_without("nginx is missing")
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"^\t(http2|ssl_\w+) .*;\n", "", text, flags=re.M)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{live_port}")
    text = text.replace("/var/cache/nginx/gangbo", str(folder / "cache")).replace("server_name fair.example.cn;", "")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # As root it would work under a name that may not write here.
    user = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{text}}}\n"
    )
    with subprocess.Popen([program, "-c", str(configuration), "-e", str(folder / "error.log")]) as running:
        try:
            _await(port, running)
            yield
        finally:
            running.terminate()


def _await(port, running):
    until = time.monotonic() + 20
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
    raise RuntimeError("nginx did not answer")


def test_picture_passes_the_proxy(scene, tmp_path):
    """Published, relayed, cut and cached: the second viewer of a part costs the live process nothing."""
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    _, pieces = scanned("mp4")

    async def story(live):
        address = f"ws://127.0.0.1:{port}/room"
        async with (
            publishing(address, scene) as host,
            watching(address, scene) as viewer,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/hls/{scene.session_id}/", timeout=30) as browser,
        ):
            await host.begin("mp4")
            await host.websocket.send(MP4)
            await viewer.until(lambda it: it.pieces("mp4")[-1:] == pieces[-1:])
            while (await browser.get("live.m3u8")).status_code != 200:
                pass
            first = await browser.get("1/seg-0.m4s")
            before = live.gallery.archive.hls.requests
            others = await asyncio.gather(*(browser.get("1/seg-0.m4s") for _ in range(20)))
            some = await browser.get("1/seg-0.m4s", headers={"Range": "bytes=0-9"})
        assert first.content == pieces[0].data
        assert {each.content for each in others} == {first.content}
        assert {each.headers["x-cache"] for each in others} == {"HIT"}
        assert (some.status_code, some.content) == (206, first.content[:10])
        assert live.gallery.archive.hls.requests == before

    async def run():
        async with serving(scene, tmp_path) as (live, address):
            live_port = int(address.rsplit(":", 1)[1].partition("/")[0])
            with nginx(folder, port=port, live_port=live_port):
                await asyncio.wait_for(story(live), 100)

    asyncio.run(run())

"""The transcoder of one webm stream: ffmpeg beside this process turns it into mp4 fragments with the same clock.

ffmpeg is killed without harm: it is started again and goes on from the next cluster. When it cannot keep up, what it
has not taken is dropped; when it ends again and again, there is no HLS of this stream and the host is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections import deque
from collections.abc import Sequence

from live.picture.keeper import Keeper
from live.picture.mp4 import Mp4Scanner
from live.picture.pieces import Init, Piece, StreamBroken

FAILED = "failed"
MOST_WAITING = 8 << 20
STARTS = 4
SECONDS_BETWEEN_STARTS = 0.5
SECONDS_TO_FINISH = 20.0
_READ = 256 << 10
# Measured: buffering must not be switched off (the first key frame's group is lost), nor may x264 be tuned for latency
# (it then wants a constant frame rate, which a recorder does not have).
_ARGUMENTS = (
    "-hide_banner", "-loglevel", "error", "-probesize", "64k", "-analyzeduration", "1000000", "-copyts",
    "-f", "matroska", "-i", "pipe:0",
    "-c:v", "libx264", "-preset", "superfast", "-crf", "26", "-maxrate", "1500k", "-bufsize", "3000k", "-bf", "0",
    "-threads", "1", "-pix_fmt", "yuv420p", "-force_key_frames", "expr:gte(t,n_forced*1)", "-sc_threshold", "0",
    "-g", "600", "-fps_mode", "vfr", "-c:a", "aac", "-b:a", "64k", "-avoid_negative_ts", "disabled",
    "-f", "mp4", "-movflags", "frag_keyframe+empty_moov+default_base_moof+frag_discont",
    "-flush_packets", "1", "pipe:1",
)  # fmt: skip

_log = logging.getLogger("live.picture")


def find_ffmpeg() -> str | None:
    """Where ffmpeg is; None where it is not installed."""
    return shutil.which("ffmpeg")


class Transcoder:
    """Takes the pieces of a webm stream and gives mp4 to a keeper."""

    def __init__(self, ffmpeg: str, keeper: Keeper) -> None:
        self._ffmpeg, self._keeper = ffmpeg, keeper
        self._init: Init | None = None
        self._waiting: deque[bytes] = deque()
        self._weight = 0
        self._is_lagging = self._is_over = self._has_failed = False
        self._came = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None

    @property
    def hls(self) -> str:
        """What the host is told of HLS."""
        return FAILED if self._has_failed else self._keeper.hls

    @property
    def recording(self) -> str:
        """What the host is told of the recording."""
        return FAILED if self._has_failed else self._keeper.recording

    @property
    def recorded_seconds(self) -> float:
        """How much is kept."""
        return self._keeper.recorded_seconds

    def take(self, init: Init, pieces: Sequence[Piece]) -> None:
        """Take the next pieces."""
        if self._has_failed or self._is_over:
            return
        self._init = init
        for piece in pieces:
            if self._weight > MOST_WAITING:
                self._is_lagging = True
            elif self._is_lagging and piece.is_head and not self._waiting:
                self._is_lagging = False
            if not self._is_lagging:
                self._waiting.append(piece.data)
                self._weight += len(piece.data)
        self._came.set()
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._run())

    def end(self) -> None:
        """No more will come; the keeper ends when ffmpeg has."""
        self._is_over = True
        self._came.set()
        if self._work is None:
            self._keeper.end()

    async def _run(self) -> None:
        try:
            for _ in range(STARTS):
                if await self._run_once() or self._is_over:
                    return
                # What waits cannot be begun with: it goes on with the next cluster that comes.
                self._waiting.clear()
                self._weight = 0
                self._is_lagging = True
                await asyncio.sleep(SECONDS_BETWEEN_STARTS)
            _log.error("ffmpeg ended %d times: no HLS of this stream", STARTS)
            self._has_failed = True
        except OSError as error:
            _log.error("ffmpeg cannot be started (%s): no HLS of this stream", error.strerror)
            self._has_failed = True
        finally:
            self._waiting.clear()
            self._keeper.end()

    async def _run_once(self) -> bool:
        """Whether the stream is over and all of it was taken; False when ffmpeg ended before that."""
        process = await asyncio.create_subprocess_exec(
            "nice", "-n", "5", self._ffmpeg, *_ARGUMENTS,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self.process = process
        feeding = asyncio.get_running_loop().create_task(self._feed(process))
        try:
            await self._read(process)
        except StreamBroken as broken:
            _log.error("what ffmpeg made cannot be used: %s", broken)
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return not feeding.cancelled() and feeding.result()

    async def _feed(self, process: asyncio.subprocess.Process) -> bool:
        """Whether everything was written, to the end of the stream."""
        assert process.stdin is not None
        assert self._init is not None
        try:
            process.stdin.write(self._init.data)
            while True:
                while self._waiting:
                    data = self._waiting.popleft()
                    self._weight -= len(data)
                    process.stdin.write(data)
                    await process.stdin.drain()
                if self._is_over:
                    break
                self._came.clear()
                await self._came.wait()
            process.stdin.close()
        except ConnectionError:
            return False
        asyncio.get_running_loop().call_later(SECONDS_TO_FINISH, _kill, process)
        return True

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        scanner = Mp4Scanner()
        while data := await process.stdout.read(_READ):
            pieces = scanner.feed(data)
            if pieces and scanner.init is not None:
                self._keeper.take(scanner.init, pieces)


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()

"""The sound alone: all samples of it and nothing of the picture, to be begun with any piece, whatever the bytes are."""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import film, fragments
from live.picture.boxes import make_box
from live.picture.mp4 import Mp4Scanner
from live.picture.pieces import Piece, StreamBroken
from live.picture.sound import Sound, sound_in, sound_of
from tests.conftest import do_without
from tests.live.picture.tape import TAPES, scanned, scanner_of

MIME = {"webm": 'audio/webm; codecs="opus"', "mp4": 'audio/mp4; codecs="opus"'}


def sound_of_tape(tape: str, data: bytes | None = None) -> tuple[Sound | None, list[Piece]]:
    """The sound of a tape, or of other bytes of its kind, in one."""
    scanner, pieces = scanned(tape, data)
    sound = sound_of(scanner.init) if scanner.init is not None else None
    return sound, sound.take(pieces) if sound is not None else []


def whole(sound: Sound, pieces: list[Piece]) -> bytes:
    return sound.init.data + b"".join(piece.data for piece in pieces)


@pytest.mark.parametrize("tape", TAPES)
def test_sound_is_a_stream_of_its_own(tape: str) -> None:
    """Another scanner finds one track in it, no picture, and the pieces as they are, on the same clock."""
    sound, pieces = sound_of_tape(tape)
    again = scanner_of(tape)
    found = again.feed(whole(sound, pieces))

    assert sound.init == again.init
    assert (sound.init.mime, sound.init.has_video) == (MIME[tape], False)
    assert all(piece.is_head and piece.is_key for piece in pieces)
    assert b"".join(piece.data for piece in found) == b"".join(piece.data for piece in pieces)
    assert found[0].begin < 0.1
    assert 3.3 < max(piece.end for piece in found) < 3.7


@pytest.mark.parametrize("tape", TAPES)
def test_sound_decodes_to_what_was_recorded(tape: str) -> None:
    """Sample for sample."""
    ffmpeg = shutil.which("ffmpeg") or do_without("ffmpeg is missing: apt install ffmpeg")
    sound, pieces = sound_of_tape(tape)

    recorded, alone = (_decoded(ffmpeg, data) for data in (TAPES[tape], whole(sound, pieces)))

    assert len(recorded) > 3 * 48_000
    assert alone == recorded


def _decoded(ffmpeg: str, data: bytes) -> bytes:
    command = [ffmpeg, "-v", "error", "-i", "-", "-map", "0:a", "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("tape", TAPES)
@given(cuts=st.lists(st.integers(0, 50_000), max_size=12))
@settings(max_examples=60, deadline=None)
def test_sound_does_not_depend_on_portions(tape: str, cuts: list[int]) -> None:
    """However the bytes come, and with whichever piece one begins: the same sound, whole elements."""
    data = TAPES[tape]
    scanner, pieces, sound = scanner_of(tape), [], None
    ends = sorted(min(cut, len(data)) for cut in cuts)
    for begin, end in zip([0, *ends], [*ends, len(data)], strict=True):
        found = scanner.feed(data[begin:end])
        sound = sound or (sound_of(scanner.init) if scanner.init is not None else None)
        pieces += sound.take(found) if sound is not None else []

    _, at_once = sound_of_tape(tape)
    assert _samples(tape, sound, pieces) == _samples(tape, sound, at_once)
    for number in range(len(pieces)):
        assert scanner_of(tape).feed(whole(sound, pieces[number:]))


def _samples(tape: str, sound: Sound, pieces: list[Piece]) -> list[Piece]:
    """The blocks or fragments of it, without the heads that stand before them."""
    found = scanner_of(tape).feed(whole(sound, pieces))
    return [piece for piece in found if tape == "mp4" or not piece.is_head]


@pytest.mark.parametrize("tape", TAPES)
@given(at=st.integers(0, 31_000), gone=st.integers(0, 400), instead=st.binary(max_size=400))
@settings(max_examples=250, deadline=None)
def test_damaged_recording_gives_sound_that_can_be_scanned(tape: str, at: int, gone: int, instead: bytes) -> None:
    """What a scanner takes, the sound is made of; what cannot be is left out, and nothing fails."""
    data = TAPES[tape]
    with contextlib.suppress(StreamBroken):
        sound, pieces = sound_of_tape(tape, data[:at] + instead + data[at + gone :])
        if sound is not None:
            scanner_of(tape).feed(whole(sound, pieces))
            assert sum(len(piece.data) for piece in pieces) < len(data) + len(instead)


@pytest.mark.parametrize("at", range(1_710))
def test_damaged_mp4_gives_sound_that_can_be_scanned(at: int) -> None:
    """Every byte of the init and of the first fragment's moof turned over."""
    data = bytearray(TAPES["mp4"])
    data[at] ^= 0xFF

    with contextlib.suppress(StreamBroken):
        sound, pieces = sound_of_tape("mp4", bytes(data))
        if sound is not None:
            scanner_of("mp4").feed(whole(sound, pieces))


@pytest.mark.parametrize(("tape", "head"), [("webm", film.head()), ("mp4", fragments.head())])
def test_stream_without_sound_has_none(tape: str, head: bytes) -> None:
    """The one track of these films is a picture."""
    pieces = film.blobs(100_000) if tape == "webm" else fragments.fragments(100_000)
    scanner, _ = scanned(tape, head + next(pieces))

    assert scanner.init is not None
    assert sound_of(scanner.init) is None


def test_segment_that_is_kept_gives_its_sound() -> None:
    """Of an init and fragments as they lie on disk; where there is no track of sound, nothing."""
    scanner, pieces = scanned("mp4")
    sound, alone = sound_of_tape("mp4")

    assert sound_in(scanner.init.data, pieces[1].data) == (sound.init.data, alone[1].data)
    assert sound_in(fragments.head(), next(fragments.fragments(100_000))) is None


MEDIA = bytes(range(100))
FROM_MOOF, DEFAULT_SIZE = 0x20000, 0x10


def fragment(*trafs: bytes) -> bytes:
    """One with these tracks and the bytes 0 to 99 as its samples."""
    return make_box(b"moof", make_box(b"mfhd", bytes(8)), *trafs) + make_box(b"mdat", MEDIA)


def traf(number: int, says: int, more: bytes, *runs: bytes) -> bytes:
    head = make_box(b"tfhd", struct.pack(">2I", says, number) + more)
    return make_box(b"traf", head, make_box(b"tfdt", bytes(8)), *(make_box(b"trun", run) for run in runs))


def run(count: int, *, at: int | None = None, sizes: tuple[int, ...] = ()) -> bytes:
    says = (0x200 if sizes else 0) | (0 if at is None else 0x1)
    fields = [each for each in (at, *sizes) if each is not None]
    return struct.pack(f">2I{len(fields)}i", says, count, *fields)


def sound_in_fragment(made: bytes) -> bytes:
    """The samples of the sound in a fragment of the recording's tracks, picture 1 and sound 2."""
    scanner, _ = scanned("mp4")
    pieces = scanner.feed(made)
    found = sound_of(scanner.init).take(pieces)
    assert len(pieces) == 1
    assert all(Mp4Scanner().feed(sound_of(scanner.init).init.data + piece.data) for piece in found)
    return b"".join(piece.data[piece.data.index(b"mdat") + 4 :] for piece in found)


def length(*trafs: bytes) -> int:
    """Where the samples of a fragment with these tracks begin."""
    return len(fragment(*trafs)) - len(MEDIA)


def test_samples_are_found_wherever_a_fragment_says() -> None:
    """Sizes of each or one for all, in runs that go on or lie apart."""
    picture = traf(1, FROM_MOOF, b"", run(1, at=0, sizes=(5,)))

    def sound(begin: int) -> bytes:
        size = struct.pack(">I", 3)
        runs = [run(2, at=begin + 10, sizes=(4, 1)), run(2), run(1, at=begin + 90, sizes=(10,))]
        return traf(2, FROM_MOOF | DEFAULT_SIZE, size, *runs)

    begin = length(picture, sound(0))

    assert sound_in_fragment(fragment(picture, sound(begin))) == MEDIA[10:21] + MEDIA[90:]


@pytest.mark.parametrize(
    ("says", "more", "away"),
    [(FROM_MOOF, b"", 99), (FROM_MOOF, b"", -9), (FROM_MOOF, b"", -(1 << 20)), (0x1, bytes(8), 0), (0, b"", 0)],
)
def test_samples_that_lie_elsewhere_are_left_out(says: int, more: bytes, away: int) -> None:
    """Behind the fragment, before its media, in a file, or after another track's: no other bytes are sent as sound."""
    picture = traf(1, FROM_MOOF, b"", run(1, at=0, sizes=(5,)))

    def made(says: int, more: bytes, away: int) -> bytes:
        begin = length(picture, traf(2, says, more, run(1, at=0, sizes=(2,))))
        return fragment(picture, traf(2, says, more, run(1, at=begin + away, sizes=(2,))))

    assert sound_in_fragment(made(FROM_MOOF, b"", 0)) == MEDIA[:2]
    assert sound_in_fragment(made(says, more, away)) == b""


def test_samples_that_are_meant_twice_are_left_out() -> None:
    """So that a small fragment cannot become a large one."""
    picture = traf(1, FROM_MOOF, b"", run(1, at=0, sizes=(5,)))

    def made(times: int) -> bytes:
        begin = length(picture, traf(2, FROM_MOOF, b"", *[run(1, at=0, sizes=(100,))] * times))
        return fragment(picture, traf(2, FROM_MOOF, b"", *[run(1, at=begin, sizes=(100,))] * times))

    assert sound_in_fragment(made(1)) == MEDIA
    assert sound_in_fragment(made(20)) == b""

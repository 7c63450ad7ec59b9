"""Scanners of webm and mp4: whole elements however the bytes come, times from the media clock, nothing but refusals."""

import contextlib
import re
import shutil
import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.picture.pieces import LARGEST_PIECE, StreamBroken
from tests.conftest import do_without
from tests.live.picture.tape import MP4, TAPES, WEBM, scanned, scanner_of

MIME = {"webm": 'video/webm; codecs="vp8,opus"', "mp4": 'video/mp4; codecs="avc1.42c00c,opus"'}


@pytest.mark.parametrize("tape", TAPES)
def test_recording_is_scanned_whole(tape):
    """The init names the codecs, keys come each second, nothing of the recording is left over."""
    scanner, pieces = scanned(tape)

    assert scanner.init is not None
    assert scanner.init.mime == MIME[tape]
    assert [round(piece.begin, 1) for piece in pieces if piece.is_key] == [0.0, 1.0, 2.0, 3.1]
    assert 3.4 < max(piece.end for piece in pieces) < 3.7
    assert all(piece.begin <= piece.end for piece in pieces)


@pytest.mark.parametrize("tape", TAPES)
def test_recording_cut_at_every_offset_gives_the_same_pieces(tape):
    """One byte at a time: after each byte there are the first of the pieces, at the end all of them."""
    _, whole = scanned(tape)
    scanner, found = scanner_of(tape), []

    for offset in range(len(TAPES[tape])):
        found += scanner.feed(TAPES[tape][offset : offset + 1])
        assert found == whole[: len(found)]

    assert found == whole


@pytest.mark.parametrize("tape", TAPES)
@given(cuts=st.lists(st.integers(0, 50_000), max_size=12))
@settings(max_examples=60, deadline=None)
def test_recording_in_any_portions_gives_the_same_pieces(tape, cuts):
    """How a line or a browser portions the bytes says nothing about elements."""
    data = TAPES[tape]
    scanner, found = scanner_of(tape), []
    ends = sorted(min(cut, len(data)) for cut in cuts)

    for begin, end in zip([0, *ends], [*ends, len(data)], strict=True):
        found += scanner.feed(data[begin:end])

    assert found == scanned(tape)[1]


@pytest.mark.parametrize("tape", TAPES)
@given(at=st.integers(0, 31_000), gone=st.integers(0, 400), instead=st.binary(max_size=400))
@settings(max_examples=250, deadline=None)
def test_damaged_recording_ends_with_a_reason(tape, at, gone, instead):
    """Bytes lost, changed or put in between: pieces, or StreamBroken with one of its words, and nothing else."""
    data = TAPES[tape]
    scanner = scanner_of(tape)

    pieces, reason = [], ""
    try:
        pieces = scanner.feed(data[:at] + instead + data[at + gone :])
    except StreamBroken as broken:
        reason = broken.reason

    assert reason in ("", "size", "order", "codec", "container")
    assert sum(len(piece.data) for piece in pieces) <= len(data) + len(instead) + 12 * len(pieces)


@pytest.mark.parametrize("tape", TAPES)
@given(portions=st.lists(st.binary(max_size=200), max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_answered(tape, portions):
    """Noise is refused, or waited with."""
    scanner = scanner_of(tape)

    with contextlib.suppress(StreamBroken):
        for portion in portions:
            assert scanner.feed(portion) == []


def sound_lengths(fragment):
    """How long each Opus packet of a fragment is said to be, in units of the track."""
    run = fragment.index(b"trun" + bytes.fromhex("01000301")) + 4
    _, count, _ = struct.unpack_from(">3I", fragment, run)
    return [struct.unpack_from(">I", fragment, run + 12 + 8 * number)[0] for number in range(count)]


def test_last_sound_of_a_fragment_leaves_no_hole():
    """The recorder says 21 ms of the last packet of 60: it is told as long as the one before, the rest as it came."""
    _, pieces = scanned("mp4")
    recorded = [MP4[begin:] for begin in (at.start() - 4 for at in re.finditer(b"moof", MP4))]

    assert len(pieces) == len(recorded) == 4
    for piece, bytes_before in zip(pieces, recorded, strict=True):
        *before, last = sound_lengths(bytes_before)
        assert sound_lengths(piece.data) == [*before, before[-1]]
        assert last < before[-1] / 2
        assert sum(now != was for now, was in zip(piece.data, bytes_before, strict=False)) <= 2


@pytest.mark.parametrize("at", range(0, 1_222, 3))
def test_damaged_mp4_init_ends_with_a_reason(at):
    """Every third byte of the init turned over: what describes the tracks is believed only where it fits."""
    data = bytearray(MP4)
    data[at] ^= 0xFF

    with contextlib.suppress(StreamBroken):
        scanned("mp4", bytes(data))


@pytest.mark.parametrize("at", range(240))
def test_damaged_webm_init_ends_with_a_reason(at):
    """Every byte of the init turned over."""
    data = bytearray(WEBM)
    data[at] ^= 0xFF

    with contextlib.suppress(StreamBroken):
        scanned("webm", bytes(data))


@pytest.mark.parametrize(
    ("tape", "extra", "reason"),
    [
        ("mp4", struct.pack(">I4s", LARGEST_PIECE + 1, b"mdat"), "size"),
        ("mp4", struct.pack(">I4s", 7, b"moof"), "size"),
        ("mp4", struct.pack(">I4s", 0, b"mdat"), "size"),
        ("mp4", struct.pack(">I4s", 8, b"mdat"), "order"),
        ("mp4", MP4, "order"),
        ("webm", b"\xa3" + (LARGEST_PIECE + 1 | 1 << 56).to_bytes(8, "big"), "size"),
        ("webm", b"\xa3\xff", "size"),
        ("webm", WEBM, "order"),
        ("webm", b"\x00", "container"),
    ],
)
def test_bytes_that_do_not_belong_are_refused(tape, extra, reason):
    """What is too large is refused before it is waited for; a second beginning is another stream."""
    scanner, _ = scanned(tape)

    with pytest.raises(StreamBroken) as broken:
        scanner.feed(extra)

    assert broken.value.reason == reason


@pytest.mark.parametrize(("tape", "data"), [("mp4", WEBM), ("webm", MP4)])
def test_another_container_is_refused(tape, data):
    """At its first element."""
    with pytest.raises(StreamBroken) as broken:
        scanner_of(tape).feed(data)

    assert broken.value.reason == "container"


def test_webm_pieces_make_a_file_that_decodes():
    """Init and pieces, heads rewritten to unknown size, are what a decoder takes: every frame of the recording."""
    ffprobe = shutil.which("ffprobe") or do_without("ffprobe is missing: apt install ffmpeg")
    scanner, pieces = scanned("webm")
    again = scanner.init.data + b"".join(piece.data for piece in pieces)

    frames = [_frames(ffprobe, data) for data in (WEBM, again)]

    assert frames[0] == frames[1] > 90


def _frames(ffprobe, data):
    command = [ffprobe, "-v", "error", "-count_frames", "-select_streams", "v", "-of", "csv=p=0"]
    command += ["-show_entries", "stream=nb_read_frames", "-"]
    return int(subprocess.run(command, input=data, capture_output=True, check=True).stdout.strip().rstrip(b","))

"""A crowd's frames are read once, counted for each, and told by what they were about."""

from __future__ import annotations

import json

from websockets.frames import Frame, Opcode

from bench.sightings import Seen, Sightings, latencies, mark
from bench.wire import frames_in


def frame_of(message):
    """A server's text frame."""
    return Frame(Opcode.TEXT, message).serialize(mask=False)


def tick(*events, after=0):
    """A tick as the room sends it."""
    message = {"type": "tick", "epoch": "e1", "after": after, "seq": after + len(events), "events": events}
    return frame_of(json.dumps(message, separators=(",", ":")).encode())


def read(sightings, frame):
    """What becomes of a frame that is not known yet."""
    return sightings.read(frame, next(frames_in(frame)).payload)


def test_tick_is_noted_by_its_marks_and_pins():
    """Each marked line and each pin in a tick is a note; its place in the stream is kept."""
    sightings = Sightings(is_room=True)
    said = {"kind": "said", "line": {"text": mark(7)}}
    pinned = {"kind": "pinned", "pin": {"id": 88, "position_id": 3}}

    sighting = read(sightings, tick(said, pinned, after=40))

    assert sighting.notes == ("m7", "p88")
    assert (sighting.epoch, sighting.after, sighting.seq) == ("e1", 40, 42)


def test_report_counts_each_arrival_and_begins_anew():
    """Frames are counted by who saw them; the next report knows nothing of them."""
    sightings = Sightings(is_room=True)
    sighting = read(sightings, tick({"kind": "said", "line": {"text": mark(7)}}))
    sighting.arrivals[1_000] += 2
    sighting.arrivals[1_030] += 1

    first, second = sightings.report(), sightings.report()

    assert (first.frames, first.count("m7")) == (3, 3)
    assert (second.frames, second.count("m7")) == (0, 0)
    assert latencies(first.arrivals, {"m7": 0.9}) == [100.5, 100.5, 130.5]


def test_message_to_one_is_no_sighting():
    """A personal message is never kept as everybody's; a match is noted by its position."""
    sightings = Sightings(is_room=True)
    match = b'{"type":"match","match":{"position_id":31,"score":86}}'

    found = read(sightings, frame_of(match))
    sightings.personal(match, now_ms=5)

    assert found is None
    assert sightings.report().arrivals == {"f31": {5: 1}}


def test_seen_of_several_processes_adds_up():
    """What two saw of the same line is one line seen by both."""
    one, other = Sightings(is_room=False), Sightings(is_room=False)
    frame = frame_of(f"{mark(3)}...".encode())
    for each in (one, other):
        read(each, frame).arrivals[10] += 4
    together = Seen()

    together.add(one.report())
    together.add(other.report())

    assert (together.frames, together.count("m3")) == (8, 8)

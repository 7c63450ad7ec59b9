"""Reels on disk: what is read is what was written, also while it grows, after a crash and on a damaged disk."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from live.picture.reels import Label, Reel, ReelReader, ReelWriter, index_file, media_file
from live.picture.segments import Segment
from live.picture.shelf import Shelf
from tests.builders import NOW

INIT = b"init"


def write(folder: Path, *, segments: int = 3, number: int = 1, ends: bool = True) -> ReelWriter:
    """A reel of segments of a second, each as many bytes long as its number."""
    writer = ReelWriter(folder, 7, number)
    writer.begin(Label(NOW, len(INIT), is_kept=True), INIT)
    for each in range(segments):
        writer.add(Segment(b"x" * (each + 1), each, 1.0, is_gap=False), now=each)
    if ends:
        writer.end()
    return writer


def read(folder: Path, number: int = 1) -> Reel | None:
    return ReelReader(folder, 7, number).refresh()


def test_reel_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Times, extents and the end; the media file is init and segments."""
    write(tmp_path)

    reel = read(tmp_path)

    assert reel is not None
    assert [(each.at, each.size, each.begin, each.length) for each in reel.segments] == [
        (4, 1, 0, 1),
        (5, 2, 1, 1),
        (7, 3, 2, 1),
    ]
    assert reel.is_over
    assert reel.size == len(media_file(tmp_path, 7, 1).read_bytes()) == 10


def test_gaps_of_a_reel_are_where_nothing_is_kept(tmp_path: Path) -> None:
    """Between the end of one segment and a segment that does not go on there."""
    writer = write(tmp_path, segments=2, ends=False)
    writer.add(Segment(b"x", 3.5, 1.0, is_gap=True), now=4)
    writer.end()

    assert [*read(tmp_path).gaps()] == [(2, 3.5)]


def test_reel_is_read_while_it_grows(tmp_path: Path) -> None:
    """Only what is new, and the same as who reads it at the end."""
    writer = write(tmp_path, segments=1, ends=False)
    reader = ReelReader(tmp_path, 7, 1)
    before = len(reader.refresh().segments)

    writer.add(Segment(b"yy", 1, 1.0, is_gap=True), now=1)
    writer.end()

    assert before == 1
    assert reader.refresh() == read(tmp_path)
    assert [each.is_gap for each in reader.refresh().segments] == [False, True]


def test_crash_at_any_byte_leaves_what_was_whole(tmp_path: Path) -> None:
    """Cut the index at every byte: each line that is whole tells of bytes that are there."""
    write(tmp_path)
    index = index_file(tmp_path, 7, 1).read_bytes()
    found = []
    for end in range(len(index) + 1):
        index_file(tmp_path, 7, 1).write_bytes(index[:end])
        reel = read(tmp_path)
        found.append(-1 if reel is None else len(reel.segments))

    assert found == sorted(found)
    assert {*found} == {-1, 0, 1, 2, 3}


def test_damaged_index_is_read_as_far_as_it_is_one(tmp_path: Path) -> None:
    """A line of zeros, as a disk has it after the power failed, tells of nothing."""
    write(tmp_path, ends=False)
    with index_file(tmp_path, 7, 1).open("ab") as file:
        file.write(bytes(30) + b"\n" + b'{"at": 3\n')

    assert len(read(tmp_path).segments) == 3


def test_shelf_shows_reels_that_have_a_segment(tmp_path: Path) -> None:
    """In order of their numbers, new ones too, without those that are not to be seen; removed ones no more."""
    shelf = Shelf(tmp_path)
    nothing = shelf.reels(7)
    for number in (2, 1, 10):
        write(tmp_path, number=number)
    write(tmp_path, number=3, segments=0)

    found = [reel.number for reel in shelf.reels(7)]
    hidden = [reel.number for reel in shelf.reels(7, without={2})]
    shelf.remove(7, 1)

    assert nothing == []
    assert found == [1, 2, 10]
    assert hidden == [1, 10]
    assert [reel.number for reel in shelf.reels(7)] == [2, 10]
    assert not media_file(tmp_path, 7, 1).exists()
    assert shelf.reel(7, 1) is None


def test_last_reel_removed_takes_the_folder_along(tmp_path: Path) -> None:
    """Nothing is left of a session whose recordings are gone."""
    write(tmp_path)

    Shelf(tmp_path).remove(7, 1)

    assert list(tmp_path.iterdir()) == []


def test_disk_that_takes_a_part_is_written_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that takes fewer bytes is gone on with, so that no line tells of bytes that are not there."""
    write(tmp_path, segments=1)
    whole = media_file(tmp_path, 7, 1).read_bytes()
    opened = Path.open
    portions = itertools.cycle((1, 2))

    class Slow:
        def __init__(self, file):
            self._file = file

        def write(self, data):
            return self._file.write(data[: next(portions)])

        def __getattr__(self, name):
            return getattr(self._file, name)

    monkeypatch.setattr(Path, "open", lambda path, *args, **more: Slow(opened(path, *args, **more)))
    write(tmp_path, segments=1, number=2)
    monkeypatch.undo()

    assert media_file(tmp_path, 7, 2).read_bytes() == whole
    assert read(tmp_path, 2).segments == read(tmp_path).segments

"""Playlists: what HLS is told of reels, live and afterwards; a replay only ever grows at its end."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

from live.picture.playlists import LIVE_SEGMENTS, live_playlist, replay_playlist
from live.picture.reels import Entry, Label, Reel
from tests.builders import NOW


def reel(
    number: int,
    lengths: list[float],
    *,
    begins: float = 0,
    holes: dict[int, float] | None = None,
    gaps: tuple[int, ...] = (),
    is_over: bool = True,
) -> Reel:
    """A reel whose clock was zero so many seconds after NOW, of segments so long, some behind a hole or a gap."""
    label = Label(NOW + timedelta(seconds=begins), 4, is_kept=True)
    found, at, begin = Reel(number, label, is_over=is_over), 4, 0.0
    for index, length in enumerate(lengths):
        begin += 10 if index in gaps else (holes or {}).get(index, 0)
        found.segments.append(Entry(at, 10, begin, length, index in gaps))
        at, begin = at + 10, begin + length
    return found


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def lengths(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"#EXTINF:([0-9.]+),", text)]


def value(text: str, tag: str) -> int:
    return int(re.findall(rf"^#{tag}:(\d+)$", text, re.M)[0])


def test_live_playlist_is_the_newest_window() -> None:
    """Numbers go on; the date of the first comes from the media clock."""
    text = live_playlist([reel(1, [1.0] * 25, is_over=False)], is_over=False)

    assert addresses(text) == [f"1/seg-{number}.m4s" for number in range(25 - LIVE_SEGMENTS, 25)]
    assert value(text, "EXT-X-MEDIA-SEQUENCE") == 25 - LIVE_SEGMENTS
    assert value(text, "EXT-X-TARGETDURATION") == 1
    assert '#EXT-X-MAP:URI="1/init.mp4"' in text
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-03-02T06:00:15.000Z" in text
    assert "#EXT-X-ENDLIST" not in text
    assert live_playlist([reel(1, [1.0])], is_over=True).endswith("#EXT-X-ENDLIST\n")


def test_streams_follow_one_another_with_a_discontinuity() -> None:
    """A new init and a new date; the count of discontinuities holds when the window moves on."""
    first, second = reel(1, [1.0] * 4), reel(2, [1.0] * 3, begins=60)
    text = live_playlist([first, second], is_over=False)
    lines = text.splitlines()
    at = lines.index("#EXT-X-DISCONTINUITY")

    assert lines[at + 1 : at + 3] == [
        '#EXT-X-MAP:URI="2/init.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-03-02T06:01:00.000Z",
    ]
    assert value(text, "EXT-X-DISCONTINUITY-SEQUENCE") == 0
    second.segments += reel(2, [1.0] * 12).segments[3:]
    later = live_playlist([first, second], is_over=False)
    assert value(later, "EXT-X-MEDIA-SEQUENCE") == 6
    assert value(later, "EXT-X-DISCONTINUITY-SEQUENCE") == 1
    assert "#EXT-X-DISCONTINUITY\n" not in later


def test_hole_in_a_stream_is_part_of_the_time() -> None:
    """What comes after it is where its instant says: live the later part is longer, in the replay the earlier."""
    reels = [reel(1, [1.0] * 8, holes={3: 0.6, 5: 2.5})]

    live, replay = live_playlist(reels, is_over=True), replay_playlist(reels, is_over=True)

    assert lengths(live) == [1, 1, 1, 1.6, 1, 3.5, 1, 1]
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-03-02T06:00:03.600Z\n#EXTINF:1.600" in live
    assert value(live, "EXT-X-TARGETDURATION") == 4
    assert addresses(replay) == ["1/seg-0-3.m4s", "1/seg-4-5.m4s", "1/seg-6-7.m4s"]
    assert lengths(replay) == [4.6, 4.5, 2]
    assert "#EXT-X-DISCONTINUITY\n" not in live + replay


def test_gap_within_a_stream_is_a_discontinuity() -> None:
    """The clock of what follows is told anew, and what is missing is left out."""
    reels = [reel(1, [1.0] * 4, gaps=(2,))]
    text = replay_playlist(reels, is_over=True)

    assert addresses(text) == ["1/seg-0-1.m4s", "1/seg-2-3.m4s"]
    assert lengths(text) == [2, 2]
    assert lengths(live_playlist(reels, is_over=True)) == [1, 1, 1, 1]
    assert "#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-03-02T06:00:12.000Z" in text


def test_replay_has_everything_in_longer_parts() -> None:
    """A playlist of two hours stays readable; the sum of its parts is the length of the streams."""
    text = replay_playlist([reel(1, [1.02] * 100), reel(2, [0.5] * 9, begins=300)], is_over=True)

    assert abs(sum(lengths(text)) - 100 * 1.02 - 4.5) < 0.01
    assert all(length <= value(text, "EXT-X-TARGETDURATION") + 0.5 for length in lengths(text))
    assert len(lengths(text)) == 27
    assert addresses(text)[0] == "1/seg-0-3.m4s"
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text


def test_replay_only_grows() -> None:
    """While it is recorded each playlist begins with the one before it."""
    growing, before = reel(1, [], is_over=False), ""
    for entry in reel(1, [1.0, 2.5, 0.9, 1.0] * 6, holes={5: 0.4}, gaps=(7,)).segments:
        growing.segments.append(entry)
        text = replay_playlist([growing], is_over=False)
        assert _without_target(text).startswith(_without_target(before))
        before = text
    growing.is_over = True

    assert _without_target(replay_playlist([growing], is_over=False)).startswith(_without_target(before))


def test_nothing_is_no_playlist() -> None:
    """Players take an empty one for a broken one."""
    assert live_playlist([], is_over=False) == replay_playlist([], is_over=False) == ""
    assert replay_playlist([reel(1, [1.0], is_over=False)], is_over=False) == ""


def _without_target(text: str) -> str:
    return re.sub(r"#EXT-X-TARGETDURATION:\d+\n", "", text)


def test_playlist_of_the_sound_leaves_out_what_has_none() -> None:
    """The numbers go on over those that have some; each part is named for the sound."""
    silent = reel(2, [1.0] * 3, begins=60)
    silent.label = msgspec.structs.replace(silent.label, has_sound=False)
    reels = [reel(1, [1.0] * 3), silent, reel(3, [1.0] * 9, begins=90)]

    text = live_playlist(reels, is_over=False, is_sound=True)

    assert addresses(text) == ["1/sound-2.m4s", *(f"3/sound-{number}.m4s" for number in range(9))]
    assert value(text, "EXT-X-MEDIA-SEQUENCE") == 2
    assert re.findall(r'EXT-X-MAP:URI="(.*)"', text) == ["1/sound.mp4", "3/sound.mp4"]
    assert "2/seg-0.m4s" in addresses(live_playlist([silent], is_over=False))
    assert live_playlist([silent], is_over=False, is_sound=True) == ""

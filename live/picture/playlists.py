"""Playlists: what HLS says of the reels of a session (RFC 8216). Only text; times are those of the media clocks.

Numbers of segments go on over all reels, so that every process says the same. A small hole between two segments is part
of the time: in a live playlist of the later one, for what was said of the earlier one stays; in a replay of the earlier
one, so that each part begins where the sum of those before it says. A gap is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from live.picture.reels import Reel

LIVE_SEGMENTS = 10
REPLAY_SECONDS = 4.0
_LIVE_TARGET, _REPLAY_TARGET = 1, 5


@dataclass(frozen=True)
class _Part:
    """One address in a playlist: the segments `first` to `last` of a reel, for so many seconds."""

    reel: Reel
    first: int
    last: int
    length: float

    @property
    def begins_anew(self) -> bool:
        """Whether it does not go on from the part before it."""
        return self.first == 0 or self.reel.segments[self.first].is_gap

    @property
    def begins_at(self) -> datetime:
        """The instant of its first frame."""
        return self.reel.at(self.reel.segments[self.first])

    def address(self, name: str) -> str:
        """Where its bytes are, under a name for what there is of them."""
        run = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.reel.number}/{name}-{run}.m4s"


def live_playlist(reels: Sequence[Reel], *, is_over: bool, is_sound: bool = False) -> str:
    """The newest segments, or the sound alone of those that have any; empty where there is none."""
    reels = [reel for reel in reels if reel.label.has_sound] if is_sound else reels
    left_out = max(0, sum(len(reel.segments) for reel in reels) - LIVE_SEGMENTS)
    parts: list[_Part] = []
    number = breaks = 0
    for reel in reels:
        gone = reel.segments[: max(0, left_out - number)]
        breaks += sum(entry.is_gap for entry in gone) + bool(gone and number)
        parts += _singles(reel, since=len(gone))
        number += len(reel.segments)
    if not parts:
        return ""
    heads = [f"#EXT-X-MEDIA-SEQUENCE:{left_out}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks}"]
    return _playlist(
        parts,
        heads,
        target=_LIVE_TARGET,
        is_over=is_over,
        is_continued=bool(left_out),
        is_dated=True,
        is_sound=is_sound,
    )


def replay_playlist(reels: Sequence[Reel], *, is_over: bool) -> str:
    """Everything, in longer parts; what is listed stays as it is when more comes. Empty where there is nothing."""
    parts = [part for number, reel in enumerate(reels) for part in _runs(reel, is_done=number < len(reels) - 1)]
    if not parts:
        return ""
    heads = [f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_over else 'EVENT'}"]
    return _playlist(parts, heads, target=_REPLAY_TARGET, is_over=is_over)


def _singles(reel: Reel, *, since: int) -> Iterator[_Part]:
    """Each segment from that number on as a part, which begins where the one before it ended."""
    for number in range(since, len(reel.segments)):
        entry = reel.segments[number]
        begin = reel.segments[number - 1].end if number and not entry.is_gap else entry.begin
        yield _Part(reel, number, number, max(0.0, entry.end - begin))


def _runs(reel: Reel, *, is_done: bool) -> Iterator[_Part]:
    """The reel in parts of some seconds, each to where the next begins; the last one only when the reel is over."""
    first = 0
    for number, entry in enumerate(reel.segments):
        begin = reel.segments[first].begin
        if number > first and (entry.is_gap or entry.begin - begin >= REPLAY_SECONDS):
            until = reel.segments[number - 1].end if entry.is_gap else entry.begin
            yield _Part(reel, first, number - 1, until - begin)
            first = number
    if reel.segments and (is_done or reel.is_over):
        last = len(reel.segments) - 1
        yield _Part(reel, first, last, reel.segments[last].end - reel.segments[first].begin)


def _playlist(
    parts: Sequence[_Part],
    heads: Iterable[str],
    *,
    target: int,
    is_over: bool,
    is_continued: bool = False,
    is_dated: bool = False,
    is_sound: bool = False,
) -> str:
    """The text, of the sound if asked; `is_continued`: parts before are left out, `is_dated`: each has its date."""
    init, name = ("sound", "sound") if is_sound else ("init", "seg")
    # Rounded, not rounded up: players wait three times this long behind the newest part.
    target = max(target, *(round(part.length) for part in parts))
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{target}", *heads]
    shown: Reel | None = None
    for number, part in enumerate(parts):
        is_first = number == 0
        if part.begins_anew and (is_continued or not is_first):
            lines.append("#EXT-X-DISCONTINUITY")
        if part.reel is not shown:
            lines.append(f'#EXT-X-MAP:URI="{part.reel.number}/{init}.mp4"')
            shown = part.reel
        if is_first or part.begins_anew or is_dated:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_instant(part.begins_at)}")
        lines += [f"#EXTINF:{part.length:.3f},", part.address(name)]
    if is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

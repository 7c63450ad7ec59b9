"""Playlists: what HLS says of the reels of a session (RFC 8216). Only text; times are those of the media clocks.

Numbers of segments go on over all reels, so that every process says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from live.picture.reels import Entry, Reel

LIVE_SEGMENTS = 10
REPLAY_SECONDS = 4.0
_LIVE_TARGET, _REPLAY_TARGET = 1, 5


@dataclass(frozen=True)
class _Part:
    """One address in a playlist: the segments `first` to `last` of a reel."""

    reel: Reel
    first: int
    last: int

    @property
    def entry(self) -> Entry:
        """Its first segment."""
        return self.reel.segments[self.first]

    @property
    def length(self) -> float:
        return sum(entry.length for entry in self.reel.segments[self.first : self.last + 1])

    @property
    def begins_anew(self) -> bool:
        """Whether it does not go on where the part before it ended."""
        return self.first == 0 or self.entry.is_gap

    @property
    def address(self) -> str:
        run = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.reel.number}/seg-{run}.m4s"


def live_playlist(reels: Sequence[Reel], *, is_over: bool) -> str:
    """The newest segments; empty where there is none."""
    parts = [_Part(reel, number, number) for reel in reels for number in range(len(reel.segments))]
    shown = parts[-LIVE_SEGMENTS:]
    if not shown:
        return ""
    before = parts[: len(parts) - len(shown)]
    heads = [
        f"#EXT-X-MEDIA-SEQUENCE:{len(before)}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{sum(part.begins_anew for part in before[1:])}",
    ]
    return _playlist(shown, heads, target=_LIVE_TARGET, is_over=is_over, is_continued=bool(before))


def replay_playlist(reels: Sequence[Reel], *, is_over: bool) -> str:
    """Everything, in longer parts; what is listed stays as it is when more comes. Empty where there is nothing."""
    parts = [part for number, reel in enumerate(reels) for part in _runs(reel, is_done=number < len(reels) - 1)]
    if not parts:
        return ""
    heads = [f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_over else 'EVENT'}"]
    return _playlist(parts, heads, target=_REPLAY_TARGET, is_over=is_over)


def _runs(reel: Reel, *, is_done: bool) -> Iterator[_Part]:
    """The reel in parts of some seconds; the last one, which may yet grow, only when the reel is over."""
    first, length = 0, 0.0
    for number, entry in enumerate(reel.segments):
        if entry.is_gap and number > first:
            yield _Part(reel, first, number - 1)
            first, length = number, 0.0
        length += entry.length
        if length >= REPLAY_SECONDS:
            yield _Part(reel, first, number)
            first, length = number + 1, 0.0
    if first < len(reel.segments) and (is_done or reel.is_over):
        yield _Part(reel, first, len(reel.segments) - 1)


def _playlist(
    parts: Sequence[_Part], heads: Iterable[str], *, target: int, is_over: bool, is_continued: bool = False
) -> str:
    # Rounded, not rounded up: players wait three times this long behind the newest part.
    target = max(target, *(round(part.length) for part in parts))
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{target}", *heads]
    shown: Reel | None = None
    for number, part in enumerate(parts):
        is_first = number == 0
        if part.begins_anew and (is_continued or not is_first):
            lines.append("#EXT-X-DISCONTINUITY")
        if part.reel is not shown:
            lines.append(f'#EXT-X-MAP:URI="{part.reel.number}/init.mp4"')
            shown = part.reel
        if is_first or part.begins_anew:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_instant(part.reel.at(part.entry))}")
        lines += [f"#EXTINF:{part.length:.3f},", part.address]
    if is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

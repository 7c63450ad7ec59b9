"""Captions as WebVTT, on the clock of the replay."""

from __future__ import annotations

from collections.abc import Sequence

from fair.pictures import Caption, PictureStream, replay_ms

LONGEST_MS = 6_000
SHORTEST_MS = 500


def captions_file(captions: Sequence[Caption], streams: Sequence[PictureStream]) -> str:
    """Each caption from when it was said until the next one, or for some seconds, as far as it is in the replay."""
    shown = [(at, caption.text) for caption in captions if (at := replay_ms(streams, caption.at)) is not None]
    cues = ["WEBVTT\n"]
    for number, (at, text) in enumerate(shown):
        following = shown[number + 1][0] if number + 1 < len(shown) else at + LONGEST_MS
        until = max(at + SHORTEST_MS, min(at + LONGEST_MS, following))
        cues.append(f"{_moment(at)} --> {_moment(until)}\n{_plain(text)}\n")
    return "\n".join(cues)


def _moment(ms: int) -> str:
    seconds, ms = divmod(ms, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

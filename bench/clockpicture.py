"""A picture that can be read: scripts for a browser whose camera draws the clock, and for one that reads it back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["BROWSER_FLAGS", "ONLY", "WITHOUT_RELAY", "Seen", "clock_script", "shows", "watched"]

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
]

ONLY = {
    container: f"""(() => {{
        const able = MediaRecorder.isTypeSupported.bind(MediaRecorder);
        MediaRecorder.isTypeSupported = (mime) => mime.startsWith("video/{container}") && able(mime);
    }})();"""
    for container in ("webm", "mp4")
}
"""Container → a script after which the browser records nothing else."""

WITHOUT_RELAY = """(() => {
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
        constructor(address, protocol) { super(String(address).replace(/picture$/, "nowhere"), protocol); }
    };
})();"""
"""A script after which no relay can be reached, as behind a proxy that knows no websockets."""


@dataclass(frozen=True)
class Seen:
    """What was read of the picture: how far behind each frame was, and how many frames could not be read."""

    delays_ms: list[float]
    unreadable: int

    def quantile(self, share: float) -> float | None:
        """The delay that `share` of the frames stayed within, in ms; None without frames."""
        in_order = sorted(self.delays_ms)
        return in_order[min(len(in_order) - 1, int(len(in_order) * share))] if in_order else None


def clock_script() -> str:
    """The script of camera and reader, for every page of a browser."""
    return Path(__file__).with_name("clock.js").read_text(encoding="utf-8")


def shows(page: Any, *, since: float = 0, until: float = 9e15, within_ms: float = 60_000) -> bool:
    """Wait until the page's picture shows an instant between the two, in ms since 1970; whether it did in time."""
    wanted = {"since": since, "until": until, "within": within_ms}
    return bool(page.evaluate("wanted => shows(wanted)", wanted))


def watched(page: Any, seconds: float) -> Seen:
    """Read the clock from the page's picture for so long."""
    found = page.evaluate(f"watchClock(document.querySelector('[data-video]'), {seconds})")
    return Seen(delays_ms=found["delays"], unreadable=found["unreadable"])

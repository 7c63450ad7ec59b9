"""Recordings to test with: what a browser's MediaRecorder made, and the scanner for it."""

from __future__ import annotations

from pathlib import Path

from live.picture.mp4 import Mp4Scanner
from live.picture.pieces import Piece, Scanner
from live.picture.webm import WebmScanner
from live.picture.webmclusters import WebmClusters

RECORDED = Path(__file__).parent / "recorded"
WEBM = (RECORDED / "vp8.webm").read_bytes()
MP4 = (RECORDED / "avc.mp4").read_bytes()
TAPES = {"webm": WEBM, "mp4": MP4}


def scanner_of(tape: str) -> Scanner:
    """A new scanner for a tape of this name."""
    return WebmScanner() if tape == "webm" else Mp4Scanner()


def scanned(tape: str, data: bytes | None = None) -> tuple[Scanner, list[Piece]]:
    """All pieces of a tape, or of other bytes of its kind, taken at once."""
    scanner = scanner_of(tape)
    return scanner, scanner.feed(TAPES[tape] if data is None else data)


def relayed(tape: str, data: bytes | None = None) -> list[Piece]:
    """The same as a stream passes them on."""
    scanner = WebmClusters() if tape == "webm" else Mp4Scanner()
    return scanner.feed(TAPES[tape] if data is None else data)

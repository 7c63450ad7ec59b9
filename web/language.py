"""Which language a visitor reads: the one chosen, else Chinese. The msgids are Chinese, English is a catalogue."""

from __future__ import annotations

from pathlib import Path

from flask import has_request_context, session

__all__ = ["CATALOGUES", "LANGUAGES", "is_english", "selected"]

LANGUAGES = ("zh", "en")
CATALOGUES = Path(__file__).parent / "translations"


def selected() -> str:
    """The language of this request."""
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "zh"


def is_english() -> bool:
    """Whether this page is in English."""
    return selected() == "en"

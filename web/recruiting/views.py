"""The recruiter's blueprint; positions, imports and sessions each hang their pages on it."""

from __future__ import annotations

from web.recruiting import imports, positions, sessions
from web.recruiting.blueprint import blueprint

__all__ = ["blueprint", "imports", "positions", "sessions"]

"""Rooms with a real database and a real server on loopback."""

import pytest

from tests.live.scene import Scene, make_scene


@pytest.fixture
def scene(sqlite_url: str) -> Scene:
    """The small fair in a fresh SQLite database, on air."""
    return make_scene(sqlite_url)

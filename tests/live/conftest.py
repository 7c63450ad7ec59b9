"""Rooms with a real database and a real server on loopback."""

from collections.abc import Iterator

import pytest

from tests.live.scene import Scene, make_scene


@pytest.fixture
def scene(sqlite_url: str) -> Scene:
    """The small fair in a fresh SQLite database, on air."""
    return make_scene(sqlite_url)


@pytest.fixture
def either_scene(database_url: str) -> Iterator[Scene]:
    """The small fair, on air, in SQLite and in PostgreSQL."""
    scene = make_scene(database_url)
    yield scene
    scene.engine.dispose()

"""Rooms with a real database and a real server on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from live.ring import Ring, open_ring
from tests.live.scene import Scene, make_scene


@pytest.fixture
def scene(sqlite_url: str) -> Scene:
    """The small fair in a fresh SQLite database, on air."""
    return make_scene(sqlite_url)


@pytest.fixture(params=["sqlite", "postgresql", "postgresql and redis"])
def either_scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """The small fair, on air, as installations run it: in SQLite, in PostgreSQL, and with rooms over Redis."""
    database, _, redis = request.param.partition(" and ")
    scene = make_scene(request.getfixturevalue(f"{database}_url"))
    yield replace(scene, redis_url=request.getfixturevalue("redis_url")) if redis else scene
    scene.engine.dispose()


@pytest.fixture
def redis_scene(sqlite_url: str, redis_url: str) -> Iterator[Scene]:
    """The small fair, on air, with rooms that Redis carries."""
    scene = make_scene(sqlite_url)
    yield replace(scene, redis_url=redis_url)
    scene.engine.dispose()


@pytest.fixture
def ring() -> Iterator[Ring]:
    """A ring, where the system permits one."""
    ring = open_ring()
    if ring is None:
        pytest.skip("the system permits no ring")
    yield ring
    ring.close()

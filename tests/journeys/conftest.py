"""What journeys share: a running fair, and people at it in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.people import FLAGS
from tests.journeys.site import FairSite, running_fair


@pytest.fixture
def fair_on_sqlite(demo_folder: Path) -> Iterator[FairSite]:
    """The whole fair with the demo in it, on SQLite: a second start."""
    with running_fair(demo_folder, f"sqlite:///{demo_folder / 'gangbo.db'}") as site:
        yield site


@pytest.fixture
def fair_on_postgresql(tmp_path: Path, postgresql_url: str) -> Iterator[FairSite]:
    """The whole fair with the demo in it, on PostgreSQL: a first start."""
    with running_fair(tmp_path / "var", postgresql_url) as site:
        yield site


@pytest.fixture(params=["sqlite", "postgresql"])
def fair_site(request: pytest.FixtureRequest) -> FairSite:
    """The whole fair with the demo in it, once on SQLite and once on PostgreSQL."""
    site: FairSite = request.getfixturevalue(f"fair_on_{request.param}")
    return site


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One real Chromium for the journeys of a module; each person has a context of their own."""
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def troubles(browser: Browser) -> Iterator[list[str]]:
    """What the browsers complained of; a journey ends with none, and everybody at it leaves.

    Hosts who stay would record on beside the journeys after them.
    """
    heard: list[str] = []
    yield heard
    for context in browser.contexts:
        context.close()
    assert heard == []

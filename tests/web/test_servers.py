"""The page of the live processes: what they count, who does not answer, and that only the administrator sees it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fair.accounts import Role
from fair.liveservers import name_of, sign_of_life
from live.metrics import Metrics, serve_metrics
from tests.builders import add_account
from tests.live.oracle import answering
from tests.live.visitor import free_port
from tests.web.conftest import Clock

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@contextmanager
def counting(metrics: Metrics, port: int) -> Iterator[None]:
    """A live process's figures at this port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve_metrics(metrics, port))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def two_processes(app: Flask) -> int:
    """The site of a machine on which two live processes should run; the port of the first one's figures."""
    held = app.extensions["gangbo"]
    port = free_port()
    app.extensions["gangbo"] = replace(held, settings=replace(held.settings, live_metrics_port=port, live_workers=2))
    return port


@pytest.fixture
def administrator(write: Callable[[], Any], signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    """The browser of who runs the fair."""
    with write() as db:
        number = add_account(db, Role.ADMINISTRATOR, name="管理员").id
    return signed_in(number)


def busy() -> Metrics:
    """A process with something to tell."""
    metrics = Metrics()
    metrics.watch("connections", "Open connections.", lambda: 17_321)
    metrics.sent(100, to=5_000)
    metrics.drops["slow"] += 3
    metrics.entered("complete")
    metrics.entered("too_old")
    return metrics


def test_page_tells_what_processes_count_and_which_does_not_answer(
    two_processes: int, administrator: FlaskClient
) -> None:
    """Figures and reasons in words; a process that is away is said to be."""
    with counting(busy(), two_processes):
        page = administrator.get("/servers").text
        figures = administrator.get("/servers/figures").get_json()

    for words in ("1.7万", "断开：落后太多", "续上，一条不少", "重新取：离开太久"):
        assert words in page
    assert [(each["number"], each["port"]) for each in figures] == [(1, two_processes), (2, two_processes + 1)]
    assert figures[0]["values"]["deliveries"] == 5_000
    assert figures[0]["values"]["drops:slow"] == 3
    assert figures[1]["values"] is None
    assert "<div data-silent hidden>" in page


def test_page_says_when_no_process_answers(two_processes: int, administrator: FlaskClient) -> None:
    """The page comes all the same, with the reason."""
    page = administrator.get("/servers")

    assert page.status_code == 200
    assert "直播进程都没有应答" in page.text
    assert "<div data-silent>" in page.text


def test_page_says_when_figures_are_switched_off(app: Flask, administrator: FlaskClient) -> None:
    """With port 0 there is nothing to draw, and no script to draw it."""
    held = app.extensions["gangbo"]
    app.extensions["gangbo"] = replace(held, settings=replace(held.settings, live_metrics_port=0))

    page = administrator.get("/servers").text

    assert "没有可看的数字" in page
    assert "servers.js" not in page
    assert administrator.get("/servers/figures").get_json() == []


def test_page_is_in_the_administrators_navigation_alone(
    fair: Any, administrator: FlaskClient, signed_in: Callable[[int], FlaskClient]
) -> None:
    """An officer finds no way to it, and none leads in."""
    assert 'href="/servers"' in administrator.get("/oversight").text

    officer = signed_in(fair.officer.id)

    assert 'href="/servers"' not in officer.get("/oversight").text
    assert officer.get("/servers").status_code == 403


def test_what_is_no_figures_is_no_answer(two_processes: int, administrator: FlaskClient) -> None:
    """Another server at the port makes no error page."""
    with answering(two_processes):
        figures = administrator.get("/servers/figures").get_json()

    assert figures[0]["values"] is None


def test_page_names_the_processes_of_other_machines(
    app: Flask, two_processes: int, administrator: FlaskClient, write: Callable[[], Any], clock: Clock
) -> None:
    """Those that gave a sign of life just now, and none of this machine."""
    own = name_of(app.extensions["gangbo"].settings, 2)
    with write() as db:
        for name, ago in (("fair-two-1", 1), ("fair-gone-1", 60), (own, 1)):
            sign_of_life(db, name, now=clock() - timedelta(seconds=ago))

    page = administrator.get("/servers").text

    assert "别的机器上的直播进程" in page
    assert "fair-two-1" in page
    assert "fair-gone-1" not in page
    assert own not in page

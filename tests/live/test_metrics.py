"""What the live process counts, and the text that monitoring reads."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from live.metrics import Metrics, serve_metrics
from tests.live.visitor import free_port


def read(text):
    """(name, label value) → value, as a reader of the text sees it."""
    families = text_string_to_metric_families(text.decode())
    return {
        (sample.name, "".join(sample.labels.values())): sample.value for each in families for sample in each.samples
    }


def test_text_tells_counts_by_kind_and_what_is_watched():
    """Counters end in _total, kinds are labels, a watched gauge is asked for at that moment."""
    metrics = Metrics()
    present = [3]
    metrics.watch("viewers", "Viewers.", lambda: present[0])
    metrics.deliveries += 7
    metrics.drops["slow"] += 2
    metrics.resumes["complete"] += 1
    present[0] = 4

    values = read(metrics.text())

    assert values["gangbo_live_deliveries_total", ""] == 7
    assert values["gangbo_live_drops_total", "slow"] == 2
    assert values["gangbo_live_resumes_total", "complete"] == 1
    assert values["gangbo_live_viewers", ""] == 4


def test_lag_is_the_worst_of_ten_seconds():
    """A stall is told for ten seconds and then forgotten; being early is no lag."""
    metrics = Metrics()
    metrics.note_lag(0.8)
    metrics.note_lag(-0.1)

    assert metrics.lag_seconds == 0.8
    for _ in range(39):
        metrics.note_lag(0.01)
    assert metrics.lag_seconds == 0.01


@pytest.mark.parametrize(
    ("request_line", "status"), [("GET /metrics", b"200 OK"), ("GET /", b"404 Not Found"), ("POST /metrics", b"404")]
)
def test_metrics_are_served_at_one_path(request_line, status):
    """Everything else is not found."""
    answers = []

    async def story():
        port = free_port()
        server = await serve_metrics(Metrics(), port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{request_line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answers.append(await reader.read())
        writer.close()
        server.close()
        await server.wait_closed()

    asyncio.run(asyncio.wait_for(story(), 20))

    assert status in answers[0].partition(b"\r\n")[0]
    assert (b"gangbo_live_deliveries_total 0.0" in answers[0]) is (status == b"200 OK")


def test_oversize_and_silent_askers_are_let_go(monkeypatch):
    """A request without an end, or one that is too large, costs a closed connection and no more."""
    monkeypatch.setattr("live.metrics._SECONDS_TO_ASK", 0.1)
    answers = []

    async def story():
        port = free_port()
        server = await serve_metrics(Metrics(), port)
        for sent in (b"GET /met", b"x" * 10_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            answers.append(await reader.read())
            writer.close()
        server.close()
        await server.wait_closed()

    asyncio.run(asyncio.wait_for(story(), 20))

    assert answers == [b"", b""]

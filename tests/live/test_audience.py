"""Viewers by the thousand: what one has not used takes no room, and what was used is forgotten."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.audience import Audience
from live.keys import SECONDS_KEPT, Keys
from live.limits import ALL, CHAT_OF_ROOM, OF_KIND, Bucket, Rate
from live.requests import Say
from tests.live.core import START, guest

AT = START.timestamp()


def enter(audience, connection, **who):
    """Let somebody in; the viewer."""
    return audience.enter(connection, guest(connection, **who), now=START)[0]


def test_bucket_gives_its_burst_and_then_its_rate():
    """Three at once, then one a second; what was refused is not taken."""
    bucket = Bucket(OF_KIND["say"], now=AT)

    assert [bucket.take(now=AT) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(now=AT) == pytest.approx(1, abs=1e-5)
    assert bucket.take(now=AT + 0.5) == pytest.approx(0.5, abs=1e-5)
    assert bucket.take(now=AT + 1) == 0
    assert bucket.take(now=AT + 1) > 0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 30)), max_size=40))
def test_bucket_is_the_token_bucket_of_the_textbook(taps: list[tuple[float, int]]) -> None:
    """Tokens that come back with time, counted the long way, give the same answers."""
    rate, now, tokens, full_at = Rate(10, 50), AT, 50.0, 0.0
    for passed, wanted in taps:
        now += passed
        tokens = min(rate.burst, tokens + passed * rate.per_second)
        assert rate.left(full_at, now=now) == pytest.approx(tokens, abs=1e-3)
        if abs(tokens - wanted) < 1e-3:
            continue
        full_at, wait = rate.take(full_at, now=now, wanted=wanted)
        assert (wait == 0) is (tokens > wanted)
        if wait:
            assert wait == pytest.approx((wanted - tokens) / rate.per_second, abs=1e-3)
        else:
            tokens -= wanted


def test_limits_that_are_whole_again_are_forgotten():
    """They are kept as long as they hold anything back."""
    audience = Audience()
    viewer = enter(audience, 1)
    viewer.likes_allowed(50, now=AT)

    audience.expire(now=AT + 4)
    assert viewer.likes_allowed(50, now=AT + 4) == 40
    audience.expire(now=AT + 10)

    assert viewer._full_at is None
    assert viewer.likes_allowed(80, now=AT + 10) == 50


def test_viewer_that_left_stays_known_as_long_as_its_answers():
    """So that a repeated request is answered after a broken line; who asked for nothing is forgotten at once."""
    audience = Audience()
    asker, watcher = enter(audience, 1), enter(audience, 2)
    asker.keys = Keys()
    asker.keys.hold("k", Say("k", "你好"), 1, now=AT)
    asker.keys.settle("k", {})
    for connection in (1, 2):
        audience.leave(connection)

    assert audience.by_id(watcher.id) is None
    audience.expire(now=AT + SECONDS_KEPT - 1)
    assert audience.by_id(asker.id) is asker
    audience.expire(now=AT + SECONDS_KEPT + 1)
    assert audience.by_id(asker.id) is None


def test_connections_of_one_web_session_are_known():
    """Signing out of one closes its own, and those that name none."""
    audience = Audience()
    for connection, login in ((1, "telephone"), (2, "computer"), (3, ""), (4, "telephone")):
        viewer, _ = audience.enter(connection, guest(7, login=login), now=START)

    assert viewer.connections_of("telephone") == [1, 3, 4]
    assert viewer.connections_of("") == [1, 2, 3, 4]
    audience.leave(1)
    assert (viewer.connections, viewer.connections_of("telephone")) == ((2, 3, 4), [3, 4])


@pytest.mark.parametrize("limit", [ALL, CHAT_OF_ROOM])
def test_refused_taps_do_not_prolong_the_wait(limit):
    """Going on tapping costs nothing more."""
    bucket = Bucket(limit, now=AT)
    bucket.take(now=AT, wanted=limit.burst)

    waits = [bucket.take(now=AT) for _ in range(50)]

    assert waits == [waits[0]] * 50


def test_viewer_that_only_watches_takes_little_room():
    """Less than 800 bytes each, the room's own dictionaries among them."""
    audience, count = Audience(), 5_000
    guests = [guest(number, match_state="on", login=f"login {number}") for number in range(count)]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number, each in enumerate(guests):
        audience.enter(number + 1_000_000, each, now=START)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert audience.present == count
    assert taken / count < 800

"""The rooms of a process: how often they look at the event log."""

import pytest

from live.rooms import pace


@pytest.mark.parametrize(
    ("ticks_ms", "seconds"),
    [([], 0.25), ([100], 0.25), ([500], 0.5), ([500, 100], 0.25), ([500, 900], 0.5), ([4_000], 1)],
)
def test_looks_at_the_log_keep_pace_with_the_narrowest_tick(ticks_ms, seconds):
    """Never less than a quarter of a second apart, never more than one; no room waits for a wider one."""
    assert pace(ticks_ms) == seconds

"""Measures a room full of seekers: a position pinned for all of them, and the list of one who comes in.

Everybody present is judged by everything the product goes by; recall is that of the best ten beside judging every
seeker. Milliseconds are processor time of the one thread that answers, so that other programs count little.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from fair.matches import WORTH_A_LOOK
from matching.catalogue import Catalogue

__all__ = ["measure_roomful"]

_BEST = 10
_TOLD = 50
_PINS, _JUDGED_WHOLE = 24, 6
_SESSION = 121
_JOINERS, _EARLY, _LATER = 3_000, 50, 2_000


def measure_roomful(catalogue: Catalogue, *, today: date) -> dict[str, Any]:
    """Figures of a catalogue whose seekers are all present; the first positions are those of a session."""
    present = np.array(sorted(catalogue.seeker_ids()))
    positions = sorted(catalogue.position_ids())
    session = positions[:_SESSION]

    def pin(position_id: int, *, limit: int | None) -> list[int]:
        found = catalogue.seekers_for_position(
            position_id, seeker_ids=present, lowest_score=WORTH_A_LOOK, today=today, limit=limit
        )
        return [match.seeker_id for match in found]

    gc.collect()
    gc.freeze()
    figures: dict[str, Any] = {"present": len(present), "told": _TOLD}
    pinned = positions[-_PINS:]
    figures |= _spread("pin_unseen", [_timed(partial(pin, one, limit=_TOLD)) for one in pinned])
    figures |= _spread("pin_again", [_timed(partial(pin, one, limit=_TOLD)) for one in pinned])
    found = []
    for one in pinned[:_JUDGED_WHOLE]:
        everybody = pin(one, limit=None)[:_BEST]
        found.append(len(set(everybody) & set(pin(one, limit=_TOLD)[:_BEST])) / max(len(everybody), 1))
    figures["recall_at_10"] = round(float(np.mean(found)), 4)

    def join(seeker_id: int) -> None:
        catalogue.positions_for_seeker(seeker_id, limit=len(session), today=today, position_ids=session)

    joiners = present[:_JOINERS].tolist()
    joined = [_timed(partial(join, one)) for one in joiners]
    for name, some in (("first", joined[:_EARLY]), ("next", joined[_EARLY:_LATER]), ("later", joined[_LATER:])):
        figures |= _spread(f"join_{len(session)}_positions_{name}", some)
    # A session's positions are shown to those who come in before one of them is pinned.
    while catalogue.tend():
        pass
    figures |= _spread("pin_shown", [_timed(partial(pin, one, limit=_TOLD)) for one in session[:_PINS]])
    return figures


def _timed(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return (time.thread_time() - start) * 1000


def _spread(name: str, taken: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_cpu_ms": round(float(np.median(taken)), 2),
        f"{name}_p99_cpu_ms": round(float(np.percentile(taken, 99)), 2),
    }

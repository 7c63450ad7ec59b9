"""The desk: what one matching process holds together, from the model's loading to the thread that follows the log.

Knows encoder, catalogue and feed; knows no HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Engine

from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.encoder import Encoder, ModelUnavailable
from matching.feed import Feed, Stage
from matching.vectors import rounded

_BEFORE_THE_END_SECONDS = 2.0  # Long enough for a fault that is always there not to fill the log.
_BETWEEN_TENDING_SECONDS = 1.0
_BETWEEN_STEPS_SECONDS = 0.002
_TURN_TEXTS = 32  # A search waits for so many at most.

log = logging.getLogger("gangbo.matching")


class Starting(Exception):
    """Nothing can be answered yet."""


class Health(Struct, frozen=True):
    """How it is: `ok`, `degraded` (answers, but `missing` something), `starting` (no answers yet) or `not`."""

    status: str
    missing: list[str]
    model: str
    stage: str
    done: int
    total: int
    positions: int
    seekers: int
    event_id: int


class OneAtATime:
    """An encoder that threads take turns with: the tokenizers of some models refuse two at once."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self._encoder = encoder
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, n × dimension, of length 1."""
        parts = [np.zeros((0, self.dimension), dtype=np.float32)]
        for start in range(0, len(texts), _TURN_TEXTS):
            with self._turn:
                parts.append(self._encoder.encode(texts[start : start + _TURN_TEXTS]))
        return np.concatenate(parts)


class Desk:
    """One catalogue with its encoder and its feed, made in a thread of its own."""

    def __init__(
        self, engine: Engine, load: Callable[[], Encoder], *, ended: Callable[[], None] = lambda: None
    ) -> None:
        """`ended` is called when the feed failed and answers would grow old: the process should be started anew."""
        self._engine = engine
        self._ended = ended
        self._load = load
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name="matching-feed", daemon=True),
            threading.Thread(target=self._tend, name="matching-tend", daemon=True),
        ]
        self._encoder: Encoder | None = None
        self._catalogue: Catalogue | None = None
        self._feed: Feed | None = None
        self._failure = ""

    def open(self) -> None:
        """Begin loading; returns at once."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop following and wait for the threads."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def catalogue(self) -> Catalogue:
        """What can be matched; raises Starting while there is nothing."""
        if self._failure or self._catalogue is None or self._feed is None:
            raise Starting
        if self._feed.stage not in (Stage.ENCODING, Stage.FOLLOWING):
            raise Starting
        return self._catalogue

    @property
    def model(self) -> str:
        """The encoder's name, empty before it is loaded."""
        return self._encoder.name if self._encoder else ""

    def encoded(self, text: str) -> NDArray[np.float32]:
        """The vector of a search, 1 × dimension."""
        if self._encoder is None:
            raise Starting
        return rounded(self._encoder.encode([text]))

    def health(self) -> Health:
        """How it is."""
        feed, catalogue = self._feed, self._catalogue
        stage = feed.stage if feed else Stage.LOADING
        missing = [self._failure] if self._failure else []
        if stage == Stage.ENCODING and feed:
            missing.append(f"vectors of {feed.total - feed.done} of {feed.total} records")
        if feed and feed.words_left:
            missing.append(f"words of {feed.words_left} positions")
        if feed and feed.trouble:
            missing.append(f"database ({feed.trouble})")
        is_answering = stage in (Stage.ENCODING, Stage.FOLLOWING)
        return Health(
            status="not" if self._failure else ("degraded" if missing else "ok") if is_answering else "starting",
            missing=missing,
            model=self.model,
            stage=stage,
            done=feed.done if feed else 0,
            total=feed.total if feed else 0,
            positions=len(catalogue.position_ids()) if catalogue else 0,
            seekers=len(catalogue.seeker_ids()) if catalogue else 0,
            event_id=catalogue.event_id if catalogue else 0,
        )

    def make_feed(self) -> Feed:
        """Load the model and make an empty catalogue with the feed that fills it; raises ModelUnavailable."""
        encoder = OneAtATime(self._load())
        calibration = calibrate(encoder.encode)
        log.info("model %s with %d dimensions is loaded: %s", encoder.name, encoder.dimension, calibration)
        self._encoder, self._catalogue = encoder, Catalogue(encoder.dimension, calibration)
        self._feed = Feed(self._engine, encoder, self._catalogue)
        return self._feed

    def _work(self) -> None:
        try:
            self.make_feed().run(self._stop)
        except ModelUnavailable as unavailable:
            self._failure = str(unavailable)
            log.error("%s", unavailable)
        except Exception as error:
            # Without the feed somebody who switched matching off would go on being matched: no answer is better.
            self._failure = f"feed ({type(error).__name__})"
            log.exception("the feed failed; this process is to be started anew")
            self._stop.wait(_BEFORE_THE_END_SECONDS)
            self._ended()

    def _tend(self) -> None:
        """Keep the indexes quick, a little at a time, so that no question waits for it."""
        while not self._stop.wait(_BETWEEN_TENDING_SECONDS):
            while self._catalogue is not None and not self._stop.is_set() and self._catalogue.tend():
                self._stop.wait(_BETWEEN_STEPS_SECONDS)

"""Keeps the catalogue equal to the database: all of it at the start, then what the event log tells.

What was read and encoded before, by the same code and model, is taken back; the rest is read at once and encoded behind
the first answers, which stand on words and rules until then. The words of what was taken back come behind them too.
Knows the database, the encoder and the catalogue; knows no HTTP.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from threading import Event as Signal
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fair.database import reading, writing
from fair.events import Event, EventKind, events_after, newest_event_id
from fair.positions import Position
from fair.seekers import SeekerProfile
from matching import records
from matching.catalogue import Catalogue
from matching.documents import (
    Place,
    PositionFacts,
    SeekerFacts,
    digest,
    district_codes,
    encoded_texts,
    place_of,
    position_facts,
    searched_text,
    seeker_facts,
)
from matching.encoder import Encoder
from matching.keepsakes import packed, stamp_of, unpacked
from matching.vectors import (
    Kind,
    StoredFacts,
    StoredRows,
    forget_others,
    forget_rows,
    rounded,
    store,
    store_facts,
    stored_facts,
    stored_rows,
)

POLL_SECONDS = 0.2
_BATCH = 64
_PAGE = 500
_AFTER_ERROR_SECONDS = 2.0

_OF_A_POSITION = frozenset(
    {
        EventKind.POSITION_PUBLISHED,
        EventKind.POSITION_CHANGED,
        EventKind.POSITION_CLOSED,
        EventKind.POSITION_PINNED,
    }
)
_OF_A_SEEKER = frozenset(
    {
        EventKind.PROFILE_SAVED,
        EventKind.MATCHING_SWITCHED,
        EventKind.ACCOUNT_ERASED,
        EventKind.ACCOUNT_DISABLED,
    }
)

Facts = PositionFacts | SeekerFacts
Kept = TypeVar("Kept")
Key = tuple[Kind, int]

log = logging.getLogger("gangbo.matching")


class Stage(StrEnum):
    """How far the catalogue is; it answers from ENCODING on."""

    LOADING = "loading"
    READING = "reading"
    ENCODING = "encoding"
    FOLLOWING = "following"


class Waiting(Struct, frozen=True):
    """Facts that were read and are still to be encoded, with their record's stamp."""

    facts: Facts
    stamp: str


class Feed:
    """Reads the database into a catalogue and follows the event log; used by one thread."""

    def __init__(
        self,
        engine: Engine,
        encoder: Encoder,
        catalogue: Catalogue,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.stage = Stage.READING
        self.done, self.total = 0, 0
        self.trouble = ""
        self._engine = engine
        self._encoder = encoder
        self._catalogue = catalogue
        self._clock = clock
        self._places: dict[str, Place] = {}
        self._waiting: dict[Key, Waiting] = {}
        self._unkept: dict[Key, StoredFacts] = {}
        self._wordless: dict[int, None] = {}
        self._read: list[tuple[Facts, NDArray[np.float32]]] = []

    @property
    def words_left(self) -> int:
        """How many positions are not found by their words yet."""
        return len(self._wordless)

    def run(self, stop: Signal) -> None:
        """Load, then follow until `stop` is set; a database that fails is tried again."""
        is_loaded = False
        while not stop.is_set():
            try:
                if not is_loaded:
                    self.load()
                    is_loaded = True
                    # The collector took 0.2 s to look through all that stays, and nobody was answered meanwhile.
                    gc.freeze()
                self.catch_up()
                self.encode_some()
                self.complete_some()
                self.trouble = ""
            except SQLAlchemyError as error:
                self.trouble = type(error).__name__
                log.warning("the database cannot be read: %s", self.trouble)
                stop.wait(_AFTER_ERROR_SECONDS)
                continue
            if not self._waiting and not self._wordless and not self._unkept:
                stop.wait(POLL_SECONDS)

    def load(self) -> None:
        """Take back every open position and consenting seeker as they were read before, and read the others."""
        with reading(self._engine) as db:
            # The number comes first: what happens while reading is read again, and nothing is missed.
            event_id = newest_event_id(db)
            self._places = {one.code: place_of(one) for one in records.districts(db)}
            positions = records.open_positions(db)
            seekers = records.consenting_seekers(db)
            db.expunge_all()
            for kind, stamps in ((Kind.POSITION, positions), (Kind.SEEKER, seekers)):
                changed = sorted(stamps.keys() - self._take_back(db, kind, stamps))
                for start in range(0, len(changed), _PAGE):
                    self._read_anew(db, kind, changed[start : start + _PAGE])
        with writing(self._engine) as db:
            # Those who left while nobody followed.
            forget_others(db, Kind.SEEKER, records.CONSENTING_IDS)
        for position_id in self._catalogue.position_ids() - positions.keys():
            self._catalogue.drop_position(position_id)
        for seeker_id in self._catalogue.seeker_ids() - seekers.keys():
            self._catalogue.drop_seeker(seeker_id)
        self._catalogue.event_id = event_id
        self.done, self.total = 0, len(self._waiting)
        self.stage = Stage.ENCODING if self._waiting else Stage.FOLLOWING
        log.info(
            "%d positions and %d seekers read up to event %d, %d to encode",
            len(positions),
            len(seekers),
            event_id,
            self.total,
        )

    def catch_up(self) -> int:
        """Handle every event that was committed since; how many there were."""
        handled = 0
        while True:
            with reading(self._engine) as db:
                events = events_after(db, self._catalogue.event_id, limit=_PAGE)
                if not events:
                    if newest_event_id(db) < self._catalogue.event_id:
                        log.info("the event log began anew: reading everything again")
                        self.load()
                    return handled
                forgotten = self._handle(db, events)
            self._encode(self._urgent(events))
            self._catalogue.event_id = events[-1].id
            handled += len(events)
            if forgotten:
                with writing(self._engine) as db:
                    forget_rows(db, Kind.SEEKER, forgotten)

    def encode_some(self) -> None:
        """Encode one batch of what waits since the start."""
        batch = dict(islice(self._waiting.items(), _BATCH))
        if batch:
            self._encode(batch)
            self.done = min(self.done + len(batch), self.total)
            if self.done % (_BATCH * 16) == 0:
                log.info("encoded %d of %d", self.done, self.total)
        if self.stage == Stage.ENCODING and not self._waiting:
            self.stage = Stage.FOLLOWING
            log.info("all is encoded by %s", self._encoder.name)

    def complete_some(self) -> bool:
        """Read the words of some positions that were taken back, or keep some facts; whether there was anything."""
        if self._wordless:
            some = list(islice(self._wordless, _BATCH))
            with reading(self._engine) as db:
                for position in records.positions(db, some):
                    self._catalogue.put_words(position.id, searched_text(position))
            for number in some:
                del self._wordless[number]
            return True
        kept = dict(islice(self._unkept.items(), _PAGE))
        if kept:
            with writing(self._engine) as db:
                for kind, facts in _by_kind(kept).items():
                    store_facts(db, kind, facts)
            for key in kept:
                del self._unkept[key]
        return bool(kept)

    def _handle(self, db: Session, events: Sequence[Event]) -> set[int]:
        """Read anew whatever the events speak of; the seekers whose vectors are to be deleted."""
        position_ids = {one.position_id for one in events if one.kind in _OF_A_POSITION and one.position_id is not None}
        seeker_ids = {one.account_id for one in events if one.kind in _OF_A_SEEKER and one.account_id is not None}
        changed = {one.employer_id for one in events if one.kind == EventKind.EMPLOYER_CHANGED and one.employer_id}
        position_ids |= records.positions_of(db, changed)
        for position_id in sorted(position_ids - self._read_anew(db, Kind.POSITION, sorted(position_ids))):
            self._catalogue.drop_position(position_id)
            self._forget((Kind.POSITION, position_id))
        gone = seeker_ids - self._read_anew(db, Kind.SEEKER, sorted(seeker_ids))
        for seeker_id in sorted(gone):
            self._catalogue.drop_seeker(seeker_id)
            self._forget((Kind.SEEKER, seeker_id))
        return gone

    def _take_back(self, db: Session, kind: Kind, stamps: Mapping[int, str]) -> set[int]:
        """Put those into the catalogue whose facts and rows are kept and still hold; which they were."""
        taken: set[int] = set()
        for page in stored_facts(db, kind, stamps, model=self._encoder.name):
            for number, kept, rows in page:
                facts = unpacked(kind, kept, self._places)
                if facts is not None and len(rows) == len(encoded_texts(facts)):
                    self._put(facts)
                    self._read.append((facts, rows))
                    taken.add(number)
            self._put_rows()
        if kind == Kind.POSITION:
            self._wordless.update(dict.fromkeys(sorted(taken)))
        return taken

    def _read_anew(self, db: Session, kind: Kind, numbers: Sequence[int]) -> set[int]:
        """Put those of the records into the catalogue that belong there; which they were."""
        taken: set[int] = set()
        found = records.positions(db, numbers) if kind == Kind.POSITION else records.profiles(db, numbers)
        # Districts are read again as well: a point on the map may have come since.
        codes = set[str]().union(*(district_codes(one) for one in found))
        self._places |= {one.code: place_of(one) for one in records.districts(db, codes)}
        kept = stored_rows(db, kind, numbers, model=self._encoder.name)
        for record in found:
            facts = self._facts_of(record)
            taken.add(facts.id)
            self._take((kind, facts.id), facts, stamp_of(record), kept.get(facts.id))
            if isinstance(record, Position):
                self._catalogue.put_words(record.id, searched_text(record))
                self._wordless.pop(record.id, None)
        self._put_rows()
        db.expunge_all()
        return taken

    def _facts_of(self, record: Position | SeekerProfile) -> Facts:
        if isinstance(record, Position):
            return position_facts(record, self._places)
        return seeker_facts(record, self._places)

    def _take(self, key: Key, facts: Facts, stamp: str, kept: StoredRows | None) -> None:
        """Put facts into the catalogue, with the rows that are kept of their texts; what has none waits for them.

        Whatever is there already, with its rows, goes on being found by them: a pin tells of a position too.
        """
        if self._catalogue.holds(facts):
            self._unkept[key] = StoredFacts(stamp, packed(facts))
            return
        self._put(facts)
        if kept is not None and kept.digest == digest(encoded_texts(facts)):
            self._waiting.pop(key, None)
            self._read.append((facts, kept.rows))
            self._unkept[key] = StoredFacts(stamp, packed(facts))
        else:
            self._waiting[key] = Waiting(facts, stamp)

    def _put(self, facts: Facts) -> None:
        if isinstance(facts, PositionFacts):
            self._catalogue.put_position(facts, None)
        else:
            self._catalogue.put_seeker(facts, None)

    def _put_rows(self) -> None:
        """Give what was read its rows, all at once."""
        self._catalogue.put_rows(self._read)
        self._read = []

    def _forget(self, key: Key) -> None:
        """It is not here any more: nothing of it waits."""
        self._waiting.pop(key, None)
        self._unkept.pop(key, None)
        if key[0] == Kind.POSITION:
            self._wordless.pop(key[1], None)

    def _urgent(self, events: Iterable[Event]) -> dict[Key, Waiting]:
        """What waits and is spoken of by these events: it goes before what waits since the start."""
        keys = [(Kind.POSITION, event.position_id) for event in events if event.position_id is not None]
        keys += [(Kind.SEEKER, event.account_id) for event in events if event.account_id is not None]
        return {key: self._waiting[key] for key in dict.fromkeys(keys) if key in self._waiting}

    def _encode(self, subjects: Mapping[Key, Waiting]) -> None:
        """Encode subjects, put them into the catalogue, then keep their rows and facts for the next start."""
        if not subjects:
            return
        texts = [encoded_texts(one.facts) for one in subjects.values()]
        rows = rounded(self._encoder.encode([text for several in texts for text in several]))
        stored: dict[Key, tuple[StoredRows, StoredFacts]] = {}
        start = 0
        for (key, one), several in zip(subjects.items(), texts, strict=True):
            mine, start = rows[start : start + len(several)], start + len(several)
            stored[key] = StoredRows(digest(several), mine), StoredFacts(one.stamp, packed(one.facts))
            self._read.append((one.facts, mine))
            self._unkept.pop(key, None)
            del self._waiting[key]
        self._put_rows()
        with writing(self._engine) as db:
            for kind, kept in _by_kind(stored).items():
                store(db, kind, kept, model=self._encoder.name)


def _by_kind(several: Mapping[Key, Kept]) -> dict[Kind, dict[int, Kept]]:
    found: dict[Kind, dict[int, Kept]] = {}
    for (kind, number), one in several.items():
        found.setdefault(kind, {})[number] = one
    return found

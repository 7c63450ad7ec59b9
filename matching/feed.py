"""Keeps the catalogue equal to the database: all of it at the start, then what the event log tells.

What was encoded by the same model before is read back; the rest is encoded behind the first answers, which stand on
words and rules until then. Knows the database, the encoder and the catalogue; knows no HTTP.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from threading import Event as Signal
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, defer, joinedload

from fair.accounts import Account
from fair.database import reading, writing
from fair.districts import District
from fair.employers import Employer
from fair.events import Event, EventKind, events_after, newest_event_id
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import EmployerStatus, PositionStatus
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
from matching.vectors import Kind, StoredRows, forget_rows, rounded, store_rows, stored_rows

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

# What is read of many records at the start: nothing that is encrypted, and nothing beside that is not looked at.
_OF_POSITIONS = (
    joinedload(Position.employer)
    .load_only(Employer.name, Employer.industry, Employer.status)
    .lazyload(Employer.district),
    joinedload(Position.district).load_only(District.name).lazyload("*"),
)
_OF_SEEKERS = (
    defer(SeekerProfile.identity_number),
    defer(SeekerProfile.full_name),
    joinedload(SeekerProfile.account).load_only(Account.is_active).lazyload(Account.bureau),
)

Record = TypeVar("Record", Position, SeekerProfile)

log = logging.getLogger("gangbo.matching")


class Stage(StrEnum):
    """How far the catalogue is; it answers from ENCODING on."""

    LOADING = "loading"
    READING = "reading"
    ENCODING = "encoding"
    FOLLOWING = "following"


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
        self._waiting: dict[tuple[Kind, int], PositionFacts | SeekerFacts] = {}
        self._read: list[tuple[PositionFacts | SeekerFacts, NDArray[np.float32]]] = []

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
                self.trouble = ""
            except SQLAlchemyError as error:
                self.trouble = type(error).__name__
                log.warning("the database cannot be read: %s", self.trouble)
                stop.wait(_AFTER_ERROR_SECONDS)
                continue
            if not self._waiting:
                stop.wait(POLL_SECONDS)

    def load(self) -> None:
        """Read every open position and consenting seeker, with the vectors that this model made of them."""
        with reading(self._engine) as db:
            # The number comes first: what happens while reading is read again, and nothing is missed.
            event_id = newest_event_id(db)
            seen: dict[Kind, set[int]] = {kind: set() for kind in Kind}
            self._places.clear()
            for positions in _published(db):
                self._look_up_places(db, positions)
                kept = stored_rows(db, Kind.POSITION, [one.id for one in positions], model=self._encoder.name)
                taken = {one.id for one in positions if self._take_position(one, kept)}
                seen[Kind.POSITION] |= taken
                self._put_read_rows()
            for profiles in _consenting(db):
                self._look_up_places(db, profiles)
                kept = stored_rows(db, Kind.SEEKER, [one.account_id for one in profiles], model=self._encoder.name)
                taken = {one.account_id for one in profiles if self._take_seeker(one, kept)}
                seen[Kind.SEEKER] |= taken
                self._put_read_rows()
        for position_id in self._catalogue.position_ids() - seen[Kind.POSITION]:
            self._catalogue.drop_position(position_id)
        for seeker_id in self._catalogue.seeker_ids() - seen[Kind.SEEKER]:
            self._catalogue.drop_seeker(seeker_id)
        self._catalogue.event_id = event_id
        self.done, self.total = 0, len(self._waiting)
        self.stage = Stage.ENCODING if self._waiting else Stage.FOLLOWING
        log.info(
            "%d positions and %d seekers read up to event %d, %d to encode",
            len(seen[Kind.POSITION]),
            len(seen[Kind.SEEKER]),
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

    def _handle(self, db: Session, events: Iterable[Event]) -> set[int]:
        """Read anew whatever the events speak of; the seekers whose vectors are to be deleted."""
        position_ids: set[int] = set()
        seeker_ids: set[int] = set()
        for event in events:
            if event.kind in _OF_A_POSITION and event.position_id is not None:
                position_ids.add(event.position_id)
            elif event.kind in _OF_A_SEEKER and event.account_id is not None:
                seeker_ids.add(event.account_id)
            elif event.kind == EventKind.EMPLOYER_CHANGED and event.employer_id is not None:
                position_ids.update(
                    db.scalars(
                        select(Position.id).where(
                            Position.employer_id == event.employer_id, Position.status == PositionStatus.PUBLISHED
                        )
                    )
                )
        positions = _by_number(db, Position, position_ids)
        profiles = _by_number(db, SeekerProfile, seeker_ids)
        # Districts are read again as well: a point on the map may have come since.
        self._look_up_places(db, [*positions.values(), *profiles.values()])
        for position_id in sorted(position_ids):
            position = positions.get(position_id)
            if position is None or not self._take_position(position, {}):
                self._catalogue.drop_position(position_id)
                self._waiting.pop((Kind.POSITION, position_id), None)
        gone = set()
        for seeker_id in sorted(seeker_ids):
            profile = profiles.get(seeker_id)
            if profile is None or not self._take_seeker(profile, {}):
                self._catalogue.drop_seeker(seeker_id)
                self._waiting.pop((Kind.SEEKER, seeker_id), None)
                gone.add(seeker_id)
        return gone

    def _look_up_places(self, db: Session, subjects: Sequence[Position | SeekerProfile]) -> None:
        codes = set[str]().union(*(district_codes(one) for one in subjects))
        for district in db.scalars(select(District).where(District.code.in_(codes))):
            self._places[district.code] = place_of(district)

    def _take_position(self, position: Position, kept: dict[int, StoredRows]) -> bool:
        """Put a position into the catalogue if it is open; whether it is."""
        if position.status != PositionStatus.PUBLISHED or position.employer.status == EmployerStatus.REJECTED:
            return False
        facts = position_facts(position, self._places)
        self._catalogue.put_position(facts, searched_text(position), None)
        self._take_rows(Kind.POSITION, facts, kept.get(facts.id))
        return True

    def _take_seeker(self, profile: SeekerProfile, kept: dict[int, StoredRows]) -> bool:
        """Put a seeker into the catalogue if they consented; whether they did."""
        if not profile.is_matched or not profile.account.is_active:
            return False
        facts = seeker_facts(profile, self._places)
        self._catalogue.put_seeker(facts, None)
        self._take_rows(Kind.SEEKER, facts, kept.get(facts.id))
        return True

    def _take_rows(self, kind: Kind, facts: PositionFacts | SeekerFacts, kept: StoredRows | None) -> None:
        """Keep rows for the end of the page, to put them all at once; what has none waits to be encoded."""
        rows = _kept_rows(facts, kept)
        if rows is None:
            self._waiting[kind, facts.id] = facts
        else:
            self._read.append((facts, rows))

    def _put_read_rows(self) -> None:
        self._catalogue.put_rows(self._read)
        self._read = []

    def _urgent(self, events: Iterable[Event]) -> dict[tuple[Kind, int], PositionFacts | SeekerFacts]:
        """What waits and is spoken of by these events: it goes before what waits since the start."""
        keys = [(Kind.POSITION, event.position_id) for event in events if event.position_id is not None]
        keys += [(Kind.SEEKER, event.account_id) for event in events if event.account_id is not None]
        return {key: self._waiting[key] for key in dict.fromkeys(keys) if key in self._waiting}

    def _encode(self, subjects: dict[tuple[Kind, int], PositionFacts | SeekerFacts]) -> None:
        """Encode subjects, put them into the catalogue, then keep their rows for the next start."""
        if not subjects:
            return
        texts = [encoded_texts(facts) for facts in subjects.values()]
        rows = rounded(self._encoder.encode([text for several in texts for text in several]))
        stored: dict[Kind, dict[int, StoredRows]] = {kind: {} for kind in Kind}
        put: list[tuple[PositionFacts | SeekerFacts, NDArray[np.float32]]] = []
        start = 0
        for ((kind, number), facts), several in zip(subjects.items(), texts, strict=True):
            mine, start = rows[start : start + len(several)], start + len(several)
            put.append((facts, mine))
            stored[kind][number] = StoredRows(digest(several), mine)
            del self._waiting[kind, number]
        self._catalogue.put_rows(put)
        with writing(self._engine) as db:
            for kind, found in stored.items():
                store_rows(db, kind, found, model=self._encoder.name)


def _published(db: Session) -> Iterator[Sequence[Position]]:
    """Published positions in pages, so that a large table never stands in memory whole."""
    last = 0
    while page := db.scalars(
        select(Position)
        .options(*_OF_POSITIONS)
        .where(Position.status == PositionStatus.PUBLISHED, Position.id > last)
        .order_by(Position.id)
        .limit(_PAGE)
    ).all():
        last = page[-1].id
        yield page
        db.expunge_all()


def _consenting(db: Session) -> Iterator[Sequence[SeekerProfile]]:
    """Profiles of seekers who want to be matched, in pages."""
    last = 0
    while page := db.scalars(
        select(SeekerProfile)
        .options(*_OF_SEEKERS)
        .where(SeekerProfile.is_matched.is_(True), SeekerProfile.account_id > last)
        .order_by(SeekerProfile.account_id)
        .limit(_PAGE)
    ).all():
        last = page[-1].account_id
        yield page
        db.expunge_all()


def _by_number(db: Session, record: type[Record], numbers: set[int]) -> dict[int, Record]:
    found = ((number, db.get(record, number)) for number in sorted(numbers))
    return {number: one for number, one in found if one is not None}


def _kept_rows(facts: PositionFacts | SeekerFacts, kept: StoredRows | None) -> NDArray[np.float32] | None:
    return kept.rows if kept is not None and kept.digest == digest(encoded_texts(facts)) else None

"""Ranks postings for profiles as the product does: `python -m matching fit`. The districts are the bundled ones."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from fair.database import Base
from fair.divisions import load_divisions
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.documents import encoded_texts
from matching.encoder import Encoder
from matching.postings import Posting, Reader
from matching.vectors import rounded

DEPTH = 50
_BATCH = 256
_DAY = date(2025, 1, 1)

log = logging.getLogger("gangbo.matching.fit")


def fits(postings: Path, profiles: Path, encoder: Encoder) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """For each profile its best postings with their scores, best first, at most DEPTH; raises WrongFile."""
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        load_divisions(db)
        reader = Reader(db, today=_DAY)
        job_ids: list[str] = []
        batch: list[Posting] = []
        for posting in reader.postings(postings):
            job_ids.append(posting.job_id)
            batch.append(posting)
            if len(batch) == _BATCH:
                _put(catalogue, batch, encoder)
                log.info("%d postings read", len(job_ids))
                batch = []
        _put(catalogue, batch, encoder)
        for profile_id, seeker in reader.profiles(profiles):
            catalogue.put_seeker(seeker, rounded(encoder.encode(encoded_texts(seeker))))
            found = catalogue.positions_for_seeker(seeker.id, limit=DEPTH, today=_DAY)
            catalogue.drop_seeker(seeker.id)
            yield profile_id, [(job_ids[match.position_id - 1], match.score) for match in found]


def _put(catalogue: Catalogue, batch: list[Posting], encoder: Encoder) -> None:
    texts = [encoded_texts(posting.facts) for posting in batch]
    rows = rounded(encoder.encode([text for each in texts for text in each]))
    ends = np.cumsum([len(each) for each in texts])
    for posting, mine in zip(batch, np.split(rows, ends[:-1]) if len(texts) else [], strict=True):
        catalogue.put_position(posting.facts, mine)
        catalogue.put_words(posting.facts.id, posting.searched)

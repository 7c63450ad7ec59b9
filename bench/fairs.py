"""Fairs to measure lists on: the demo fair or real postings of one city, and simulated seekers with their matches.

What is drawn depends on the seed alone, so that a fair is the same each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from bench.variety import varied_seeker
from fair.crypto import set_field_key
from fair.database import Base
from fair.districts import District
from fair.divisions import load_divisions
from fair.matches import Match
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import PositionStatus
from fair.vocabulary import Education, Requirement
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.documents import Place, PositionFacts, SeekerFacts, place_of, position_facts, seeker_facts
from matching.encoder import Encoder
from matching.postings import Reader
from matching.vectors import rounded
from web.demo.content import demo_seekers
from web.demo.people import add_people

__all__ = ["Fair", "demo_fair", "real_fair"]

REAL_POSITIONS = 121
_DAY = date(2025, 1, 1)
_SEED = 11


@dataclass(frozen=True)
class Fair:
    """The employer of each position, and one after the other the seekers, each with the matches of all positions."""

    employers: Mapping[int, str]
    matches: Iterable[tuple[int, list[Match]]]


def demo_fair(encoder: Encoder, *, seekers: int) -> Fair:
    """The published positions of the demo fair; the seekers are varied from its own."""
    set_field_key(bytes(32))
    with Session(_empty()) as db:
        add_people(db, password_hash="", totp_secret=str, now=datetime.combine(_DAY, time(6), UTC))
        places = {district.code: place_of(district) for district in db.scalars(select(District))}
        published = list(db.scalars(select(Position).where(Position.status == PositionStatus.PUBLISHED)))
        facts = [position_facts(position, places) for position in published]
        employers = {position.id: position.employer.name for position in published}
        homes = list(db.scalars(select(SeekerProfile.home_code).order_by(SeekerProfile.account_id)))
    return Fair(employers, _matches(encoder, facts, _varied(homes, places, seekers)))


def real_fair(encoder: Encoder, postings: Path, *, city: str, seekers: int) -> Fair:
    """REAL_POSITIONS of a city (a code of six digits); each seeker wants work like that of another posting there."""
    luck = Random(_SEED)
    with Session(_empty()) as db:
        load_divisions(db)
        read = [(posting.job_id, posting.facts) for posting in Reader(db, today=_DAY).postings(postings)]
    there = [(job_id, facts) for job_id, facts in read if facts.place and f"/{city}/" in f"/{facts.place.path}"]
    luck.shuffle(there)
    offered = there[:REAL_POSITIONS]
    with postings.open(encoding="utf-8") as lines:
        companies = {job["job_id"]: str(job.get("company", "")) for job in map(json.loads, lines)}
    employers = {facts.id: companies[job_id] for job_id, facts in offered}
    others = [facts for _, facts in there[REAL_POSITIONS:]]
    return Fair(employers, _matches(encoder, [facts for _, facts in offered], _wanting(others, seekers, luck)))


def _empty() -> Engine:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


def _varied(homes: Sequence[str | None], places: Mapping[str, Place], count: int) -> Iterator[SeekerFacts]:
    luck, models = Random(_SEED), demo_seekers()
    for number in range(1, count + 1):
        turn = luck.randrange(len(models))
        seeker = varied_seeker(models[turn], number, luck)
        profile = SeekerProfile(
            account_id=number,
            about=seeker.about,
            experience=seeker.about,
            wanted_work=seeker.wanted_work,
            skills=seeker.skills,
            certificates=seeker.certificates,
            education=Education(seeker.education),
            experience_years=seeker.experience_years,
            home_code=homes[turn],
            places=[place for place in seeker.places if place != "remote"],
            pay_min=seeker.pay_min,
            schedule=seeker.schedule,
            needs_dormitory=seeker.needs_dormitory,
            wants_supported_place=seeker.wants_supported_place,
            hard=seeker.hard,
        )
        yield seeker_facts(profile, places)


def _wanting(postings: Sequence[PositionFacts], count: int, luck: Random) -> Iterator[SeekerFacts]:
    for number in range(1, count + 1):
        model = luck.choice(postings)
        assert model.place is not None
        works = model.works[-1:]
        yield SeekerFacts(
            id=number,
            works=works,
            whole="\n".join([*works, *model.skills]),
            skills=model.skills,
            home=model.place,
            places=(),
            pay=round(model.pay_low * luck.uniform(0.7, 1.0)) if model.pay_low else None,
            schedules=frozenset(),
            education=model.education,
            experience_years=max(0, model.experience_years + luck.randint(-1, 3)),
            certificates=model.certificates,
            needs_dormitory=model.has_dormitory and luck.random() < 0.3,
            wants_supported_place=False,
            hard=frozenset(each for each in (Requirement.PLACE, Requirement.PAY) if luck.random() < 0.4),
        )


def _matches(
    encoder: Encoder, positions: Sequence[PositionFacts], seekers: Iterable[SeekerFacts]
) -> Iterator[tuple[int, list[Match]]]:
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    for facts in positions:
        valid = replace(facts, valid_until=date.max)
        catalogue.put_position(valid, rounded(encoder.encode([*facts.works, facts.whole])))
        catalogue.put_words(valid.id, facts.whole)
    numbers = [facts.id for facts in positions]
    for seeker in seekers:
        catalogue.put_seeker(seeker, rounded(encoder.encode([*seeker.works, seeker.whole])))
        found = catalogue.positions_for_seeker(
            seeker.id, limit=len(numbers), today=_DAY, position_ids=numbers, with_reasons=False
        )
        catalogue.drop_seeker(seeker.id)
        yield seeker.id, found

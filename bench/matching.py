"""Measures matching: making the indexes, starting again, searches, matches, and a position pinned with many present.

    python -m bench.matching --json --positions 10000 --seekers 1000

First the vector index of so many positions beside others (`bench.nearest`), then a room of so many seekers
(`bench.roomful`), then a start over so many records that were read and encoded before, in a process of its own; then,
where the database can be filled in reasonable time, the real model, database, feed and HTTP application in one process,
over made-up records.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.changing import measure_changing
from bench.nearest import measure_nearest, resident_mb
from bench.roomful import measure_roomful
from fair.accounts import Account, Role
from fair.crypto import set_field_key
from fair.database import Base, make_engine, writing
from fair.districts import District, add_district
from fair.employers import Employer, with_check_character
from fair.events import EventKind, append
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.settings import read_settings
from fair.statuses import EmployerStatus, PositionStatus
from fair.vocabulary import Education, Requirement, Schedule
from matching.app import app_of
from matching.desk import Desk
from matching.encoder import BUNDLED, load_encoder
from matching.feed import Feed, Stage
from matching.trades import trades
from matching.vectors import Vector

_PLACES = [f"3301{number:02d}" for number in range(1, 11)]
_DUTIES = (
    "按班次完成当天的工作",
    "记录设备和物料的情况",
    "和同事交接清楚",
    "遵守安全规定",
    "保持工位整洁",
    "接待客户并答复问题",
)
_PAPERS = ("低压电工证", "叉车证", "健康证", "C1驾驶证", "焊工证", "保安员证")
_PARTS = ("index", "room", "start", "fair", "changing")
_MOST_IN_DATABASE = 20_000
_ROOMS_POSITIONS = 300
_SKILLS = ("配电柜", "仓库管理", "表格软件", "打扫", "叉车", "卡尺", "收银", "照护")


def main() -> None:
    """Measure and print, as lines or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description="Measures matching.")
    parser.add_argument("--positions", type=int, default=10_000)
    parser.add_argument("--seekers", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--model", default=BUNDLED)
    parser.add_argument("--part", action="append", choices=_PARTS, help="only this; may be given more than once")
    parser.add_argument("--database", default="", help="an empty database for the part `changing`; none = SQLite")
    parser.add_argument("--port", type=int, default=9290, help="of the matching process of the part `changing`")
    parser.add_argument("--json", action="store_true", dest="as_json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(Path(folder), asked)
    if asked.as_json:
        json.dump(figures, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for name, value in figures.items():
            print(f"{name:36} {value}")


def measured(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The figures of every part that was asked for."""
    figures: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_at_start": round(os.getloadavg()[0], 1),
        "positions": asked.positions,
        "seekers": asked.seekers,
    }
    parts = asked.part or _PARTS
    if "index" in parts:
        figures["index"] = measure_nearest(asked.positions, seekers=asked.seekers, told=_told)
    if "room" in parts:
        figures["room"] = room(folder, asked)
    if "start" in parts:
        figures["start"] = start(folder, asked)
    if "fair" in parts and asked.positions <= _MOST_IN_DATABASE and asked.seekers <= _MOST_IN_DATABASE:
        figures["fair"] = measure(folder, asked)
    if "changing" in parts and asked.positions <= _MOST_IN_DATABASE and asked.seekers <= _MOST_IN_DATABASE:
        figures["changing"] = changing(folder, asked)
    return figures


def room(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """A room of so many seekers, over a database with the positions of a few sessions."""
    engine = filled(f"sqlite:///{folder / 'room.db'}", _ROOMS_POSITIONS, asked.seekers, random.Random(1))
    desk = Desk(engine, lambda: load_encoder(asked.model))
    feed = desk.make_feed()
    taken, _ = seconds(lambda: build(feed))
    return {"build_seconds": taken} | measure_roomful(desk.catalogue, today=datetime.now(UTC).date())


def start(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """A start in a process that has read nothing yet, after one that read and encoded everything."""
    address = f"sqlite:///{folder / 'start.db'}"
    engine = filled(address, asked.positions, asked.seekers, random.Random(1))
    desk = Desk(engine, partial(load_encoder, asked.model))
    first, _ = seconds(lambda: build(desk.make_feed()))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as another:
        return {"first_build_seconds": first} | another.submit(start_again, address, asked.model).result()


def start_again(address: str, model: str) -> dict[str, Any]:
    """How long a start takes until questions are answered, and until positions are found by their words too."""
    set_field_key(bytes(32))
    desk = Desk(make_engine(address), partial(load_encoder, model))
    figures: dict[str, Any] = {}
    figures["model_seconds"], feed = seconds(desk.make_feed)
    before = time.process_time()
    figures["answers_seconds"], _ = seconds(feed.load)
    figures["answers_cpu_seconds"] = round(time.process_time() - before, 2)
    assert feed.stage == Stage.FOLLOWING
    figures["vectors"] = sum(index.rows_spanned for index in desk.catalogue.indexes())
    figures["words_seconds"], _ = seconds(lambda: build(feed))
    figures["memory_mb"] = round(resident_mb(), 0)
    return figures


def changing(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The API of a matching process of its own, at rest and while positions change."""
    environment = {
        "GANGBO_VAR": str(folder / "changing"),
        "GANGBO_MATCHING_PORT": str(asked.port),
        "GANGBO_LOG_LEVEL": "warning",
        "DATABASE_URL": asked.database,
        "MATCHING_MODEL": asked.model,
    }
    settings = read_settings(environment, dotenv=None)
    set_field_key(settings.field_key)
    engine = filled(settings.database_url, asked.positions, asked.seekers, random.Random(1))
    return measure_changing(engine, settings, environment, folder, positions=asked.positions, seekers=asked.seekers)


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All figures; times in seconds or milliseconds as their names say, memory in MB."""
    chance = random.Random(1)
    assert Vector.__tablename__ in Base.metadata.tables
    engine = filled(f"sqlite:///{folder / 'bench.db'}", asked.positions, asked.seekers, chance)
    figures: dict[str, Any] = {}
    desk = Desk(engine, lambda: load_encoder(asked.model))
    figures["model_seconds"], feed = seconds(desk.make_feed)
    figures["model"] = desk.model
    figures["first_build_seconds"], _ = seconds(lambda: build(feed))
    again = Desk(engine, lambda: load_encoder(asked.model))
    feed = again.make_feed()
    figures["build_from_kept_vectors_seconds"], _ = seconds(lambda: build(feed))

    client = app_of(again).test_client()
    present = list(range(1, asked.seekers + 1))
    names = [name for trade in trades() for name in trade.names]
    questions: dict[str, Callable[[], tuple[str, dict[str, Any]]]] = {
        "text": lambda: ("/positions/for-text", {"text": chance.choice(names), "limit": 20}),
        "text_filtered": lambda: (
            "/positions/for-text",
            {"text": chance.choice(names), "limit": 20, "district_path": f"{chance.choice(_PLACES)}/", "pay_min": 8000},
        ),
        "seeker_best_20": lambda: ("/positions/for-seeker", {"seeker_id": chance.choice(present)}),
        "seeker_121_named": lambda: (
            "/positions/for-seeker",
            {"seeker_id": chance.choice(present), "position_ids": chance.sample(range(1, asked.positions + 1), 121)},
        ),
        f"pinned_{asked.seekers}_present": lambda: (
            "/seekers/for-position",
            {"position_id": chance.randint(1, asked.positions), "seeker_ids": present, "lowest_score": 50},
        ),
    }
    for name, question in questions.items():
        count = asked.requests if "pinned" not in name else max(asked.requests // 10, 5)
        figures |= {f"{name}_{key}": value for key, value in spread(client, question, count).items()}
    figures["published_searchable_ms"] = round(fresh(engine, feed, chance) * 1000, 1)
    figures["memory_mb"] = round(resident_mb(), 0)
    figures["memory_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)
    return figures


def filled(address: str, positions: int, seekers: int, chance: random.Random) -> Engine:
    """An empty database, filled."""
    engine = make_engine(address)
    Base.metadata.create_all(engine)
    with writing(engine) as db:
        fill(db, positions, seekers, chance)
    return engine


def fill(db: Session, positions: int, seekers: int, chance: random.Random) -> None:
    """Ten districts, one employer, and as many positions and seekers of all trades."""
    now = datetime.now(UTC)
    for number, code in enumerate(_PLACES):
        add_district(db, code, f"第{number + 1}区", parent=None, place=(30 + number / 20, 120 + number / 30))
    db.flush()
    employer = Employer(
        name="量测用工厂",
        short_name="量测",
        credit_code=with_check_character("91330106MA2BENCH0"),
        district_code=_PLACES[0],
        status=EmployerStatus.APPROVED,
        created_at=now,
    )
    db.add(employer)
    db.flush()
    names = [name for trade in trades() for name in trade.names if not name.isascii()]
    assert db.get(District, _PLACES[0]) is not None
    for _ in range(positions):
        db.add(_position(employer.id, chance.choice(names), chance, now))
    db.flush()
    db.expunge_all()
    for number in range(1, seekers + 1):
        db.add(Account(id=number, role=Role.SEEKER, name=f"求职者{number}", created_at=now))
        db.add(_seeker(number, chance.sample(names, 2), chance, now))
    db.flush()


def _position(employer_id: int, name: str, chance: random.Random, now: datetime) -> Position:
    low = chance.randrange(4000, 12000, 500)
    return Position(
        employer_id=employer_id,
        status=PositionStatus.PUBLISHED,
        version=1,
        title=f"{name}（{chance.choice(['急招', '包住', '白班', '双休', '学徒可'])}）",
        occupation=name,
        district_code=chance.choice(_PLACES),
        head_count=3,
        base_pay=3000,
        pay_min=low,
        pay_max=low + chance.randrange(500, 3000, 500),
        schedule=chance.choice(list(Schedule)),
        education=chance.choice(list(Education)[:5]),
        experience_years=chance.choice([0, 0, 1, 3]),
        certificates=chance.sample(_PAPERS, chance.choice([0, 0, 1])),
        skills=chance.sample(_SKILLS, 2),
        duties=f"负责{name}的工作，" + "；".join(chance.sample(_DUTIES, 4)),
        requirements="做事认真；" + "；".join(chance.sample(_DUTIES, 2)),
        has_dormitory=chance.random() < 0.5,
        valid_until=(now + timedelta(days=30)).date(),
        created_at=now,
        published_at=now,
    )


def _seeker(account_id: int, wanted: list[str], chance: random.Random, now: datetime) -> SeekerProfile:
    return SeekerProfile(
        account_id=account_id,
        wanted_work=wanted,
        skills=chance.sample(_SKILLS, 2),
        certificates=chance.sample(_PAPERS, chance.choice([0, 1, 2])),
        education=chance.choice(list(Education)[:5]),
        experience_years=chance.choice([0, 1, 3, 8]),
        home_code=chance.choice(_PLACES),
        places=chance.sample(_PLACES, 2),
        pay_min=chance.randrange(3500, 10000, 500),
        schedule=["day", "two_shifts"],
        needs_dormitory=chance.random() < 0.3,
        hard=chance.sample([Requirement.PLACE.value, Requirement.PAY.value], chance.choice([0, 0, 1])),
        is_matched=True,
        updated_at=now,
    )


def build(feed: Feed) -> None:
    """Read everything and encode what is not kept."""
    if feed.stage == Stage.READING:
        feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()
    while feed.complete_some():
        pass


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long it took, and what came of it."""
    start = time.perf_counter()
    made = work()
    return round(time.perf_counter() - start, 2), made


def spread(client: FlaskClient, question: Callable[[], tuple[str, dict[str, Any]]], count: int) -> dict[str, float]:
    """Milliseconds of `count` questions after one that is not counted."""
    taken = []
    for number in range(count + 1):
        path, body = question()
        start = time.perf_counter()
        answer = client.post(path, json=body)
        if number:
            taken.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.data
    return {
        "p50_ms": round(float(np.percentile(taken, 50)), 1),
        "p99_ms": round(float(np.percentile(taken, 99)), 1),
    }


def fresh(engine: Engine, feed: Feed, chance: random.Random) -> float:
    """Seconds from the commit of a new position until it can be found, without the wait between two polls."""
    now = datetime.now(UTC)
    with writing(engine) as db:
        position = _position(1, "低压电工", chance, now)
        db.add(position)
        db.flush()
        append(db, EventKind.POSITION_PUBLISHED, now=now, position_id=position.id, employer_id=1)
    return seconds(feed.catch_up)[0]


if __name__ == "__main__":
    main()

"""A matching process that is killed at any moment leaves a database from which the next one comes back right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from fair.database import reading, writing
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.feed import Feed, Stage
from matching.vectors import Vector
from tests.matching.records import TODAY, HashedTerms, add_position, add_seeker, city

ROOT = Path(__file__).resolve().parents[2]
POSITIONS = 200
FEED = """
import sys
from fair.database import make_engine
from matching.calibration import calibrate
from matching.catalogue import Catalogue
from matching.feed import Feed, Stage
from tests.matching.records import HashedTerms

encoder = HashedTerms()
feed = Feed(make_engine(sys.argv[1]), encoder, Catalogue(encoder.dimension, calibrate(encoder.encode)))
feed.load()
while feed.stage != Stage.FOLLOWING:
    print(feed.done, flush=True)
    feed.encode_some()
"""


def following(engine):
    """A catalogue with everything read and encoded, and how many texts were encoded for it."""
    encoder = HashedTerms()
    catalogue = Catalogue(encoder.dimension, calibrate(encoder.encode))
    before = len(encoder.encoded)
    feed = Feed(engine, encoder, catalogue)
    feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()
    return catalogue, len(encoder.encoded) - before


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_feed_killed_in_the_middle_of_writing_comes_back_right(sqlite_url, batches):
    """What was kept when it was killed is read back, the rest is encoded, and every answer is what it would be."""
    engine = city(sqlite_url)
    with writing(engine) as db:
        for number in range(POSITIONS):
            add_position(db, ("低压电工", "保洁员", "仓库管理员", "厨师")[number % 4], pay_min=4000 + number)
        add_seeker(db, "电工")
    child = subprocess.Popen(
        [sys.executable, "-c", FEED, sqlite_url], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    told = [child.stdout.readline() for _ in range(batches)]
    child.kill()
    child.wait()
    child.stdout.close()

    with reading(engine) as db:
        kept = db.scalar(select(func.count()).select_from(Vector))
        is_whole = db.scalar(text("PRAGMA integrity_check"))
    again, encoded = following(engine)
    with writing(engine) as db:
        db.query(Vector).delete()
    anew, encoded_anew = following(engine)

    assert all(line.strip().isdigit() for line in told)
    assert is_whole == "ok"
    assert kept >= 64 * (batches - 1)
    assert encoded <= encoded_anew * (1 - 60 * (batches - 1) / POSITIONS)
    assert again.position_ids() == anew.position_ids()
    assert again.positions_for_seeker(1, limit=50, today=TODAY) == anew.positions_for_seeker(1, limit=50, today=TODAY)
    engine.dispose()

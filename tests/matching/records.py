"""Records for the tests of matching: a small city, employers, positions and seekers, and an encoder without a model."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.crypto import set_field_key
from fair.database import Base, make_engine, writing
from fair.districts import add_district
from fair.employers import Employer, with_check_character
from fair.positions import Position, publish_position, save_position
from fair.seekers import SeekerProfile, save_profile, switch_matching
from fair.statuses import EmployerStatus
from matching.lexical import terms
from matching.vectors import Vector

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
TODAY = NOW.date()
NORTH, SOUTH, FAR = "330106001", "330106002", "330110001"


class HashedTerms:
    """An encoder of 512 dimensions: a text is the sum of its terms' fixed directions."""

    def __init__(self, name: str = "hashed") -> None:
        self.name = name
        self.dimension = 512
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1."""
        self.encoded.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            for term in terms(text):
                vectors[number, zlib.crc32((self.name + term).encode()) % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def city(url: str) -> Engine:
    """A new database with a city of two districts and three streets, and one approved employer."""
    assert Vector.__tablename__ in Base.metadata.tables
    set_field_key(bytes(32))
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with writing(engine) as db:
        hangzhou = add_district(db, "330100", "杭州市", parent=None)
        db.flush()
        west = add_district(db, "330106", "西湖区", parent=hangzhou)
        east = add_district(db, "330110", "余杭区", parent=hangzhou)
        db.flush()
        add_district(db, NORTH, "古荡街道", parent=west, place=(30.28, 120.11))
        add_district(db, SOUTH, "转塘街道", parent=west, place=(30.17, 120.07))
        add_district(db, FAR, "瓶窑镇", parent=east, place=(30.40, 119.96))
        db.flush()
        db.add(
            Employer(
                name="杭州临江电缆有限公司",
                short_name="临江电缆",
                credit_code=with_check_character("91330106MA2000000"),
                district_code=NORTH,
                status=EmployerStatus.APPROVED,
                created_at=NOW,
            )
        )
    return engine


def add_position(db: Session, title: str, **fields: Any) -> Position:
    """A published position."""
    position = Position(
        **{
            "employer": db.get(Employer, 1),
            "title": title,
            "occupation": title,
            "district_code": NORTH,
            "head_count": 3,
            "base_pay": 4000,
            "pay_min": 6000,
            "pay_max": 8000,
            "duties": f"负责{title}的日常工作",
            "requirements": "做事认真",
            "valid_until": date(2026, 12, 31),
            "certificates": [],
            "skills": [],
            "created_at": NOW,
        }
        | fields
    )
    save_position(db, position, by=None, now=NOW)
    publish_position(db, position, now=NOW)
    return position


def add_seeker(db: Session, *wanted: str, is_matched: bool = True, **fields: Any) -> SeekerProfile:
    """A seeker who wants this work, and consents to matching unless told otherwise."""
    account = Account(role=Role.SEEKER, name="小满", created_at=NOW)
    db.add(account)
    db.flush()
    blank: dict[str, Any] = {"skills": [], "certificates": [], "places": [], "schedule": [], "hard": []}
    profile = SeekerProfile(account=account, wanted_work=list(wanted), updated_at=NOW, **(blank | fields))
    db.add(profile)
    db.flush()
    save_profile(db, profile, now=NOW)
    if is_matched:
        switch_matching(db, profile, is_on=True, wording="为我推荐岗位", now=NOW)
    return profile

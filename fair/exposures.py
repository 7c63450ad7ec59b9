"""Exposure (曝光): whose screen showed which position's card for a second, and how often lists had it in a first place.

A card is counted once a person, position and session. Lists are counted without saying whose they were.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    cast,
    column,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base, UtcDateTime


class Exposure(Base):
    """One viewer saw one position in one session; `score` is the match shown beside it, if any was."""

    __tablename__ = "exposure"
    __table_args__ = (
        Index("uq_exposure_once", "session_id", "position_id", "viewer", unique=True),
        Index("ix_exposure_session_score", "session_id", "score", "viewer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    viewer: Mapped[str] = mapped_column(String(40))
    score: Mapped[int | None]
    at: Mapped[datetime]


class ListExposure(Base):
    """How many lists had a position in their first places: those of a session, or (None) those outside of any."""

    __tablename__ = "list_exposure"
    __table_args__ = (
        Index("uq_list_exposure_position", "position_id", "session_id", unique=True),
        Index(
            "uq_list_exposure_outside",
            "position_id",
            unique=True,
            sqlite_where=text("session_id IS NULL"),
            postgresql_where=text("session_id IS NULL"),
        ),
        Index("ix_list_exposure_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("live_session.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"))
    count: Mapped[int]


def count_exposures(
    db: Session,
    session_id: int,
    position_id: int,
    employer_id: int,
    viewers: Sequence[tuple[str, int | None]],
    *,
    now: datetime,
) -> None:
    """Count that `viewers` (each with the score shown, or None) saw the position; nobody is counted twice."""
    is_postgresql = db.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    viewer, score = _in_json(viewers, is_postgresql=is_postgresql)
    same = (literal(session_id), literal(position_id), literal(employer_id))
    # SQLite takes the conflict's ON for a join's unless a WHERE stands between.
    rows = select(*same, viewer, score, literal(now, UtcDateTime())).where(true())
    names = ["session_id", "position_id", "employer_id", "viewer", "score", "at"]
    db.execute(insert(Exposure).from_select(names, rows).on_conflict_do_nothing())


def count_lists(db: Session, counts: Mapping[tuple[int | None, int], int]) -> None:
    """Count that so many more lists of a session (None = outside of any) had a position in their first places."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In one order everywhere, so that two who count at once never wait for each other.
    in_order = sorted(counts.items(), key=lambda each: (each[0][0] or 0, each[0][1]))
    for (session_id, position_id), count in in_order:
        row = insert(ListExposure).values(session_id=session_id, position_id=position_id, count=count)
        more = {"count": ListExposure.count + row.excluded.count}
        if session_id is None:
            outside = ListExposure.session_id.is_(None)
            db.execute(row.on_conflict_do_update(index_elements=["position_id"], index_where=outside, set_=more))
        else:
            db.execute(row.on_conflict_do_update(index_elements=["position_id", "session_id"], set_=more))


def seen_in_session(db: Session, session_id: int) -> Counter[int]:
    """Position → how often it was seen in a session: on screens and in the first places of lists."""
    on_screen = (
        select(Exposure.position_id, func.count())
        .where(Exposure.session_id == session_id)
        .group_by(Exposure.position_id)
    )
    in_lists = select(ListExposure.position_id, ListExposure.count).where(ListExposure.session_id == session_id)
    seen: Counter[int] = Counter()
    for position_id, count in (*db.execute(on_screen), *db.execute(in_lists)):
        seen[position_id] += count
    return seen


def seen_in_lists(db: Session, position_ids: Sequence[int]) -> Counter[int]:
    """Position → how often it was in the first places of lists, of any session and outside of them."""
    counted = (
        select(ListExposure.position_id, func.sum(ListExposure.count))
        .where(ListExposure.position_id.in_(position_ids))
        .group_by(ListExposure.position_id)
    )
    return Counter({position_id: int(count) for position_id, count in db.execute(counted)})


def _in_json(
    viewers: Sequence[tuple[str, int | None]], *, is_postgresql: bool
) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """The columns of these pairs, handed over in one value: a third of what thousands of rows of values take."""
    text = literal(json.dumps(viewers), String())
    if is_postgresql:
        pair = func.json_array_elements(cast(text, postgresql.JSON)).table_valued(column("value", postgresql.JSON))
        return pair.c.value[0].astext, cast(pair.c.value[1].astext, Integer)
    pair = func.json_each(text).table_valued("value")
    return func.json_extract(pair.c.value, "$[0]"), func.json_extract(pair.c.value, "$[1]")

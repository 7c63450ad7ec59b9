"""What is kept of positions and seekers between starts: vectors, with their model's name and the digest of the texts
they came from, and beside them the facts that were read (`matching.keepsakes`).

Vectors are rounded to 16 bits before anything is computed with them, so that a score is the same before and after a
start. Knows records and arrays; knows no encoder and no index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Index, LargeBinary, Select, String, Table, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base, words


class Kind(StrEnum):
    """Whose vector."""

    POSITION = "position"
    SEEKER = "seeker"


_PAGE = 2_000


class Vector(Base):
    """The rows of one subject by one model: those of its works, then the one of its whole text; float16.

    `facts` are what was read of the record that `stamp` stands for; none where only vectors are kept.
    """

    __tablename__ = "vector"
    __table_args__ = (Index("ix_vector_model", "model"),)

    kind: Mapped[Kind] = mapped_column(words(Kind, 8), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    dimension: Mapped[int]
    rows: Mapped[bytes] = mapped_column(LargeBinary)
    stamp: Mapped[str] = mapped_column(String(80), default="")
    facts: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows as read back, rows × dimension float32, and the digest of what they were made from."""

    digest: str
    rows: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What was read of a record, and the record's stamp."""

    stamp: str
    facts: bytes


def rounded(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows as they will be read back."""
    return rows.astype(np.float16).astype(np.float32)


def stored_rows(db: Session, kind: Kind, subject_ids: Iterable[int], *, model: str) -> dict[int, StoredRows]:
    """What this model has encoded of these subjects, some hundreds at a time."""
    found = select(Vector.subject_id, Vector.digest, Vector.dimension, Vector.rows).where(
        Vector.kind == kind, Vector.model == model[:120], Vector.subject_id.in_(list(subject_ids))
    )
    return {
        subject_id: StoredRows(digest, np.frombuffer(rows, dtype=np.float16).reshape(-1, dimension).astype(np.float32))
        for subject_id, digest, dimension, rows in db.execute(found)
    }


def stored_facts(
    db: Session, kind: Kind, stamps: Mapping[int, str], *, model: str
) -> Iterator[list[tuple[int, bytes, NDArray[np.float32]]]]:
    """The facts and rows of subjects whose facts have this stamp, in pages by number."""
    last = -1
    found = (
        select(Vector.subject_id, Vector.stamp, Vector.facts, Vector.dimension, Vector.rows)
        .where(Vector.kind == kind, Vector.model == model[:120], Vector.subject_id > bindparam("last"))
        .where(Vector.facts.is_not(None))
        .order_by(Vector.subject_id)
        .limit(_PAGE)
    )
    while page := db.execute(found, {"last": last}).all():
        last = page[-1][0]
        trusted = [one for one in page if stamps.get(one[0]) == one[1]]
        if trusted:
            yield _taken_apart(trusted)


def _taken_apart(page: Sequence[Any]) -> list[tuple[int, bytes, NDArray[np.float32]]]:
    """Number, facts and rows of each; all rows are made numbers at once."""
    dimension = page[0][3]
    rows = np.frombuffer(b"".join([one[4] for one in page]), dtype=np.float16).reshape(-1, dimension)
    numbers, found, start = rows.astype(np.float32), [], 0
    for number, _, facts, _, mine in page:
        end = start + len(mine) // (2 * dimension)
        found.append((number, facts, numbers[start:end]))
        start = end
    return found


def store(db: Session, kind: Kind, stored: Mapping[int, tuple[StoredRows, StoredFacts]], *, model: str) -> None:
    """Keep the rows and the facts of subjects, instead of what was kept of them by whatever model."""
    forget_rows(db, kind, stored)
    db.add_all(
        Vector(
            kind=kind,
            subject_id=subject_id,
            model=model[:120],
            digest=rows.digest,
            dimension=rows.rows.shape[1],
            rows=rows.rows.astype(np.float16).tobytes(),
            stamp=read.stamp,
            facts=read.facts,
        )
        for subject_id, (rows, read) in stored.items()
    )
    db.flush()


def store_facts(db: Session, kind: Kind, facts: Mapping[int, StoredFacts]) -> None:
    """Keep the facts of subjects beside their rows, where these are still kept."""
    table = Vector.__table__
    assert isinstance(table, Table)
    beside = update(table).where(table.c.kind == kind, table.c.subject_id == bindparam("number"))
    db.execute(beside, [{"number": number, "stamp": one.stamp, "facts": one.facts} for number, one in facts.items()])


def forget_others(db: Session, kind: Kind, here: Select[Any]) -> None:
    """Delete what is kept of subjects whom the question does not find."""
    db.execute(delete(Vector).where(Vector.kind == kind, Vector.subject_id.not_in(here)))


def forget_rows(db: Session, kind: Kind, subject_ids: Mapping[int, object] | set[int]) -> None:
    """Delete what is kept of these subjects."""
    ids = sorted(subject_ids)
    for start in range(0, len(ids), 500):
        db.execute(delete(Vector).where(Vector.kind == kind, Vector.subject_id.in_(ids[start : start + 500])))

"""Vectors as they are kept between starts, each with its model's name and the digest of the texts it came from.

They are rounded to 16 bits before anything is computed with them, so that a score is the same before and after a
start. Knows records and arrays; knows no encoder and no index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Index, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base, words


class Kind(StrEnum):
    """Whose vector."""

    POSITION = "position"
    SEEKER = "seeker"


class Vector(Base):
    """The rows of one subject by one model: those of its works, then the one of its whole text; float16."""

    __tablename__ = "vector"
    __table_args__ = (Index("ix_vector_model", "model"),)

    kind: Mapped[Kind] = mapped_column(words(Kind, 8), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    dimension: Mapped[int]
    rows: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows as read back, rows × dimension float32, and the digest of what they were made from."""

    digest: str
    rows: NDArray[np.float32]


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


def store_rows(db: Session, kind: Kind, stored: Mapping[int, StoredRows], *, model: str) -> None:
    """Keep the rows of subjects, instead of what was kept of them by whatever model."""
    forget_rows(db, kind, stored)
    db.add_all(
        Vector(
            kind=kind,
            subject_id=subject_id,
            model=model[:120],
            digest=one.digest,
            dimension=one.rows.shape[1],
            rows=one.rows.astype(np.float16).tobytes(),
        )
        for subject_id, one in stored.items()
    )
    db.flush()


def forget_rows(db: Session, kind: Kind, subject_ids: Mapping[int, object] | set[int]) -> None:
    """Delete what is kept of these subjects."""
    ids = sorted(subject_ids)
    for start in range(0, len(ids), 500):
        db.execute(delete(Vector).where(Vector.kind == kind, Vector.subject_id.in_(ids[start : start + 500])))

"""Imports of positions as records: a job, its rows, what was found wrong, and how far the work on it is.

The work goes in chunks, each in a transaction of its own, so that a process that ends in the middle loses nothing and
another can go on. Who works is written in the job: two never work on the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base, words
from fair.employers import Employer
from fair.errors import FairError, NotFound, NotPermitted
from fair.importcolumns import BY_KEY, COLUMNS, Layout, data_rows, find_layout
from fair.readings import NOTHING
from fair.sheets import SheetRow
from fair.statuses import step

LEFT_AFTER = timedelta(seconds=20)
"""A worker that has not been heard of for so long has ended."""


class ImportStatus(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"


class RowStatus(StrEnum):
    UNREAD = "unread"
    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"
    IMPORTED = "imported"


IMPORT_STEPS: Mapping[ImportStatus, frozenset[ImportStatus]] = {
    ImportStatus.CHECKING: frozenset({ImportStatus.CHECKED}),
    ImportStatus.CHECKED: frozenset({ImportStatus.CHECKING, ImportStatus.IMPORTING}),
    # Rows that became wrong meanwhile, or were wrong before, can be mended and brought in later.
    ImportStatus.IMPORTING: frozenset({ImportStatus.CHECKED, ImportStatus.DONE}),
}


class WrongColumns(FairError):
    """The sheet lacks columns that every posting must have; `missing` and `found` hold headings."""

    code = "wrong_columns"

    def __init__(self, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__("missing columns: " + ", ".join(missing))
        self.missing, self.found = list(missing), list(found)


class ImportJob(Base):
    """One file of positions on its way into the database; `done_count` counts the rows of the work at hand."""

    __tablename__ = "import_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[ImportStatus] = mapped_column(words(ImportStatus, 12), default=ImportStatus.CHECKING)
    header: Mapped[list[str]]
    header_row: Mapped[int]
    columns: Mapped[dict[str, Any]]
    is_published: Mapped[bool] = mapped_column(default=False)
    row_count: Mapped[int]
    done_count: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(32), default="")
    worked_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]

    employer: Mapped[Employer] = relationship(lazy="joined")

    @property
    def layout(self) -> Layout:
        """Where the columns stand in the file."""
        return Layout(self.columns, self.header, self.header_row)

    @property
    def is_working(self) -> bool:
        return self.status in (ImportStatus.CHECKING, ImportStatus.IMPORTING)

    def is_left(self, now: datetime) -> bool:
        """Whether there is work and nobody does it."""
        return self.is_working and (self.worked_at is None or now - self.worked_at > LEFT_AFTER)


class ImportRow(Base):
    """One row of the file as it is, with its problems: column (key), value, message, values."""

    __tablename__ = "import_row"
    __table_args__ = (Index("uq_import_row_number", "job_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"))
    number: Mapped[int]
    cells: Mapped[list[str]]
    status: Mapped[RowStatus] = mapped_column(words(RowStatus, 10), default=RowStatus.UNREAD)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    readings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What was read from its text where columns are silent, to be confirmed: column (key), value."""
    reading_count: Mapped[int] = mapped_column(default=0)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))


def make_job(
    db: Session, employer: Employer, rows: Sequence[SheetRow], *, file_name: str, by: int | None, now: datetime
) -> ImportJob:
    """Keep a file's rows to be checked; raises WrongColumns, whose message is for the one who made the file."""
    layout = find_layout(rows)
    below = data_rows(rows, layout)
    if layout.missing:
        raise WrongColumns(layout.missing, [layout.header[index] for index in layout.columns.values()])
    job = ImportJob(
        employer_id=employer.id,
        made_by=by,
        file_name=file_name[-200:],
        header=layout.header,
        header_row=layout.header_row,
        columns=dict(layout.columns),
        row_count=len(below),
        made_at=now,
    )
    db.add(job)
    db.flush()
    if below:
        db.execute(
            insert(ImportRow),
            [
                {
                    "job_id": job.id,
                    "number": row.number,
                    "cells": row.cells,
                    "status": RowStatus.UNREAD,
                    "problems": [],
                    "readings": [],
                    "reading_count": 0,
                }
                for row in below
            ],
        )
    return job


def check_again(job: ImportJob) -> None:
    """Ask for the whole file to be checked again, since one row's change can mend another's problem."""
    _move(job, ImportStatus.CHECKING)


def begin_import(job: ImportJob, *, is_published: bool) -> None:
    """Ask for the good rows to be imported, as drafts or published; raises NotPermitted, IllegalTransition."""
    if is_published and not job.employer.is_approved:
        raise NotPermitted("the employer is not approved yet")
    job.is_published = is_published
    _move(job, ImportStatus.IMPORTING)


def finish_check(job: ImportJob, *, now: datetime) -> None:
    """Every row was checked."""
    _move(job, ImportStatus.CHECKED)
    job.checked_at = now


def finish_import(db: Session, job: ImportJob) -> None:
    """Every good row is a position; done, unless rows are left that are wrong."""
    left = counts(db, job.id).get(RowStatus.BAD, 0)
    _move(job, ImportStatus.CHECKED if left else ImportStatus.DONE)


def row_of(db: Session, job: ImportJob, number: int) -> ImportRow:
    """One row by its number in the file; raises NotFound."""
    row = db.scalar(select(ImportRow).where(ImportRow.job_id == job.id, ImportRow.number == number))
    if row is None:
        raise NotFound(f"import {job.id} has no row {number}")
    return row


def change_row(job: ImportJob, row: ImportRow, cells: Mapping[str, str]) -> None:
    """Write new text (key → text) into a row that is not imported; it is checked with the next check."""
    if row.status == RowStatus.IMPORTED:
        raise NotPermitted("the row is imported already")
    width = max([len(row.cells), *(index + 1 for index in job.columns.values())])
    changed = row.cells + [""] * (width - len(row.cells))
    for key, value in cells.items():
        if key in job.columns:
            changed[job.columns[key]] = value
    row.cells, row.status = changed, RowStatus.UNREAD


def confirm_readings(job: ImportJob, row: ImportRow, values: Mapping[str, str]) -> None:
    """Write what was read from a row's text into its cells as the recruiter leaves it; empty takes it back.

    A column that the file lacks is added behind its last. What was not read, or is not among the values, stays.
    """
    kept = {reading["column"]: reading["value"] for reading in row.readings}
    answered = {key: values[key].strip() or NOTHING.get(key, "") for key in kept if key in values}
    for key in answered:
        if key not in job.columns:
            at = max(len(job.header), len(row.cells))
            job.header = [*job.header, *[""] * (at - len(job.header)), BY_KEY[key].heading]
            job.columns = {**job.columns, key: at}
    change_row(job, row, answered)


def skip_row(row: ImportRow, *, is_skipped: bool) -> None:
    """Leave a row out, or take it in again; it is checked with the next check."""
    if row.status == RowStatus.IMPORTED:
        raise NotPermitted("the row is imported already")
    row.status, row.problems = (RowStatus.SKIPPED if is_skipped else RowStatus.UNREAD), []


def counts(db: Session, job_id: int) -> dict[RowStatus, int]:
    """How many rows stand how."""
    found = db.execute(
        select(ImportRow.status, func.count()).where(ImportRow.job_id == job_id).group_by(ImportRow.status)
    )
    return {row[0]: row[1] for row in found}


def bad_rows(db: Session, job_id: int, *, limit: int, offset: int = 0) -> Sequence[ImportRow]:
    """Rows that are wrong, in the order of the file."""
    query = select(ImportRow).where(ImportRow.job_id == job_id, ImportRow.status == RowStatus.BAD)
    return db.scalars(query.order_by(ImportRow.number).limit(limit).offset(offset)).all()


def read_rows(db: Session, job_id: int, *, limit: int) -> Sequence[ImportRow]:
    """Rows still to be imported of whose text something was read, in the order of the file."""
    query = select(ImportRow).where(
        ImportRow.job_id == job_id,
        ImportRow.reading_count > 0,
        ImportRow.status.in_([RowStatus.GOOD, RowStatus.BAD]),
    )
    return db.scalars(query.order_by(ImportRow.number).limit(limit)).all()


def reading_count(db: Session, job_id: int) -> int:
    """How many things were read from the text of rows that are still to be imported."""
    query = select(func.sum(ImportRow.reading_count)).where(
        ImportRow.job_id == job_id, ImportRow.status.in_([RowStatus.GOOD, RowStatus.BAD])
    )
    return int(db.scalar(query) or 0)


def headings(keys: Iterable[str]) -> list[str]:
    """The headings of columns by their keys."""
    wanted = set(keys)
    return [column.heading for column in COLUMNS if column.key in wanted]


def _move(job: ImportJob, wanted: ImportStatus) -> None:
    job.status = step("import", IMPORT_STEPS, job.status, wanted)
    job.done_count, job.worker, job.worked_at = 0, "", None

"""The work on an import: checking all rows of a job, then turning the good ones into positions, chunk by chunk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from fair.database import reading, writing
from fair.days import china_day
from fair.importjobs import ImportJob, ImportRow, ImportStatus, RowStatus, finish_check, finish_import
from fair.imports import CheckedRow, Problem, Terms, check_row, identity_of
from fair.places import place_finder
from fair.positions import Position, add_positions
from fair.statuses import PositionStatus
from fair.wording import N_

CHECK_CHUNK = 1_000
IMPORT_CHUNK = 250

Clock = Callable[[], datetime]
Told = Callable[[int, int], None]


class _Elsewhere(Exception):
    """Another process took the job over."""


def work(engine: Engine, job_id: int, *, clock: Clock, told: Told | None = None) -> bool:
    """Do what the job waits for, check or import; `told` hears of rows done and rows in all.

    False when there is nothing to do or somebody else does it.
    """
    worker = secrets.token_hex(8)
    with writing(engine) as db:
        job = db.get(ImportJob, job_id)
        if job is None or not job.is_left(clock()):
            return False
        job.worker, job.worked_at, job.done_count = worker, clock(), 0
        wanted = job.status
    try:
        if wanted == ImportStatus.CHECKING:
            _check(engine, job_id, worker, clock, told)
        else:
            _import(engine, job_id, worker, clock, told)
    except _Elsewhere:
        return False
    return True


def _check(engine: Engine, job_id: int, worker: str, clock: Clock, told: Told | None) -> None:
    with reading(engine) as db:
        job = db.get_one(ImportJob, job_id)
        terms, layout = _terms(db, job, clock()), job.layout
        taken = _standing(db, job.employer_id)
        rows = [
            (row.id, row.number, row.cells)
            for row in db.execute(
                select(ImportRow.id, ImportRow.number, ImportRow.cells)
                .where(ImportRow.job_id == job_id, ImportRow.status.not_in([RowStatus.SKIPPED, RowStatus.IMPORTED]))
                .order_by(ImportRow.number)
            )
        ]
    seen: dict[tuple[Any, ...], int] = {}
    for start in range(0, len(rows), CHECK_CHUNK):
        chunk = rows[start : start + CHECK_CHUNK]
        found: list[dict[str, Any]] = []
        for row_id, number, cells in chunk:
            checked = check_row(layout.cells_of(cells), terms)
            problems = checked.problems + _repeats(checked, number, seen, taken)
            found.append({"id": row_id, **_written(problems), **_told(checked)})
        with writing(engine) as db:
            _own(db, job_id, worker, clock(), done=start + len(chunk), told=told)
            db.execute(update(ImportRow), found)
    with writing(engine) as db:
        finish_check(_own(db, job_id, worker, clock(), done=len(rows), told=None), now=clock())


def _import(engine: Engine, job_id: int, worker: str, clock: Clock, told: Told | None) -> None:
    with reading(engine) as db:
        job = db.get_one(ImportJob, job_id)
        terms, layout = _terms(db, job, clock()), job.layout
        good = select(ImportRow.id).where(ImportRow.job_id == job_id, ImportRow.status == RowStatus.GOOD)
        row_ids = list(db.scalars(good.order_by(ImportRow.number)))
    for start in range(0, len(row_ids), IMPORT_CHUNK):
        chunk = row_ids[start : start + IMPORT_CHUNK]
        with writing(engine) as db:
            job = _own(db, job_id, worker, clock(), done=start + len(chunk), told=told)
            rows = db.execute(
                select(ImportRow.id, ImportRow.cells).where(ImportRow.id.in_(chunk)).order_by(ImportRow.number)
            )
            checked = {row.id: check_row(layout.cells_of(row.cells), terms) for row in rows}
            _bring_in(db, job, checked, clock())
    with writing(engine) as db:
        finish_import(db, _own(db, job_id, worker, clock(), done=len(row_ids), told=None))


def _bring_in(db: Session, job: ImportJob, checked: Mapping[int, CheckedRow], now: datetime) -> None:
    """Make positions of the rows that are still right; a night between check and import can end a validity."""
    wrong = [{"id": row_id, **_written(row.problems)} for row_id, row in checked.items() if row.problems]
    made = {row_id: Position(**row.content) for row_id, row in checked.items() if not row.problems}
    add_positions(db, job.employer, list(made.values()), by=job.made_by, now=now, is_published=job.is_published)
    imported = [
        {"id": row_id, "status": RowStatus.IMPORTED, "position_id": position.id} for row_id, position in made.items()
    ]
    for changes in filter(None, (wrong, imported)):
        db.execute(update(ImportRow), changes)


def _own(db: Session, job_id: int, worker: str, now: datetime, *, done: int, told: Told | None) -> ImportJob:
    """The job, if this worker still has it; a sign of life with it."""
    job = db.scalars(select(ImportJob).where(ImportJob.id == job_id).with_for_update(of=ImportJob)).one()
    if job.worker != worker:
        raise _Elsewhere
    job.worked_at, job.done_count = now, done
    if told is not None:
        told(done, job.row_count)
    return job


def _terms(db: Session, job: ImportJob, now: datetime) -> Terms:
    employer = job.employer
    return Terms(
        today=china_day(now),
        places=place_finder(db, near=employer.district.path),
        employer_names=frozenset({employer.name, employer.short_name, employer.credit_code}),
    )


def _standing(db: Session, employer_id: int) -> dict[tuple[Any, ...], int]:
    """What makes a position itself → its number, of the employer's positions that are not closed."""
    names = ("title", "district_code", "address", "schedule", "pay_min", "pay_max")
    query = select(Position.id, *(getattr(Position, name) for name in names)).where(
        Position.employer_id == employer_id, Position.status != PositionStatus.CLOSED
    )
    return {identity_of(row._mapping): row.id for row in db.execute(query)}  # type: ignore[arg-type]


def _repeats(
    checked: CheckedRow, number: int, seen: dict[tuple[Any, ...], int], taken: dict[tuple[Any, ...], int]
) -> list[Problem]:
    title = checked.content["title"]
    if not title:
        return []
    first = seen.setdefault(checked.identity, number)
    if first != number:
        return [Problem("title", title, N_("和第 %(first)s 行重复。合并人数，或改名称"), {"first": str(first)})]
    if checked.identity in taken:
        return [
            Problem(
                "title",
                title,
                N_("已经有这个岗位，编号 %(id)s。跳过这一行，或改名称"),
                {"id": str(taken[checked.identity])},
            )
        ]
    return []


def _told(checked: CheckedRow) -> dict[str, Any]:
    return {
        "readings": [{"column": each.column, "value": each.value} for each in checked.readings],
        "reading_count": len(checked.readings),
    }


def _written(problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "status": RowStatus.BAD if problems else RowStatus.GOOD,
        "problems": [
            {"column": each.column, "value": each.value, "message": each.message, "values": each.values}
            for each in problems
        ],
    }

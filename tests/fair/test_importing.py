"""The work on an import: checked and brought in chunk by chunk, once, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from fair import importing
from fair.database import reading, writing
from fair.errors import IllegalTransition, NotPermitted
from fair.events import Event, EventKind
from fair.importing import work
from fair.importjobs import (
    LEFT_AFTER,
    ImportJob,
    ImportStatus,
    RowStatus,
    WrongColumns,
    bad_rows,
    begin_import,
    change_row,
    check_again,
    confirm_readings,
    counts,
    make_job,
    read_rows,
    reading_count,
    row_of,
    skip_row,
)
from fair.positions import Position, PositionVersion
from fair.sheets import SheetRow
from fair.statuses import PositionStatus
from fair.vocabulary import Schedule
from tests.builders import NOW, add_employer, small_fair
from tests.sheetmaking import rows_of


def sheet(*changes: dict[str, str]) -> list[SheetRow]:
    return [SheetRow(number, row) for number, row in enumerate(rows_of(*changes), start=1)]


def started(engine: Engine, rows: Sequence[SheetRow], *, is_approved: bool = True) -> int:
    """A job of a new employer."""
    with writing(engine) as db:
        fair = small_fair(db)
        employer = add_employer(db, fair.other_district, is_approved=is_approved)
        return make_job(db, employer, rows, file_name="岗位.xlsx", by=fair.recruiter.id, now=NOW).id


def clock():
    return NOW


def imported_titles(engine: Engine, job_id: int) -> list[str]:
    with reading(engine) as db:
        employer_id = db.get_one(ImportJob, job_id).employer_id
        return list(db.scalars(select(Position.title).where(Position.employer_id == employer_id).order_by(Position.id)))


def test_what_was_read_is_kept_until_the_recruiter_confirms_or_changes_it(engine: Engine) -> None:
    """Read from the text into the row; confirmed values are cells of columns that the file did not have."""
    said = {"岗位名称": "电工", "职责": "月薪4500-6000，包吃住，两班倒", "月薪": "", "班次": "", "食宿": ""}
    job_id = started(engine, sheet(said, {"岗位名称": "焊工"}))
    work(engine, job_id, clock=clock)
    with writing(engine) as db:
        job = db.get_one(ImportJob, job_id)
        row = read_rows(db, job_id, limit=9)[0]
        read = {each["column"]: each["value"] for each in row.readings}
        assert read == {"pay": "4500-6000", "schedule": "两班倒", "board": "包吃包住"}
        assert reading_count(db, job_id) == 3

        confirm_readings(job, row, {"pay": "5000-6000", "schedule": "两班倒", "board": "无", "title": "不许改"})
        check_again(job)
    work(engine, job_id, clock=clock)

    with writing(engine) as db:
        assert (list(read_rows(db, job_id, limit=9)), reading_count(db, job_id)) == ([], 0)
        begin_import(db.get_one(ImportJob, job_id), is_published=False)
    work(engine, job_id, clock=clock)
    with reading(engine) as db:
        made = db.scalars(select(Position).where(Position.title == "电工")).one()
        assert (made.pay_min, made.pay_max, made.schedule) == (5000, 6000, Schedule.TWO_SHIFTS)
        assert not made.has_dormitory
        assert not made.has_meals


def test_column_that_the_file_lacks_is_added_by_what_is_confirmed(engine: Engine) -> None:
    """The cell stands behind the last one, so that the marked file has it too."""
    rows = [SheetRow(row.number, row.cells) for row in sheet({"岗位名称": "电工", "要求": "三班倒，会看图"})]
    at = rows[0].cells.index("班次")
    narrow = [SheetRow(row.number, [cell for index, cell in enumerate(row.cells) if index != at]) for row in rows]
    job_id = started(engine, narrow)
    work(engine, job_id, clock=clock)

    with writing(engine) as db:
        job = db.get_one(ImportJob, job_id)
        row = read_rows(db, job_id, limit=9)[0]
        confirm_readings(job, row, {"schedule": "夜班"})

        assert job.header[-1] == "班次"
        assert job.layout.cells_of(row.cells)["schedule"] == "夜班"


def test_good_rows_become_published_positions_with_version_and_event(engine: Engine) -> None:
    """State and the facts that tell of it come together, in the order of the file."""
    job_id = started(engine, sheet({"岗位名称": "电工"}, {"底薪": "面议"}, {"岗位名称": "焊工"}))

    assert work(engine, job_id, clock=clock)
    with writing(engine) as db:
        job = db.get_one(ImportJob, job_id)
        assert counts(db, job_id) == {RowStatus.GOOD: 2, RowStatus.BAD: 1}
        assert [problem["column"] for problem in bad_rows(db, job_id, limit=9)[0].problems] == ["base_pay"]
        begin_import(job, is_published=True)
    assert work(engine, job_id, clock=clock)

    assert imported_titles(engine, job_id) == ["电工", "焊工"]
    with reading(engine) as db:
        job = db.get_one(ImportJob, job_id)
        positions = db.scalars(select(Position).where(Position.employer_id == job.employer_id)).all()
        assert {position.status for position in positions} == {PositionStatus.PUBLISHED}
        versions = db.scalars(select(PositionVersion).where(PositionVersion.position_id == positions[0].id)).all()
        assert [(version.number, version.content["title"]) for version in versions] == [(1, "电工")]
        told = db.scalars(select(Event).where(Event.employer_id == job.employer_id).order_by(Event.id)).all()
        published = [event.position_id for event in told if event.kind == EventKind.POSITION_PUBLISHED]
        assert published == [position.id for position in positions]
        assert job.status == ImportStatus.CHECKED


def test_repeated_rows_and_positions_that_are_there_are_told(engine: Engine) -> None:
    """The same file chosen twice brings nothing in twice."""
    rows = sheet({"岗位名称": "电工"}, {"岗位名称": "电工"})
    job_id = started(engine, rows)
    work(engine, job_id, clock=clock)
    with writing(engine) as db:
        repeated = bad_rows(db, job_id, limit=9)
        assert [(row.number, row.problems[0]["values"]) for row in repeated] == [(3, {"first": "2"})]
        begin_import(db.get_one(ImportJob, job_id), is_published=False)
    work(engine, job_id, clock=clock)

    with writing(engine) as db:
        employer = db.get_one(ImportJob, job_id).employer
        again = make_job(db, employer, rows[:2], file_name="again.xlsx", by=None, now=NOW).id
    work(engine, again, clock=clock)

    assert imported_titles(engine, job_id) == ["电工"]
    with reading(engine) as db:
        assert "已经有这个岗位" in bad_rows(db, again, limit=9)[0].problems[0]["message"]


def test_row_that_is_mended_or_left_out_clears_what_hung_on_it(sqlite: Engine) -> None:
    """A repeat is none any more once the first has another name."""
    job_id = started(sqlite, sheet({"岗位名称": "电工"}, {"岗位名称": "电工"}, {"底薪": "面议"}))
    work(sqlite, job_id, clock=clock)
    with writing(sqlite) as db:
        assert counts(db, job_id)[RowStatus.BAD] == 2
        job = db.get_one(ImportJob, job_id)
        change_row(job, row_of(db, job, 2), {"title": "高压电工"})
        skip_row(row_of(db, job, 4), is_skipped=True)
        check_again(job)

    work(sqlite, job_id, clock=clock)

    with reading(sqlite) as db:
        assert counts(db, job_id) == {RowStatus.GOOD: 2, RowStatus.SKIPPED: 1}


def test_work_that_broke_off_is_taken_up_and_nothing_comes_twice(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends between two chunks leaves whole chunks; the next one does the rest."""
    monkeypatch.setattr(importing, "IMPORT_CHUNK", 3)
    job_id = started(sqlite, sheet(*({} for _ in range(8))))
    work(sqlite, job_id, clock=clock)
    with writing(sqlite) as db:
        begin_import(db.get_one(ImportJob, job_id), is_published=True)

    def end_in_the_second_chunk(done: int, rows: int) -> None:
        if done > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(sqlite, job_id, clock=clock, told=end_in_the_second_chunk)
    assert len(imported_titles(sqlite, job_id)) == 3
    assert not work(sqlite, job_id, clock=clock), "it may still be at work"

    assert work(sqlite, job_id, clock=lambda: NOW + LEFT_AFTER + timedelta(seconds=1))

    assert imported_titles(sqlite, job_id) == [f"低压电工 {number}" for number in range(2, 10)]
    with reading(sqlite) as db:
        assert db.get_one(ImportJob, job_id).status == ImportStatus.DONE


def test_worker_that_lost_its_job_writes_nothing_more(sqlite: Engine) -> None:
    """Two processes never bring in the same row, however slow the first one was."""
    job_id = started(sqlite, sheet(*({} for _ in range(4))))
    work(sqlite, job_id, clock=clock)
    with writing(sqlite) as db:
        begin_import(db.get_one(ImportJob, job_id), is_published=True)
    asked: list[bool] = []

    def slow():
        asked.append(True)
        if len(asked) == 3:  # It has claimed the job and reads what there is to do.
            assert work(sqlite, job_id, clock=lambda: NOW + timedelta(minutes=1))
        return NOW

    is_first_done = work(sqlite, job_id, clock=slow)

    assert len(asked) > 3
    assert not is_first_done
    assert len(imported_titles(sqlite, job_id)) == 4


def test_row_that_became_wrong_meanwhile_is_not_brought_in(sqlite: Engine) -> None:
    """A validity can end between check and import."""
    job_id = started(sqlite, sheet({"有效期": "2026-03-05"}, {}))
    work(sqlite, job_id, clock=clock)
    with writing(sqlite) as db:
        assert counts(db, job_id) == {RowStatus.GOOD: 2}
        begin_import(db.get_one(ImportJob, job_id), is_published=True)

    work(sqlite, job_id, clock=lambda: NOW + timedelta(days=7))

    assert imported_titles(sqlite, job_id) == ["低压电工 3"]
    with reading(sqlite) as db:
        assert bad_rows(db, job_id, limit=9)[0].problems[0]["column"] == "valid_until"


def test_wrong_columns_make_no_job(sqlite: Engine) -> None:
    """What lacks is named with what was found; nothing is kept."""
    with writing(sqlite) as db:
        fair = small_fair(db)
        with pytest.raises(WrongColumns) as refused:
            make_job(db, fair.employer, [SheetRow(1, ["岗位名称", "薪资"])], file_name="x", by=None, now=NOW)

        assert refused.value.missing == ["要求", "人数", "底薪", "工作地点", "有效期", "职责"]
        assert refused.value.found == ["岗位名称", "薪资"]
        assert db.scalar(select(func.count()).select_from(ImportJob)) == 0


def test_import_is_published_for_an_approved_employer_alone_and_once(sqlite: Engine) -> None:
    """The rules of publishing hold for a thousand as for one."""
    job_id = started(sqlite, sheet({}), is_approved=False)
    work(sqlite, job_id, clock=clock)

    with writing(sqlite) as db:
        job = db.get_one(ImportJob, job_id)
        with pytest.raises(NotPermitted):
            begin_import(job, is_published=True)
        begin_import(job, is_published=False)
        with pytest.raises(IllegalTransition):
            begin_import(job, is_published=False)

"""Importing positions from a sheet: choose a file, look through what is wrong, mend rows, bring the good ones in."""

from __future__ import annotations

import io
from types import ModuleType
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from fair.errors import NotFound, NotPermitted
from fair.importcolumns import BY_KEY, COLUMNS
from fair.importjobs import (
    ImportJob,
    ImportRow,
    ImportStatus,
    RowStatus,
    WrongColumns,
    bad_rows,
    begin_import,
    change_row,
    check_again,
    counts,
    make_job,
    reading_count,
    row_of,
    skip_row,
)
from fair.permissions import Action, require
from fair.sheets import MAX_BYTES, MAX_ROWS, UnreadableSheet, column_letter, read_sheet
from web.context import actor, db, now
from web.employers.views import own_recruiter
from web.language import either
from web.recruiting.blueprint import blueprint
from web.recruiting.readings import confirm, shown_readings
from web.recruiting.working import start_work

ERRORS_A_PAGE = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELL_SHOWN = 40


@blueprint.route("/employer/positions/import", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Choose a file; the imports so far."""
    require(actor(), Action.MAKE_POSITION)
    if request.method == "GET":
        return _choose()
    upload = request.files.get("file")
    data = upload.stream.read(MAX_BYTES + 1) if upload is not None else b""
    if upload is None or not upload.filename:
        return _choose([_("没有选文件。选一个 XLSX 或 CSV")]), 422
    db().rollback()  # Reading takes seconds: nobody waits for this request's lock meanwhile.
    try:
        rows = read_sheet(data)
        employer = own_recruiter().employer
        job = make_job(db(), employer, rows, file_name=_file_name(upload), by=actor().account_id, now=now())
    except UnreadableSheet as error:
        return _choose([_unreadable(error.code)]), 422
    except WrongColumns as error:
        return _choose(_wrong_columns(error)), 422
    if job.row_count == 0:
        db().rollback()
        return _choose([_("表头下面没有岗位。一行写一个岗位，再选这个文件")]), 422
    return _work(job)


@blueprint.get("/employer/positions/import/template.<kind>")
def import_template(kind: str) -> ResponseReturnValue:
    """The sheet to fill in."""
    require(actor(), Action.MAKE_POSITION)
    if kind == "xlsx":
        return _download(_workbooks().template_workbook(), _XLSX, "岗位模板.xlsx")
    if kind == "csv":
        return _download(_workbooks().template_csv(), "text/csv; charset=utf-8", "岗位模板.csv")
    raise NotFound(f"no template as {kind}")


@blueprint.get("/employer/positions/import/<int:job_id>")
def import_job(job_id: int) -> ResponseReturnValue:
    """How far it is; then what is wrong by row and column, and the form to mend one row."""
    job = _own(job_id)
    if job.is_working:
        return render_template("recruiting/import_working.html", job=job, is_left=job.is_left(now()))
    per_status = counts(db(), job.id)
    page = max(1, request.args.get("page", 1, type=int))
    wrong = bad_rows(db(), job.id, limit=ERRORS_A_PAGE, offset=(page - 1) * ERRORS_A_PAGE)
    number = request.args.get("row", type=int)
    row = row_of(db(), job, number) if number else (wrong[0] if wrong else None)
    if row is not None and row.status != RowStatus.BAD:
        row = wrong[0] if wrong else None
    bad = per_status.get(RowStatus.BAD, 0)
    return render_template(
        "recruiting/import_checked.html",
        job=job,
        per_status=per_status,
        good=per_status.get(RowStatus.GOOD, 0),
        bad=bad,
        wrong_count=_problem_count(job.id) if bad else 0,
        lines=[line for each in wrong for line in _lines(job, each)],
        row=row,
        fields=_fields(job, row) if row else [],
        excerpt=_excerpt(job, row) if row else None,
        readings=shown_readings(job) if job.status == ImportStatus.CHECKED else [],
        reading_count=reading_count(db(), job.id),
        page=page,
        pages=-(-bad // ERRORS_A_PAGE),
        now=now(),
    )


@blueprint.get("/employer/positions/import/<int:job_id>/progress")
def import_progress(job_id: int) -> ResponseReturnValue:
    """How far it is, for the page's script."""
    job = _own(job_id)
    return jsonify(status=job.status, done=job.done_count, rows=job.row_count, is_left=job.is_left(now()))


@blueprint.post("/employer/positions/import/<int:job_id>/go")
def import_go(job_id: int) -> ResponseReturnValue:
    """Go on with work that its process left."""
    return _work(_own(job_id))


@blueprint.post("/employer/positions/import/<int:job_id>/rows/<int:number>")
def import_row(job_id: int, number: int) -> ResponseReturnValue:
    """Mend a row, or leave it out, and check the file again."""
    job = _own(job_id)
    row = row_of(db(), job, number)
    if request.form.get("do") == "skip":
        skip_row(row, is_skipped=True)
    else:
        cells = {key: request.form[f"c-{key}"] for key in job.columns if f"c-{key}" in request.form}
        change_row(job, row, {key: text.strip()[: BY_KEY[key].longest + 1] for key, text in cells.items()})
    check_again(job)
    return _work(job, row=number)


@blueprint.post("/employer/positions/import/<int:job_id>/readings")
def import_readings(job_id: int) -> ResponseReturnValue:
    """Take what was read from the text as the recruiter leaves it, and check the file again."""
    job = _own(job_id)
    confirm(job, request.form)
    check_again(job)
    flash(_("记下了"))
    return _work(job)


@blueprint.post("/employer/positions/import/<int:job_id>/unskip")
def import_unskip(job_id: int) -> ResponseReturnValue:
    """Take all rows in again that were left out."""
    job = _own(job_id)
    for row in db().scalars(select(ImportRow).where(ImportRow.job_id == job.id, ImportRow.status == RowStatus.SKIPPED)):
        skip_row(row, is_skipped=False)
    check_again(job)
    return _work(job)


@blueprint.post("/employer/positions/import/<int:job_id>/run")
def import_run(job_id: int) -> ResponseReturnValue:
    """Bring the good rows in, as drafts or published."""
    job = _own(job_id)
    wants_publishing = bool(request.form.get("is_published"))
    try:
        begin_import(job, is_published=wants_publishing)
    except NotPermitted:
        flash(_("单位还没通过审核，不能直接发布。先存成草稿"), "error")
        return redirect(url_for(".import_job", job_id=job.id), 303)
    return _work(job)


@blueprint.get("/employer/positions/import/<int:job_id>/marked.xlsx")
def import_marked(job_id: int) -> ResponseReturnValue:
    """The file with its wrong cells marked, to be mended and chosen again."""
    job = _own(job_id)
    rows = db().execute(
        select(ImportRow.number, ImportRow.cells, ImportRow.problems, ImportRow.status)
        .where(ImportRow.job_id == job.id)
        .order_by(ImportRow.number)
    )
    marked = _workbooks().marked_workbook(
        job.layout,
        ((number, cells, problems, status == RowStatus.IMPORTED) for number, cells, problems, status in rows),
        file_name=job.file_name,
    )
    stem = job.file_name.rpartition(".")[0] or job.file_name
    return _download(marked, _XLSX, f"{stem}-标红.xlsx")


def _workbooks() -> ModuleType:
    """What writes XLSX, imported when it is asked for: it brings numpy and 25 MB, which no other page needs."""
    from web.recruiting import workbooks  # noqa: PLC0415

    return workbooks


def _own(job_id: int) -> ImportJob:
    require(actor(), Action.MAKE_POSITION)
    job = db().get(ImportJob, job_id)
    if job is None or job.employer_id != actor().employer_id:
        raise NotFound(f"no import {job_id} of this employer")
    return job


def _work(job: ImportJob, *, row: int | None = None) -> ResponseReturnValue:
    db().commit()
    start_work(job.id)
    return redirect(url_for(".import_job", job_id=job.id, row=row, _anchor="fix" if row else None), 303)


def _choose(problems: list[str] | None = None) -> str:
    jobs = db().scalars(
        select(ImportJob).where(ImportJob.employer_id == actor().employer_id).order_by(ImportJob.id.desc()).limit(10)
    )
    return render_template(
        "recruiting/imports.html", problems=problems or [], jobs=jobs.all(), columns=COLUMNS, most=MAX_ROWS, now=now()
    )


def _unreadable(code: str) -> str:
    return {
        "too_big": _("文件太大。最大 10 MB，内容也不能太多；分成几个文件再导入"),
        "too_many_rows": _("超过 10,000 行。分成几个文件再导入"),
        "too_many_columns": _("超过 60 列。删掉用不到的列"),
        "old_format": _("这是旧格式或加了密的 Excel 文件。另存为 XLSX，不加密码"),
        "not_a_sheet": _("这不是表格。选 XLSX 或 CSV 文件"),
        "declarations": _("这个文件里有不该有的声明，没有打开。用 Excel 或 WPS 另存一份再选"),
        "damaged": _("文件坏了，打不开。用 Excel 或 WPS 另存一份再选"),
        "encoding": _("看不懂 CSV 的编码。另存为 UTF-8 或 XLSX"),
        "empty": _("文件是空的。一行写一个岗位，再选这个文件"),
    }[code]


def _wrong_columns(error: WrongColumns) -> list[str]:
    english = {column.heading: column.heading_en for column in COLUMNS}
    missing = [either(heading, english[heading]) for heading in error.missing]
    lines = [_("缺这些列：%(names)s", names=_("、").join(missing))]
    lines.append(
        _("认出来的列：%(names)s", names=_("、").join(error.found))
        if error.found
        else _("一列也没认出来，表头要在前 10 行里")
    )
    return [*lines, _("下载模板对一下表头，改好再选这个文件")]


def _file_name(upload: FileStorage) -> str:
    """The last part of the name that the browser gave; shown, never used as a path."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-120:] or "表格"


def _problem_count(job_id: int) -> int:
    problems = db().scalars(
        select(ImportRow.problems).where(ImportRow.job_id == job_id, ImportRow.status == RowStatus.BAD)
    )
    return sum(len(each) for each in problems)


def _lines(job: ImportJob, row: ImportRow) -> list[dict[str, Any]]:
    return [
        {
            "row": row.number,
            "column": f"{job.layout.letter(problem['column'])} {BY_KEY[problem['column']].heading}",
            "value": problem["value"][:_CELL_SHOWN],
            "problem": _(problem["message"], **problem["values"]),
        }
        for problem in row.problems
    ]


def _fields(job: ImportJob, row: ImportRow) -> list[dict[str, Any]]:
    """The cells of one row as inputs, those that are wrong first seen with what is wrong."""
    cells = job.layout.cells_of(row.cells)
    wrong: dict[str, list[str]] = {}
    for problem in row.problems:
        wrong.setdefault(problem["column"], []).append(_(problem["message"], **problem["values"]))
    return [
        {
            "key": column.key,
            "label": column.heading,
            "hint": column.note,
            "value": cells[column.key],
            "errors": wrong.get(column.key, []),
            "is_long": column.longest >= 1000,
        }
        for column in COLUMNS
        if column.key in cells
    ]


def _excerpt(job: ImportJob, row: ImportRow) -> dict[str, Any]:
    """The row with two before and two after it, as the file has them."""
    before = select(ImportRow).where(ImportRow.job_id == job.id, ImportRow.number < row.number)
    after = select(ImportRow).where(ImportRow.job_id == job.id, ImportRow.number >= row.number)
    around = [
        *reversed(db().scalars(before.order_by(ImportRow.number.desc()).limit(2)).all()),
        *db().scalars(after.order_by(ImportRow.number).limit(3)).all(),
    ]
    shown = sorted(job.columns.values())
    rows = []
    for each in around:
        wrong = {job.columns[problem["column"]] for problem in each.problems}
        cells = [
            {"value": (each.cells[index] if index < len(each.cells) else "")[:_CELL_SHOWN], "wrong": index in wrong}
            for index in shown
        ]
        rows.append({"number": each.number, "cells": cells})
    return {"columns": [f"{column_letter(index)} {job.header[index]}" for index in shown], "rows": rows}


def _download(data: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(data), mimetype=kind, as_attachment=True, download_name=name)

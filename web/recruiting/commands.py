"""The command that imports positions from a file, for an operator at the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from fair.database import writing
from fair.employers import Employer
from fair.errors import NotPermitted
from fair.importing import work
from fair.importjobs import ImportJob, ImportRow, RowStatus, WrongColumns, bad_rows, begin_import, counts, make_job
from fair.imports import Problem
from fair.sheets import UnreadableSheet, read_sheet
from web.context import installed

__all__ = ["import_positions"]

_PROBLEMS_SHOWN = 40


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--employer", "credit_code", required=True, help="统一社会信用代码 of the employer.")
@click.option("--publish", is_flag=True, help="Publish what is imported; drafts otherwise.")
@click.option("--dry-run", is_flag=True, help="Only say what is wrong.")
@with_appcontext
def import_positions(file: Path, credit_code: str, publish: bool, dry_run: bool) -> None:
    """Import the positions of an XLSX or CSV file; rows with problems are told and left out."""
    held = installed()
    try:
        rows = read_sheet(file.read_bytes())
        with writing(held.engine) as db:
            employer = db.scalar(select(Employer).where(Employer.credit_code == credit_code.strip().upper()))
            if employer is None:
                raise click.ClickException(f"no employer has the code {credit_code}")
            job_id = make_job(db, employer, rows, file_name=file.name, by=None, now=held.clock()).id
    except UnreadableSheet as error:
        raise click.ClickException(f"{file}: {error.code}") from None
    except WrongColumns as error:
        raise click.ClickException(f"{file}: 缺这些列：{'、'.join(error.missing)}") from None
    work(held.engine, job_id, clock=held.clock, told=_told("核对"))
    with writing(held.engine) as db:
        job = db.get_one(ImportJob, job_id)
        stand = counts(db, job_id)
        _tell_problems(db.get_one(ImportJob, job_id), bad_rows(db, job_id, limit=_PROBLEMS_SHOWN))
        good, bad = stand.get(RowStatus.GOOD, 0), stand.get(RowStatus.BAD, 0)
        click.echo(f"{job.row_count} 行，{good} 行没问题，{bad} 行要改")
        if dry_run or not good:
            return
        try:
            begin_import(job, is_published=publish)
        except NotPermitted:
            raise click.ClickException("单位还没通过审核，不能发布；不加 --publish 就存草稿") from None
    work(held.engine, job_id, clock=held.clock, told=_told("导入"))
    with writing(held.engine) as db:
        click.echo(f"导入了 {counts(db, job_id).get(RowStatus.IMPORTED, 0)} 个岗位")


def _told(words: str) -> Callable[[int, int], None]:
    def tell(done: int, rows: int) -> None:
        click.echo(f"{words} {done}/{rows}", err=True)

    return tell


def _tell_problems(job: ImportJob, rows: Sequence[ImportRow]) -> None:
    for row in rows:
        for problem in row.problems:
            told = Problem(**problem)
            click.echo(
                f"第 {row.number} 行 {job.layout.letter(told.column)} 列：{told.value[:30] or '空'}：{told.words}"
            )

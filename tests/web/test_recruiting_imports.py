"""Importing positions in the browser: what is wrong by row and column, mended, marked, brought in."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from fair.employers import Employer
from fair.importing import work
from fair.importjobs import ImportJob, ImportRow, ImportStatus, RowStatus
from fair.positions import Position
from fair.sheets import read_sheet
from fair.statuses import EmployerStatus
from tests.builders import NOW, SmallFair
from tests.sheetmaking import HEADINGS, csv_file, rows_of, xlsx

Client = Callable[[int], FlaskClient]

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

BAD: tuple[dict[str, str], ...] = (
    {"底薪": "面议", "有效期": "2025-11-20"},
    {},
    {"要求": "限男性，35 岁以下"},
    {"工作地点": ""},
    {"人数": "若干"},
    {"月薪": "9500-7500"},
    {"有效期": "明年"},
    {"学历": "神童"},
    {"班次": "随便"},
    {"工作地点": "火星"},
    {"岗位名称": "长" * 61},
    {"人数": "0"},
    {"岗位名称": "低压电工 3"},
)


@pytest.fixture
def choose(
    app: Flask, fair: SmallFair, signed_in: Client, read: Callable[[], Any]
) -> Callable[[bytes, str], tuple[FlaskClient, Any, int]]:
    """Choose a file; the browser, the answer, and the newest job, checked to its end."""

    def choosing(data: bytes, name: str = "秋招.xlsx") -> tuple[FlaskClient, Any, int]:
        client = signed_in(fair.recruiter.id)
        answer = client.post(
            "/employer/positions/import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
        )
        with read() as db:
            job_id = db.scalar(select(func.max(ImportJob.id))) or 0
        finish(app, job_id)
        return client, answer, job_id

    return choosing


def finish(app: Flask, job_id: int) -> None:
    """Wait for the thread that works on the job."""
    for thread in threading.enumerate():
        if thread.name == f"import-{job_id}":
            thread.join(30)


def position_titles(read: Callable[[], Any], employer_id: int) -> list[str]:
    with read() as db:
        return list(db.scalars(select(Position.title).where(Position.employer_id == employer_id).order_by(Position.id)))


def test_what_was_read_from_the_text_is_shown_and_confirmed(choose: Any, app: Flask, read: Callable[[], Any]) -> None:
    """A silent column is filled from the duties; what the recruiter changes is what is imported."""
    said = {"岗位名称": "电工", "职责": "月薪4500-6000，包吃住，两班倒", "月薪": "", "班次": "", "食宿": ""}
    client, _answer, job_id = choose(xlsx(rows_of(said)))
    path = f"/employer/positions/import/{job_id}"
    page = client.get(path).text
    assert "从文字里读出来的" in page
    assert 'value="4500-6000"' in page
    assert '<option value="两班倒" selected>' in page

    form = {"r-2-pay": "4800-6000", "r-2-schedule": "三班倒", "r-2-board": "包住"}
    answer = client.post(f"{path}/readings", data=form)
    finish(app, job_id)

    assert answer.status_code == 303
    assert "从文字里读出来的" not in client.get(path).text
    with read() as db:
        row = db.scalars(select(ImportRow).where(ImportRow.job_id == job_id)).one()
        cells = db.get_one(ImportJob, job_id).layout.cells_of(row.cells)
    assert (cells["pay"], cells["schedule"], cells["board"]) == ("4800-6000", "三班倒", "包住")


def test_every_wrong_cell_is_told_by_row_and_column_before_anything_is_imported(
    choose: Any, fair: SmallFair, read: Callable[[], Any]
) -> None:
    """Twelve kinds at once; the fourth column is D, its row the file's."""
    before = position_titles(read, fair.employer.id)

    client, answer, job_id = choose(xlsx(rows_of(*BAD)))

    page = client.get(f"/employer/positions/import/{job_id}").text
    assert answer.status_code == 303
    assert "13 行里有 12 行要改，共 13 处" in page
    for row, column, words in (
        (2, "D 底薪", "底薪要写数字"),
        (2, "G 有效期", "已经过了"),
        (4, "B 要求", "不能限性别和年龄"),
        (5, "F 工作地点", "缺工作地点"),
        (6, "C 人数", "人数要写数字"),
        (7, "E 月薪", "最高的比最低的低"),
        (8, "G 有效期", "日期看不懂"),
        (9, "J 学历", "不认得"),
        (10, "I 班次", "不认得"),
        (11, "F 工作地点", "没有这个地方"),
        (12, "A 岗位名称", "太长，有 61 个字"),
        (13, "C 人数", "至少招 1 人"),
        (14, "A 岗位名称", "和第 3 行重复"),
    ):
        assert f'<td class="r num">{row}</td><td class="nowrap">{column}</td>' in page
        assert words in page
    assert position_titles(read, fair.employer.id) == before


def test_row_is_mended_in_the_page_and_the_good_ones_are_published(
    app: Flask, choose: Any, fair: SmallFair, read: Callable[[], Any]
) -> None:
    """One mended, one left out, the rest brought in; what is left stays to be mended."""
    client, _, job_id = choose(xlsx(rows_of({"底薪": "面议"}, {}, {"人数": "若干"}, {"学历": "神童"})))
    page = f"/employer/positions/import/{job_id}"

    client.post(f"{page}/rows/2", data={"c-base_pay": "4800", "c-employer": "别家", "status": "good"})
    finish(app, job_id)
    client.post(f"{page}/rows/4", data={"do": "skip"})
    finish(app, job_id)
    assert "先导入 2 行" in client.get(page).text
    client.post(f"{page}/run", data={"is_published": "1"})
    finish(app, job_id)

    assert position_titles(read, fair.employer.id)[1:] == ["低压电工 2", "低压电工 3"]
    shown = client.get(page).text
    assert "导入了 2 个岗位，已发布" in shown
    assert "改第 5 行" in shown
    assert "跳过了 1 行" in shown


def test_marked_sheet_holds_the_problems_and_no_formula(choose: Any) -> None:
    """Red cells with a comment at the file's own rows; what begins like a formula is text; it can be chosen again."""
    client, _, job_id = choose(xlsx([["秋招岗位表"], [], *rows_of({"底薪": "面议"}, {"职责": "'=1+1，看图纸"})]))

    data = client.get(f"/employer/positions/import/{job_id}/marked.xlsx").data

    book = load_workbook(io.BytesIO(data))
    sheet = book["岗位"]
    pay = sheet["D4"]
    assert (pay.value, pay.fill.fgColor.rgb) == ("面议", "00F9D9DE")
    assert "底薪要写数字" in pay.comment.text
    assert sheet["H5"].data_type == "s"
    assert sheet["H5"].value == "'=1+1，看图纸"
    assert [cell.value for cell in book["要改的"][2]][:4] == [4, "D", "底薪", "面议"]
    assert [row.number for row in read_sheet(data)] == [3, 4, 5]


def test_csv_of_an_office_is_read(choose: Any, read: Callable[[], Any]) -> None:
    """GB 18030, as spreadsheets in China write it."""
    _, answer, job_id = choose(csv_file(rows_of({}, {}), "gb18030"), "岗位.csv")

    assert answer.status_code == 303
    with read() as db:
        assert db.get_one(ImportJob, job_id).status == ImportStatus.CHECKED
        assert set(db.scalars(select(ImportRow.status).where(ImportRow.job_id == job_id))) == {RowStatus.GOOD}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            csv_file([["岗位名称", "薪资", "学历"], ["电工", "8000", "不限"]]),
            "缺这些列：要求、人数、底薪、工作地点、有效期、职责",
        ),
        (csv_file([["a", "b"], ["1", "2"]]), "一列也没认出来"),
        (csv_file([HEADINGS]), "表头下面没有岗位"),
        (b"%PDF-1.7\x00\x01", "这不是表格"),
        (b"\xd0\xcf\x11\xe0", "旧格式或加了密"),
        (b"", "文件是空的"),
        (b"PK\x03\x04broken", "文件坏了"),
        (b"x" * (10 * 1024 * 1024 + 1), "文件太大"),
    ],
)
def test_file_that_cannot_be_read_is_told_and_makes_no_job(choose: Any, data: bytes, words: str) -> None:
    """With what to do about it."""
    _, answer, job_id = choose(data)

    assert answer.status_code == 422
    assert words in answer.text
    assert job_id == 0


def test_template_can_be_filled_in_and_chosen(choose: Any, fair: SmallFair, signed_in: Client) -> None:
    """Its headings are all known; its example is nobody's position."""
    client = signed_in(fair.recruiter.id)
    for kind in ("xlsx", "csv"):
        data = client.get(f"/employer/positions/import/template.{kind}").data

        _, answer, job_id = choose(data)

        assert answer.status_code == 422
        assert "表头下面没有岗位" in answer.text
        assert job_id == 0


def test_employer_that_waits_for_approval_imports_drafts(
    app: Flask, choose: Any, fair: SmallFair, read: Callable[[], Any], write: Callable[[], Any]
) -> None:
    """Publishing is refused with the way on."""
    with write() as db:
        db.get_one(Employer, fair.employer.id).status = EmployerStatus.SUBMITTED
    client, _, job_id = choose(xlsx(rows_of({})))
    page = f"/employer/positions/import/{job_id}"

    refused = client.post(f"{page}/run", data={"is_published": "1"}, follow_redirects=True).text
    client.post(f"{page}/run")
    finish(app, job_id)

    assert "先存成草稿" in refused
    assert "存为草稿" in client.get(page).text
    assert position_titles(read, fair.employer.id)[1:] == ["低压电工 2"]


def test_work_that_stands_still_is_shown_and_taken_up(
    app: Flask, choose: Any, fair: SmallFair, write: Callable[[], Any], clock: Any
) -> None:
    """The process that worked has ended: nothing is lost, one button goes on."""
    client, _, job_id = choose(xlsx(rows_of({}, {})))
    page = f"/employer/positions/import/{job_id}"
    with write() as db:
        job = db.get_one(ImportJob, job_id)
        job.status, job.worker, job.worked_at, job.done_count = ImportStatus.CHECKING, "gone", NOW, 1

    at_work = client.get(page).text
    assert not work(app.extensions["gangbo"].engine, job_id, clock=clock)
    clock.now = NOW.replace(minute=NOW.minute + 1)
    standing = client.get(page).text
    told = client.get(f"{page}/progress").get_json()
    client.post(f"{page}/go")
    finish(app, job_id)

    assert "接着做" not in at_work
    assert "接着做" in standing
    assert told == {"status": "checking", "done": 1, "rows": 2, "is_left": True}
    assert "2 行都没问题" in client.get(page).text


def test_command_imports_and_publishes(app: Flask, fair: SmallFair, read: Callable[[], Any], tmp_path: Path) -> None:
    """The same rules at the machine, problems in lines."""
    file = tmp_path / "岗位.xlsx"
    file.write_bytes(xlsx(rows_of({}, {"底薪": "面议"})))
    run = app.test_cli_runner()

    done = run.invoke(args=["fair", "import", str(file), "--employer", fair.employer.credit_code, "--publish"])
    unknown = run.invoke(args=["fair", "import", str(file), "--employer", "X"])

    assert done.exit_code == 0, done.output
    assert "第 3 行 D 列：面议：底薪要写数字" in done.output
    assert "导入了 1 个岗位" in done.output
    assert position_titles(read, fair.employer.id)[1:] == ["低压电工 2"]
    assert unknown.exit_code == 1

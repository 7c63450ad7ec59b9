"""Makes spreadsheets for tests: a good row of a position, and files of rows as XLSX and CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

GOOD = {
    "岗位名称": "低压电工",
    "要求": "有低压电工证",
    "人数": "12",
    "底薪": "4800",
    "月薪": "7500–9500",
    "工作地点": "余杭区文一西路 998 号",
    "有效期": "2026-06-30",
    "职责": "车间配电柜的巡检和维修",
    "班次": "两班倒",
    "学历": "高中",
}
HEADINGS = list(GOOD)


def rows_of(*changes: dict[str, str]) -> list[list[str]]:
    """The headings and a row for each of `changes` to the good one; titles are numbered where none is given."""
    rows = [HEADINGS]
    for number, change in enumerate(changes, start=2):
        row = {**GOOD, "岗位名称": f"低压电工 {number}", **change}
        rows.append([row[heading] for heading in HEADINGS])
    return rows


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """An XLSX file of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("岗位")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_file(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    """A CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def with_entry(data: bytes, name: str, change: Any) -> bytes:
    """The XLSX with one of its entries changed by `change` (bytes → bytes), or added when it is not there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            after.writestr(entry.filename, change(content) if entry.filename == name else content)
        if name not in before.namelist():
            after.writestr(name, change(b""))
    return out.getvalue()

"""Sheets that the site hands out: the template to fill in, and an import's file with its wrong cells marked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from fair.cells import clean
from fair.importcolumns import COLUMNS, EXAMPLE_MARK, Layout
from fair.sheets import column_letter

__all__ = ["marked_workbook", "safe", "template_csv", "template_workbook"]

_FORMULA_SIGNS = ("=", "+", "-", "@")
_BOLD = Font(bold=True)
_RED = PatternFill("solid", fgColor="F9D9DE")
_GREY = PatternFill("solid", fgColor="EFEAE1")
_WRAP = Alignment(wrap_text=True, vertical="top")


def safe(text: str) -> str | int:
    """A cell that a spreadsheet takes for text: what looks like a formula is quoted, a whole number is one."""
    text = clean(text)
    if text.startswith(_FORMULA_SIGNS):
        return f"'{text}"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and not text.startswith("0") else text


def template_workbook() -> bytes:
    """XLSX with the headings, one example that an import leaves out, and a sheet that explains the columns."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("岗位")
    for index, column in enumerate(COLUMNS):
        letter = column_letter(index)
        sheet.column_dimensions[letter].width = 36 if column.longest >= 1000 else 16
    sheet.freeze_panes = "C2"
    sheet.append([_styled(sheet, column.heading, _BOLD, _RED if column.is_required else _GREY) for column in COLUMNS])
    sheet.append([safe(value) for value in _example()])
    notes = book.create_sheet("填写说明")
    notes.column_dimensions["A"].width = 14
    notes.column_dimensions["C"].width = 40
    notes.column_dimensions["D"].width = 44
    notes.append([_styled(notes, words, _BOLD) for words in ("列", "必填", "怎么填", "例子")])
    for column in COLUMNS:
        notes.append([column.heading, "必填" if column.is_required else "", column.note, safe(column.example)])
    notes.append([])
    notes.append([f"第一格以“{EXAMPLE_MARK}”开头的行不导入；表头换顺序、少几个不必填的列都可以"])
    return _saved(book)


def template_csv() -> bytes:
    """The same as CSV, in UTF-8 with a mark that spreadsheets know."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.heading for column in COLUMNS])
    writer.writerow(_example())
    return out.getvalue().encode("utf-8-sig")


def marked_workbook(
    layout: Layout, rows: Iterable[tuple[int, list[str], list[Mapping[str, Any]], bool]], *, file_name: str
) -> bytes:
    """The file as it was, wrong cells red with a comment; rows of (number, cells, problems, whether it is imported).

    Rows keep their numbers, so that what the page says can be found.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("岗位")
    at = 1
    while at < layout.header_row:
        sheet.append([])
        at += 1
    sheet.append([_styled(sheet, safe(cell), _BOLD) for cell in layout.header])
    told: list[list[Any]] = []
    for number, cells, problems, is_imported in rows:
        while at + 1 < number:
            sheet.append([])
            at += 1
        by_column: dict[int, list[str]] = {}
        for problem in problems:
            index = layout.columns[problem["column"]]
            words = _(problem["message"], **problem["values"])
            by_column.setdefault(index, []).append(words)
            told.append([number, column_letter(index), layout.header[index], problem["value"], words])
        sheet.append(_marked(sheet, cells, by_column, is_imported=is_imported))
        at += 1
    listing = book.create_sheet("要改的")
    listing.column_dimensions["D"].width = 30
    listing.column_dimensions["E"].width = 60
    listing.append([_styled(listing, words, _BOLD) for words in ("行", "列", "表头", "填的是", "问题和改法")])
    for line in told:
        listing.append([line[0], *(safe(str(cell)) for cell in line[1:])])
    book.properties.title = file_name
    return _saved(book)


def _marked(sheet: Any, cells: list[str], wrong: Mapping[int, list[str]], *, is_imported: bool) -> list[Any]:
    width = max([len(cells), *(index + 1 for index in wrong)])
    line: list[Any] = []
    for index in range(width):
        value = safe(cells[index]) if index < len(cells) else ""
        if index in wrong:
            cell = _styled(sheet, value, None, _RED)
            cell.comment = Comment(_("；").join(wrong[index]), "岗播", height=90, width=260)
            line.append(cell)
        else:
            line.append(_styled(sheet, value, None, _GREY) if is_imported else value)
    return line


def _styled(sheet: Any, value: object, font: Font | None, fill: PatternFill | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    cell.alignment = _WRAP
    return cell


def _example() -> list[str]:
    return [f"{EXAMPLE_MARK}，导入时不算" if column.key == "employer" else column.example for column in COLUMNS]


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

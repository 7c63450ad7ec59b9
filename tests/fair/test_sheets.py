"""Sheets that somebody uploads: read as they are, and refused when they would hurt."""

from __future__ import annotations

import resource
from datetime import date, datetime

import pytest

from fair.sheets import MAX_BYTES, SheetRow, UnreadableSheet, column_letter, read_sheet
from tests.sheetmaking import csv_file, with_entry, xlsx

SHEET = "xl/worksheets/sheet1.xml"


def refusal(data: bytes) -> str:
    """The code with which `data` is refused."""
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(data)
    return refused.value.code


def test_xlsx_is_read_as_text_with_its_row_numbers():
    """Numbers, dates and truths become what one would write; empty rows go, the numbers stay."""
    data = xlsx(
        [
            ["岗位", "人数"],
            [],
            ["电工", 12.0, date(2026, 6, 30), True],
            ["焊工", 0.5, datetime.fromisoformat("2026-07-01T08:00")],
        ]
    )

    rows = read_sheet(data)

    assert [(row.number, [cell for cell in row.cells if cell]) for row in rows] == [
        (1, ["岗位", "人数"]),
        (3, ["电工", "12", "2026-06-30", "是"]),
        (4, ["焊工", "0.5", "2026-07-01"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
def test_csv_is_read_in_each_encoding_that_offices_use(encoding: str):
    """A cell with a line break keeps its row's number, and the rows after it theirs."""
    data = csv_file([["岗位", "要求"], ["电工", "有证\n能上夜班"], ["焊工", "无"]], encoding)

    rows = read_sheet(data)

    assert rows == [
        SheetRow(1, ["岗位", "要求"]),
        SheetRow(2, ["电工", "有证\n能上夜班"]),
        SheetRow(4, ["焊工", "无"]),
    ]


def test_file_that_is_no_sheet_is_refused_by_what_it_holds():
    """The name says nothing: its first bytes and its entries do."""
    assert refusal(b"") == "empty"
    assert refusal(b"  \n ") == "empty"
    assert refusal(b"\xd0\xcf\x11\xe0 old excel") == "old_format"
    assert refusal(b"\x89PNG\r\n\x00\x00") == "not_a_sheet"
    assert refusal(b"PK\x03\x04 and nothing more") == "damaged"
    assert refusal(b"x" * (MAX_BYTES + 1)) == "too_big"


def test_zip_that_is_no_workbook_is_refused():
    """A document of another kind is a zip too."""
    plain = with_entry(xlsx([["a"]]), "other.txt", lambda _: b"x")
    without = plain.replace(b"xl/workbook.xml", b"xl/wordbook.xml")

    assert read_sheet(plain)
    assert refusal(without) == "not_a_sheet"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_declarations_are_refused_before_the_sheet_is_opened(codec: str):
    """Entities unfold without end or read other files; no sheet needs one, in whatever encoding it hides."""
    data = xlsx([["岗位"], ["电工"]])
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'

    assert read_sheet(data)
    assert refusal(with_entry(data, SHEET, lambda _: bomb.encode(codec))) == "declarations"


def test_small_file_that_unfolds_to_hundreds_of_megabytes_is_refused():
    """Its true size is counted while it is looked through; this process keeps none of it."""
    data = with_entry(xlsx([["岗位"]]), SHEET, lambda content: content + b" " * (200 * 1024 * 1024))
    assert len(data) < 400_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    code = refusal(data)

    assert code == "too_big"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_sheet_whose_corners_lie_far_apart_is_refused():
    """One cell at the far corner makes a reader reserve the whole rectangle: it may not, and we go on."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = with_entry(xlsx([["岗位"]]), SHEET, lambda content: content.replace(b"</sheetData>", far))
    assert b"XFD1048576" not in data

    assert refusal(data) in ("too_big", "too_many_columns")


def test_too_many_rows_and_columns_are_refused():
    """The limits are those that are told."""
    assert refusal(csv_file([["a"]] * 10_020)) == "too_many_rows"
    assert refusal(xlsx([["a"]] * 10_020)) == "too_many_rows"
    assert refusal(xlsx([["a"] * 61])) == "too_many_columns"


def test_formula_is_read_as_its_value_alone():
    """What a formula would do happens nowhere; an uncomputed one is empty."""
    rows = read_sheet(xlsx([["岗位", "人数"], ["电工", '=HYPERLINK("http://x","y")']]))

    assert rows[1].cells == ["电工", ""]


def test_column_letters_follow_the_alphabet():
    """As spreadsheets name their columns."""
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]

"""Rows of a sheet as positions: what each cell means, and what is said of one that is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fair.cells import day, education, pay_amounts, years
from fair.districts import District
from fair.importcolumns import COLUMNS, data_rows, find_layout
from fair.imports import Terms, check_row
from fair.places import PlaceFinder
from fair.sheets import SheetRow
from fair.vocabulary import Education, Schedule

CITY = District(code="330100", name="杭州市", parent_code=None, path="330100/")
DISTRICT = District(code="330110", name="余杭区", parent_code="330100", path="330100/330110/")
TERMS = Terms(date(2026, 3, 2), PlaceFinder([CITY, DISTRICT]), frozenset({"临江电缆"}))
GOOD = {
    "employer": "临江电缆",
    "title": "低压电工",
    "requirements": "有低压电工证",
    "head_count": "12",
    "base_pay": "4800",
    "pay": "7500–9500",
    "place": "余杭区文一西路 998 号",
    "valid_until": "2026-06-30",
    "duties": "配电柜的巡检和维修",
    "schedule": "两班倒，做六休一",
    "education": "高中及以上，大专优先",
    "experience": "1-3 年",
    "certificates": "低压电工证、高处作业证",
    "board": "包吃包住",
    "insurance": "是",
}


def problems(**changes: str) -> list[tuple[str, str]]:
    """Column and words of what is wrong with the good row after `changes`."""
    return [(problem.column, problem.words) for problem in check_row(GOOD | changes, TERMS).problems]


def test_good_row_becomes_a_position() -> None:
    """Every cell is read as what it means."""
    checked = check_row(GOOD, TERMS)

    assert checked.problems == []
    wanted: dict[str, Any] = {
        "title": "低压电工",
        "district_code": "330110",
        "address": "文一西路 998 号",
        "head_count": 12,
        "base_pay": 4800,
        "pay_min": 7500,
        "pay_max": 9500,
        "schedule": Schedule.TWO_SHIFTS,
        "schedule_note": "两班倒，做六休一",
        "education": Education.SENIOR,
        "experience_years": 1,
        "certificates": ["低压电工证", "高处作业证"],
        "has_meals": True,
        "has_dormitory": True,
        "has_insurance": True,
        "valid_until": date(2026, 6, 30),
    }
    assert {name: checked.content[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("title", "", "缺岗位名称"),
        ("title", "长" * 61, "太长，有 61 个字。最多 60 个字"),
        ("head_count", "若干", "人数要写数字，如 3"),
        ("head_count", "0", "至少招 1 人"),
        ("base_pay", "面议", "底薪要写数字。填每月元数，如 4800"),
        ("base_pay", "", "缺底薪。填每月元数，如 4800"),
        ("base_pay", "12000", "比月薪最高的 9500 还高。核对底薪和月薪"),
        ("pay", "面议", "不能写面议。写范围，如 6500–9000"),
        ("pay", "9500-7500", "最高的比最低的低。写成 7500–9500"),
        ("valid_until", "2025-11-20", "已经过了。填今天以后的日期"),
        ("valid_until", "2026-02-30", "日期看不懂。写成 2027-12-31 这样"),
        ("valid_until", "长期", "日期看不懂。写成 2027-12-31 这样"),
        ("place", "", "缺工作地点。写到街道，如“余杭区仓前街道”"),
        ("place", "火星", "没有这个地方。写到街道，如“余杭区仓前街道”"),
        ("place", "杭州市", "不够细。写到区或街道，如“余杭区仓前街道”"),
        ("education", "神童", "不认得。写不限、初中、高中、大专、本科、硕士、博士中的一个"),
        ("schedule", "随便", "不认得。写白班、两班倒、三班倒、夜班、时间灵活中的一个"),
        ("requirements", "限男性，35 岁以下", "不能限性别和年龄。写岗位本身的要求，如“能上夜班”"),
        ("duties", "入职交押金 300 元", "不能向求职者收钱。删掉这一句"),
        ("employer", "别家公司", "不是本单位。只能导入自己单位的岗位，改成本单位或空着"),
        ("experience", "很多", "写年数，如“3 年”，没有要求就写“不限”"),
    ],
)
def test_wrong_cell_is_told_with_its_column_and_how_to_mend_it(column: str, value: str, words: str) -> None:
    """Each kind of problem, in the words on the screen."""
    assert problems(**{column: value}) == [(column, words)]


def test_all_wrong_cells_of_a_row_are_told_at_once() -> None:
    """Nobody mends a sheet one error at a time."""
    found = problems(head_count="若干", base_pay="面议", valid_until="2025-01-01", place="")

    assert {column for column, _ in found} == {"head_count", "base_pay", "valid_until", "place"}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("7500–9500", (7500, 9500)),
        ("7500-9500元/月", (7500, 9500)),
        ("７５００～９５００", (7500, 9500)),
        ("4,800", (4800, 4800)),
        ("8k-10k", (8000, 10000)),
        ("0.8-1万", (8000, 10000)),
        ("22元/小时", (22, 22)),
        ("面议", None),
        ("很高", None),
        ("-5", None),
    ],
)
def test_pay_is_read_as_people_write_it(text: str, amounts: tuple[int, int] | None) -> None:
    """Ranges, thousands, 万 and k."""
    assert pay_amounts(text) == amounts


def test_days_years_and_degrees_are_read_as_people_write_them() -> None:
    """And nothing is guessed."""
    assert [day(text) for text in ("2026-6-3", "2026/06/03", "2026.6.3", "2026年6月3日", "20260603")] == [
        date(2026, 6, 3)
    ] * 5
    assert [years(text) for text in ("3年", "3-5年", "两年以上", "不限", "应届生", "很多")] == [3, 3, 2, 0, 0, None]
    assert education("大专/本科") == Education.COLLEGE
    assert education("学历不限") == Education.NONE
    assert education("初中及以下") == Education.NONE
    assert education("研究生及以上") == Education.MASTER


def test_empty_cells_are_read_from_the_text_and_filled_ones_are_not() -> None:
    """Recruiters write shifts and board into the sentences; what a column says counts first."""
    silent = GOOD | {
        "schedule": "",
        "board": "",
        "experience": "",
        "requirements": "2-3 年电工经验，能上夜班",
        "duties": "12 小时两班制，包吃住",
    }
    said = silent | {"schedule": "白班", "board": "不包住", "experience": "不限"}

    read = [check_row(cells, TERMS).content for cells in (silent, said)]

    names = ("schedule", "has_dormitory", "has_meals", "experience_years")
    assert [tuple(content[name] for name in names) for content in read] == [
        (Schedule.TWO_SHIFTS, True, True, 2),
        (Schedule.DAY, False, False, 0),
    ]


@given(st.dictionaries(st.sampled_from([column.key for column in COLUMNS]), st.text(max_size=200)))
def test_any_text_in_any_cell_is_read_or_told(cells: dict[str, str]) -> None:
    """No text breaks the reader, and a row without problems has all that the law asks for."""
    checked = check_row(cells, TERMS)

    must_have = ("title", "head_count", "requirements", "duties", "district_code", "base_pay", "valid_until")
    assert checked.problems or all(checked.content[name] for name in must_have)


def test_headings_are_found_below_a_title_in_any_order_and_spelling() -> None:
    """Stars, brackets, spaces, other words and English do not hide a column."""
    rows = [
        SheetRow(1, ["秋招岗位表"]),
        SheetRow(
            3, ["岗位职责", "招聘人数*", "Position", "底薪（元/月）", "备注", "截止 日期", "任职要求", "工作地点"]
        ),
        SheetRow(4, ["x", "1", "电工", "4800", "", "2026-06-30", "有证", "余杭区"]),
    ]

    layout = find_layout(rows)

    assert layout.header_row == 3
    assert layout.missing == []
    assert layout.letter("base_pay") == "D"
    assert layout.cells_of(rows[2].cells)["title"] == "电工"


def test_missing_columns_are_named_and_the_example_is_left_out() -> None:
    """The template's own row is nobody's position."""
    rows = [
        SheetRow(1, ["单位", "岗位名称", "人数"]),
        SheetRow(2, ["示例，导入时不算", "低压电工", "12"]),
        SheetRow(3, ["", "焊工", "2"]),
    ]

    layout = find_layout(rows)

    assert layout.missing == ["要求", "底薪", "工作地点", "有效期", "职责"]
    assert [row.number for row in data_rows(rows, layout)] == [3]

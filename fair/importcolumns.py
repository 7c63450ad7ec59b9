"""The columns of a sheet of positions: their headings, what people write instead, and where they stand in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fair.cells import clean, plain
from fair.sheets import MAX_ROWS, SheetRow, column_letter

EXAMPLE_MARK = "示例"
"""A row whose first cell begins with it is the template's own."""

_HEADER_WITHIN = 10


@dataclass(frozen=True)
class Column:
    """A column that is understood: its key, its heading, other headings people write, and an example."""

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    longest: int = 120
    example: str = ""
    note: str = ""

    @property
    def heading_en(self) -> str:
        """The first of the other headings that is English; empty when none is."""
        return next((alias for alias in self.aliases if alias.isascii()), "")


COLUMNS = (
    Column("employer", "单位", ("用人单位", "单位名称", "公司", "employer", "company"), note="可空；写了就要是本单位"),
    Column(
        "title",
        "岗位名称",
        ("岗位", "职位", "职位名称", "招聘岗位", "title", "position", "job title"),
        is_required=True,
        longest=60,
        example="低压电工",
    ),
    Column(
        "requirements",
        "要求",
        ("任职要求", "岗位要求", "招聘要求", "requirements"),
        is_required=True,
        longest=2_000,
        example="有低压电工证，能上夜班",
        note="只写干活要用到的，不写性别、年龄、户籍",
    ),
    Column("head_count", "人数", ("招聘人数", "招几人", "head count", "openings"), is_required=True, example="12"),
    Column(
        "base_pay",
        "底薪",
        ("基本工资", "底薪（元/月）", "base pay", "base salary"),
        is_required=True,
        example="4800",
        note="元，和计薪单位一致，不能写面议",
    ),
    Column("pay", "月薪", ("薪资", "工资", "薪酬", "月薪范围", "综合工资", "pay", "salary"), example="7500–9500"),
    Column("pay_unit", "计薪单位", ("薪资单位", "pay unit"), example="月", note="月、天、小时、件；空着就是月"),
    Column("pay_note", "薪资说明", ("工资说明", "pay note"), example="加班费另算"),
    Column(
        "place",
        "工作地点",
        ("地点", "工作地", "工作地区", "place", "location"),
        is_required=True,
        longest=180,
        example="余杭区仓前街道文一西路 998 号",
        note="区和街道，后面接详细地址",
    ),
    Column(
        "valid_until",
        "有效期",
        ("有效期到", "截止日期", "有效期至", "valid until", "deadline"),
        is_required=True,
        example="2027-12-31",
        note="年-月-日",
    ),
    Column(
        "duties",
        "职责",
        ("岗位职责", "做什么", "工作内容", "duties", "description"),
        is_required=True,
        longest=4_000,
        example="车间配电柜的安装、巡检和抢修",
    ),
    Column("occupation", "工种", ("职业", "occupation"), longest=40, example="电工"),
    Column(
        "employment_type", "用工形式", ("工作性质", "employment type"), example="全职", note="全职、兼职、实习、临时工"
    ),
    Column(
        "schedule",
        "班次",
        ("工作时间", "schedule", "shift"),
        example="两班倒",
        note="白班、两班倒、三班倒、夜班、时间灵活",
    ),
    Column(
        "education",
        "学历",
        ("学历要求", "education"),
        example="高中或中专",
        note="不限、初中、高中、大专、本科、硕士、博士",
    ),
    Column("experience", "经验", ("工作经验", "工作年限", "experience"), example="1 年"),
    Column(
        "certificates", "证书", ("资格证书", "certificates"), longest=200, example="低压电工证", note="几个用顿号隔开"
    ),
    Column("skills", "技能", ("技能要求", "skills"), longest=300, example="看图纸、接线", note="几个用顿号隔开"),
    Column(
        "board",
        "食宿",
        ("包吃住", "吃住", "board", "accommodation"),
        example="包吃包住",
        note="包吃、包住、包吃包住、无",
    ),
    Column("insurance", "五险", ("社保", "五险一金", "insurance"), example="是", note="是或否"),
    Column("benefits", "福利", ("福利待遇", "benefits"), longest=200, example="高温补贴、班车"),
)

BY_KEY: Mapping[str, Column] = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class Layout:
    """Where the columns are: key → index from 0, the heading row's number and its cells."""

    columns: Mapping[str, int]
    header: list[str]
    header_row: int

    @property
    def missing(self) -> list[str]:
        """Headings of the required columns that are not there."""
        return [column.heading for column in COLUMNS if column.is_required and column.key not in self.columns]

    def letter(self, key: str) -> str:
        """The column's letters in the file; empty for a column that is not there."""
        return column_letter(self.columns[key]) if key in self.columns else ""

    def cells_of(self, row: Sequence[str]) -> dict[str, str]:
        """Key → text of one row."""
        return {key: (row[index] if index < len(row) else "") for key, index in self.columns.items()}


def find_layout(rows: Sequence[SheetRow]) -> Layout:
    """The row of headings among the first ten, which may stand below a title."""
    best = Layout({}, rows[0].cells if rows else [], rows[0].number if rows else 1)
    for row in rows[:_HEADER_WITHIN]:
        columns: dict[str, int] = {}
        for index, cell in enumerate(row.cells):
            key = _HEADINGS.get(_heading(cell))
            if key and key not in columns:
                columns[key] = index
        if len(columns) > len(best.columns):
            best = Layout(columns, row.cells, row.number)
    return best


def data_rows(rows: Sequence[SheetRow], layout: Layout) -> list[SheetRow]:
    """The rows below the headings, without the template's example; at most MAX_ROWS."""
    below = [row for row in rows if row.number > layout.header_row]
    return [row for row in below if not next(filter(None, row.cells), "").startswith(EXAMPLE_MARK)][:MAX_ROWS]


def _heading(text: str) -> str:
    """A heading as it is compared: without signs, notes in brackets, case and the star of a required column."""
    bare = re.sub(r"\([^)]*\)", "", plain(clean(text)).lower())
    return re.sub(r"[\s*:_\-/]+", "", bare)


_HEADINGS: Mapping[str, str] = {
    _heading(name): column.key for column in COLUMNS for name in (column.heading, *column.aliases, column.key)
}

"""The limited process that opens a spreadsheet: XLSX on standard input, its first sheet as JSON on standard output.

It takes its own memory, time and files away before it reads a byte. A file that asks for more ends this process and
nothing else. On failure it says one of the codes of `fair.sheets.UnreadableSheet` on standard error.
"""

from __future__ import annotations

import io
import resource
import sys
from datetime import date, datetime, time, timedelta

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

from fair.sheets import MAX_CELL, MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20

Cell = int | float | str | bool | datetime | date | time | timedelta


def main() -> int:
    """Read, print, and return 0; 1 when the file cannot be read."""
    _limit()
    try:
        rows = read(sys.stdin.buffer.read())
    except (CalamineError, ValueError) as error:
        sys.stderr.write(str(error) if str(error) in ("too_big", "too_many_rows", "too_many_columns") else "damaged")
        return 1
    except MemoryError:
        sys.stderr.write("too_big")
        return 1
    sys.stdout.buffer.write(msgspec.json.encode(rows))
    return 0


def read(data: bytes) -> list[tuple[int, list[str]]]:
    """Row numbers, from 1, and the text of the cells; raises ValueError with the code of a limit."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheet = workbook.get_sheet_by_index(0)
    if sheet.end is not None and sheet.end[1] >= MAX_COLUMNS:
        raise ValueError("too_many_columns")
    rows: list[tuple[int, list[str]]] = []
    characters = 0
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [text_of(value) for value in values]
        characters += sum(map(len, cells))
        if characters > MAX_CHARACTERS:
            raise ValueError("too_big")
        if any(cells):
            rows.append((number, cells))
        if len(rows) > MAX_ROWS + 10:
            raise ValueError("too_many_rows")
    return rows


def text_of(value: Cell) -> str:
    """A cell as somebody would write it: 12.0 → 12, a date as 2026-12-31, true → 是."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    return str(value).strip()[: MAX_CELL + 1]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())

"""Spreadsheets that somebody uploads: what they are, whether they are safe to open, and their rows as text.

Nothing here knows what the columns mean. An XLSX is a zip of XML that can unfold to a thousand times its size, so it is
looked through first and then read by a process of its own with little memory and time (`fair.sheetreader`).
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass

import msgspec

from fair.errors import FairError

MAX_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 300
MAX_UNPACKED = 160 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 60
MAX_CELL = 4_000
MAX_CHARACTERS = 40_000_000
READ_WITHIN_SECONDS = 30

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 256 * 1024
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_DELIMITERS = ",\t;"


class UnreadableSheet(FairError):
    """A file that cannot or must not be read; `code` says why, and is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the file, from 1, and the text of its cells."""

    number: int
    cells: list[str]


def read_sheet(data: bytes) -> list[SheetRow]:
    """The rows of a CSV (UTF-8, UTF-16, GB 18030) or of an XLSX's first sheet, empty ones left out.

    Raises UnreadableSheet: empty, too_big, too_many_rows, too_many_columns, old_format, not_a_sheet, declarations,
    damaged, encoding.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableSheet("too_big")
    if not data.strip():
        raise UnreadableSheet("empty")
    if data.startswith(_OLE):
        raise UnreadableSheet("old_format")
    rows = _xlsx_rows(data) if data.startswith(_ZIP) else _csv_rows(data)
    if not rows:
        raise UnreadableSheet("empty")
    return rows


def column_letter(index: int) -> str:
    """The letters of a column by its index from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _xlsx_rows(data: bytes) -> list[SheetRow]:
    _look_through(data)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "fair.sheetreader"],
            input=data,
            capture_output=True,
            timeout=READ_WITHIN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableSheet("too_big") from None
    if done.returncode != 0:
        # A reader that its limits stopped says nothing: its end by a signal is the answer.
        said = done.stderr.decode(errors="replace").strip()
        raise UnreadableSheet(
            said if said in ("too_big", "too_many_rows", "too_many_columns", "damaged") else "too_big"
        )
    rows = msgspec.json.decode(done.stdout, type=list[tuple[int, list[str]]])
    return [SheetRow(number, cells) for number, cells in rows]


def _look_through(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise UnreadableSheet("too_big")
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise UnreadableSheet("not_a_sheet")
            unpacked = 0
            for entry in entries:
                unpacked += _look_into(archive, entry, MAX_UNPACKED - unpacked)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise UnreadableSheet("damaged") from None


def _look_into(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> int:
    """Unpack an entry piece by piece, keeping none; its true size. The size that the archive states can be a lie."""
    is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    size, tail = 0, b""
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > limit:
                raise UnreadableSheet("too_big")
            # Without its NUL bytes, UTF-16 shows the same letters as UTF-8.
            seen = tail + piece.replace(b"\x00", b"")
            if is_xml and any(word in seen for word in _DECLARATIONS):
                raise UnreadableSheet("declarations")
            tail = seen[-16:]
    return size


def _csv_rows(data: bytes) -> list[SheetRow]:
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[SheetRow] = []
    first_line = 1
    try:
        for cells in lines:
            number, first_line = first_line, lines.line_num + 1
            if len(cells) > MAX_COLUMNS:
                raise UnreadableSheet("too_many_columns")
            cells = [cell.strip()[: MAX_CELL + 1] for cell in cells]
            if any(cells):
                rows.append(SheetRow(number, cells))
            if len(rows) > MAX_ROWS + 10:
                raise UnreadableSheet("too_many_rows")
    except csv.Error:
        raise UnreadableSheet("damaged") from None
    return rows


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        raise UnreadableSheet("not_a_sheet")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet("encoding")


def _delimiter(text: str) -> str:
    head = text[:4_000].splitlines()[:3]
    return max(_DELIMITERS, key=lambda sign: sum(line.count(sign) for line in head))

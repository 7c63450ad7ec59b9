"""The administrative divisions of China (GB/T 2260): provinces, cities, districts, and the streets of some.

`divisions.tsv` holds code, name, the parent's code and, where somebody has written it down, the name in English; a
city's six digits end in 00, a province's in 0000, streets have nine. Municipalities have no level between them and
their districts.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from fair.districts import District


def load_divisions(db: Session) -> int:
    """Fill an empty district table; the number of rows added, 0 when there were some already."""
    if db.scalar(select(func.count()).select_from(District)):
        return 0
    rows = []
    paths: dict[str, str] = {}
    for code, name, parent, name_en in _divisions():
        paths[code] = f"{paths.get(parent, '')}{code}/"
        rows.append(
            {"code": code, "name": name, "name_en": name_en, "parent_code": parent or None, "path": paths[code]}
        )
    db.execute(insert(District), rows)
    return len(rows)


def _divisions() -> Iterator[tuple[str, str, str, str]]:
    """The rows, every parent before its children."""
    rows = []
    for line in files("fair").joinpath("divisions.tsv").read_text(encoding="utf-8").splitlines():
        code, name, parent, *english = line.split("\t")
        rows.append((code, name, parent, "".join(english)))
    levels = {code: parent for code, _, parent, _ in rows}
    yield from sorted(rows, key=lambda row: (_depth(row[0], levels), row[0]))


def _depth(code: str, levels: dict[str, str]) -> int:
    depth = 0
    while levels.get(code):
        code, depth = levels[code], depth + 1
    return depth

"""Districts as pages show them: choices for a select, and one's name in full.

The tree holds all of China; a select offers the part of it that this fair is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from fair.districts import Bureau, District, full_name
from fair.positions import Position
from fair.statuses import PositionStatus
from web.context import now
from web.language import either, is_english

__all__ = ["home_places", "place_name", "search_places", "work_places"]

_MOST = 500
_KEPT_FOR = timedelta(seconds=30)
_district = District.__table__.c
_NAMES = select(_district.code, _district.name, _district.name_en, _district.parent_code).where(
    _district.code.in_(bindparam("codes", expanding=True))
)


def search_places(db: Session) -> list[tuple[str, str]]:
    """Code and name of every district with a published position and of those above it, indented by level.

    A process reads them once in 30 s: a district's first position is found at once, and offered here a little later.
    """
    kept: dict[bool, tuple[datetime, list[tuple[str, str]]]] = current_app.extensions.setdefault("search_places", {})
    read = kept.get(is_english())
    if read is None or not timedelta() <= now() - read[0] < _KEPT_FOR:
        read = kept[is_english()] = (now(), _used_places(db))
    return read[1]


def home_places(db: Session, *, also: Iterable[str | None] = ()) -> list[tuple[str, str]]:
    """Code and name of the districts around the bureaus here, and of those that are chosen already."""
    around = {_around(path) for path in db.scalars(select(District.path).join(Bureau))}
    codes = [code for code in also if code]
    chosen = db.scalars(select(District.path).where(District.code.in_(codes))).all() if codes else []
    return _choices(db, around, [*chosen, *around])


def work_places(db: Session, *, also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Code and name of the districts around the bureaus here, without streets, and of those chosen already."""
    around = {_around(path) for path in db.scalars(select(District.path).join(Bureau))}
    parents = [_codes(path)[-1] for path in around]
    rows = db.execute(
        select(District.code, District.name, District.name_en)
        .where(or_(District.parent_code.in_(parents), District.code.in_(list(also))))
        .order_by(District.path)
        .limit(_MOST)
    )
    return [(code, either(name, name_en)) for code, name, name_en in rows]


def place_name(db: Session, code: str | None) -> str:
    """The last two levels of a district's name, as 西湖区古荡街道; empty when there is none."""
    district = db.get(District, code) if code else None
    if district is None:
        return ""
    districts: dict[str, Any] = {row.code: row for row in db.execute(_NAMES, {"codes": _codes(district.path)})}
    return full_name(district, districts, in_english=is_english())


def _used_places(db: Session) -> list[tuple[str, str]]:
    used = select(Position.district_code).where(Position.status == PositionStatus.PUBLISHED).distinct()
    paths = db.scalars(select(District.path).where(District.code.in_(used))).all()
    return _choices(db, [], paths)


def _choices(db: Session, subtrees: Iterable[str], paths: Iterable[str]) -> list[tuple[str, str]]:
    codes = {code for path in paths for code in _codes(path)}
    rows = db.execute(
        select(District.code, District.name, District.name_en, District.path)
        .where(or_(District.code.in_(codes), *(District.path.startswith(each) for each in subtrees)))
        .order_by(District.path)
        .limit(_MOST)
    )
    return [(code, "　" * (path.count("/") - 1) + either(name, name_en)) for code, name, name_en, path in rows]


def _around(path: str) -> str:
    """What a bureau's district lies in; a city's or a province's own tree, whose codes end in 00."""
    codes = _codes(path)
    inner = codes if codes[-1].endswith("00") or len(codes) == 1 else codes[:-1]
    return "".join(f"{code}/" for code in inner)


def _codes(path: str) -> list[str]:
    return path.rstrip("/").split("/")

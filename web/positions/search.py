"""Finding positions by words, place and pay: by meaning when matching is up, by the letters when it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from fair.districts import District
from fair.employers import Employer
from fair.positions import Position
from fair.statuses import PositionStatus
from fair.vocabulary import UNITS_A_MONTH, Schedule
from web.matches import positions_for_text
from web.paging import Page, page_of

__all__ = ["Found", "Wanted", "find_positions", "found_by_fit", "wanted_among"]

A_PAGE = 20
_BY_MEANING = 200
_ESCAPED = re.compile(r"([%_\\])")

_position, _employer, _district = Position.__table__.c, Employer.__table__.c, District.__table__.c
# What a row of the list shows; texts and the employer's file stay where they are.
_ROWS = (
    select(
        _position.id,
        _position.title,
        _position.pay_min,
        _position.pay_max,
        _position.pay_unit,
        _position.schedule,
        _position.has_dormitory,
        _position.head_count,
        _employer.short_name.label("employer"),
        _district.name.label("district"),
        _district.name_en.label("district_en"),
    )
    .select_from(Position.__table__)
    .join(Employer.__table__, _employer.id == _position.employer_id)
    .outerjoin(District.__table__, _district.code == _position.district_code)
)
_NAMED = _position.id.in_(bindparam("ids", expanding=True))
_CHOSEN = _ROWS.where(_NAMED)
_NEWEST = (_position.published_at.desc(), _position.id.desc())


@dataclass(frozen=True)
class Wanted:
    """What is searched for; `pay` in CNY a month, `place` a district code, `path` that district's path."""

    words: str = ""
    place: str = ""
    path: str = ""
    pay: int | None = None
    schedule: Schedule | None = None
    has_dormitory: bool = False
    needs_no_experience: bool = False


@dataclass(frozen=True)
class Found:
    """One page of what was found; `by` is `meaning`, `letters` (matching is down), `filters` (no words) or `fit`."""

    page: Page[Any]
    by: str


def find_positions(db: Session, wanted: Wanted, *, number: int, today: date) -> Found:
    """The open positions that are wanted: the best first, or the newest first when there are no words."""
    conditions, values = _asked(wanted, today=today)
    if not wanted.words:
        newest = _ROWS.where(conditions).params(values).order_by(*_NEWEST)
        return Found(page_of(db, newest, size=A_PAGE, number=number), "filters")
    found = positions_for_text(wanted.words, limit=_BY_MEANING, district_path=wanted.path or None, pay_min=wanted.pay)
    if found is None:
        newest = _ROWS.where(conditions, _has_all(wanted.words)).params(values).order_by(*_NEWEST)
        return Found(page_of(db, newest, size=A_PAGE, number=number), "letters")
    ids = [each.position_id for each in found.positions]
    return Found(_in_order(db, _open_among(db, ids, conditions, values), number=number), "meaning")


def wanted_among(db: Session, wanted: Wanted, position_ids: Sequence[int], *, today: date) -> list[int]:
    """Those of some positions that are open and wanted, whatever the words."""
    conditions, values = _asked(wanted, today=today)
    return _open_among(db, position_ids, conditions, values)


def found_by_fit(db: Session, best_first: Sequence[int], *, number: int) -> Found:
    """The page of what fits who looks, in the order in which it is given."""
    return Found(_in_order(db, best_first, number=number), "fit")


def _asked(wanted: Wanted, *, today: date) -> tuple[ColumnElement[bool], dict[str, Any]]:
    """What is wanted as a condition, and its values."""
    values = {"today": today, "inside": f"{wanted.path}%", "pay": wanted.pay, "schedule": wanted.schedule}
    conditions = _conditions(
        has_place=bool(wanted.path),
        has_pay=bool(wanted.pay),
        has_schedule=bool(wanted.schedule),
        has_dormitory=wanted.has_dormitory,
        needs_no_experience=wanted.needs_no_experience,
    )
    return conditions, values


def _open_among(db: Session, ids: Sequence[int], conditions: ColumnElement[bool], values: dict[str, Any]) -> list[int]:
    found = set(db.scalars(_among(conditions), {**values, "ids": ids})) if ids else set()
    return [each for each in ids if each in found]


@cache
def _conditions(
    *, has_place: bool, has_pay: bool, has_schedule: bool, has_dormitory: bool, needs_no_experience: bool
) -> ColumnElement[bool]:
    """What an open position that is wanted meets; its values are named today, inside, pay and schedule."""
    met = [_position.status == PositionStatus.PUBLISHED, _position.valid_until >= bindparam("today")]
    if has_place:
        met.append(_position.district_code.in_(select(_district.code).where(_district.path.like(bindparam("inside")))))
    if has_pay:
        met.append(_monthly_pay() >= bindparam("pay"))
    if has_schedule:
        met.append(_position.schedule == bindparam("schedule"))
    if has_dormitory:
        met.append(_position.has_dormitory.is_(True))
    if needs_no_experience:
        met.append(_position.experience_years == 0)
    return and_(*met)


@cache
def _among(conditions: ColumnElement[bool]) -> Select[Any]:
    return select(_position.id).where(conditions, _NAMED)


def _monthly_pay() -> ColumnElement[Any]:
    """The best pay of a position in CNY a month; piece rates are not compared."""
    units = case(
        *((_position.pay_unit == unit, number) for unit, number in UNITS_A_MONTH.items()),
        else_=0.0,
    )
    return func.coalesce(_position.pay_max, _position.pay_min, 0) * units


def _has_all(words: str) -> ColumnElement[bool]:
    return and_(*(_has(word) for word in words.split()[:6]))


def _has(word: str) -> ColumnElement[bool]:
    like = "%" + _ESCAPED.sub(r"\\\1", word.lower()) + "%"
    of_employer = select(_employer.id).where(func.lower(_employer.name).like(like, escape="\\"))
    texts = (_position.title, _position.occupation, _position.duties, _position.requirements)
    return or_(*(func.lower(text).like(like, escape="\\") for text in texts), _position.employer_id.in_(of_employer))


def _in_order(db: Session, best_first: Sequence[int], *, number: int) -> Page[Any]:
    """The page of the rows in the order in which matching put them."""
    pages = max(1, -(-len(best_first) // A_PAGE))
    at = min(max(1, number), pages)
    shown = best_first[(at - 1) * A_PAGE : at * A_PAGE]
    rows = {row.id: row for row in db.execute(_CHOSEN, {"ids": shown})} if shown else {}
    return Page([rows[each] for each in shown if each in rows], at, pages, len(best_first))

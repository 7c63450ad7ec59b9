"""Finding positions by words, place and pay: by meaning when matching is up, by the letters when it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from fair.districts import District
from fair.employers import Employer
from fair.positions import Position
from fair.statuses import PositionStatus
from fair.vocabulary import UNITS_A_MONTH, Schedule
from web.matches import positions_for_text
from web.paging import Page, page_of

__all__ = ["Found", "Wanted", "find_positions"]

A_PAGE = 20
_BY_MEANING = 200
# What a row of the list shows; texts and the employer's file stay where they are.
_ROW_ALONE = (
    load_only(
        Position.title,
        Position.pay_min,
        Position.pay_max,
        Position.pay_unit,
        Position.schedule,
        Position.has_dormitory,
        Position.head_count,
    ),
    joinedload(Position.employer).options(load_only(Employer.short_name), lazyload(Employer.district)),
    joinedload(Position.district).load_only(District.name),
)
_ESCAPED = re.compile(r"([%_\\])")


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
    """One page of what was found; `by` is `meaning`, `letters` (matching is down) or `filters` (no words)."""

    page: Page[Position]
    by: str


def find_positions(db: Session, wanted: Wanted, *, number: int, today: date) -> Found:
    """The open positions that are wanted: the best first, or the newest first when there are no words."""
    query = _filtered(select(Position).options(*_ROW_ALONE), wanted, today=today)
    newest = (Position.published_at.desc(), Position.id.desc())
    if not wanted.words:
        return Found(page_of(db, query.order_by(*newest), size=A_PAGE, number=number), "filters")
    found = positions_for_text(wanted.words, limit=_BY_MEANING, district_path=wanted.path or None, pay_min=wanted.pay)
    if found is None:
        by_letters = query.where(_has_all(wanted.words)).order_by(*newest)
        return Found(page_of(db, by_letters, size=A_PAGE, number=number), "letters")
    return Found(_in_order(db, query, [each.position_id for each in found.positions], number=number), "meaning")


def _filtered(query: Select[Position], wanted: Wanted, *, today: date) -> Select[Position]:
    query = query.where(Position.status == PositionStatus.PUBLISHED, Position.valid_until >= today)
    if wanted.path:
        inside = select(District.code).where(District.path.startswith(wanted.path, autoescape=True))
        query = query.where(Position.district_code.in_(inside))
    if wanted.pay:
        query = query.where(_monthly_pay() >= wanted.pay)
    if wanted.schedule:
        query = query.where(Position.schedule == wanted.schedule)
    if wanted.has_dormitory:
        query = query.where(Position.has_dormitory.is_(True))
    if wanted.needs_no_experience:
        query = query.where(Position.experience_years == 0)
    return query


def _monthly_pay() -> ColumnElement[Any]:
    """The best pay of a position in CNY a month; piece rates are not compared."""
    units = case(
        *((Position.pay_unit == unit, number) for unit, number in UNITS_A_MONTH.items()),
        else_=0.0,
    )
    return func.coalesce(Position.pay_max, Position.pay_min, 0) * units


def _has_all(words: str) -> ColumnElement[bool]:
    return and_(*(_has(word) for word in words.split()[:6]))


def _has(word: str) -> ColumnElement[bool]:
    like = "%" + _ESCAPED.sub(r"\\\1", word.lower()) + "%"
    of_employer = select(Employer.id).where(func.lower(Employer.name).like(like, escape="\\"))
    texts = (Position.title, Position.occupation, Position.duties, Position.requirements)
    return or_(*(func.lower(text).like(like, escape="\\") for text in texts), Position.employer_id.in_(of_employer))


def _in_order(db: Session, query: Select[Position], ids: Sequence[int], *, number: int) -> Page[Position]:
    """The page of the rows that are still open, in the order in which matching put them."""
    open_ids = set(db.scalars(query.with_only_columns(Position.id).where(Position.id.in_(ids))))
    best_first = [each for each in ids if each in open_ids]
    pages = max(1, -(-len(best_first) // A_PAGE))
    at = min(max(1, number), pages)
    shown = best_first[(at - 1) * A_PAGE : at * A_PAGE]
    rows = {row.id: row for row in db.scalars(select(Position).options(*_ROW_ALONE).where(Position.id.in_(shown)))}
    return Page([rows[each] for each in shown if each in rows], at, pages, len(best_first))

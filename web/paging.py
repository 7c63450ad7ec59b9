"""Lists cut into pages: which one was asked for, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

__all__ = ["Page", "page_of", "pattern"]

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page; `number` from 1, `pages` at least 1, `total` rows in all."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


def page_of(db: Session, query: Select[Any], *, size: int, number: int | None = None) -> Page[Any]:
    """The page of `query` that was asked for, in two queries; beyond the last it is the last."""
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    wanted = min(max(1, number or request.args.get("page", 1, int)), pages)
    rows = db.execute(query.limit(size).offset((wanted - 1) * size)).all()
    return Page(rows, wanted, pages, total)


def pattern(**values: str | int | None) -> str:
    """The query string of a list with {page} in the place of the number; empty values are left out."""
    kept = urlencode({name: value for name, value in values.items() if value not in (None, "")})
    return f"?{kept}&page={{page}}" if kept else "?page={page}"

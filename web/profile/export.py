"""A seeker's copy of everything that is kept about them (PIPL art. 45), as JSON values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fair.accounts import Account, Consent
from fair.applications import Application
from fair.attendances import Attendance
from fair.database import Base
from fair.seekers import SeekerProfile
from fair.talk import ChatMessage, Question
from web.accounts.credential import SignIn

__all__ = ["copy_of"]


def copy_of(db: Session, account: Account, profile: SeekerProfile, *, now: datetime) -> dict[str, Any]:
    """Everything about `account`; what other people wrote about them is in the applications' history."""
    applications = db.scalars(
        select(Application)
        .where(Application.seeker_id == account.id)
        .options(selectinload(Application.changes))
        .order_by(Application.id)
    )
    return {
        "made_at": now.isoformat(),
        "account": _row(account, leave_out=("phone_index", "bureau_id")),
        "profile": _row(profile, leave_out=("account_id",)),
        "consents": _rows(db, Consent, account.id),
        "applications": [
            _row(each, leave_out=("key", "request_digest", "consent_id", "filed_by", "seeker_id"))
            | {
                "position": each.position.title,
                "employer": each.employer.name,
                "history": [_row(change, leave_out=("application_id", "by")) for change in each.changes],
            }
            for each in applications
        ],
        "questions": _rows(db, Question, account.id),
        "chat": _rows(db, ChatMessage, account.id),
        "visits": _rows(db, Attendance, account.id),
        "sign_ins": _rows(db, SignIn, account.id, leave_out=("number",)),
    }


def _rows(db: Session, kind: Any, account_id: int, leave_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    rows = db.scalars(select(kind).where(kind.account_id == account_id).order_by(*kind.__mapper__.primary_key))
    return [_row(row, leave_out=("account_id", *leave_out)) for row in rows]


def _row(record: Base, *, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    columns = [column.key for column in record.__mapper__.column_attrs]
    return {name: _plain(getattr(record, name)) for name in columns if name not in leave_out}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

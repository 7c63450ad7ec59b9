"""How often somebody may guess: failures are counted by the name that was tried and by the address it came from.

Limits in 15 minutes: 5 for one name from one address, 20 for one name from anywhere, 100 from one address (a hall full
of seekers shares one). Kept in the database, so that they hold for all processes together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fair.crypto import blind_index
from web.accounts.credential import FailedSignIn

__all__ = ["WINDOW", "forget_failures", "is_throttled", "note_failure"]

WINDOW = timedelta(minutes=15)
PER_NAME_AND_ADDRESS = 5
PER_NAME = 20
PER_ADDRESS = 100
_KEPT = timedelta(days=180)  # Network logs are kept for six months.


def is_throttled(db: Session, name: str, address: str, *, now: datetime) -> bool:
    """Whether this name and address have to wait."""
    since = FailedSignIn.at > now - WINDOW
    digest = _digest(name)
    of_name, of_both = db.execute(
        select(func.count(), func.count().filter(FailedSignIn.address == address)).where(
            FailedSignIn.name_digest == digest, since
        )
    ).one()
    if of_both >= PER_NAME_AND_ADDRESS or of_name >= PER_NAME:
        return True
    of_address = db.scalar(select(func.count()).where(FailedSignIn.address == address, since)) or 0
    return of_address >= PER_ADDRESS


def note_failure(db: Session, name: str, address: str, *, now: datetime) -> None:
    """Count a failure."""
    db.add(FailedSignIn(name_digest=_digest(name), address=address, at=now))
    db.execute(delete(FailedSignIn).where(FailedSignIn.at < now - _KEPT))


def forget_failures(db: Session, name: str, address: str) -> None:
    """Start anew for a name after it succeeded from an address."""
    db.execute(delete(FailedSignIn).where(FailedSignIn.name_digest == _digest(name), FailedSignIn.address == address))


def _digest(name: str) -> str:
    return blind_index(name.strip().lower(), purpose="failed_sign_in.name")

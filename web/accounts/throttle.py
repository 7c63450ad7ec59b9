"""How often somebody may guess: failures are counted by the name that was tried and by the address it came from.

Limits in 15 minutes: 5 for one name from one address, 20 for one name from anywhere, 100 from one address (a hall full
of seekers shares one); 300 accounts made from one address, and 20 tries to make one under a name that is taken, which
would tell who is here. Kept in the database, so that they hold for all processes together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fair.crypto import blind_index
from web.accounts.credential import FailedSignIn

__all__ = [
    "WINDOW",
    "forget_failures",
    "is_sign_up_throttled",
    "is_throttled",
    "note_failure",
    "note_sign_up",
]

WINDOW = timedelta(minutes=15)
PER_NAME_AND_ADDRESS = 5
PER_NAME = 20
PER_ADDRESS = 100
SIGN_UPS_PER_ADDRESS = 300
TAKEN_PER_ADDRESS = 20
_KEPT = timedelta(days=180)  # Network logs are kept for six months.
_MADE, _TAKEN = _SIGN_UPS = ("sign-up: made", "sign-up: taken")  # No names: neither is an e-mail address nor a number.


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
    signing_in = FailedSignIn.name_digest.not_in([_digest(each) for each in _SIGN_UPS])
    of_address = db.scalar(select(func.count()).where(FailedSignIn.address == address, since, signing_in)) or 0
    return of_address >= PER_ADDRESS


def is_sign_up_throttled(db: Session, address: str, *, now: datetime) -> bool:
    """Whether no more accounts are made for this address for now."""
    most = {_digest(_MADE): SIGN_UPS_PER_ADDRESS, _digest(_TAKEN): TAKEN_PER_ADDRESS}
    counted = db.execute(
        select(FailedSignIn.name_digest, func.count())
        .where(FailedSignIn.name_digest.in_(most), FailedSignIn.address == address, FailedSignIn.at > now - WINDOW)
        .group_by(FailedSignIn.name_digest)
    )
    return any(count >= most[digest] for digest, count in counted)


def note_sign_up(db: Session, address: str, *, is_taken: bool, now: datetime) -> None:
    """Count an account that was made, or that was not because its name is taken."""
    note_failure(db, _TAKEN if is_taken else _MADE, address, now=now)


def note_failure(db: Session, name: str, address: str, *, now: datetime) -> None:
    """Count a failure."""
    db.add(FailedSignIn(name_digest=_digest(name), address=address, at=now))
    db.execute(delete(FailedSignIn).where(FailedSignIn.at < now - _KEPT))


def forget_failures(db: Session, name: str, address: str) -> None:
    """Start anew for a name after it succeeded from an address."""
    db.execute(delete(FailedSignIn).where(FailedSignIn.name_digest == _digest(name), FailedSignIn.address == address))


def _digest(name: str) -> str:
    return blind_index(name.strip().lower(), purpose="failed_sign_in.name")

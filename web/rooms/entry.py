"""The tickets with which the script enters a live room and its picture.

After a shared link that is the request that everybody makes at once. So it takes no lock; for a visitor it asks the
database nothing, and for a seeker only who signed in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, jsonify, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from fair.accounts import Role
from fair.employers import Recruiter
from fair.errors import NotFound
from fair.livesessions import LiveSession
from fair.permissions import Action, Actor, RoomRole, require, room_role
from fair.statuses import LiveSessionStatus
from fair.tickets import PICTURE, ROOM, issue_ticket
from web.addresses import live_address, media_address, picture_address
from web.context import actor, db, now, only_reads, settings
from web.rooms.scene import load_session

_KNOWN_FOR = timedelta(seconds=1)
_MOST_KNOWN = 500
_DOOR = select(LiveSession.status, LiveSession.moderator_id).where(LiveSession.id == bindparam("session_id"))


@dataclass(frozen=True)
class Door:
    """All that the rules ask of a session when a visitor or a seeker wants in, as it was read `at`."""

    status: LiveSessionStatus
    moderator_id: int | None
    at: datetime


@only_reads
def ticket(session_id: int) -> ResponseReturnValue:
    """A ticket for the live room, good once and for 30 seconds, and where to go with it."""
    return _admit(session_id, ROOM, lambda: {"url": live_address()})


@only_reads
def picture_ticket(session_id: int) -> ResponseReturnValue:
    """A ticket for the room's picture, to watch it or to publish it, and where it is had."""
    return _admit(
        session_id, PICTURE, lambda: {"url": picture_address(), "hls": media_address(session_id, "live.m3u8")}
    )


def _admit(session_id: int, purpose: str, addresses: Callable[[], dict[str, str]]) -> ResponseReturnValue:
    acting = actor()
    is_one_of_many = acting.role in (None, Role.SEEKER)
    wanted = _door(session_id) if is_one_of_many else load_session(db(), session_id)
    if wanted.status == LiveSessionStatus.ENDED:
        return jsonify(error="ended"), 409
    require(acting, Action.ENTER_ROOM, wanted)
    role = room_role(acting, wanted)  # type: ignore[arg-type]
    viewer, name = _visitor() if acting.account_id is None else (f"a{acting.account_id}", _room_name(role, acting))
    issued = issue_ticket(
        settings().secret_key,
        session_id=session_id,
        viewer=viewer,
        account_id=acting.account_id,
        role=role,
        name=name,
        employer_id=acting.employer_id,
        login=session.get("login", ""),
        purpose=purpose,
        now=now(),
    )
    return jsonify(ticket=issued, **addresses())


def _door(session_id: int) -> Door:
    """The session's door; that it is on air is remembered for a second, and the room looks again."""
    known: dict[int, Door] = current_app.extensions.setdefault("gangbo.doors", {})
    door = known.get(session_id)
    if door is not None and timedelta() <= now() - door.at < _KNOWN_FOR:
        return door
    found = db().execute(_DOOR, {"session_id": session_id}).first()
    if found is None:
        raise NotFound("no such session")
    door = Door(found.status, found.moderator_id, now())
    if len(known) >= _MOST_KNOWN:
        known.clear()
    if door.status == LiveSessionStatus.LIVE:
        known[session_id] = door
    else:
        known.pop(session_id, None)
    return door


def _visitor() -> tuple[str, str]:
    """A viewer without an account: a random number kept in the signed cookie, and a name made of it."""
    number = session.get("viewer")
    if not isinstance(number, str):
        number = session["viewer"] = f"v{secrets.token_hex(8)}"
    return number, _("游客%(n)s", n=f"{int(number[1:], 16) % 10_000:04}")


def _room_name(role: RoomRole, acting: Actor) -> str:
    """Recruiters speak for their employer, as 临江电缆 王专员; everybody else under the nickname."""
    recruiter = db().get(Recruiter, acting.account_id) if role == RoomRole.HOST else None
    return f"{recruiter.employer.short_name} {recruiter.title}" if recruiter else acting.name

"""Who may do what: one rule an action, used by the site and the rooms alike.

`may` answers, `require` raises. Anything not allowed by a rule is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.applications import Application
from fair.districts import Bureau, District, lies_in
from fair.employers import Employer, Recruiter
from fair.errors import NotPermitted
from fair.livesessions import LiveSession, current_slot
from fair.pictures import PictureStream
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus, LiveSessionStatus, PositionStatus


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with its role, its employer if a recruiter, its district subtree if an officer."""

    account_id: int | None = None
    role: Role | None = None
    name: str = ""
    employer_id: int | None = None
    bureau_id: int | None = None
    subtree: str = ""


ANYBODY = Actor()

# Built once and by columns: who acts is asked in every request.
_EMPLOYER = select(Recruiter.__table__.c.employer_id).where(Recruiter.__table__.c.account_id == bindparam("account_id"))
_SUBTREE = (
    select(District.__table__.c.path)
    .join(Bureau.__table__, Bureau.__table__.c.district_code == District.__table__.c.code)
    .where(Bureau.__table__.c.id == bindparam("bureau_id"))
)
_ACCOUNT = Account.__table__.c
_ACTIVE = select(_ACCOUNT.id, _ACCOUNT.role, _ACCOUNT.name).where(
    _ACCOUNT.id.in_(bindparam("account_ids", expanding=True)), _ACCOUNT.is_active
)


class Action(StrEnum):
    """Everything that is asked for; each acts on one kind of record (or on none)."""

    SEE_SESSION = "see_session"
    EDIT_SESSION = "edit_session"
    FILL_SLOT = "fill_slot"
    START_SESSION = "start_session"
    APPROVE_SESSION = "approve_session"
    MAKE_SESSION = "make_session"
    SEE_REPORT = "see_report"
    ENTER_ROOM = "enter_room"
    HOST_ROOM = "host_room"
    MODERATE_ROOM = "moderate_room"
    PIN_POSITION = "pin_position"
    PUBLISH_PICTURE = "publish_picture"
    SEE_REPLAY = "see_replay"
    KEEP_RECORDING = "keep_recording"
    SEE_POSITION = "see_position"
    EDIT_POSITION = "edit_position"
    MAKE_POSITION = "make_position"
    SEE_EMPLOYER_FILE = "see_employer_file"
    EDIT_EMPLOYER = "edit_employer"
    APPROVE_EMPLOYER = "approve_employer"
    APPLY = "apply"
    SEE_APPLICATION = "see_application"
    MOVE_APPLICATION = "move_application"
    WITHDRAW_APPLICATION = "withdraw_application"
    SEE_RESUME = "see_resume"
    EDIT_PROFILE = "edit_profile"
    OVERSEE = "oversee"
    ADMINISTER = "administer"


class RoomRole(StrEnum):
    """What somebody is in one room."""

    AUDIENCE = "audience"
    HOST = "host"
    MODERATOR = "moderator"
    OBSERVER = "observer"


def actor_of(db: Session, account: Account | None) -> Actor:
    """The actor that an account is; a disabled one is nobody."""
    if account is None or not account.is_active:
        return ANYBODY
    bureau_id = account.bureau_id if account.role == Role.OFFICER else None
    return Actor(
        account_id=account.id,
        role=Role(account.role),
        name=account.name,
        employer_id=db.scalar(_EMPLOYER, {"account_id": account.id}) if account.role == Role.RECRUITER else None,
        bureau_id=bureau_id,
        subtree=db.scalar(_SUBTREE, {"bureau_id": bureau_id}) or "" if bureau_id else "",
    )


def actors_of(db: Session, account_ids: Collection[int]) -> dict[int, Actor]:
    """The actors that these accounts are, but for those that are gone or disabled; seekers, the many, in one query."""
    rows = db.execute(_ACTIVE, {"account_ids": list(account_ids)}).all()
    return {
        account_id: Actor(account_id, Role.SEEKER, name)
        if role == Role.SEEKER
        else actor_of(db, db.get(Account, account_id))
        for account_id, role, name in rows
    }


def may(actor: Actor, action: Action, thing: Any = None) -> bool:
    """Whether `actor` may do `action` to `thing`."""
    return _RULES[action](actor, thing)


def require(actor: Actor, action: Action, thing: Any = None) -> None:
    """Raise NotPermitted unless `actor` may do `action` to `thing`."""
    if not may(actor, action, thing):
        raise NotPermitted(f"{actor.role or 'anybody'} may not {action}")


def room_role(actor: Actor, live_session: LiveSession) -> RoomRole:
    """What `actor` is in the room of `live_session`."""
    if may(actor, Action.HOST_ROOM, live_session):
        return RoomRole.HOST
    if actor.account_id is not None and actor.account_id == live_session.moderator_id:
        return RoomRole.MODERATOR
    if may(actor, Action.MODERATE_ROOM, live_session):
        return RoomRole.OBSERVER
    return RoomRole.AUDIENCE


def _is_public(live_session: LiveSession) -> bool:
    return live_session.status in (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)


def _takes_part(actor: Actor, live_session: LiveSession) -> bool:
    return actor.employer_id is not None and any(slot.employer_id == actor.employer_id for slot in live_session.slots)


def _made(actor: Actor, live_session: LiveSession) -> bool:
    return actor.account_id is not None and live_session.made_by == actor.account_id


def _oversees_session(actor: Actor, live_session: LiveSession) -> bool:
    return actor.role == Role.ADMINISTRATOR or (
        actor.role == Role.OFFICER and lies_in(live_session.district.path, actor.subtree)
    )


def _oversees_employer(actor: Actor, employer: Employer) -> bool:
    return actor.role == Role.ADMINISTRATOR or (
        actor.role == Role.OFFICER and lies_in(employer.district.path, actor.subtree)
    )


def _see_session(actor: Actor, live_session: LiveSession) -> bool:
    return (
        _is_public(live_session)
        or _takes_part(actor, live_session)
        or _made(actor, live_session)
        or _oversees_session(actor, live_session)
    )


def _edit_session(actor: Actor, live_session: LiveSession) -> bool:
    is_open = live_session.status in (LiveSessionStatus.DRAFT, LiveSessionStatus.REJECTED, LiveSessionStatus.SUBMITTED)
    return (is_open and _made(actor, live_session)) or (
        live_session.status not in (LiveSessionStatus.ENDED, LiveSessionStatus.CANCELLED)
        and _oversees_session(actor, live_session)
    )


def _host(actor: Actor, live_session: LiveSession) -> bool:
    return actor.role == Role.RECRUITER and _takes_part(actor, live_session)


def _moderate(actor: Actor, live_session: LiveSession) -> bool:
    is_moderator = actor.account_id is not None and actor.account_id == live_session.moderator_id
    return _host(actor, live_session) or is_moderator or _oversees_session(actor, live_session)


def _is_recruiter_of(actor: Actor, employer_id: int) -> bool:
    return actor.role == Role.RECRUITER and actor.employer_id is not None and actor.employer_id == employer_id


def _see_position(actor: Actor, position: Position) -> bool:
    is_public = position.status in (PositionStatus.PUBLISHED, PositionStatus.CLOSED)
    return is_public or _is_recruiter_of(actor, position.employer_id) or _oversees_employer(actor, position.employer)


def _publish(actor: Actor, live_session: LiveSession) -> bool:
    if not _is_public(live_session) or live_session.status == LiveSessionStatus.ENDED:
        return False
    slot = current_slot(live_session)
    has_turn = _host(actor, live_session) and (slot is None or slot.employer_id == actor.employer_id)
    is_moderator = actor.account_id is not None and actor.account_id == live_session.moderator_id
    return has_turn or is_moderator or _made(actor, live_session) or _oversees_session(actor, live_session)


def _keep_recording(actor: Actor, stream: PictureStream) -> bool:
    is_own = stream.employer_id is not None and _is_recruiter_of(actor, stream.employer_id)
    return is_own or _made(actor, stream.live_session) or _oversees_session(actor, stream.live_session)


def _is_own(actor: Actor, application: Application) -> bool:
    return actor.account_id is not None and application.seeker_id == actor.account_id


_RULES: dict[Action, Callable[[Actor, Any], bool]] = {
    Action.SEE_SESSION: _see_session,
    Action.EDIT_SESSION: _edit_session,
    Action.FILL_SLOT: lambda actor, slot: (
        _edit_session(actor, slot.live_session)
        or (
            _is_recruiter_of(actor, slot.employer_id)
            and slot.live_session.status not in (LiveSessionStatus.ENDED, LiveSessionStatus.CANCELLED)
        )
    ),
    Action.START_SESSION: lambda actor, session: (
        _made(actor, session) or _host(actor, session) or _oversees_session(actor, session)
    ),
    Action.APPROVE_SESSION: _oversees_session,
    Action.MAKE_SESSION: lambda actor, _: (
        (actor.role == Role.RECRUITER and actor.employer_id is not None) or actor.role == Role.OFFICER
    ),
    Action.SEE_REPORT: _oversees_session,
    Action.ENTER_ROOM: lambda actor, session: (
        session.status == LiveSessionStatus.LIVE or (_is_public(session) and _moderate(actor, session))
    ),
    Action.HOST_ROOM: _host,
    Action.MODERATE_ROOM: _moderate,
    Action.PIN_POSITION: lambda actor, pair: _host(actor, pair[0]) and _is_recruiter_of(actor, pair[1].employer_id),
    Action.PUBLISH_PICTURE: _publish,
    Action.SEE_REPLAY: lambda _, session: (
        session.has_replay and session.status in (LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)
    ),
    Action.KEEP_RECORDING: _keep_recording,
    Action.SEE_POSITION: _see_position,
    Action.EDIT_POSITION: lambda actor, position: _is_recruiter_of(actor, position.employer_id),
    Action.MAKE_POSITION: lambda actor, _: actor.role == Role.RECRUITER and actor.employer_id is not None,
    Action.SEE_EMPLOYER_FILE: lambda actor, employer: (
        _is_recruiter_of(actor, employer.id) or _oversees_employer(actor, employer)
    ),
    Action.EDIT_EMPLOYER: lambda actor, employer: _is_recruiter_of(actor, employer.id),
    Action.APPROVE_EMPLOYER: _oversees_employer,
    Action.APPLY: lambda actor, _: actor.role == Role.SEEKER,
    Action.SEE_APPLICATION: lambda actor, application: (
        _is_own(actor, application) or _is_recruiter_of(actor, application.employer_id)
    ),
    Action.MOVE_APPLICATION: lambda actor, application: _is_recruiter_of(actor, application.employer_id),
    Action.WITHDRAW_APPLICATION: _is_own,
    Action.SEE_RESUME: lambda actor, application: (
        _is_own(actor, application)
        or (_is_recruiter_of(actor, application.employer_id) and application.status != ApplicationStatus.WITHDRAWN)
    ),
    Action.EDIT_PROFILE: lambda actor, profile: (
        actor.role == Role.SEEKER and isinstance(profile, SeekerProfile) and profile.account_id == actor.account_id
    ),
    Action.OVERSEE: lambda actor, _: actor.role in (Role.OFFICER, Role.ADMINISTRATOR),
    Action.ADMINISTER: lambda actor, _: actor.role == Role.ADMINISTRATOR,
}

"""The rules of who may do what, as a matrix: each action against each kind of actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.applications import submit_application, withdraw_application
from fair.employers import Recruiter
from fair.errors import NotPermitted
from fair.livesessions import Slot, begin_slot, move_session
from fair.permissions import ANYBODY, Action, Actor, RoomRole, actor_of, may, require, room_role
from fair.pictures import begin_stream
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, WORDING, SmallFair, add_account, add_employer, add_position, add_session, small_fair

# Everybody who is not in the list of an action is refused it.
ALLOWED: dict[Action, set[str]] = {
    Action.SEE_SESSION: {
        "anybody",
        "seeker",
        "recruiter",
        "rival",
        "officer",
        "neighbour",
        "administrator",
        "moderator",
    },
    Action.EDIT_SESSION: {"officer", "administrator"},
    Action.FILL_SLOT: {"recruiter", "officer", "administrator"},
    Action.START_SESSION: {"recruiter", "officer", "administrator"},
    Action.APPROVE_SESSION: {"officer", "administrator"},
    Action.MAKE_SESSION: {"recruiter", "rival", "officer", "neighbour"},
    Action.SEE_REPORT: {"officer", "administrator"},
    Action.ENTER_ROOM: {
        "anybody",
        "seeker",
        "recruiter",
        "rival",
        "officer",
        "neighbour",
        "administrator",
        "moderator",
    },
    Action.HOST_ROOM: {"recruiter"},
    Action.MODERATE_ROOM: {"recruiter", "officer", "administrator", "moderator"},
    Action.PIN_POSITION: {"recruiter"},
    Action.PUBLISH_PICTURE: {"recruiter", "moderator", "officer", "administrator"},
    Action.SEE_REPLAY: {
        "anybody",
        "seeker",
        "recruiter",
        "rival",
        "officer",
        "neighbour",
        "administrator",
        "moderator",
    },
    Action.KEEP_RECORDING: {"recruiter", "officer", "administrator"},
    Action.SEE_POSITION: {
        "anybody",
        "seeker",
        "recruiter",
        "rival",
        "officer",
        "neighbour",
        "administrator",
        "moderator",
    },
    Action.EDIT_POSITION: {"recruiter"},
    Action.MAKE_POSITION: {"recruiter", "rival"},
    Action.SEE_EMPLOYER_FILE: {"recruiter", "officer", "administrator"},
    Action.EDIT_EMPLOYER: {"recruiter"},
    Action.APPROVE_EMPLOYER: {"officer", "administrator"},
    Action.APPLY: {"seeker", "other seeker"},
    Action.SEE_APPLICATION: {"seeker", "recruiter"},
    Action.MOVE_APPLICATION: {"recruiter"},
    Action.WITHDRAW_APPLICATION: {"seeker"},
    Action.SEE_RESUME: {"seeker", "recruiter"},
    Action.EDIT_PROFILE: {"seeker"},
    Action.OVERSEE: {"officer", "neighbour", "administrator"},
    Action.ADMINISTER: {"administrator"},
}
PUBLIC = {Action.SEE_SESSION, Action.ENTER_ROOM, Action.SEE_POSITION, Action.SEE_REPLAY}


@dataclass
class Cast:
    """Actors by what they are called, and the thing that each action is asked of."""

    fair: SmallFair
    things: dict[Action, Any]
    actors: dict[str, Actor] = field(default_factory=dict)


@pytest.fixture
def cast(db: Session) -> Cast:
    """A live session with everybody around it."""
    fair = small_fair(db)
    rival = add_account(db, Role.RECRUITER)
    rival_employer = add_employer(db, fair.district)
    db.add(Recruiter(account_id=rival.id, employer_id=rival_employer.id, title="钱专员"))
    moderator = add_account(db, Role.MODERATOR)
    fair.live_session.moderator_id = moderator.id
    application = submit_application(db, fair.profile, fair.position, key="k", now=NOW, wording=WORDING)
    db.flush()
    accounts: dict[str, Account | None] = {
        "anybody": None,
        "seeker": fair.seeker,
        "other seeker": add_account(db, Role.SEEKER),
        "recruiter": fair.recruiter,
        "rival": rival,
        "moderator": moderator,
        "officer": fair.officer,
        "neighbour": fair.other_officer,
        "administrator": add_account(db, Role.ADMINISTRATOR),
    }
    of_session = fair.live_session
    things: dict[Action, Any] = dict.fromkeys(Action)
    for action in Action:
        if action.value.endswith(("session", "room", "report", "picture", "replay")):
            things[action] = of_session
        elif "application" in action or action == Action.SEE_RESUME:
            things[action] = application
        elif "employer" in action:
            things[action] = fair.employer
        elif "position" in action:
            things[action] = fair.position
    things[Action.FILL_SLOT] = of_session.slots[0]
    things[Action.PIN_POSITION] = (of_session, fair.position)
    things[Action.EDIT_PROFILE] = fair.profile
    things[Action.KEEP_RECORDING] = begin_stream(
        db, of_session, by=fair.recruiter.id, employer_id=fair.employer.id, has_consent=True, now=NOW
    )
    return Cast(fair, things, {name: actor_of(db, account) for name, account in accounts.items()})


@pytest.mark.parametrize("action", Action)
def test_action_is_allowed_to_its_own_and_refused_to_everybody_else(cast: Cast, action: Action) -> None:
    """The matrix: no actor passes that is not listed, and every one listed does."""
    thing = cast.things[action]

    passed = {name for name, actor in cast.actors.items() if may(actor, action, thing)}

    assert passed == ALLOWED[action] | ({"other seeker"} if action in PUBLIC else set())


def test_resume_is_closed_to_the_employer_once_withdrawn(db: Session, cast: Cast) -> None:
    """It was readable before; after withdrawing it is the seeker's alone."""
    application = cast.things[Action.SEE_RESUME]
    assert may(cast.actors["recruiter"], Action.SEE_RESUME, application)

    withdraw_application(db, application, by=cast.fair.seeker.id, now=NOW)

    assert not may(cast.actors["recruiter"], Action.SEE_RESUME, application)
    assert may(cast.actors["seeker"], Action.SEE_RESUME, application)


def test_draft_session_is_hidden_from_the_public_and_other_districts(db: Session, cast: Cast) -> None:
    """Only its own people see a session before it is approved; nobody enters its room."""
    fair = cast.fair
    draft = add_session(db, fair.bureau, fair.employer, [fair.position], status=LiveSessionStatus.DRAFT)

    seers = {name for name, actor in cast.actors.items() if may(actor, Action.SEE_SESSION, draft)}

    assert seers == {"recruiter", "officer", "administrator"}
    assert not any(may(actor, Action.ENTER_ROOM, draft) for actor in cast.actors.values())


def test_approved_room_opens_to_hosts_before_the_public(db: Session, cast: Cast) -> None:
    """Before the start those who run the room may rehearse; the audience waits."""
    fair = cast.fair
    planned = add_session(db, fair.bureau, fair.employer, [fair.position], status=LiveSessionStatus.APPROVED)

    enter = {name for name, actor in cast.actors.items() if may(actor, Action.ENTER_ROOM, planned)}

    assert enter == {"recruiter", "officer", "administrator"}


def test_position_of_another_employer_is_not_pinned(db: Session, cast: Cast) -> None:
    """A host presents the own employer's positions only, in a joint session too."""
    fair = cast.fair
    rivals = add_position(db, add_employer(db, fair.district), title="别家的")

    assert not may(cast.actors["recruiter"], Action.PIN_POSITION, (fair.live_session, rivals))


def test_room_roles_follow_the_rules(cast: Cast) -> None:
    """Host, moderator, observer, audience."""
    roles = {name: room_role(actor, cast.fair.live_session) for name, actor in cast.actors.items()}

    assert roles["recruiter"] == RoomRole.HOST
    assert roles["moderator"] == RoomRole.MODERATOR
    assert roles["officer"] == roles["administrator"] == RoomRole.OBSERVER
    assert {roles[name] for name in ("anybody", "seeker", "rival", "neighbour")} == {RoomRole.AUDIENCE}


def test_disabled_account_is_nobody(db: Session, cast: Cast) -> None:
    """Switching an account off takes all its rights at once."""
    cast.fair.recruiter.is_active = False

    assert actor_of(db, cast.fair.recruiter) == ANYBODY
    with pytest.raises(NotPermitted):
        require(actor_of(db, cast.fair.recruiter), Action.EDIT_POSITION, cast.fair.position)


def test_officer_without_a_bureau_oversees_no_district(db: Session, cast: Cast) -> None:
    """An empty subtree is no district, not every district."""
    lost = actor_of(db, add_account(db, Role.OFFICER))

    assert not may(lost, Action.SEE_REPORT, cast.fair.live_session)
    assert not may(lost, Action.APPROVE_EMPLOYER, cast.fair.employer)


def test_picture_is_published_by_whose_turn_it_is(db: Session, cast: Cast) -> None:
    """In a joint session the stage is the employer's whose slot is on; after the end it is nobody's."""
    session, rival = cast.fair.live_session, cast.actors["rival"]
    second = Slot(session_id=session.id, employer_id=rival.employer_id or 0, number=2, starts_at=NOW)
    session.slots.append(second)
    db.flush()
    before = [may(cast.actors[name], Action.PUBLISH_PICTURE, session) for name in ("recruiter", "rival")]

    begin_slot(db, session, second, now=NOW)
    after = [may(cast.actors[name], Action.PUBLISH_PICTURE, session) for name in ("recruiter", "rival")]
    move_session(db, session, LiveSessionStatus.ENDED, now=NOW)

    assert (before, after) == ([True, False], [False, True])
    assert not any(may(actor, Action.PUBLISH_PICTURE, session) for actor in cast.actors.values())


def test_replay_is_shown_where_the_session_says_so(cast: Cast) -> None:
    """A session whose organiser wants none has no replay, for anybody."""
    assert may(ANYBODY, Action.SEE_REPLAY, cast.fair.live_session)

    cast.fair.live_session.has_replay = False

    assert not any(may(actor, Action.SEE_REPLAY, cast.fair.live_session) for actor in cast.actors.values())

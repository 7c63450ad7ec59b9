"""Deeds of the stage: what is on screen, whose turn it is, start and end."""

from __future__ import annotations

from fair import pins
from fair.errors import NotFound
from fair.livesessions import Slot, current_slot, move_session
from fair.livesessions import begin_slot as hand_over
from fair.permissions import Action, require
from fair.pins import pin_on_screen, pin_position
from fair.positions import Position
from fair.statuses import LiveSessionStatus
from live import requests, views
from live.act import Act
from live.deeds import Outcome


def pin(act: Act, request: requests.Pin) -> Outcome:
    """Put a position on screen; one that is there already stays as it is."""
    act.must_be_live()
    position = act.db.get(Position, request.position_id)
    if position is None:
        raise NotFound("no such position")
    require(act.actor, Action.PIN_POSITION, (act.live_session, position))
    pin = pin_on_screen(act.db, act.live_session.id)
    if pin is None or pin.position_id != position.id:
        pin = pin_position(act.db, act.live_session, position.id, by=act.deed.account_id, now=act.deed.at)
    return Outcome({"pin": views.pin_view(pin)})


def unpin(act: Act, _: requests.Unpin) -> Outcome:
    """Take what is on screen off it."""
    require(act.actor, Action.HOST_ROOM, act.live_session)
    pin = pins.unpin(act.db, act.live_session, by=act.deed.account_id, now=act.deed.at)
    return Outcome({"pin_id": pin.id if pin else None})


def begin_slot(act: Act, request: requests.BeginSlot) -> Outcome:
    """Hand the stage to a slot; what is on screen comes off."""
    act.must_be_live()
    require(act.actor, Action.START_SESSION, act.live_session)
    slot = act.db.get(Slot, request.slot_id)
    if slot is None or slot.session_id != act.live_session.id:
        raise NotFound("no such slot")
    if current_slot(act.live_session) is not slot:
        pins.unpin(act.db, act.live_session, by=act.deed.account_id, now=act.deed.at)
        hand_over(act.db, act.live_session, slot, now=act.deed.at)
    return Outcome({"slot_id": slot.id})


def start(act: Act, _: requests.Start) -> Outcome:
    """Begin the session."""
    require(act.actor, Action.START_SESSION, act.live_session)
    move_session(act.db, act.live_session, LiveSessionStatus.LIVE, now=act.deed.at)
    return Outcome({"status": act.live_session.status})


def end(act: Act, _: requests.End) -> Outcome:
    """End the session; what is on screen comes off."""
    require(act.actor, Action.START_SESSION, act.live_session)
    pins.unpin(act.db, act.live_session, by=act.deed.account_id, now=act.deed.at)
    move_session(act.db, act.live_session, LiveSessionStatus.ENDED, now=act.deed.at)
    return Outcome({"status": act.live_session.status})

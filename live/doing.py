"""Doing: deeds in a transaction, by the rules of `fair`. The caller commits.

What other processes must hear of goes through the event log, and comes back to the room as news by that way alone;
chat and votes, of which the log does not tell, are in the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from fair.attendances import count_entries, leave_room
from fair.exposures import count_exposures
from fair.livesessions import LiveSession
from live import hiring, moderating, requests, staging, talking
from live.act import Act
from live.deeds import AnyDeed, Deed, KeepAttendance, KeepExposures, KeepLikes, Outcome
from live.views import People


def goes_with(deed: AnyDeed, before: AnyDeed) -> bool:
    """Whether a deed is done in one step with the one before it: lines of chat come in their hundreds."""
    return (
        isinstance(deed, Deed)
        and isinstance(before, Deed)
        and isinstance(deed.request, requests.Say)
        and isinstance(before.request, requests.Say)
        and deed.session_id == before.session_id
    )


def do(db: Session, deeds: Sequence[AnyDeed], people: People, *, server: str = "") -> list[Outcome | Exception]:
    """Do a deed, or several that go together, as the live process named `server`.

    What the rules refuse is raised, FairError or Refused; of several the error stands for the one, and nothing of it
    is kept.
    """
    talk = [deed for deed in deeds if isinstance(deed, Deed) and isinstance(deed.request, requests.Say)]
    if talk:
        return talking.say_together(db, talk, people)
    (deed,) = deeds
    return [_do(db, deed, people, server)]


def _do(db: Session, deed: AnyDeed, people: People, server: str) -> Outcome:
    match deed:
        case Deed():
            return _DEEDS[type(deed.request)](Act(db, deed, people), deed.request)
        case KeepAttendance():
            entries = [(visit.viewer, visit.account_id, visit.is_audience) for visit in deed.entered]
            count_entries(db, deed.session_id, entries, server=server, now=deed.at)
            if deed.left:
                leave_room(db, deed.session_id, deed.left, server=server, now=deed.at)
        case KeepLikes():
            db.execute(
                update(LiveSession)
                .where(LiveSession.id == deed.session_id)
                .values(like_count=LiveSession.like_count + deed.count)
            )
        case KeepExposures():
            count_exposures(db, deed.session_id, deed.position_id, deed.employer_id, deed.viewers, now=deed.at)
    return Outcome()


_DEEDS = cast(
    dict[type, Callable[[Act, Any], Outcome]],
    {
        requests.Caption: talking.caption,
        requests.Ask: talking.ask,
        requests.Vote: talking.vote,
        requests.WithdrawQuestion: talking.withdraw_question,
        requests.Answer: talking.answer,
        requests.Apply: hiring.apply,
        requests.Withdraw: hiring.withdraw,
        requests.Move: hiring.move,
        requests.Seen: hiring.seen,
        requests.Pin: staging.pin,
        requests.Unpin: staging.unpin,
        requests.BeginSlot: staging.begin_slot,
        requests.Start: staging.start,
        requests.End: staging.end,
        requests.Hide: moderating.hide,
        requests.Show: moderating.show,
        requests.Mute: moderating.sanction,
        requests.Ban: moderating.sanction,
        requests.Unmute: moderating.lift,
        requests.Unban: moderating.lift,
    },
)

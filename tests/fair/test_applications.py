"""Applications: once whatever is repeated, refused for a stated reason, taken back with the résumé."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fair.accounts import Consent, ConsentKind, Role
from fair.applications import (
    Application,
    move_application,
    standing_application,
    submit_application,
    withdraw_application,
)
from fair.database import reading, writing
from fair.errors import (
    AlreadyApplied,
    FairError,
    IllegalTransition,
    IncompleteResume,
    KeyReused,
    NotFound,
    NotPermitted,
    PositionClosed,
)
from fair.events import EventKind, events_after
from fair.livesessions import LiveSession
from fair.positions import Position, close_position
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus
from tests.builders import NOW, WORDING, SmallFair, add_account, add_position, add_profile, small_fair


def apply(db: Session, fair: SmallFair, *, key: str = "k1", **more: object) -> Application:
    return submit_application(db, fair.profile, fair.position, key=key, now=NOW, wording=WORDING, **more)


def test_application_keeps_session_version_media_time_match_and_resume(db: Session) -> None:
    """What it was made on stands in it, whatever changes afterwards."""
    fair = small_fair(db)
    later = NOW + timedelta(seconds=95)

    application = submit_application(
        db,
        fair.profile,
        fair.position,
        key="k1",
        now=later,
        wording=WORDING,
        live_session=fair.live_session,
        score=86,
        reasons=[{"is_met": True}],
    )
    fair.position.title, fair.profile.full_name = "别的", "别人"

    assert application.session_id == fair.live_session.id
    assert (application.position_version, application.media_ms, application.score) == (1, 95_000, 86)
    assert application.resume["full_name"] == "张满"
    assert "phone" not in application.resume


def test_application_records_the_consent_with_the_words_shown(db: Session) -> None:
    """The consent names the employer, and says what was on the screen."""
    fair = small_fair(db)

    apply(db, fair)

    consent = db.scalars(select(Consent).where(Consent.kind == ConsentKind.RESUME_TO_EMPLOYER)).one()
    assert (consent.employer_id, consent.wording) == (fair.employer.id, WORDING)


def test_same_key_gives_the_first_answer_and_another_request_is_refused(db: Session) -> None:
    """A repeated tap is one application; the same key for something else is an error."""
    fair = small_fair(db)
    other = add_position(db, fair.employer, title="质检员")

    first = apply(db, fair)

    assert apply(db, fair) is first
    with pytest.raises(KeyReused):
        submit_application(db, fair.profile, other, key="k1", now=NOW, wording=WORDING)


def test_second_application_for_the_same_position_is_refused_until_withdrawn(db: Session) -> None:
    """One standing application a position; after taking it back one may apply again."""
    fair = small_fair(db)
    first = apply(db, fair)
    with pytest.raises(AlreadyApplied) as refused:
        apply(db, fair, key="k2")
    assert refused.value.application_id == first.id

    withdraw_application(db, first, by=fair.seeker.id, now=NOW)
    db.flush()

    assert apply(db, fair, key="k3").id != first.id


def test_withdrawing_takes_the_resume_back_and_repeats_harmlessly(db: Session) -> None:
    """The line of the ledger stays, the résumé goes; a second withdrawal changes nothing."""
    fair = small_fair(db)
    application = apply(db, fair)
    assert application.resume

    withdraw_application(db, application, by=fair.seeker.id, now=NOW)
    withdraw_application(db, application, by=fair.seeker.id, now=NOW)

    assert application.resume == {}
    assert standing_application(db, fair.position.id, fair.seeker.id) is None
    moves = [event for event in events_after(db, 0) if event.kind == EventKind.APPLICATION_MOVED]
    assert [event.data["status"] for event in moves] == ["withdrawn"]


def test_closed_expired_foreign_and_incomplete_are_refused_by_name(db: Session) -> None:
    """Each reason has its own error, and none leaves an application behind."""
    fair = small_fair(db)
    elsewhere = add_position(db, fair.employer, title="不在这场")
    closed = add_position(db, fair.employer, title="截止的")
    close_position(db, closed, now=NOW)
    nameless = add_profile(db, add_account(db, Role.SEEKER), full_name="")
    after_validity = NOW + timedelta(days=31)

    def refused(error: type[FairError], profile: SeekerProfile, position: Position, **more: object) -> None:
        with pytest.raises(error):
            submit_application(db, profile, position, key="k", wording=WORDING, **{"now": NOW, **more})

    refused(PositionClosed, fair.profile, closed)
    refused(PositionClosed, fair.profile, fair.position, now=after_validity)
    refused(NotFound, fair.profile, elsewhere, live_session=fair.live_session)
    refused(IncompleteResume, nameless, fair.position)
    assert db.scalars(select(Application)).all() == []


def test_employer_moves_step_by_step_and_cannot_withdraw(db: Session) -> None:
    """The first move is the answer; steps outside the table and the seeker's own step are refused."""
    fair = small_fair(db)
    application = apply(db, fair)
    with pytest.raises(NotPermitted):
        move_application(db, application, ApplicationStatus.WITHDRAWN, by=fair.recruiter.id, now=NOW)
    with pytest.raises(IllegalTransition):
        move_application(db, application, ApplicationStatus.HIRED, by=fair.recruiter.id, now=NOW)

    seen_at = NOW + timedelta(minutes=3)
    move_application(db, application, ApplicationStatus.VIEWED, by=fair.recruiter.id, now=seen_at)
    move_application(
        db, application, ApplicationStatus.INTERVIEW, by=fair.recruiter.id, now=seen_at + timedelta(hours=1)
    )

    assert application.answered_at == seen_at
    db.refresh(application, ["changes"])
    assert [change.to_status for change in application.changes] == ["submitted", "viewed", "interview"]


def test_application_is_overdue_after_a_day_without_an_answer(db: Session) -> None:
    """24 hours are the employer's; what was answered is never late."""
    fair = small_fair(db)
    application = apply(db, fair)
    day = NOW + timedelta(hours=24)

    assert not application.is_overdue(day)
    assert application.is_overdue(day + timedelta(seconds=1))
    move_application(db, application, ApplicationStatus.VIEWED, by=fair.recruiter.id, now=day)
    assert not application.is_overdue(day + timedelta(days=1))


def test_many_at_once_with_one_key_make_one_row(engine: Engine) -> None:
    """Twenty threads tap at the same moment: one application, the same answer for all that get one."""
    with writing(engine) as db:
        fair = small_fair(db)
        seeker, position, session = fair.seeker.id, fair.position.id, fair.live_session.id
    answers: list[int] = []
    start = threading.Barrier(20)

    def tap() -> None:
        start.wait()
        for _ in range(3):
            try:
                with writing(engine) as db:
                    profile, wanted = db.get(SeekerProfile, seeker), db.get(Position, position)
                    assert profile is not None
                    assert wanted is not None
                    live_session = db.get(LiveSession, session)
                    made = submit_application(
                        db, profile, wanted, key="one", now=NOW, wording=WORDING, live_session=live_session
                    )
                    answers.append(made.id)
                    return
            except IntegrityError:
                continue  # PostgreSQL: another transaction was first; asking again gives its answer.

    threads = [threading.Thread(target=tap) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(engine) as db:
        rows = db.scalars(select(Application.id)).all()
    assert len(rows) == 1
    assert answers == [rows[0]] * 20

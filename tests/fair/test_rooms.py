"""What a room leaves on record: one pin at a time, visits joined over short breaks, questions, sanctions."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.errors import IllegalTransition, NotFound, PositionClosed, TextRefused
from fair.livesessions import begin_slot, current_slot
from fair.pins import Pin, pin_on_screen, pin_position, unpin
from fair.positions import close_position
from fair.sanctions import is_sanctioned, lift_sanction, sanction
from fair.statuses import QuestionStatus
from fair.talk import answer_question, ask_question, checked_text, move_question, vote_for_question
from tests.builders import NOW, add_position, small_fair


def seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def test_pin_takes_the_one_before_off_the_screen(db: Session) -> None:
    """One position is on screen at a time, and both ends stand on the media clock."""
    fair = small_fair(db)
    second = add_position(db, fair.employer, title="质检员")
    slot = fair.live_session.slots[0]
    slot.offers.append(type(slot.offers[0])(position_id=second.id, position=second, number=2))
    db.flush()

    first_pin = pin_position(db, fair.live_session, fair.position.id, by=fair.recruiter.id, now=NOW + seconds(10))
    second_pin = pin_position(db, fair.live_session, second.id, by=fair.recruiter.id, now=NOW + seconds(70))

    assert (first_pin.media_from_ms, first_pin.media_to_ms) == (10_000, 70_000)
    assert pin_on_screen(db, fair.live_session.id) is second_pin
    assert unpin(db, fair.live_session, by=fair.recruiter.id, now=NOW + seconds(99)) is second_pin
    assert pin_on_screen(db, fair.live_session.id) is None
    assert unpin(db, fair.live_session, by=fair.recruiter.id, now=NOW + seconds(99)) is None


def test_pin_of_what_is_not_offered_or_closed_is_refused(db: Session) -> None:
    """Neither changes what is on screen."""
    fair = small_fair(db)
    pin_position(db, fair.live_session, fair.position.id, by=fair.recruiter.id, now=NOW)
    elsewhere = add_position(db, fair.employer, title="不在这场")

    with pytest.raises(NotFound):
        pin_position(db, fair.live_session, elsewhere.id, by=fair.recruiter.id, now=NOW)
    close_position(db, fair.position, now=NOW)
    with pytest.raises(PositionClosed):
        pin_position(db, fair.live_session, fair.position.id, by=fair.recruiter.id, now=NOW)

    assert len(db.scalars(select(Pin)).all()) == 1
    assert pin_on_screen(db, fair.live_session.id) is not None


def test_question_is_answered_voted_for_and_hidden_by_its_table(db: Session) -> None:
    """Votes count once a person and never the asker's; an answer may be spoken; a withdrawn one has no answer."""
    fair = small_fair(db)
    slot = current_slot(fair.live_session)
    ask = {"slot": slot, "account_id": fair.seeker.id, "name": "小满", "now": NOW}
    question = ask_question(db, fair.live_session, "  倒班是两班\n还是三班 ", **ask)

    assert question.text == "倒班是两班 还是三班"
    assert not vote_for_question(db, question, account_id=fair.seeker.id)
    assert vote_for_question(db, question, account_id=fair.officer.id)
    assert not vote_for_question(db, question, account_id=fair.officer.id)
    assert question.vote_count == 1
    by = {"by": fair.recruiter.id, "answerer": "王专员", "now": NOW + seconds(42)}
    answer_question(db, fair.live_session, question, answer=" ", **by)
    assert (question.is_spoken, question.media_ms) == (True, 42_000)

    withdrawn = ask_question(db, fair.live_session, "不问了", **ask)
    move_question(withdrawn, QuestionStatus.WITHDRAWN)
    with pytest.raises(IllegalTransition):
        answer_question(db, fair.live_session, withdrawn, answer="答", **by)


def test_mute_lasts_until_its_hour_or_until_lifted(db: Session) -> None:
    """A mute without an hour stands for the session; one with an hour ends by itself."""
    fair = small_fair(db)
    room, seeker, by = fair.live_session.id, fair.seeker.id, fair.recruiter.id

    sanction(db, room, seeker, "mute", by=by, now=NOW, until=NOW + seconds(60))
    assert is_sanctioned(db, room, seeker, "mute", now=NOW + seconds(59))
    assert not is_sanctioned(db, room, seeker, "mute", now=NOW + seconds(60))
    assert not is_sanctioned(db, room, seeker, "ban", now=NOW)

    sanction(db, room, seeker, "mute", by=by, now=NOW)
    assert is_sanctioned(db, room, seeker, "mute", now=NOW + seconds(9999))
    lift_sanction(db, room, seeker, "mute", by=by, now=NOW + seconds(5))
    assert not is_sanctioned(db, room, seeker, "mute", now=NOW + seconds(6))


def test_handing_the_stage_over_ends_the_slot_before(db: Session) -> None:
    """One slot is on; beginning the one that is on again changes nothing."""
    fair = small_fair(db)
    first = fair.live_session.slots[0]
    second = type(first)(employer_id=fair.employer.id, number=2, starts_at=NOW)
    fair.live_session.slots.append(second)
    db.flush()
    assert current_slot(fair.live_session) is first

    begin_slot(db, fair.live_session, second, now=NOW + seconds(60))
    begin_slot(db, fair.live_session, second, now=NOW + seconds(90))

    assert first.ended_at == second.started_at == NOW + seconds(60)
    assert current_slot(fair.live_session) is second


@given(st.text(max_size=80))
def test_checked_text_is_one_line_within_its_limit_or_refused(text: str) -> None:
    """No control character, no second line, no empty line gets through."""
    squeezed = "".join(character for character in text if character.isprintable() or character.isspace()).split()
    expected = " ".join(squeezed)
    if not 0 < len(expected) <= 60:
        with pytest.raises(TextRefused) as refused:
            checked_text(text, limit=60)
        assert refused.value.code == ("long_text" if expected else "empty_text")
        return

    clean = checked_text(text, limit=60)

    assert clean == expected
    assert all(character.isprintable() for character in clean)

"""A report counts by its definitions: people once, visits beside them, pieces by employer, small cells hidden."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from fair.accounts import Role
from fair.applications import move_application, submit_application, withdraw_application
from fair.attendances import enter_room, leave_room
from fair.exposures import count_exposures, count_lists
from fair.livesessions import move_session
from fair.pins import pin_position
from fair.reports import report_of
from fair.statuses import ApplicationStatus, LiveSessionStatus
from fair.suppression import FEW, HIDDEN, shown, shown_column, shown_total
from fair.talk import answer_question, ask_question
from tests.builders import NOW, WORDING, add_account, add_position, add_profile, small_fair


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_report_counts_people_visits_peak_and_watch_time(db: Session) -> None:
    """Two viewers, one of whom comes twice; the host is not audience."""
    fair = small_fair(db)
    room = fair.live_session.id
    enter_room(db, room, f"a{fair.recruiter.id}", account_id=fair.recruiter.id, is_audience=False, now=NOW)
    for viewer, enters, leaves in (("v1", 0, 10), ("v2", 5, 30), ("v1", 20, 25)):
        enter_room(db, room, viewer, account_id=None, is_audience=True, now=NOW + minutes(enters))
        leave_room(db, room, [viewer], now=NOW + minutes(leaves))
    move_session(db, fair.live_session, LiveSessionStatus.ENDED, now=NOW + minutes(30))

    presence = report_of(db, fair.live_session, now=NOW + minutes(60)).presence

    assert (presence.unique_viewers, presence.visits) == (2, 3)
    assert (presence.peak, presence.peak_at) == (2, NOW + minutes(5))
    assert presence.watched == minutes(10 + 25 + 5)
    assert presence.watched_median == minutes((15 + 25) / 2)
    assert presence.by_minute == [1] * 5 + [2] * 5 + [1] * 10 + [2] * 5 + [1] * 5


def test_funnel_counts_each_person_once(db: Session) -> None:
    """One person with two applications, one who withdrew, one who asked: people, not pieces."""
    fair = small_fair(db)
    second = add_position(db, fair.employer, title="质检员")
    slot = fair.live_session.slots[0]
    slot.offers.append(type(slot.offers[0])(position_id=second.id, position=second, number=2))
    db.flush()
    other = add_profile(db, add_account(db, Role.SEEKER, name="老周"))
    room = fair.live_session
    for account_id in (fair.seeker.id, other.account_id):
        enter_room(db, room.id, f"a{account_id}", account_id=account_id, is_audience=True, now=NOW)
    question = ask_question(db, room, "几点上班", slot=slot, account_id=other.account_id, name="老周", now=NOW)
    answer_question(db, room, question, answer="八点", by=fair.recruiter.id, answerer="王", now=NOW + minutes(2))
    pin_position(db, room, fair.position.id, by=fair.recruiter.id, now=NOW)
    seen = [(f"a{fair.seeker.id}", 86), (f"a{other.account_id}", 64)]
    count_exposures(db, room.id, fair.position.id, fair.employer.id, seen, now=NOW)
    count_exposures(db, room.id, fair.position.id, fair.employer.id, seen, now=NOW)
    made = [
        submit_application(db, profile, position, key=f"k{position.id}", now=NOW, wording=WORDING, live_session=room)
        for profile, position in ((fair.profile, fair.position), (fair.profile, second), (other, second))
    ]
    withdraw_application(db, made[2], by=other.account_id, now=NOW)
    for status in (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW, ApplicationStatus.HIRED):
        move_application(db, made[0], status, by=fair.recruiter.id, now=NOW + minutes(30))

    report = report_of(db, room, now=NOW + minutes(60))

    funnel = report.funnel
    assert (funnel.viewers, funnel.asked, funnel.matched) == (2, 1, 1)
    assert (funnel.applied, funnel.viewed, funnel.interviewed, funnel.hired) == (1, 1, 1, 1)
    assert report.applications == 2
    assert report.reply == minutes(30)
    assert (report.questions, report.questions_answered, report.question_reply) == (1, 1, minutes(2))
    [employer] = report.by_employer
    assert (employer.positions, employer.applications, employer.viewed, employer.hired) == (2, 2, 1, 1)
    assert (employer.exposures, employer.presented) == (2, minutes(60))
    assert report.applicant_rate == 0.5


def test_unanswered_application_is_overdue_after_a_day(db: Session) -> None:
    """It is not, a minute before."""
    fair = small_fair(db)
    submit_application(
        db, fair.profile, fair.position, key="k", now=NOW, wording=WORDING, live_session=fair.live_session
    )
    day = timedelta(hours=24)

    assert report_of(db, fair.live_session, now=NOW + day).by_employer[0].overdue == 0
    assert report_of(db, fair.live_session, now=NOW + day + minutes(1)).by_employer[0].overdue == 1


def test_report_of_an_empty_session_has_no_rates(db: Session) -> None:
    """Nobody came: nothing is divided by nothing."""
    fair = small_fair(db)

    report = report_of(db, fair.live_session, now=NOW)

    assert report.applicant_rate is None
    assert report.reply is None
    assert report.presence.peak == 0


@pytest.mark.parametrize(("count", "cell"), [(0, 0), (1, FEW), (4, FEW), (5, 5)])
def test_count_of_one_to_four_is_hidden(count: int, cell: object) -> None:
    """Zero tells of nobody, five of nobody in particular."""
    assert shown(count) == cell


@given(st.lists(st.integers(0, 40), max_size=9))
def test_column_with_its_total_never_gives_a_small_cell_away(counts: list[int]) -> None:
    """When the total is shown, no hidden cell is the only one, so none can be worked out by subtraction."""
    cells, total = shown_column(counts), shown_total(counts)

    hidden = [index for index, cell in enumerate(cells) if cell in (FEW, HIDDEN)]

    assert all(cell in (FEW, HIDDEN) or cell == count for cell, count in zip(cells, counts, strict=True))
    assert all(cells[index] == FEW for index, count in enumerate(counts) if 0 < count < 5)
    if isinstance(total, int):
        assert total == sum(counts)
        assert len(hidden) != 1


def test_ledger_counts_each_way_of_being_seen(db: Session) -> None:
    """Two screens, one of them with a match, and three lists of this session; lists elsewhere are not its own."""
    fair = small_fair(db)
    second = add_position(db, fair.employer, title="质检员")
    slot = fair.live_session.slots[0]
    slot.offers.append(type(slot.offers[0])(position_id=second.id, position=second, number=2))
    room, position = fair.live_session, fair.position
    count_exposures(db, room.id, position.id, position.employer_id, [("a1", 80), ("v2", None)], now=NOW)
    count_lists(db, {(room.id, position.id): 3, (None, position.id): 9, (None, second.id): 9})
    db.flush()

    report = report_of(db, room, now=NOW)

    line = next(each for each in report.by_position if each.name == position.title)
    assert (line.exposures, line.pushed, line.listed, line.seen) == (2, 1, 3, 5)
    assert report.gini_of_positions == 0.5
    assert report.gini_of_employers == 0

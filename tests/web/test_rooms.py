"""The pages of a room: watching, applying and asking without script, tickets, the host's console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from fair.applications import Application, submit_application
from fair.attendances import Attendance
from fair.livesessions import LiveSession, SlotPosition
from fair.permissions import RoomRole
from fair.pins import pin_position
from fair.positions import close_position
from fair.sanctions import sanction
from fair.statuses import ApplicationStatus, LiveSessionStatus, QuestionStatus
from fair.talk import Question, ask_question, keep_chat
from fair.tickets import Ticket, TicketDesk
from tests.builders import NOW, SmallFair, add_position, add_session

SignedIn = Callable[[int], FlaskClient]
Transaction = Callable[[], Any]

WORDING = "点投递，就是同意把简历给临江电缆一家"
ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def pinned(fair: SmallFair, write: Transaction) -> SmallFair:
    """The small fair with its position on screen."""
    with write() as db:
        live_session = db.get_one(LiveSession, fair.live_session.id)
        pin_position(db, live_session, fair.position.id, by=fair.recruiter.id, now=NOW)
    return fair


@pytest.fixture
def room(pinned: SmallFair) -> str:
    """The address of the room."""
    return f"/sessions/{pinned.live_session.id}"


def test_room_shows_a_visitor_what_is_on_screen(client: FlaskClient, pinned: SmallFair, room: str) -> None:
    """Without an account one reads everything, and is led to signing in where one would apply."""
    page = client.get(f"{room}/room").text

    assert f'data-position="{pinned.position.id}"' in page
    assert "低压电工" in page
    assert "登录后投递" in page
    assert "data-apply>" not in page.split("<template", 1)[0]


def test_room_without_matching_says_so_and_lets_apply(signed_in: SignedIn, pinned: SmallFair, room: str) -> None:
    """When matching does not answer there is no score, one line says why, and the form stays."""
    page = signed_in(pinned.seeker.id).get(f"{room}/room").text.split("<template", 1)[0]

    assert "匹配暂时用不了，岗位照常能投" in page
    assert 'class="score' not in page
    assert f'action="{room}/positions/{pinned.position.id}/apply"' in page


def test_room_shows_what_people_wrote_as_text(
    client: FlaskClient, pinned: SmallFair, room: str, write: Transaction
) -> None:
    """Markup in chat and questions is shown, not obeyed."""
    with write() as db:
        live_session = again(db, pinned.live_session)
        keep_chat(db, live_session.id, account_id=None, name=ATTACK, text=ATTACK, is_host=False, now=NOW)
        ask_question(db, live_session, ATTACK, slot=None, account_id=pinned.seeker.id, name="小满", now=NOW)

    for page in (client.get(f"{room}/room").text, client.get(f"{room}/text").text):
        assert "&lt;img src=x onerror" in page
        assert "<img src=x" not in page


def test_room_asks_the_database_as_often_for_many_positions_as_for_one(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction, count_queries: Callable[..., int]
) -> None:
    """The number of queries does not grow with the positions offered."""
    visitor = signed_in(pinned.seeker.id)
    visitor.get(f"{room}/room")
    few = count_queries(lambda: visitor.get(f"{room}/room"))
    with write() as db:
        live_session = again(db, pinned.live_session)
        for number in range(2, 30):
            position = add_position(db, again(db, pinned.employer), title=f"质检员{number}")
            live_session.slots[0].offers.append(SlotPosition(position_id=position.id, number=number))

    many = count_queries(lambda: visitor.get(f"{room}/room"))

    assert visitor.get(f"{room}/room").text.count("data-job=") == 29
    assert many == few


def test_applying_by_form_happens_once_for_one_key(
    signed_in: SignedIn, pinned: SmallFair, room: str, read: Transaction
) -> None:
    """Whatever is repeated with one key is one application, made in this session."""
    visitor = signed_in(pinned.seeker.id)
    address = f"{room}/positions/{pinned.position.id}/apply"

    for _ in range(3):
        assert visitor.post(address, data={"key": "one-key-of-mine"}).status_code == 303

    with read() as db:
        kept = db.scalars(select(Application)).all()
        assert [each.session_id for each in kept] == [pinned.live_session.id]
        assert kept[0].media_ms == 0
    assert "已投递" in visitor.get(f"{room}/room").text


def test_applying_by_script_answers_as_the_room_does(signed_in: SignedIn, pinned: SmallFair, room: str) -> None:
    """The script falls back to the form's address and gets the application, or the rule that was broken."""
    visitor = signed_in(pinned.seeker.id)
    address = f"{room}/positions/{pinned.position.id}/apply"
    wanted = {"Accept": "application/json"}

    first = visitor.post(address, data={"key": "key-number-1"}, headers=wanted)
    other = visitor.post(address, data={"key": "key-number-2"}, headers=wanted)

    assert first.json is not None
    assert first.json["application"]["status"] == "submitted"
    assert (other.status_code, other.json) == (409, {"error": "already_applied", "message": other.json["message"]})  # type: ignore[index]


def test_applying_for_a_closed_position_says_so_and_keeps_nothing(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction, read: Transaction
) -> None:
    """A position that closed while it was on screen takes no applications."""
    with write() as db:
        close_position(db, again(db, pinned.position), now=NOW)

    answer = signed_in(pinned.seeker.id).post(f"{room}/positions/{pinned.position.id}/apply", data={"key": "late-key"})

    assert answer.status_code == 409
    assert "已截止" in answer.text
    with read() as db:
        assert db.scalar(select(func.count()).select_from(Application)) == 0


def test_recruiter_cannot_apply(signed_in: SignedIn, pinned: SmallFair, room: str) -> None:
    """Only a seeker applies; the page offers nobody else the button."""
    recruiter = signed_in(pinned.recruiter.id)

    assert recruiter.post(f"{room}/positions/{pinned.position.id}/apply").status_code == 403
    assert "data-apply>" not in recruiter.get(f"{room}/room").text.split("<template", 1)[0]


def test_withdrawing_in_the_room_takes_the_resume_back(
    signed_in: SignedIn, pinned: SmallFair, room: str, read: Transaction
) -> None:
    """The undo of the room withdraws the application with its résumé."""
    visitor = signed_in(pinned.seeker.id)
    visitor.post(f"{room}/positions/{pinned.position.id}/apply", data={"key": "soon-undone"})

    assert visitor.post(f"{room}/positions/{pinned.position.id}/withdraw").status_code == 303

    with read() as db:
        kept = db.scalars(select(Application)).one()
        assert (kept.status, kept.resume) == (ApplicationStatus.WITHDRAWN, {})


def test_who_applies_by_form_is_counted_as_a_viewer(
    signed_in: SignedIn, pinned: SmallFair, room: str, read: Transaction
) -> None:
    """A share of viewers can then never be above all of them."""
    signed_in(pinned.seeker.id).post(f"{room}/positions/{pinned.position.id}/apply", data={"key": "by-form-alone"})

    with read() as db:
        visit = db.scalars(select(Attendance)).one()
        assert (visit.viewer, visit.left_at) == (f"a{pinned.seeker.id}", NOW)


def test_question_by_form_goes_to_the_employer_on_stage(
    signed_in: SignedIn, pinned: SmallFair, room: str, read: Transaction
) -> None:
    """Asking works without script, and its asker can take the question back."""
    visitor = signed_in(pinned.seeker.id)

    visitor.post(f"{room}/questions", data={"text": "宿舍几个人一间"})
    with read() as db:
        question = db.scalars(select(Question)).one()
        assert (question.text, question.employer_id) == ("宿舍几个人一间", pinned.employer.id)
    visitor.post(f"{room}/questions/{question.id}/withdraw")

    with read() as db:
        assert db.scalars(select(Question)).one().status == QuestionStatus.WITHDRAWN


def test_muted_viewer_cannot_ask_by_form(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction, read: Transaction
) -> None:
    """A mute holds on every way in."""
    with write() as db:
        sanction(db, pinned.live_session.id, pinned.seeker.id, "mute", by=pinned.recruiter.id, now=NOW)

    answer = signed_in(pinned.seeker.id).post(f"{room}/questions", data={"text": "还是我"})

    assert answer.status_code == 403
    with read() as db:
        assert db.scalar(select(func.count()).select_from(Question)) == 0


def test_somebody_elses_question_cannot_be_withdrawn(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction, read: Transaction
) -> None:
    """Only who asked takes a question back."""
    with write() as db:
        live_session = again(db, pinned.live_session)
        question = ask_question(
            db, live_session, "几号发工资", slot=None, account_id=pinned.seeker.id, name="小满", now=NOW
        )
        question_id = question.id

    assert signed_in(pinned.recruiter.id).post(f"{room}/questions/{question_id}/withdraw").status_code == 403

    with read() as db:
        assert db.get_one(Question, question_id).status == QuestionStatus.WAITING


def test_ticket_says_who_enters_as_what(app: Flask, signed_in: SignedIn, pinned: SmallFair, room: str) -> None:
    """A recruiter of an employer on the bill is host, a seeker audience, an officer of the district observer."""
    roles = {
        pinned.recruiter.id: (RoomRole.HOST, f"{pinned.employer.short_name} 王专员"),
        pinned.seeker.id: (RoomRole.AUDIENCE, "小满"),
        pinned.officer.id: (RoomRole.OBSERVER, "周经办"),
    }

    for account_id, expected in roles.items():
        ticket = opened(app, signed_in(account_id).post(f"{room}/ticket"), pinned)
        assert (ticket.role, ticket.name) == expected
        assert (ticket.viewer, ticket.login) == (f"a{account_id}", f"test-{account_id}")


def test_ticket_of_a_visitor_keeps_its_number(app: Flask, client: FlaskClient, pinned: SmallFair, room: str) -> None:
    """One browser without an account is one viewer, however often it enters; another browser is another."""
    first, second = (opened(app, client.post(f"{room}/ticket"), pinned) for _ in range(2))
    other = opened(app, app.test_client().post(f"{room}/ticket"), pinned)

    assert first.viewer == second.viewer != other.viewer
    assert first.viewer.startswith("v")
    assert first.name.startswith("游客")
    assert first.number != second.number


def test_ticket_asks_the_database_little_and_locks_nothing(
    app: Flask,
    client: FlaskClient,
    signed_in: SignedIn,
    pinned: SmallFair,
    room: str,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    """A visitor's asks nothing once the session is known to be on air, a seeker's only who that is."""
    seeker = signed_in(pinned.seeker.id)
    assert client.post(f"{room}/ticket").status_code == 200

    with app.extensions["gangbo"].writers.begin() as db:
        db.execute(select(LiveSession.id).with_for_update()).first()
        assert count_queries(lambda: client.post(f"{room}/ticket")) == 0
        assert count_queries(lambda: seeker.post(f"{room}/ticket")) <= 2  # SQLite counts its BEGIN.


def test_ticket_is_refused_soon_after_the_end(
    client: FlaskClient, clock: Any, pinned: SmallFair, room: str, write: Transaction
) -> None:
    """For a second the site may still give one: the room itself lets nobody in any more."""
    assert client.post(f"{room}/ticket").status_code == 200
    with write() as db:
        db.get_one(LiveSession, pinned.live_session.id).status = LiveSessionStatus.ENDED

    clock.now += timedelta(seconds=1)

    assert client.post(f"{room}/ticket").status_code == 409


def test_ticket_is_refused_before_the_start_but_to_the_host(
    signed_in: SignedIn, fair: SmallFair, write: Transaction
) -> None:
    """A rehearsal is for the host and the moderator."""
    with write() as db:
        coming = add_session(db, *again_all(db, fair), status=LiveSessionStatus.APPROVED)
    wanted = {"Accept": "application/json"}

    assert signed_in(fair.seeker.id).post(f"/sessions/{coming.id}/ticket", headers=wanted).status_code == 403
    assert signed_in(fair.recruiter.id).post(f"/sessions/{coming.id}/ticket", headers=wanted).status_code == 200


def test_ticket_needs_the_token_of_the_page(app: Flask, client: FlaskClient, room: str) -> None:
    """Another site cannot have a ticket made for its visitor."""
    app.config["WTF_CSRF_ENABLED"] = True

    assert client.post(f"{room}/ticket").status_code == 400


def test_text_version_is_small_and_complete(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction
) -> None:
    """At most 20 KB, no script, no picture; what is on screen, the forms, what comes next."""
    with write() as db:
        live_session = again(db, pinned.live_session)
        for number in range(200):
            keep_chat(
                db,
                live_session.id,
                account_id=None,
                name="老周",
                text=f"第 {number} 句",
                is_host=False,
                now=NOW + timedelta(seconds=number),
            )

    page = signed_in(pinned.seeker.id).get(f"{room}/text").text

    assert len(page.encode()) <= 20 * 1024
    assert "<script" not in page
    assert "<img" not in page
    assert "低压电工" in page
    assert "第 199 句" in page
    assert f"{room}/positions/{pinned.position.id}/apply" in page


def test_ended_room_offers_what_is_still_open(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction
) -> None:
    """After the end the room's address says so and one can still apply."""
    recruiter, visitor = signed_in(pinned.recruiter.id), signed_in(pinned.seeker.id)

    recruiter.post(f"{room}/end")
    page = visitor.get(f"{room}/room").text

    assert "播完了" in page
    assert f"{room}/positions/{pinned.position.id}/apply" in page
    assert (
        visitor.post(f"{room}/positions/{pinned.position.id}/apply", data={"key": "after-the-end"}).status_code == 303
    )


def test_console_is_for_who_hosts_or_moderates(signed_in: SignedIn, pinned: SmallFair, room: str) -> None:
    """A seeker and an officer of another district are refused; the recruiter and the district's officer are not."""
    assert signed_in(pinned.recruiter.id).get(f"{room}/console").status_code == 200
    assert signed_in(pinned.officer.id).get(f"{room}/console").status_code == 200
    assert signed_in(pinned.seeker.id).get(f"{room}/console").status_code == 403
    assert signed_in(pinned.other_officer.id).get(f"{room}/console").status_code == 403


def test_console_moves_an_application_by_form(
    signed_in: SignedIn, pinned: SmallFair, room: str, write: Transaction, read: Transaction
) -> None:
    """留意, 约面试 and 不合适 are forms that take the rule's steps; a stranger's are refused."""
    with write() as db:
        application = submit_application(
            db,
            again(db, pinned.profile),
            again(db, pinned.position),
            key="from-the-room",
            now=NOW,
            wording=WORDING,
            live_session=again(db, pinned.live_session),
        )
    address = f"{room}/applications/{application.id}/move"

    assert signed_in(pinned.seeker.id).post(address, data={"status": "hired"}).status_code == 403
    assert signed_in(pinned.recruiter.id).post(address, data={"status": "nonsense"}).status_code == 422
    assert signed_in(pinned.recruiter.id).post(address, data={"status": "shortlisted"}).status_code == 303

    with read() as db:
        assert db.get_one(Application, application.id).status == ApplicationStatus.SHORTLISTED


def test_session_starts_by_form_when_everything_needed_is_there(
    signed_in: SignedIn, fair: SmallFair, write: Transaction, read: Transaction
) -> None:
    """The check page starts an approved session with an open position, and refuses one without."""
    with write() as db:
        ready = add_session(db, *again_all(db, fair), status=LiveSessionStatus.APPROVED)
        lacking = add_position(db, again(db, fair.employer), is_published=False, base_pay=None, title="外贸跟单专员")
        empty = add_session(
            db, again(db, fair.bureau), again(db, fair.employer), [lacking], status=LiveSessionStatus.APPROVED
        )
    host = signed_in(fair.recruiter.id)

    check = host.get(f"/sessions/{empty.id}/console").text
    assert "没有能上屏的岗位" in check
    assert "缺底薪" in check
    assert host.post(f"/sessions/{empty.id}/start").status_code == 422
    assert host.post(f"/sessions/{ready.id}/start").status_code == 303

    with read() as db:
        assert db.get_one(LiveSession, ready.id).status == LiveSessionStatus.LIVE
        assert db.get_one(LiveSession, empty.id).status == LiveSessionStatus.APPROVED


def opened(app: Flask, answer: Any, fair: SmallFair) -> Ticket:
    """What is in the ticket of an answer."""
    assert answer.status_code == 200
    desk = TicketDesk(app.config["SECRET_KEY"])
    return desk.open(answer.json["ticket"], session_id=fair.live_session.id, now=NOW)


def again(db: Session, thing: Any) -> Any:
    """The same record, in this transaction."""
    return db.get_one(type(thing), inspect(thing).identity)


def again_all(db: Session, fair: SmallFair) -> tuple[Any, Any, list[Any]]:
    """Bureau, employer and positions for one more session."""
    return again(db, fair.bureau), again(db, fair.employer), [again(db, fair.position)]

"""The guests' desk and the guest list: many who enter together, read together."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from fair.accounts import Account
from fair.applications import submit_application
from fair.database import reading, writing
from fair.livesessions import LiveSession
from fair.positions import Position
from fair.sanctions import sanction
from fair.seekers import SeekerProfile, switch_matching
from fair.statuses import LiveSessionStatus
from fair.talk import QuestionVote, ask_question
from fair.tickets import Ticket, TicketDesk
from live.deeds import Guest
from live.guestlist import read_guests
from live.guests import Crowded, Guests
from live.store import Store
from live.views import People
from tests.live.scene import SECRET, Scene, make_scene

PEOPLE = People(SECRET)


def opened(scene: Scene, text: str) -> Ticket:
    """A ticket as the desk reads it."""
    return TicketDesk(SECRET).check(text, session_id=scene.session_id, now=datetime.now(UTC))


def read_all(scene: Scene, texts: Iterable[str]) -> list[Guest | None]:
    """What the guest list says of these tickets."""
    with reading(scene.engine) as db:
        tickets = [opened(scene, text) for text in texts]
        return read_guests(db, tickets, people=PEOPLE, now=datetime.now(UTC))


def queries(scene: Scene, texts: Iterable[str]) -> int:
    """How many statements it takes to read them."""
    statements = []
    event.listen(scene.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    read_all(scene, texts)
    return len(statements)


def test_many_are_read_in_as_many_queries_as_one(either_scene):
    """Three seekers cost what one costs."""
    scene = either_scene
    texts = [scene.ticket(each) for each in scene.seeker_ids]

    assert queries(scene, texts[:1]) == queries(scene, texts)


def test_each_guest_gets_the_own_records(either_scene):
    """Applications, votes, mutes and bans lie with whom they concern, and nobody else."""
    scene = either_scene
    now = datetime.now(UTC)
    first, second, third = scene.seeker_ids
    with writing(scene.engine) as db:
        live_session = db.get(LiveSession, scene.session_id)
        position = db.get(Position, scene.position_ids[0])
        application = submit_application(
            db, db.get(SeekerProfile, first), position, key="k", now=now, wording="好", live_session=live_session
        )
        question = ask_question(db, live_session, "宿舍几个人一间", slot=None, account_id=first, name="甲", now=now)
        db.flush()
        db.add(QuestionVote(question_id=question.id, account_id=second))
        until = now + timedelta(minutes=5)
        sanction(db, scene.session_id, second, "mute", by=scene.moderator_id, now=now, until=until)
        sanction(db, scene.session_id, second, "ban", by=scene.moderator_id, now=now, until=now - timedelta(minutes=1))
        sanction(db, scene.session_id, third, "ban", by=scene.moderator_id, now=now)
        switch_matching(db, db.get(SeekerProfile, third), is_on=False, wording="不要", now=now)
        application_id, question_id = application.id, question.id

    one, two, three, host = read_all(
        scene, [*(scene.ticket(each, login=f"l{each}") for each in scene.seeker_ids), scene.host_ticket()]
    )

    assert [[each.id for each in guest.me.applications] for guest in (one, two, three)] == [[application_id], [], []]
    assert [guest.me.voted for guest in (one, two, three)] == [[], [question_id], []]
    assert [guest.me.is_muted for guest in (one, two, three)] == [False, True, False]
    assert two.me.muted_until == until
    assert [guest.is_banned for guest in (one, two, three)] == [False, False, True]
    assert [guest.me.match_state for guest in (one, two, three, host)] == ["on", "on", "off", "none"]
    assert [guest.login for guest in (one, two, three)] == [f"l{each}" for each in scene.seeker_ids]
    assert one.me.can == ["say", "ask", "apply"]
    assert host.me.can == ["say", "pin", "answer", "arrange", "start", "moderate"]
    assert [arrival.id for arrival in host.me.staff.arrivals] == [application_id]
    assert one.me.person == PEOPLE.handle(scene.session_id, first)


def test_disabled_accounts_and_closed_rooms_let_nobody_in(either_scene):
    """Whatever the ticket says: the account is asked for anew, and so is the session."""
    scene = either_scene
    texts = [scene.ticket(scene.seeker_ids[0]), scene.ticket(scene.seeker_ids[1]), scene.host_ticket()]
    assert None not in read_all(scene, texts)

    with writing(scene.engine) as db:
        db.get(Account, scene.seeker_ids[0]).is_active = False
    assert [guest is None for guest in read_all(scene, texts)] == [True, False, False]

    with writing(scene.engine) as db:
        db.get(LiveSession, scene.session_id).status = LiveSessionStatus.APPROVED
    assert [guest is None for guest in read_all(scene, texts)] == [True, True, False]


def at_desk(scene, story):
    """Run a story of a desk over the scene's store."""

    async def run():
        store = Store(scene.engine, PEOPLE)
        await asyncio.wait_for(story(Guests(store, clock=lambda: datetime.now(UTC))), 30)
        store.close()

    asyncio.run(run())


def test_desk_reads_those_who_wait_together(sqlite_url):
    """Sixty entries at once are one reading; a visitor needs none."""
    scene = make_scene(sqlite_url, seekers=60)
    began = []
    event.listen(scene.engine, "begin", lambda _: began.append(1))

    async def story(desk):
        tickets = [opened(scene, scene.ticket(each)) for each in scene.seeker_ids]
        guests = await asyncio.gather(*(desk.read(each) for each in tickets))
        assert [guest.account_id for guest in guests] == scene.seeker_ids
        assert len(began) == 1
        assert (await desk.read(opened(scene, scene.ticket(None, viewer="v1")))).viewer == "v1"
        assert len(began) == 1

    at_desk(scene, story)


def test_desk_that_is_crowded_says_so(scene, monkeypatch):
    """Who comes when too many wait is sent away at once; those who wait are read."""
    monkeypatch.setattr("live.guests.MOST_WAITING", 2)

    async def story(desk):
        tickets = [opened(scene, scene.ticket(each)) for each in scene.seeker_ids]
        answers = await asyncio.gather(*(desk.read(each) for each in tickets), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Guest, Guest, Crowded]

    at_desk(scene, story)


def test_desk_tells_all_who_wait_that_the_database_is_away(scene):
    """And reads the next when it is back."""

    async def story(desk):
        tickets = [opened(scene, scene.ticket(each)) for each in scene.seeker_ids]
        with writing(scene.engine) as db:
            db.connection().exec_driver_sql("ALTER TABLE account RENAME TO elsewhere")
        answers = await asyncio.gather(*(desk.read(each) for each in tickets), return_exceptions=True)
        assert [type(answer) for answer in answers] == [OperationalError] * 3
        with writing(scene.engine) as db:
            db.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO account")
        assert (await desk.read(tickets[0])).account_id == scene.seeker_ids[0]

    at_desk(scene, story)


@pytest.mark.parametrize("number", [0, 2])
def test_who_gave_up_waiting_is_no_hindrance(scene, number):
    """A connection that broke while it waited: the others are answered."""

    async def story(desk):
        tasks = [asyncio.create_task(desk.read(opened(scene, scene.ticket(each)))) for each in scene.seeker_ids]
        await asyncio.wait(tasks, timeout=0)
        tasks[number].cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(answer, Guest) for answer in answers].count(True) == 2

    at_desk(scene, story)

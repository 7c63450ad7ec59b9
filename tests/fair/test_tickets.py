"""Room tickets: single use, short-lived, bound to one room, and worthless when touched."""

from datetime import timedelta

import pytest

from fair.errors import TicketRefused
from fair.tickets import PICTURE, SECONDS_VALID, TicketDesk, issue_ticket
from tests.builders import NOW

KEY = "a secret for tests"


def ticket(**changes: object) -> str:
    values = {
        "session_id": 7,
        "viewer": "a1",
        "account_id": 1,
        "role": "audience",
        "name": "小满",
        "now": NOW,
        **changes,
    }
    return issue_ticket(KEY, **values)


def refused(desk: TicketDesk, text: str, *, session_id: int = 7, after: float = 0) -> str:
    with pytest.raises(TicketRefused) as error:
        desk.open(text, session_id=session_id, now=NOW + timedelta(seconds=after))
    return error.value.code


def test_ticket_opens_its_room_once() -> None:
    """The second use is refused, in the same second or later."""
    desk, text = TicketDesk(KEY), ticket()

    opened = desk.open(text, session_id=7, now=NOW)

    assert (opened.account_id, opened.role, opened.name) == (1, "audience", "小满")
    assert refused(desk, text) == "used_ticket"
    assert refused(desk, text, after=SECONDS_VALID) == "used_ticket"


def test_ticket_is_refused_elsewhere_later_and_changed() -> None:
    """Another room, a second too late, another key, one changed character: each has its code."""
    desk = TicketDesk(KEY)

    assert refused(desk, ticket(), session_id=8) == "other_room"
    assert refused(desk, ticket(), after=SECONDS_VALID + 1) == "expired_ticket"
    assert refused(TicketDesk("another secret"), ticket()) == "forged_ticket"
    text = ticket()
    first = text.rindex(".") + 1  # The signature's last character carries bits that mean nothing.
    assert refused(desk, text[:first] + ("A" if text[first] != "A" else "B") + text[first + 1 :]) == "forged_ticket"
    assert refused(desk, "") == "forged_ticket"


def test_refused_ticket_is_not_used_up() -> None:
    """Showing it at the wrong door costs nothing."""
    desk, text = TicketDesk(KEY), ticket()

    assert refused(desk, text, session_id=8) == "other_room"

    assert desk.open(text, session_id=7, now=NOW).session_id == 7


def test_desk_forgets_numbers_that_could_not_be_used_again() -> None:
    """Memory does not grow with the crowd that passed."""
    desk = TicketDesk(KEY)
    for _ in range(50):
        desk.open(ticket(), session_id=7, now=NOW)

    much_later = NOW + timedelta(seconds=SECONDS_VALID * 3)
    desk.open(ticket(now=much_later), session_id=7, now=much_later)

    assert len(desk._used) == 1


def test_ticket_opens_what_it_is_for() -> None:
    """A room's ticket does not open the picture, nor the picture's the room."""
    room, picture = TicketDesk(KEY), TicketDesk(KEY, purpose=PICTURE)

    assert refused(picture, ticket()) == "forged_ticket"
    assert refused(room, ticket(purpose=PICTURE)) == "forged_ticket"
    assert picture.open(ticket(purpose=PICTURE), session_id=7, now=NOW).account_id == 1

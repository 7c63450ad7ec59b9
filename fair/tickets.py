"""Tickets of a room and of its picture: signed, single use, at most 30 seconds old, bound to viewer, room and role.

The site hands one out; the live process opens it. It travels in the first message, never in a URL or a log.
"""

from __future__ import annotations

import secrets
from collections import deque
from datetime import datetime

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from fair.errors import TicketRefused

SECONDS_VALID = 30
SECONDS_REMEMBERED = SECONDS_VALID + 10  # The site's clock may be ahead by five seconds.
ROOM = "gangbo.room-ticket.v1"
PICTURE = "gangbo.picture-ticket.v1"
"""What a ticket opens; one for the room does not open the picture, nor the other way round."""


class Ticket(msgspec.Struct, frozen=True):
    """Who enters which room as what; `viewer` is `a<account id>` or `v<random>`, `role` a RoomRole value."""

    number: str
    session_id: int
    viewer: str
    account_id: int | None
    role: str
    name: str
    employer_id: int | None
    login: str
    issued_at: float


def issue_ticket(
    secret_key: str,
    *,
    session_id: int,
    viewer: str,
    account_id: int | None,
    role: str,
    name: str,
    employer_id: int | None = None,
    login: str = "",
    purpose: str = ROOM,
    now: datetime,
) -> str:
    """A ticket as text; `login` names the web session it came from, so that signing out closes its sockets."""
    ticket = Ticket(
        number=secrets.token_urlsafe(9),
        session_id=session_id,
        viewer=viewer,
        account_id=account_id,
        role=role,
        name=name,
        employer_id=employer_id,
        login=login,
        issued_at=now.timestamp(),
    )
    return URLSafeSerializer(secret_key, salt=purpose).dumps(msgspec.to_builtins(ticket))


class TicketDesk:
    """Checks tickets and remembers the numbers used, for as long as they could be used again."""

    def __init__(self, secret_key: str, *, purpose: str = ROOM) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=purpose)
        self._used: set[str] = set()
        self._oldest: deque[tuple[float, str]] = deque()

    def open(self, text: str, *, session_id: int, now: datetime) -> Ticket:
        """The ticket, used up; raises TicketRefused with forged_ticket, expired_ticket, used_ticket or other_room."""
        ticket = self.check(text, session_id=session_id, now=now)
        self.use(ticket, now=now)
        return ticket

    def check(self, text: str, *, session_id: int, now: datetime) -> Ticket:
        """The ticket, used or not; raises TicketRefused with forged_ticket, expired_ticket or other_room."""
        try:
            ticket = msgspec.convert(self._serializer.loads(text), Ticket)
        except (BadData, msgspec.ValidationError):
            raise TicketRefused("forged_ticket") from None
        if ticket.session_id != session_id:
            raise TicketRefused("other_room")
        if not -5 <= now.timestamp() - ticket.issued_at <= SECONDS_VALID:
            raise TicketRefused("expired_ticket")
        return ticket

    def use(self, ticket: Ticket, *, now: datetime) -> None:
        """Use the ticket up; raises TicketRefused with used_ticket."""
        at = now.timestamp()
        while self._oldest and self._oldest[0][0] < at:
            self._used.discard(self._oldest.popleft()[1])
        if ticket.number in self._used:
            raise TicketRefused("used_ticket")
        self._used.add(ticket.number)
        self._oldest.append((at + SECONDS_REMEMBERED, ticket.number))

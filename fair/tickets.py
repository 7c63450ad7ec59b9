"""Room tickets: signed, single use, at most 30 seconds old, bound to viewer, room and role.

The site hands one out; the live process opens it. It travels in the first message, never in a URL or a log.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from fair.errors import TicketRefused

SECONDS_VALID = 30
_PURPOSE = "gangbo.room-ticket.v1"


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
    return URLSafeSerializer(secret_key, salt=_PURPOSE).dumps(msgspec.to_builtins(ticket))


class TicketDesk:
    """Opens tickets and remembers the numbers used, for as long as they could be used again."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=_PURPOSE)
        self._used: dict[str, float] = {}

    def open(self, text: str, *, session_id: int, now: datetime) -> Ticket:
        """The ticket, used up; raises TicketRefused with forged_ticket, expired_ticket, used_ticket or other_room."""
        try:
            ticket = msgspec.convert(self._serializer.loads(text), Ticket)
        except (BadData, msgspec.ValidationError):
            raise TicketRefused("forged_ticket") from None
        at = now.timestamp()
        if ticket.session_id != session_id:
            raise TicketRefused("other_room")
        if not -5 <= at - ticket.issued_at <= SECONDS_VALID:
            raise TicketRefused("expired_ticket")
        if ticket.number in self._used:
            raise TicketRefused("used_ticket")
        self._forget(number for number, until in list(self._used.items()) if until < at)
        self._used[ticket.number] = ticket.issued_at + SECONDS_VALID + 5
        return ticket

    def _forget(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            del self._used[number]

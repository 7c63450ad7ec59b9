"""How many queries a page asks of the database when its lists hold one row, and when they hold fifty.

The application runs inside this process on two small fairs; matching is not there, so that search goes by the letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from flask import Flask
from sqlalchemy import event

from bench.history import REPORTED
from bench.people import Size
from bench.visitors import sign_in
from fair.accounts import Role
from web.context import Installation
from web.security import one_time_codes

__all__ = ["FIFTY", "ONE", "counts"]

ONE = Size(positions=1, sessions=3, applications=1, employers=1, seekers=1, visits=1)
FIFTY = Size(positions=52, sessions=60, applications=50, employers=1, seekers=50, visits=50)

_ADDRESSES = {
    "home": (Role.SEEKER, "/"),
    "search": (Role.SEEKER, "/positions?q=杭州&place=330100&pay=1"),
    "position": (Role.SEEKER, "/positions/1"),
    "report": (Role.OFFICER, f"/sessions/{REPORTED}/report"),
    "inbox": (Role.RECRUITER, "/employer/applications"),
}


def counts(app: Flask, *, password: str, totp_secret: str) -> Mapping[str, int]:
    """Page → statements that its answer took, for an application on one of the two fairs.

    Raises httpx.HTTPStatusError when a page does not answer well.
    """
    with app.app_context():
        code = one_time_codes().generate_totp_password(totp_secret)
    clients = {}
    for role in (Role.SEEKER, Role.OFFICER, Role.RECRUITER):
        clients[role] = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1")
        sign_in(clients[role], role, password=password, code=code)
    found = {}
    for page, (role, path) in _ADDRESSES.items():
        clients[role].get(path).raise_for_status()  # Fills what is read once a process.
        found[page] = _statements(app, clients[role], path)
    return found


def _statements(app: Flask, client: httpx.Client, path: str) -> int:
    installed: Installation = app.extensions["gangbo"]
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(installed.engine, "before_cursor_execute", note)
    try:
        client.get(path).raise_for_status()
    finally:
        event.remove(installed.engine, "before_cursor_execute", note)
    return len(seen)

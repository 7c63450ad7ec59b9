"""What the frame around every page shows: who is signed in, where one can go, the modes chosen."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, current_app, has_request_context, request, session
from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from fair.accounts import Account, Role
from fair.districts import Bureau
from fair.employers import Employer, Recruiter
from web.components import address_of
from web.context import account, db
from web.language import selected

_OFFICE = (Role.RECRUITER, Role.OFFICER, Role.ADMINISTRATOR)
_BUREAU_NAME = select(Bureau.__table__.c.name).where(Bureau.__table__.c.id == bindparam("bureau_id"))
_EMPLOYER_NAME = (
    select(Employer.__table__.c.short_name)
    .join(Recruiter.__table__, Recruiter.__table__.c.employer_id == Employer.__table__.c.id)
    .where(Recruiter.__table__.c.account_id == bindparam("account_id"))
)


def register(app: Flask) -> None:
    """Give every template the frame's variables."""
    app.context_processor(_frame)
    app.jinja_env.filters["lines"] = lines


def lines(text: str | None) -> list[str]:
    """The lines of a text that somebody wrote in a box, parted by line ends or ；, without empty ones."""
    return [line.strip() for line in re.split(r"[\n；]+", text or "") if line.strip()]


def in_care_mode() -> bool:
    """Whether the visitor chose larger words; those who work here have no such mode."""
    person = account()
    return bool(session.get("is_care")) and (person is None or person.role not in _OFFICE)


def _frame() -> dict[str, Any]:
    if not has_request_context():
        return {}
    person = account()
    role = Role(person.role) if person else None
    return {
        "locale": selected(),
        "mode": "care" if in_care_mode() else None,
        "role": role.value if role else None,
        "account_name": person.name if person else None,
        "place_name": _place_name(person),
        "navigation": _navigation(role),
        "links": _links(role),
        "has_rooms": "rooms.show" in current_app.view_functions,
        "here_path": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }


def _navigation(role: Role | None) -> list[dict[str, Any]]:
    if role == Role.RECRUITER:
        items = [
            (_("投递"), "", "inbox.index", "send", "inbox"),
            (_("岗位"), "", "recruiting.positions", "briefcase", "positions"),
            (_("场次"), "", "recruiting.sessions", "tv-minimal-play", "sessions"),
            (_("单位"), "", "employers.file", "building-2", "employer"),
        ]
    elif role in (Role.OFFICER, Role.ADMINISTRATOR):
        items = [
            (_("审核"), "", "oversight.index", "shield-check", "oversight"),
            (_("报告"), "", "reports.index", "chart-column", "reports"),
            (_("直播"), "", "home.index", "tv-minimal-play", "home"),
            (_("岗位"), "", "positions.index", "briefcase", "positions"),
        ]
        if role == Role.ADMINISTRATOR:
            items.append((_("直播服务"), "", "servers.index", "radio", "servers"))
    else:
        items = [
            (_("直播"), "", "home.index", "tv-minimal-play", "home"),
            (_("岗位"), "", "positions.index", "briefcase", "positions"),
            (_("我的投递"), _("投递"), "applications.index", "send", "applications"),
            (_("我的"), "", "profile.edit", "user-round", "account"),
        ]
    return [
        {"words": words, "short": short, "href": address_of(endpoint), "icon": icon, "key": key, "count": None}
        for words, short, endpoint, icon, key in items
        if endpoint in current_app.view_functions
    ]


def _links(role: Role | None) -> dict[str, str]:
    endpoints = {
        "care": "modes.care",
        "plain": "modes.care",
        "language": "modes.language",
        "account": "profile.edit" if role == Role.SEEKER else "accounts.show",
        "sign_in": "accounts.sign_in",
        "sign_out": "accounts.sign_out",
        "matching": "home.matching",
        "privacy": "home.privacy",
    }
    return {name: address_of(each) for name, each in endpoints.items() if each in current_app.view_functions}


def _place_name(person: Account | None) -> str:
    if person is None or person.role not in _OFFICE:
        return ""
    if person.bureau_id is not None:
        return db().scalar(_BUREAU_NAME, {"bureau_id": person.bureau_id}) or ""
    return db().scalar(_EMPLOYER_NAME, {"account_id": person.id}) or ""

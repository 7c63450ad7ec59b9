"""Who may open and do what: role by route, each refusal beside the proof that there was something to refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fair.accounts import Role
from fair.applications import submit_application
from fair.employers import Recruiter
from fair.importjobs import make_job
from fair.livesessions import LiveSession
from fair.sheets import SheetRow
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, WORDING, SmallFair, add_account, add_employer, add_position, add_session
from tests.sheetmaking import rows_of

Client = Callable[[int], FlaskClient]

ROLES = ("nobody", "seeker", "recruiter", "recruiter of another employer", "officer", "officer of another district")


@dataclass(frozen=True)
class Route:
    """An address with the records' numbers to fill in, and the roles that it is open to."""

    method: str
    path: str
    open_to: frozenset[str]
    data: dict[str, Any] | None = None
    hidden: bool = True
    """Whether those who may not are told that there is nothing (404), as recruiters are of another's records."""


def route(method: str, path: str, *open_to: str, hidden: bool = True, **data: Any) -> Route:
    return Route(method, path, frozenset(open_to), data, hidden)


OWN = ("recruiter",)
ANY_RECRUITER = ("recruiter", "recruiter of another employer")
OFFICE = ("officer", "officer of another district")
PREPARING = ("recruiter", "officer")

ROUTES = (
    route("GET", "/employer", *ANY_RECRUITER),
    route("GET", "/employer/positions", *ANY_RECRUITER),
    route("GET", "/employer/positions/new", *ANY_RECRUITER),
    route("GET", "/employer/positions/{position}", *OWN),
    route("POST", "/employer/positions/{position}", *OWN),
    route("GET", "/employer/positions/{position}/versions", *OWN),
    route("POST", "/employer/positions/{position}/close", *OWN),
    route("POST", "/employer/positions/{draft}/publish", *OWN),
    route("GET", "/employer/positions/import", *ANY_RECRUITER),
    route("GET", "/employer/positions/import/template.csv", *ANY_RECRUITER),
    route("GET", "/employer/positions/import/{job}", *OWN),
    route("GET", "/employer/positions/import/{job}/progress", *OWN),
    route("GET", "/employer/positions/import/{job}/marked.xlsx", *OWN),
    route("POST", "/employer/positions/import/{job}/go", *OWN),
    route("GET", "/employer/sessions", *ANY_RECRUITER, *OFFICE),
    route("GET", "/employer/sessions/new", *ANY_RECRUITER, *OFFICE),
    route("GET", "/employer/sessions/{session}", *PREPARING),
    route("POST", "/employer/sessions/{session}", *PREPARING),
    route("POST", "/employer/sessions/{session}/slots", *PREPARING),
    route("POST", "/employer/sessions/{session}/slots/{slot}", *PREPARING, do="up"),
    route("POST", "/employer/sessions/{session}/slots/{slot}/offers", *PREPARING),
    route("POST", "/employer/sessions/{session}/offers/{offer}", *PREPARING, do="up"),
    route("POST", "/employer/sessions/{session}/step", *PREPARING, to="submitted"),
    route("GET", "/employer/applications", *ANY_RECRUITER),
    route("GET", "/employer/applications/{application}", *OWN),
    route("POST", "/employer/applications/{application}/move", *OWN, status="shortlisted"),
    route("GET", "/oversight", *OFFICE),
    route("GET", "/oversight/employers/{employer}", "officer", hidden=False),
    route("POST", "/oversight/employers/{employer}/decide", "officer", hidden=False, decision="reject", note="x"),
    route("GET", "/oversight/sessions/{session}", "officer", hidden=False),
    route("POST", "/oversight/sessions/{waiting}/decide", "officer", hidden=False, decision="reject", note="x"),
)


@pytest.fixture
def records(fair: SmallFair, write: Callable[[], Any]) -> dict[str, int]:
    """One of each record, all of the small fair's employer and district."""
    with write() as db:
        draft = add_position(db, fair.employer, title="焊工", is_published=False)
        live_session = add_session(
            db, fair.bureau, fair.employer, [fair.position], status=LiveSessionStatus.DRAFT, made_by=fair.recruiter.id
        )
        live_session.status = LiveSessionStatus.DRAFT
        waiting = add_session(db, fair.bureau, fair.employer, [fair.position], status=LiveSessionStatus.SUBMITTED)
        application = submit_application(db, fair.profile, fair.position, key="k", now=NOW, wording=WORDING)
        rows = [SheetRow(number, row) for number, row in enumerate(rows_of({}), start=1)]
        job = make_job(db, fair.employer, rows, file_name="岗位.xlsx", by=fair.recruiter.id, now=NOW)
        return {
            "employer": fair.employer.id,
            "position": fair.position.id,
            "draft": draft.id,
            "session": live_session.id,
            "waiting": waiting.id,
            "slot": live_session.slots[0].id,
            "offer": live_session.slots[0].offers[0].id,
            "application": application.id,
            "job": job.id,
        }


@pytest.fixture
def clients(app: Flask, fair: SmallFair, signed_in: Client, write: Callable[[], Any]) -> dict[str, FlaskClient]:
    """A browser for each role; the other recruiter's employer is approved and of the same district."""
    with write() as db:
        other = add_account(db, Role.RECRUITER, name="李专员")
        employer = add_employer(db, fair.district)
        db.add(Recruiter(account_id=other.id, employer_id=employer.id, title="李专员"))
        other_id = other.id
    return {
        "nobody": app.test_client(),
        "seeker": signed_in(fair.seeker.id),
        "recruiter": signed_in(fair.recruiter.id),
        "recruiter of another employer": signed_in(other_id),
        "officer": signed_in(fair.officer.id),
        "officer of another district": signed_in(fair.other_officer.id),
    }


@pytest.mark.parametrize("each", ROUTES, ids=lambda each: f"{each.method} {each.path}")
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_route_is_open_to_its_roles_alone(
    each: Route, records: dict[str, int], clients: dict[str, FlaskClient]
) -> None:
    """First everybody who may not is refused, then those who may find the very same record."""
    path = each.path.format(**records)

    def ask(role: str) -> Any:
        return clients[role].open(path, method=each.method, data=each.data, follow_redirects=False)

    refused = {role: ask(role) for role in ROLES if role not in each.open_to}
    allowed = {role: ask(role) for role in ROLES if role in each.open_to}

    for role, answer in refused.items():
        if role == "nobody":
            assert answer.status_code == 303, role
            assert "/login" in answer.headers["Location"], role
        else:
            assert answer.status_code in ((403, 404) if each.hidden else (403,)), (role, answer.status_code)
            assert "张满" not in answer.text
    for role, answer in allowed.items():
        assert answer.status_code in (200, 303, 409, 422), (role, answer.status_code)
        assert "/login" not in answer.headers.get("Location", ""), role


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_disabled_recruiter_opens_nothing(
    fair: SmallFair, records: dict[str, int], clients: dict[str, FlaskClient], write: Callable[[], Any]
) -> None:
    """Disabling works on the next request, in a browser that is signed in."""
    page = f"/employer/applications/{records['application']}"
    assert "张满" in clients["recruiter"].get(page).text
    with write() as db:
        db.get_one(type(fair.recruiter), fair.recruiter.id).is_active = False

    answer = clients["recruiter"].get(page)

    assert answer.status_code in (303, 403)
    assert "张满" not in answer.text


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_fields_that_a_form_does_not_have_change_nothing(
    fair: SmallFair, records: dict[str, int], clients: dict[str, FlaskClient], read: Callable[[], Any]
) -> None:
    """Status, bureau, employer and maker are nobody's to write."""
    form = {
        "title": "改了名",
        "starts_at": "2026-03-05T19:30",
        "ends_at": "2026-03-05T20:30",
        "place": "西湖区",
        "poster": "stage-fair.svg",
        "status": "approved",
        "bureau_id": "2",
        "made_by": "1",
        "like_count": "9",
    }

    clients["recruiter"].post(f"/employer/sessions/{records['session']}", data=form)

    with read() as db:
        live_session = db.get_one(LiveSession, records["session"])
        assert live_session.title == "改了名"
        assert (live_session.status, live_session.like_count) == (LiveSessionStatus.DRAFT, 0)
        assert (live_session.bureau_id, live_session.made_by) == (fair.bureau.id, fair.recruiter.id)

"""Reports of sessions, for the officers in whose districts they took place: the list, the page, CSV and XLSX."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from fair.accounts import Role
from fair.districts import District
from fair.errors import NotFound
from fair.figures import SessionReport
from fair.livesessions import LiveSession
from fair.permissions import Action, require
from fair.reports import report_of
from fair.statuses import LiveSessionStatus
from fair.suppression import shown
from web.context import actor, db, now
from web.reports.definitions import DEFINITIONS
from web.reports.exports import as_csv, as_xlsx
from web.reports.tables import exposure_table, funnel_steps, hours, ledger_table, lines_table, minutes, rounded

__all__ = ["blueprint"]

blueprint = Blueprint("reports", __name__)

_A_PAGE = 20
_REPORTED = (LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)


@blueprint.get("/reports")
def index() -> str:
    """Sessions of the officer's own subtree that took place, newest first."""
    require(actor(), Action.OVERSEE)
    page = max(1, request.args.get("page", 1, type=int))
    own = select(LiveSession).where(LiveSession.status.in_(_REPORTED))
    if actor().role != Role.ADMINISTRATOR:
        subtree = actor().subtree or "/"  # An officer without a bureau oversees no district; no path begins so.
        own = own.join(District, District.code == LiveSession.district_code).where(District.path.startswith(subtree))
    count = db().scalar(select(func.count()).select_from(own.subquery())) or 0
    newest = own.order_by(LiveSession.starts_at.desc()).limit(_A_PAGE).offset((page - 1) * _A_PAGE)
    return render_template(
        "reports/index.html", sessions=db().scalars(newest).all(), page=page, pages=max(1, -(-count // _A_PAGE))
    )


@blueprint.get("/sessions/<int:session_id>/report")
def show(session_id: int) -> str:
    """The report of one session."""
    live_session, report = _report(session_id)
    viewing, applying = funnel_steps(report)
    average, ledger = ledger_table(report.by_employer)
    return render_template(
        "reports/show.html",
        live_session=live_session,
        report=report,
        definitions=DEFINITIONS,
        viewing=viewing,
        applying=applying,
        employers=lines_table(_("用人单位"), report.by_employer, with_employer=False),
        positions=lines_table(_("岗位"), report.by_position, with_employer=True),
        average=average,
        ledger=ledger,
        employers_seen=exposure_table(_("用人单位"), report.by_employer, with_employer=False),
        positions_seen=exposure_table(_("岗位"), report.by_position, with_employer=True),
        rounded=rounded,
        chart=_chart(report),
        minute_at=lambda number: report.presence.since + timedelta(minutes=number),
        shown=shown,
        hours=hours,
        minutes=minutes,
    )


@blueprint.get("/sessions/<int:session_id>/report.csv")
def csv(session_id: int) -> Response:
    """The report as CSV."""
    live_session, report = _report(session_id)
    return _download(as_csv(live_session, report), "text/csv; charset=utf-8", f"gangbo-report-{session_id}.csv")


@blueprint.get("/sessions/<int:session_id>/report.xlsx")
def xlsx(session_id: int) -> Response:
    """The report as XLSX."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    live_session, report = _report(session_id)
    return _download(as_xlsx(live_session, report), kind, f"gangbo-report-{session_id}.xlsx")


def _report(session_id: int) -> tuple[LiveSession, SessionReport]:
    live_session = db().get(LiveSession, session_id)
    if live_session is None:
        raise NotFound("no such session")
    require(actor(), Action.SEE_REPORT, live_session)
    if live_session.status not in _REPORTED:
        raise NotFound("the session has not begun")
    return live_session, report_of(db(), live_session, now=now())


def _chart(report: SessionReport) -> dict[str, object]:
    """What the page's script draws: the curve by the minute, and what was on screen from–to, in minutes of the session.

    Small counts are `<5` here too, so that nothing is sent that may not be shown.
    """
    since = report.presence.since
    return {
        "since": since.timestamp() * 1000,
        "present": [shown(count) for count in report.presence.by_minute],
        "applied": [shown(count) for count in report.applied_by_minute],
        "pins": [
            {
                "from": round((pin.started_at - since) / timedelta(minutes=1), 2),
                "to": round((pin.ended_at - since) / timedelta(minutes=1), 2),
                "position": pin.position,
                "employer": pin.employer,
            }
            for pin in report.shown
        ],
        "words": {
            "present": str(DEFINITIONS["present"][0]),
            "applied": str(DEFINITIONS["applied_by_minute"][0]),
            "pinned": _("讲解"),
        },
    }


def _download(body: bytes, kind: str, name: str) -> Response:
    return Response(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

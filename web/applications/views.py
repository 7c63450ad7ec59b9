"""The list of one's applications, and taking one back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fair.accounts import Role
from fair.applications import UNDO_WITHIN, Application, withdraw_application
from fair.errors import NotFound, NotPermitted
from fair.permissions import Action, may
from fair.statuses import APPLICATION_STEPS, ApplicationStatus
from web.addresses import local_path
from web.applications.track import TABS, steps_of, tab_of
from web.context import actor, db, now
from web.paging import page_of, pattern

blueprint = Blueprint("applications", __name__)

_A_PAGE = 10


@blueprint.get("/applications")
def index() -> ResponseReturnValue:
    """The applications that run, that lead to an interview, or that are over."""
    seeker_id = _seeker()
    counts = _counts(seeker_id)
    tab = request.args.get("s", "")
    if tab not in TABS:
        tab = next((name for name in TABS if counts[name]), "open")
    query = (
        select(Application)
        .where(Application.seeker_id == seeker_id, Application.status.in_(TABS[tab]))
        .options(selectinload(Application.changes), joinedload(Application.live_session))
        .order_by(Application.applied_at.desc(), Application.id.desc())
    )
    page = page_of(db(), query, size=_A_PAGE)
    words = {"open": _("进行中"), "interview": _("待面试"), "closed": _("已结束")}
    return render_template(
        "applications/index.html",
        page=page,
        items=[(each, steps_of(each, now=now())) for (each,) in page.rows],
        chips=[
            {"words": words[name], "href": f"/applications?s={name}", "current": name == tab, "count": counts[name]}
            for name in TABS
        ],
        tab=tab,
        is_new=not any(counts.values()),
        can_withdraw={status for status, steps in APPLICATION_STEPS.items() if ApplicationStatus.WITHDRAWN in steps},
        undo_within=UNDO_WITHIN,
        pattern=pattern(s=tab),
        now=now(),
    )


@blueprint.post("/applications/<int:application_id>/withdraw")
def withdraw(application_id: int) -> ResponseReturnValue:
    """Take an application and its résumé back."""
    seeker_id = _seeker()
    application = db().get(Application, application_id)
    if application is None or not may(actor(), Action.WITHDRAW_APPLICATION, application):
        raise NotFound("no such application")
    withdraw_application(db(), application, by=seeker_id, now=now())
    flash(_("撤回了，简历已收回"), "success")
    onward = local_path(request.values.get("next"), "")
    return redirect(onward or url_for("applications.index", s=tab_of(ApplicationStatus.WITHDRAWN)), 303)


def _seeker() -> int:
    acting = actor()
    if acting.role != Role.SEEKER or acting.account_id is None:
        raise NotPermitted("only seekers apply")
    return acting.account_id


def _counts(seeker_id: int) -> dict[str, int]:
    rows = db().execute(
        select(Application.status, func.count()).where(Application.seeker_id == seeker_id).group_by(Application.status)
    )
    counts = dict.fromkeys(TABS, 0)
    for status, number in rows:
        counts[tab_of(status)] += number
    return counts

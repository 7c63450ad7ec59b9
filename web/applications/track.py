"""The way of an application as steps: what happened, where it stands, what would come next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from fair.applications import Application, ApplicationChange
from fair.statuses import ApplicationStatus
from web.format import FILTERS

__all__ = ["TABS", "steps_of", "tab_of"]

TABS: dict[str, tuple[ApplicationStatus, ...]] = {
    "open": (ApplicationStatus.SUBMITTED, ApplicationStatus.VIEWED, ApplicationStatus.SHORTLISTED),
    "interview": (ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED),
    "closed": (ApplicationStatus.HIRED, ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN),
}


def tab_of(status: ApplicationStatus) -> str:
    """The tab that an application of this status stands under."""
    return next(name for name, statuses in TABS.items() if status in statuses)


def steps_of(application: Application, *, now: datetime) -> list[dict[str, Any]]:
    """The steps as the macro `track` prints them: past ones with their hour, then what is waited for."""
    moment, waiting = FILTERS["moment"], FILTERS["waiting"]
    past = [
        {"words": _words(application, change), "at": moment(change.at, now), "state": "past"}
        for change in application.changes
    ]
    last = application.changes[-1].at if application.changes else application.applied_at
    awaited = _awaited(application.status)
    if awaited:
        return [*past, {"words": awaited, "at": waiting(last, now), "state": "now"}]
    if past:
        past[-1]["state"] = "now"
    return past


def _words(application: Application, change: ApplicationChange) -> str:
    if change.to_status == ApplicationStatus.SUBMITTED:
        if application.live_session is not None:
            return _("投递，来自%(session)s", session=application.live_session.title)
        return _("投递")
    words = {
        ApplicationStatus.VIEWED: _("对方查看了简历"),
        ApplicationStatus.SHORTLISTED: _("对方留意了你"),
        ApplicationStatus.INTERVIEW: _("对方约你面试"),
        ApplicationStatus.OFFERED: _("对方愿意录用"),
        ApplicationStatus.HIRED: _("录用了"),
        ApplicationStatus.DECLINED: _("对方觉得不合适"),
        ApplicationStatus.WITHDRAWN: _("你撤回了，简历已收回"),
    }.get(change.to_status, "")
    return f"{words}{_('：')}{change.note}" if change.note else words


def _awaited(status: ApplicationStatus) -> str:
    return {
        ApplicationStatus.SUBMITTED: _("等对方查看"),
        ApplicationStatus.VIEWED: _("等对方回复"),
        ApplicationStatus.SHORTLISTED: _("等对方回复"),
        ApplicationStatus.INTERVIEW: _("等面试结果"),
        ApplicationStatus.OFFERED: _("等办入职"),
    }.get(status, "")

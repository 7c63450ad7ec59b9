"""Before the broadcast: what is ready and what is not, and what both desks show of the room itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.employers import Employer
from fair.livesessions import LiveSession
from fair.permissions import Action, may
from fair.statuses import LiveSessionStatus
from web import format as printed
from web.addresses import live_address
from web.context import actor, now
from web.rooms import page
from web.rooms.scene import Scene

__all__ = ["context", "employer_name", "missing", "room_shown", "wrong_words"]


def context(live_session: LiveSession, scene: Scene) -> dict[str, Any]:
    """The context of console/check.html."""
    acting = actor()
    own = [offer for offer in scene.offers if offer.position.employer_id == acting.employer_id] or list(scene.offers)
    checks = [_checked(*finding) for finding in _findings(live_session, scene)]
    return {
        "room": room_shown(live_session, scene),
        "employer": employer_name(live_session, acting.employer_id),
        "checks": checks,
        "passed": sum(check["state"] == "ok" for check in checks),
        "offers": [
            {
                "title": offer.position.title,
                "minutes": _("%(n)s 分", n=max(1, offer.slot.minutes // max(1, len(offer.slot.offers)))),
                "blocked": not offer.is_open,
            }
            for offer in own
        ],
        "start_url": url_for("rooms.start", session_id=live_session.id)
        if may(acting, Action.START_SESSION, live_session)
        else "",
        "missing": missing(live_session, scene),
        "urls": {"back": url_for("sessions.show", session_id=live_session.id)},
    }


def _findings(live_session: LiveSession, scene: Scene) -> list[tuple[str, ...]]:
    """Title, words, state, where to mend it and what the script looks at, of all that is looked at before the start."""
    employers = _employers(live_session)
    unapproved = [each.short_name for each in employers if not each.is_approved]
    closed = [offer for offer in scene.offers if not offer.is_open]
    open_count = len(scene.offers) - len(closed)
    is_approved = live_session.status == LiveSessionStatus.APPROVED
    rows: list[tuple[str, ...]] = [
        (
            _("主管部门审核"),
            _("%(bureau)s已通过", bureau=live_session.bureau.name) if is_approved else _("还没通过，通过后才能开播"),
            "ok" if is_approved else "bad",
            "",
        ),
        (
            _("单位认证"),
            _("%(names)s还没认证", names=_("、").join(unapproved)) if unapproved else _verified(employers),
            "bad" if unapproved or not employers else "ok",
            "",
        ),
        (
            _("讲解顺序"),
            _("%(n)s 家单位，%(m)s 个岗位能上屏", n=len(live_session.slots), m=open_count),
            "ok" if open_count else "bad",
            "",
        ),
        *_picture_findings(live_session),
        (
            _("场控"),
            _("%(name)s负责", name=live_session.moderator.name)
            if live_session.moderator
            else _("没有场控，由你自己管弹幕"),
            "ok" if live_session.moderator else "todo",
            "",
        ),
        (_("留存"), _("弹幕、提问和投递自动存档，保存 60 天以上"), "ok", ""),
    ]
    rows[3:3] = [
        (
            _("岗位"),
            f"{offer.position.title}：{wrong_words(offer.wrong)}",
            "bad",
            url_for("recruiting.position", position_id=offer.position.id)
            if offer.position.employer_id == actor().employer_id
            else "",
        )
        for offer in closed[:5]
    ]
    return rows


def _picture_findings(live_session: LiveSession) -> list[tuple[str, ...]]:
    """What this page's script finds as soon as the devices are open; another server's picture is only looked at."""
    if live_session.picture_url:
        return [(_("画面"), _("用直播地址的画面，左边能看到"), "ok")]
    return [
        (_("画面"), _("打开摄像头看一看，没有画面时观众看到海报"), "todo", "", "picture"),
        (_("声音"), _("打开摄像头，说句话试试"), "todo", "", "sound"),
    ]


def _checked(title: str, words: str, state: str, href: str = "", looks_at: str = "") -> dict[str, str]:
    return {"state": state, "title": title, "words": words, "href": href, "link": "", "looks_at": looks_at}


def missing(live_session: LiveSession, scene: Scene) -> str:
    """Why the session cannot start yet; empty when it can."""
    if live_session.status != LiveSessionStatus.APPROVED:
        return _("等主管部门审核通过")
    if any(not employer.is_approved for employer in _employers(live_session)):
        return _("等单位认证通过")
    if not any(offer.is_open for offer in scene.offers):
        return _("没有能上屏的岗位")
    return ""


def _verified(employers: Sequence[Employer]) -> str:
    until: list[datetime] = [each.verified_until for each in employers if each.verified_until]
    if not until:
        return _("没有参加的单位")
    return _("%(n)s 家都已认证，最早到 %(date)s", n=len(employers), date=printed.FILTERS["date"](min(until)))


def _employers(live_session: LiveSession) -> list[Employer]:
    return list({slot.employer_id: slot.employer for slot in live_session.slots}.values())


def wrong_words(wrong: Mapping[str, str]) -> str:
    """Why a position cannot be put on screen; empty when it can."""
    if not wrong:
        return ""
    words = [_(message) for message in wrong.values() if message] or [_("没发布")]
    return _("%(why)s，不能上屏", why="，".join(words))


def room_shown(live_session: LiveSession, scene: Scene) -> dict[str, Any]:
    """The room as both desks show it."""
    started = live_session.started_at
    return {
        "id": live_session.id,
        "title": live_session.title,
        "on_air": live_session.is_live,
        "poster": page.poster(live_session),
        "picture": live_session.picture_source.value,
        "viewers": scene.viewer_count,
        "likes": live_session.like_count,
        "live_url": live_address(),
        "ticket_url": url_for("rooms.ticket", session_id=live_session.id),
        "started_at": started.isoformat() if started else "",
        "elapsed": printed.duration((now() - started).total_seconds()) if started else "",
        "starts": printed.moment(live_session.starts_at, now=now(), gettext=_),
        "left": printed.left(live_session.starts_at, now=now(), gettext=_) if live_session.starts_at > now() else "",
    }


def employer_name(live_session: LiveSession, employer_id: int | None) -> str:
    """The short name of an employer on the bill; empty for who stands for none."""
    names = {slot.employer_id: slot.employer.short_name for slot in live_session.slots}
    return names.get(employer_id or 0, "")

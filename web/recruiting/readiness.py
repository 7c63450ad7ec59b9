"""What is ready for a session and what is not: the check before it is handed in, and before it goes on air."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from fair.days import china_day
from fair.livesessions import LiveSession, Slot
from fair.positions import missing_fields, refused_words
from fair.statuses import PositionStatus

__all__ = ["checks_of", "wrong_positions"]


def checks_of(live_session: LiveSession, *, now: datetime) -> list[dict[str, Any]]:
    """Each check as {name, state: ok | bad | todo, words, must}; a bad one that `must` be met bars handing in."""
    slots = live_session.slots
    unapproved = list(dict.fromkeys(slot.employer.short_name for slot in slots if not slot.employer.is_approved))
    offers = [offer for slot in slots for offer in slot.offers]
    wrong = wrong_positions(live_session, now=now)
    minutes = sum(slot.minutes for slot in slots)
    length = round((live_session.ends_at - live_session.starts_at) / timedelta(minutes=1))
    empty = [slot.employer.short_name for slot in slots if not slot.offers]
    checks = [
        _check(_("时间"), live_session.ends_at > now, _("时间还没到"), _("已经过了，改时间"), must=True),
        _check(_("环节"), bool(slots), _("%(n)s 个环节", n=len(slots)), _("还没有环节，加一个"), must=True),
        _check(
            _("单位认证"),
            not unapproved,
            _("都通过了"),
            _("%(names)s还没通过审核", names=_("、").join(unapproved)),
            must=True,
        ),
        _check(_("岗位"), bool(offers), _("%(n)s 个岗位", n=len(offers)), _("还没有岗位，放一个进来"), must=True),
    ]
    if wrong:
        words = _("；").join(f"{title}{_('：')}{problem}" for title, problem in list(wrong.values())[:3])
        checks.append({"name": _("能上屏"), "state": "bad", "words": words, "must": False})
    elif offers:
        checks.append({"name": _("能上屏"), "state": "ok", "words": _("岗位都写全了"), "must": False})
    if empty and offers:
        words = _("%(names)s还没放岗位", names=_("、").join(empty))
        checks.append({"name": _("每个环节"), "state": "todo", "words": words, "must": False})
    fits = minutes <= length
    words = _("环节一共 %(minutes)s 分钟，场次 %(length)s 分钟", minutes=minutes, length=length)
    checks.append({"name": _("时长"), "state": "ok" if fits else "todo", "words": words, "must": False})
    return checks


def wrong_positions(live_session: LiveSession, *, now: datetime) -> dict[int, tuple[str, str]]:
    """Position → its title and why it cannot be shown on air."""
    wrong: dict[int, tuple[str, str]] = {}
    for slot in live_session.slots:
        wrong |= _wrong_in(slot, now=now)
    return wrong


def _wrong_in(slot: Slot, *, now: datetime) -> dict[int, tuple[str, str]]:
    wrong: dict[int, tuple[str, str]] = {}
    for offer in slot.offers:
        position = offer.position
        lacking = missing_fields(position, today=china_day(now)) | refused_words(position)
        if lacking:
            wrong[position.id] = (position.title, "，".join(_(message) for message in lacking.values()))
        elif position.status != PositionStatus.PUBLISHED:
            wrong[position.id] = (position.title, _("没有发布"))
    return wrong


def _check(name: str, is_met: bool, met: str, missed: str, *, must: bool) -> dict[str, Any]:
    return {"name": name, "state": "ok" if is_met else "bad", "words": met if is_met else missed, "must": must}

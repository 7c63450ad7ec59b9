"""What the room's script is told by the page: addresses, the language, words of stored values and of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from fair.livesessions import LiveSession
from web.language import selected
from web.rooms import picture
from web.words import APPLICATION_STATUS, PAY_PER, PAY_UNIT, SCHEDULE

__all__ = ["data"]


def data(
    live_session: LiveSession,
    *,
    urls: Mapping[str, str],
    blocked: Mapping[str, str] | None = None,
    why: str = "",
    at_desk: bool = False,
) -> dict[str, Any]:
    """What the script needs besides the room's own messages: addresses, the language, words of stored values.

    An address with `/0` stands for that of any position.
    """
    return {
        "session": live_session.id,
        "token": generate_csrf(),
        "language": selected(),
        "sprite": url_for("static", filename="vendor/icons.svg"),
        "picture": picture.data(live_session),
        "blocked": blocked,
        "why": why,
        "urls": {
            "ticket": url_for("rooms.ticket", session_id=live_session.id),
            "refused": url_for("rooms.refused", session_id=live_session.id),
            "session": url_for("rooms.show", session_id=live_session.id),
            "position": url_for("positions.show", position_id=0),
            "apply": url_for("rooms.apply", session_id=live_session.id, position_id=0),
            "withdraw": url_for("rooms.withdraw", session_id=live_session.id, position_id=0),
            **urls,
        },
        "pay_units": {value: str(label) for value, label in PAY_UNIT.items()},
        "pay_pers": {value: str(label) for value, label in PAY_PER.items()},
        "schedules": {value: str(label) for value, label in SCHEDULE.items()},
        "statuses": {value: str(label) for value, label in APPLICATION_STATUS.items()},
        "words": {
            "yuan": _("%(range)s 元", range="{range}"),
            "board": _("包食宿"),
            "lodging": _("包住"),
            "meals": _("包吃"),
            "head_count": _("招 %(n)s 人", n="{n}"),
            "applied_clock": _("%(clock)s 已投递", clock="{clock}"),
            "applied_by": _("已有 %(n)s 人投", n="{n}"),
            "said_at": _("%(at)s 讲过", at="{at}"),
            "tomorrow": _("明天"),
            "told_pin": _(
                "正在讲：%(title)s，%(employer)s，%(pay)s", title="{title}", employer="{employer}", pay="{pay}"
            ),
            "told_applied": _("已投递%(title)s", title="{title}"),
            "not_withdrawn": _("对方已经定了结果，不能撤回"),
            "already_applied": _("这个岗位投过了，在我的投递里看进展"),
            "position_closed": _("这个岗位已截止，看看同一家的其他岗位"),
            "incomplete_resume": _("先填姓名和联系方式，再投递"),
            "fill_profile": _("去填资料"),
            "not_permitted": _("你不能做这一步"),
            "key_reused": _("这次提交和上次的不一样，刷新页面再试"),
            "rate_limited": _("太快了，歇几秒再点"),
            "not_live": _("这一场不在播"),
            "sign_in": _("登录后能发弹幕和提问"),
            "sign_in_link": _("登录"),
            "offline": _("断线中，连上后再试"),
            "waiting": _("等回答"),
            "closed_room": _("这个直播间没开"),
            **picture.viewer_words(),
            **(picture.desk_words() if at_desk else {}),
        },
    }

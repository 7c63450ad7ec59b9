"""The words for what a live process counts by kind; the kinds are those of docs/protocol.md."""

from __future__ import annotations

from flask_babel import gettext as _


def drop_words() -> dict[str, str]:
    """What viewers did not get, and why connections were closed."""
    return {
        "lean": _("落后的连接少收的节拍（只略去观众聊天）"),
        "left_out": _("聊天太快，抽样略去的话"),
        "slow": _("断开：落后太多"),
        "ticket": _("断开：门票无效或已用过"),
        "protocol": _("断开：消息看不懂"),
        "banned": _("断开：被移出直播间"),
        "closed": _("断开：直播间没有开"),
        "ended": _("断开：直播已结束"),
        "signed_out": _("断开：退出登录"),
        "elsewhere": _("断开：同一人开得太多"),
        "silent": _("断开：连上后一直不说话"),
        "full": _("断开：进程满了"),
        "flooding": _("断开：发得太多"),
        "restarting": _("断开：进程重启"),
        "failed": _("断开：直播间打不开"),
        "binary": _("断开：不是文字"),
    }


def resume_words() -> dict[str, str]:
    """How connections were welcomed."""
    return {
        "complete": _("续上，一条不少"),
        "first": _("第一次进来"),
        "other_epoch": _("重新取：直播间重开过"),
        "too_old": _("重新取：离开太久"),
        "ahead": _("重新取：序号对不上"),
    }

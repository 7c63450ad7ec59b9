"""The words on the screen for stored values: pay units, schedules, education, statuses. It knows no request.

The stored value is an English key; here it becomes Chinese, and by the catalogue any other language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import lazy_gettext as _

__all__ = ["EDUCATION", "EMPLOYMENT", "FILTERS", "PAY_PER", "PAY_UNIT", "SCHEDULE", "choices"]

Words = Mapping[str, object]

PAY_UNIT: Words = {"MONTH": _("元/月"), "DAY": _("元/天"), "HOUR": _("元/小时"), "PIECE": _("元/件")}

PAY_PER: Words = {"MONTH": _("一个月"), "DAY": _("一天"), "HOUR": _("一小时"), "PIECE": _("一件")}

EMPLOYMENT: Words = {"FULL_TIME": _("全职"), "PART_TIME": _("兼职"), "INTERN": _("实习"), "TEMPORARY": _("临时工")}

SCHEDULE: Words = {
    "day": _("白班"),
    "two_shifts": _("两班倒"),
    "three_shifts": _("三班倒"),
    "night": _("夜班"),
    "flexible": _("时间灵活"),
}

EDUCATION: Words = {
    "none": _("学历不限"),
    "junior": _("初中"),
    "senior": _("高中或中专"),
    "college": _("大专"),
    "bachelor": _("本科"),
    "master": _("硕士"),
    "doctor": _("博士"),
}

REQUIREMENT: Words = {
    "place": _("地点"),
    "pay": _("工资"),
    "dormitory": _("住宿"),
    "schedule": _("班次"),
    "certificate": _("证书"),
    "education": _("学历"),
    "experience": _("经验"),
}

EMPLOYER_STATUS: Words = {
    "draft": _("没提交"),
    "submitted": _("等审核"),
    "approved": _("已认证"),
    "rejected": _("没通过"),
}

POSITION_STATUS: Words = {
    "draft": _("草稿"),
    "submitted": _("等审核"),
    "published": _("在招"),
    "closed": _("已截止"),
    "rejected": _("没通过"),
}

SESSION_STATUS: Words = {
    "draft": _("草稿"),
    "submitted": _("等审核"),
    "approved": _("可开播"),
    "live": _("直播中"),
    "ended": _("已结束"),
    "cancelled": _("已取消"),
    "rejected": _("没通过"),
}

APPLICATION_STATUS: Words = {
    "submitted": _("已投递"),
    "viewed": _("对方已查看"),
    "shortlisted": _("已留意"),
    "interview": _("要面试"),
    "offered": _("可录用"),
    "hired": _("已录用"),
    "declined": _("不合适"),
    "withdrawn": _("已撤回"),
}

QUESTION_STATUS: Words = {
    "waiting": _("等回答"),
    "answered": _("已回答"),
    "withdrawn": _("已撤回"),
    "hidden": _("已隐藏"),
}

# How a status looks: the kind of a tag, see the macro of that name.
_KIND = {
    "approved": "good",
    "published": "good",
    "hired": "good",
    "offered": "good",
    "interview": "link",
    "submitted": "warn",
    "rejected": "bad",
}


def choices(words: Words) -> list[tuple[str, str]]:
    """Pairs of stored value and words for a select, in the language of the request."""
    return [(value, str(label)) for value, label in words.items()]


def kind(status: str) -> str:
    """The kind of tag that suits a status: good, warn, bad, link or none."""
    return _KIND.get(str(status), "")


def _filter(words: Words) -> Callable[[object], str]:
    return lambda value: str(words.get(str(value), value or ""))


FILTERS: Mapping[str, Callable[..., str]] = {
    "pay_unit": _filter(PAY_UNIT),
    "employment": _filter(EMPLOYMENT),
    "schedule": _filter(SCHEDULE),
    "education": _filter(EDUCATION),
    "requirement": _filter(REQUIREMENT),
    "employer_status": _filter(EMPLOYER_STATUS),
    "position_status": _filter(POSITION_STATUS),
    "session_status": _filter(SESSION_STATUS),
    "application_status": _filter(APPLICATION_STATUS),
    "question_status": _filter(QUESTION_STATUS),
    "status_kind": kind,
}

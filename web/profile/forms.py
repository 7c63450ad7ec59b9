"""The form of a seeker's profile: what can be said, and what is wrong with it."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from fair.accounts import normal_phone
from fair.errors import WrongValue
from fair.places import REMOTE
from fair.seekers import SeekerProfile
from fair.vocabulary import Education, Schedule
from web.words import EDUCATION, REQUIREMENT, SCHEDULE, choices

__all__ = ["ProfileForm", "fill"]

_MOST_WORDS = 20
_LONGEST_WORD = 30
_PARTS = re.compile(r"[,，、;；\n]+")


class WordsField(StringField):
    """Several words in one line, parted by 、 or a comma; its data is the list of them."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        words = [" ".join(word.split()) for text in valuelist for word in _PARTS.split(text)]
        self.data = list(dict.fromkeys(word for word in words if word))

    def _value(self) -> str:
        return str(_("、")).join(self.data or [])

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if len(self.data or []) > _MOST_WORDS:
            raise ValidationError(str(_("最多 20 项，挑要紧的写")))
        if any(len(word) > _LONGEST_WORD for word in self.data or []):
            raise ValidationError(str(_("每项最多 30 个字，用顿号隔开")))


class ProfileForm(FlaskForm):
    """Everything of a profile but the consents."""

    full_name = StringField(_("姓名"), [Length(max=40)], description=_("投递时给用人单位"))
    phone = StringField(_("手机号"), [Length(max=20)], description=_("用人单位同意面试后打给你"))
    wanted_work = WordsField(_("想做的工作"), description=_("用顿号隔开，如 电工、设备维修"))
    skills = WordsField(_("会什么"), description=_("如 接线、看图纸、叉车"))
    certificates = WordsField(_("证书"), description=_("如 低压电工证"))
    education = SelectField(_("学历"))
    experience_years = IntegerField(
        _("工作几年了"), [InputRequired(_("没工作过填 0")), NumberRange(0, 60, _("填 0 到 60"))]
    )
    experience = TextAreaField(_("做过什么"), [Length(max=2000, message=_("最多 2000 个字"))])
    about = TextAreaField(_("介绍自己"), [Length(max=1000, message=_("最多 1000 个字"))])
    home_code = SelectField(_("住在哪里"), validate_choice=True)
    places = SelectMultipleField(_("想在哪里上班"))
    pay_min = IntegerField(
        _("月薪不低于"), [Optional(), NumberRange(0, 200_000, _("填每月多少元，如 6000"))], description=_("元/月")
    )
    schedule = SelectMultipleField(_("能上的班"))
    needs_dormitory = BooleanField(_("要住宿"))
    hard = SelectMultipleField(_("哪几项是必须的"))
    next = HiddenField()

    def offer(self, *, homes: list[tuple[str, str]], places: list[tuple[str, str]]) -> None:
        """Set the choices, in the language of the page."""
        self.education.choices = choices(EDUCATION)
        self.home_code.choices = [("", str(_("不说"))), *homes]
        self.places.choices = [*places, (REMOTE, str(_("在家做")))]
        self.schedule.choices = choices(SCHEDULE)
        self.hard.choices = choices(REQUIREMENT)

    def validate_phone(self, field: Any) -> None:
        if not (field.data or "").strip():
            field.data = ""
            return
        try:
            field.data = normal_phone(field.data)
        except WrongValue as wrong:
            raise ValidationError(str(_(str(wrong)))) from None


def fill(profile: SeekerProfile, form: ProfileForm) -> None:
    """Take a checked form's values over into the profile."""
    profile.full_name = " ".join((form.full_name.data or "").split())
    profile.wanted_work = _words(form.wanted_work)
    profile.skills = _words(form.skills)
    profile.certificates = _words(form.certificates)
    profile.education = Education(form.education.data)
    profile.experience_years = form.experience_years.data or 0
    profile.experience = (form.experience.data or "").strip()
    profile.about = (form.about.data or "").strip()
    profile.home_code = form.home_code.data or None
    profile.places = form.places.data or []
    profile.pay_min = form.pay_min.data or None
    profile.schedule = [Schedule(each).value for each in form.schedule.data or []]
    profile.needs_dormitory = form.needs_dormitory.data
    profile.hard = form.hard.data or []


def _words(field: Any) -> list[str]:
    return list(field.data or [])

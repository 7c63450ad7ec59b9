"""The form of a position: what a posting shows, and what it may not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from fair.places import FoundPlace
from fair.positions import CONTENT, Position
from fair.vocabulary import Education, EmploymentType, PayUnit, Schedule
from fair.wording import advice
from web import words
from web.context import db
from web.employers.places import read_place

__all__ = ["FORM_FIELDS", "PositionForm", "listed"]

FORM_FIELDS: Mapping[str, str] = {"district_code": "place", "address": "place"}
"""Field of the record → field of the form, where they differ."""

_PAY = NumberRange(1, 1_000_000, _("按元写一个数，如 4800"))
_WORDED = ("title", "occupation", "pay_note", "schedule_note", "duties", "requirements", "benefits")


def listed(text: str) -> list[str]:
    """The words of a field that holds several."""
    return [word.strip() for word in re.split(r"[、,，;；\n]+", text or "") if word.strip()][:20]


def _one_line(field: Any) -> None:
    if any(len(word) > 30 for word in listed(field.data)):
        raise ValidationError(gettext("几个用顿号隔开，每个最多 30 个字"))


class PositionForm(FlaskForm):
    """A position's content; a draft may lack what a published one must have. `found` is its place."""

    title = StringField(_("岗位名称"), [InputRequired(_("填岗位名称")), Length(max=60, message=_("最多 60 个字"))])
    occupation = StringField(_("工种"), [Length(max=40)], description=_("如电工、护理员"))
    employment_type = SelectField(_("用工形式"), coerce=EmploymentType)
    head_count = IntegerField(_("招几人"), [Optional(), NumberRange(1, 9999, _("写一个数，如 3"))])
    base_pay = IntegerField(_("底薪（元）"), [Optional(), _PAY], description=_("和计薪单位一致，不能面议"))
    pay_min = IntegerField(_("工资最低（元）"), [Optional(), _PAY])
    pay_max = IntegerField(_("工资最高（元）"), [Optional(), _PAY])
    pay_unit = SelectField(_("计薪单位"), coerce=PayUnit)
    pay_note = StringField(_("薪资说明"), [Length(max=120)], description=_("如加班费另算"))
    place = StringField(_("工作地点"), [Length(max=180)], description=_("区和街道在前，后面接详细地址"))
    schedule = SelectField(_("班次"), coerce=Schedule)
    schedule_note = StringField(_("班次说明"), [Length(max=120)], description=_("如 8 小时，做六休一"))
    education = SelectField(_("学历"), coerce=Education)
    experience_years = IntegerField(_("经验（年）"), [Optional(), NumberRange(0, 40, _("写年数，没有要求写 0"))])
    certificates = StringField(_("证书"), [Length(max=200)], description=_("必须有的，几个用顿号隔开"))
    skills = StringField(_("技能"), [Length(max=300)], description=_("几个用顿号隔开"))
    duties = TextAreaField(_("做什么"), [Length(max=4000, message=_("最多 4,000 个字"))])
    requirements = TextAreaField(
        _("要求"),
        [Length(max=2000, message=_("最多 2,000 个字"))],
        description=_("只写干活要用到的，不写性别、年龄、户籍"),
    )
    has_meals = BooleanField(_("包吃"))
    has_dormitory = BooleanField(_("包住"))
    has_insurance = BooleanField(_("五险"))
    is_supported_place = BooleanField(_("适合残疾人，能提供便利"))
    benefits = StringField(_("福利"), [Length(max=200)], description=_("如高温补贴、班车"))
    valid_until = DateField(_("有效期到"), [Optional()])

    near: str = ""
    found: FoundPlace | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employment_type.choices = words.choices(words.EMPLOYMENT)
        self.pay_unit.choices = words.choices(words.PAY_UNIT)
        self.schedule.choices = words.choices(words.SCHEDULE)
        self.education.choices = words.choices(words.EDUCATION)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field holds; texts that a posting may not have are wrong too."""
        is_right: bool = super().validate(extra_validators)
        for name in _WORDED:
            told = advice(getattr(self, name).data or "")
            if told:
                self.blame(name, gettext(told[0], **told[1]))
                is_right = False
        return is_right

    def blame(self, name: str, message: str) -> None:
        """Say what is wrong with one field of the record or of the form."""
        field = getattr(self, FORM_FIELDS.get(name, name))
        field.errors = [*field.errors, message]

    def validate_place(self, field: Any) -> None:
        if (field.data or "").strip():
            self.found = read_place(db(), field.data, near=self.near)

    def validate_certificates(self, field: Any) -> None:
        _one_line(field)

    def validate_skills(self, field: Any) -> None:
        _one_line(field)

    def validate_pay_max(self, field: Any) -> None:
        if field.data is not None and self.pay_min.data is not None and field.data < self.pay_min.data:
            raise ValidationError(gettext("最高的比最低的低"))

    def write(self, position: Position) -> None:
        """Write the form's values into `position`."""
        for name in CONTENT:
            if name in ("certificates", "skills"):
                setattr(position, name, listed(getattr(self, name).data))
            elif name not in FORM_FIELDS:
                value = getattr(self, name).data
                setattr(position, name, value.strip() if isinstance(value, str) else value)
        position.experience_years = self.experience_years.data or 0
        position.district_code = self.found.code if self.found else None
        position.address = self.found.address if self.found else ""

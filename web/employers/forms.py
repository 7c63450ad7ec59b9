"""The form of an employer's file and of the recruiter's own title."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from fair.employers import checked_credit_code
from fair.errors import WrongValue
from fair.places import FoundPlace
from web.context import db
from web.employers.places import read_place

__all__ = ["EmployerForm"]


class EmployerForm(FlaskForm):
    """What an employer says of itself; `found` is its place once the form is valid."""

    name = StringField(_("单位全称"), [InputRequired(_("填单位全称")), Length(max=80)], description=_("照营业执照"))
    short_name = StringField(
        _("简称"),
        [InputRequired(_("填简称")), Length(max=20, message=_("最多 20 个字"))],
        description=_("直播间和岗位上显示"),
    )
    credit_code = StringField(
        _("统一社会信用代码"), [InputRequired(_("填 18 位代码"))], description=_("18 位，照营业执照")
    )
    industry = StringField(_("行业"), [Length(max=40)], description=_("如电线电缆制造"))
    staff_count = IntegerField(
        _("人数"), [Optional(), NumberRange(1, 9_999_999, _("写一个数，如 320"))], description=_("在职员工")
    )
    place = StringField(
        _("地址"),
        [InputRequired(_("填地址")), Length(max=180)],
        description=_("区和街道在前，如余杭区仓前街道文一西路 998 号"),
    )
    about = TextAreaField(
        _("介绍"), [Length(max=2000, message=_("最多 2,000 个字"))], description=_("做什么的，工作环境怎么样")
    )
    title = StringField(
        _("你的称呼"),
        [InputRequired(_("填称呼")), Length(max=20, message=_("最多 20 个字"))],
        description=_("直播间里显示，如王专员"),
    )

    near: str = ""
    found: FoundPlace | None = None

    def validate_credit_code(self, field: Any) -> None:
        try:
            field.data = checked_credit_code(field.data or "")
        except WrongValue as wrong:
            raise ValidationError(gettext(str(wrong))) from None

    def validate_place(self, field: Any) -> None:
        self.found = read_place(db(), field.data or "", near=self.near)

"""The forms of signing up and in: what is asked for, and what is wrong with an answer."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from fair.accounts import normal_phone
from fair.employers import checked_credit_code
from fair.errors import WrongValue
from web.accounts.passwords import is_common

__all__ = ["CodeForm", "PasswordForm", "RecruiterSignUpForm", "SeekerSignUpForm", "SignInForm", "read_name"]


def read_name(text: str) -> tuple[str | None, str | None]:
    """A sign-in name as (e-mail in lower case, None) or (None, phone digits); (None, None) when it is neither."""
    text = text.strip()
    if "@" in text:
        try:
            return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower(), None
        except EmailNotValidError:
            return None, None
    try:
        return None, normal_phone(text)
    except WrongValue:
        return None, None


class SignInForm(FlaskForm):
    """Name and password; what is wrong with them is never said one by one."""

    name = StringField(_("手机号或邮箱"), [InputRequired(_("填手机号或邮箱")), Length(max=254)])
    password = PasswordField(_("密码"), [InputRequired(_("填密码")), Length(max=200)])
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A new password in the place of the one that is known."""

    current = PasswordField(_("现在的密码"), [InputRequired(_("填现在的密码")), Length(max=200)])
    password = PasswordField(
        _("新密码"),
        [InputRequired(_("填密码")), Length(min=8, max=200, message=_("至少 8 个字符"))],
        description=_("至少 8 个字符"),
    )

    def validate_password(self, field: Any) -> None:
        if is_common(field.data or ""):
            raise ValidationError(str(_("这个密码太常见，容易被猜到，换一个")))


class CodeForm(FlaskForm):
    """A one-time code of six digits."""

    code = StringField(_("动态码"), [InputRequired(_("填 6 位数字")), Length(max=12)])


class _SignUpForm(FlaskForm):
    name = StringField(
        _("手机号或邮箱"), [InputRequired(_("填手机号或邮箱")), Length(max=254)], description=_("登录时用")
    )
    password = PasswordField(
        _("密码"),
        [InputRequired(_("填密码")), Length(min=8, max=200, message=_("至少 8 个字符"))],
        description=_("至少 8 个字符"),
    )
    has_agreed = BooleanField(validators=[InputRequired(_("同意服务条款和个人信息说明才能注册"))])
    next = HiddenField()

    def validate_name(self, field: Any) -> None:
        if read_name(field.data or "") == (None, None):
            raise ValidationError(str(_("手机号是 11 位数字，邮箱像 name@example.cn")))

    def validate_password(self, field: Any) -> None:
        if is_common(field.data or "", self.name.data or ""):
            raise ValidationError(str(_("这个密码太常见，容易被猜到，换一个")))


class SeekerSignUpForm(_SignUpForm):
    """A seeker signs up with the name that rooms show."""

    nickname = StringField(
        _("昵称"),
        [InputRequired(_("填一个昵称")), Length(max=12, message=_("最多 12 个字"))],
        description=_("直播间里显示，不用真名"),
    )


class RecruiterSignUpForm(_SignUpForm):
    """A recruiter signs up together with the employer, which the bureau approves later."""

    nickname = StringField(
        _("称呼"),
        [InputRequired(_("填直播间里的称呼")), Length(max=12, message=_("最多 12 个字"))],
        description=_("直播间里显示，如王专员"),
    )
    employer = StringField(_("单位全称"), [InputRequired(_("填单位全称")), Length(max=80)], description=_("照营业执照"))
    credit_code = StringField(
        _("统一社会信用代码"), [InputRequired(_("填 18 位代码"))], description=_("18 位，照营业执照")
    )

    def validate_credit_code(self, field: Any) -> None:
        try:
            field.data = checked_credit_code(field.data or "")
        except WrongValue as wrong:
            raise ValidationError(str(_(str(wrong)))) from None

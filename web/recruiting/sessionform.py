"""The form of a live session: what it is called, when and where, and its picture."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from fair.livesessions import LiveSession, PictureSource, is_media_address, set_picture
from fair.places import FoundPlace
from web.context import db, now
from web.employers.places import read_place
from web.format import ZONE

__all__ = ["POSTERS", "SessionForm", "recording_of"]

POSTERS = {
    "stage-fair.svg": _("招聘会"),
    "stage-cable.svg": _("车间"),
    "stage-parcel.svg": _("快递"),
    "stage-kitchen.svg": _("后厨"),
    "stage-care.svg": _("养老"),
    "stage-hospital.svg": _("医院"),
    "stage-office.svg": _("办公"),
    "stage-campus.svg": _("校园"),
}

SOURCES = {
    PictureSource.BUILT_IN.value: _("在浏览器里开播"),
    PictureSource.HLS.value: _("别处的直播，HLS"),
    PictureSource.WHEP.value: _("媒体服务器，WHEP"),
}
RECORDINGS = {"replay": _("录制，播完大家能回看"), "kept": _("录制，只留档"), "none": _("不录制")}

_LONGEST = timedelta(hours=12)


class SessionForm(FlaskForm):
    """A session's own facts; `found` is its place. Times are the fair's, Asia/Shanghai."""

    title = StringField(_("场次名称"), [InputRequired(_("填场次名称")), Length(max=60, message=_("最多 60 个字"))])
    starts_at = DateTimeLocalField(_("开始"), [InputRequired(_("填开始时间"))])
    ends_at = DateTimeLocalField(_("结束"), [InputRequired(_("填结束时间"))])
    place = StringField(
        _("地点"), [InputRequired(_("填区或街道")), Length(max=60)], description=_("区或街道，由它的主管部门审核")
    )
    about = TextAreaField(_("介绍"), [Length(max=1000, message=_("最多 1,000 个字"))], description=_("讲什么，适合谁"))
    poster = RadioField(_("海报"), choices=list(POSTERS.items()), default="stage-fair.svg")
    picture_source = SelectField(_("画面"), choices=list(SOURCES.items()), default=PictureSource.BUILT_IN.value)
    picture_url = StringField(
        _("观看地址"), [Length(max=400)], description=_("HLS 或 WHEP 地址，https 开头；浏览器开播不用填")
    )
    publish_url = StringField(
        _("推流地址"), [Length(max=400)], description=_("WHIP 地址，主播台推到这里；用别的软件推流就空着")
    )
    recording = SelectField(_("录制"), choices=list(RECORDINGS.items()), default="replay")

    near: str = ""
    found: FoundPlace | None = None
    is_over_allowed = False

    def validate_starts_at(self, field: Any) -> None:
        if not self.is_over_allowed and _instant(field.data) <= now():
            raise ValidationError(gettext("已经过了，填现在以后的时间"))

    def validate_ends_at(self, field: Any) -> None:
        if self.starts_at.data is None:
            return
        length = field.data - self.starts_at.data
        if length <= timedelta(0):
            raise ValidationError(gettext("比开始还早，填开始以后的时间"))
        if length > _LONGEST:
            raise ValidationError(gettext("太长，一场最多 12 小时"))

    def validate_place(self, field: Any) -> None:
        self.found = read_place(db(), field.data or "", near=self.near)

    def validate_picture_url(self, field: Any) -> None:
        address = (field.data or "").strip()
        _must_be_media(address)
        is_built_in = self.picture_source.data == PictureSource.BUILT_IN
        if is_built_in and (address or (self.publish_url.data or "").strip()):
            raise ValidationError(gettext("浏览器直接开播不用填地址"))
        if not is_built_in and not address:
            raise ValidationError(gettext("填观看地址，如 https://live.example.cn/fair.m3u8"))

    def validate_publish_url(self, field: Any) -> None:
        _must_be_media((field.data or "").strip())

    def write(self, live_session: LiveSession) -> None:
        """Write the form's values, but not the place."""
        live_session.title = (self.title.data or "").strip()
        live_session.about = (self.about.data or "").strip()
        live_session.poster = self.poster.data
        set_picture(
            live_session,
            PictureSource(self.picture_source.data),
            picture_url=(self.picture_url.data or "").strip(),
            publish_url=(self.publish_url.data or "").strip(),
        )
        live_session.is_recorded = self.recording.data != "none"
        live_session.has_replay = self.recording.data == "replay"
        live_session.starts_at = _instant(self.starts_at.data)
        live_session.ends_at = _instant(self.ends_at.data)


def recording_of(live_session: LiveSession) -> str:
    """What the form shows for a session's recording."""
    return "none" if not live_session.is_recorded else "replay" if live_session.has_replay else "kept"


def _must_be_media(address: str) -> None:
    if address and not is_media_address(address):
        raise ValidationError(gettext("要 https 开头的地址，如 https://live.example.cn/fair.m3u8"))


def _instant(local: datetime) -> datetime:
    return local.replace(tzinfo=ZONE)

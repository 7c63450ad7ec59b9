"""The place in a form: one line as people write it, read as district and address."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import ValidationError

from fair.districts import District, names_of
from fair.places import FoundPlace, place_finder
from web.language import is_english

__all__ = ["read_place", "shown_place", "written_place"]


def read_place(db: Session, text: str, *, near: str = "") -> FoundPlace:
    """The district and the address that `text` means; raises ValidationError saying how to write it."""
    finder = place_finder(db, near=near)
    found = finder.find(text.strip())
    if not found:
        raise ValidationError(_("没有这个地方。写到街道，如“余杭区仓前街道”"))
    if len(found) > 1:
        raise ValidationError(_("有几个同名的地方。前面加上市和区"))
    if not finder.is_exact_enough(found[0].code):
        raise ValidationError(_("不够细。写到区或街道，如“余杭区仓前街道”"))
    if len(found[0].address) > 120:
        raise ValidationError(_("详细地址太长，最多 120 个字"))
    return found[0]


def written_place(db: Session, district: District | None, address: str = "") -> str:
    """The same line from district and address, to be read again: in Chinese in every language."""
    return _line(db, district, address, in_english=False)


def shown_place(db: Session, district: District | None, address: str = "") -> str:
    """The same line to be looked at, the district in the language of the page."""
    return _line(db, district, address, in_english=is_english())


def _line(db: Session, district: District | None, address: str, *, in_english: bool) -> str:
    if district is None:
        return address
    return " ".join(filter(None, (names_of(db, [district], in_english=in_english).get(district.code, ""), address)))

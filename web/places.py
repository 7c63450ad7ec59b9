"""Districts as pages show them: choices for a select, and one's name in full."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.districts import District, full_name
from web.language import is_english

__all__ = ["place_choices", "place_name"]


def place_choices(db: Session) -> list[tuple[str, str]]:
    """Code and name of every district, each level indented under the one above."""
    rows = db.execute(select(District.code, District.name, District.name_en, District.path).order_by(District.path))
    in_english = is_english()
    return [
        (code, "　" * (path.count("/") - 1) + (name_en if in_english and name_en else name))
        for code, name, name_en, path in rows
    ]


def place_name(db: Session, code: str | None) -> str:
    """The last two levels of a district's name, as 西湖区古荡街道; empty when there is none."""
    district = db.get(District, code) if code else None
    if district is None:
        return ""
    above = district.path.rstrip("/").split("/")
    districts = {each.code: each for each in db.scalars(select(District).where(District.code.in_(above)))}
    if is_english() and district.name_en:
        parent = districts.get(district.parent_code or "")
        names = (district.name_en, parent.name_en if parent and parent.parent_code else "")
        return ", ".join(name for name in names if name)
    return full_name(district, districts)

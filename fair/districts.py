"""Districts (区划, a tree by GB/T 2260 codes) and the bureaus (主管部门) responsible for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base


class District(Base):
    """A province, city, district or street; `path` holds the codes from the root, each ended by `/`."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    path: Mapped[str] = mapped_column(String(120), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    parent: Mapped[District | None] = relationship(remote_side=[code])


class Bureau(Base):
    """A public employment office; what it sees is the subtree of its district."""

    __tablename__ = "bureau"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)

    district: Mapped[District] = relationship(lazy="joined")


def add_district(
    db: Session,
    code: str,
    name: str,
    *,
    parent: District | None,
    name_en: str = "",
    place: tuple[float, float] | None = None,
) -> District:
    """Add a district under `parent` (None = a root); `place` is latitude and longitude in degrees (WGS 84)."""
    latitude, longitude = place or (None, None)
    district = District(
        code=code,
        name=name,
        name_en=name_en,
        parent_code=parent.code if parent else None,
        path=f"{parent.path if parent else ''}{code}/",
        latitude=latitude,
        longitude=longitude,
    )
    db.add(district)
    return district


def lies_in(path: str, subtree: str) -> bool:
    """Whether the district at `path` is the one at `subtree` or under it."""
    return bool(subtree) and path.startswith(subtree)


def bureau_for(db: Session, path: str) -> Bureau | None:
    """The bureau responsible for the district at `path`: the nearest one at it or above; None when there is none."""
    codes = path.rstrip("/").split("/")
    bureaus = db.scalars(select(Bureau).where(Bureau.district_code.in_(codes))).all()
    return max(bureaus, key=lambda bureau: len(bureau.district.path), default=None)


def names_of(db: Session, districts: Iterable[District | None], *, in_english: bool = False) -> dict[str, str]:
    """Code → full name of these districts alone, by one query."""
    wanted = {district.code: district for district in districts if district is not None}
    codes = {code for district in wanted.values() for code in district.path.rstrip("/").split("/")}
    known = {district.code: district for district in db.scalars(select(District).where(District.code.in_(codes)))}
    return {code: full_name(district, known, in_english=in_english) for code, district in wanted.items()}


def full_name(district: District, districts: Mapping[str, District], *, in_english: bool = False) -> str:
    """The names of the last two levels of `district`'s path; in English where the district has an English name."""
    if in_english and district.name_en:
        parent = districts.get(district.parent_code or "")
        names = [district.name_en, parent.name_en if parent and parent.parent_code else ""]
        return ", ".join(name for name in names if name)
    names = [districts[code].name for code in district.path.rstrip("/").split("/") if code in districts]
    return "".join(names[-2:]) if len(names) > 2 else names[-1]

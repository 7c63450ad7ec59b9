"""A place as people write it, 余杭区仓前街道文一西路 998 号, told apart into a district and the address in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.districts import District

_KINDS = ("特别行政区", "自治区", "自治州", "街道", "省", "市", "区", "县", "镇", "乡")
_SEPARATORS = " \u3000·,，-－/|"


@dataclass(frozen=True)
class FoundPlace:
    """A district's code, and what was written behind its name."""

    code: str
    address: str


class PlaceFinder:
    """Finds districts by the names that stand at the beginning of a text; made once for many texts."""

    def __init__(self, districts: Iterable[District]) -> None:
        self._districts = {district.code: district for district in districts}
        self._children: dict[str | None, list[District]] = {}
        for district in self._districts.values():
            self._children.setdefault(district.parent_code, []).append(district)
        self._found: dict[str, list[FoundPlace]] = {}

    def find(self, text: str) -> list[FoundPlace]:
        """Every district that the text can mean, the deepest ones; none when nothing fits, several when unclear."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def is_exact_enough(self, code: str) -> bool:
        """Whether the district is a street, or a county or city district (six digits that are no whole city)."""
        return code not in self._children or len(self._districts[code].path.rstrip("/").split("/")) >= 3

    def _find(self, text: str) -> list[FoundPlace]:
        reached: dict[str, tuple[int, str]] = {}
        for district in self._districts.values():
            for rest in _after(district, text):
                for code, address, length in self._follow(district, rest, len(text) - len(rest)):
                    if code not in reached or reached[code][0] < length:
                        reached[code] = (length, address)
        if not reached:
            return []
        longest = max(length for length, _ in reached.values())
        return [FoundPlace(code, address) for code, (length, address) in reached.items() if length == longest]

    def _follow(self, district: District, text: str, length: int) -> Iterator[tuple[str, str, int]]:
        """The way down from `district` as far as `text` names what lies under it, levels left out or not."""
        went_on = False
        text_left = text.lstrip(_SEPARATORS)
        below = list(self._children.get(district.code, ()))
        while below and not went_on:
            for child in below:
                for rest in _after(child, text_left):
                    went_on = True
                    yield from self._follow(child, rest, length + len(text_left) - len(rest))
            below = [child for each in below for child in self._children.get(each.code, ())]
        if not went_on:
            yield district.code, text_left, length


def place_finder(db: Session) -> PlaceFinder:
    """A finder over all districts of the installation."""
    return PlaceFinder(db.scalars(select(District)))


def _after(district: District, text: str) -> Iterator[str]:
    """What follows the district's name at the beginning of `text`; people leave 市 and 区 out, streets' kinds not."""
    if text.startswith(district.name):
        yield text[len(district.name) :]
        return
    for kind in _KINDS:
        short = district.name.removesuffix(kind)
        if kind not in ("街道", "镇", "乡") and short != district.name and len(short) >= 2 and text.startswith(short):
            yield text[len(short) :]
            return

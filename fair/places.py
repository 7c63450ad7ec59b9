"""A place as people write it, 余杭区仓前街道文一西路 998 号, told apart into a district and the address in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.districts import District, lies_in
from fair.streets import districts_of_street

REMOTE = "remote"
"""Among the places that a seeker wants: from home, wherever the employer is."""

_LEFT_OUT = ("特别行政区", "自治区", "自治州", "新区", "省", "市", "区", "县")
_ROADS = ("路", "街", "道", "大道", "大街", "大厦", "巷", "弄", "村", "里", "镇", "乡", "园区", "广场")
_SEPARATORS = " \u3000·,，-－/|"


@dataclass(frozen=True)
class FoundPlace:
    """A district's code, and what was written behind its name."""

    code: str
    address: str


class PlaceFinder:
    """Finds districts by the names that stand at the beginning of a text; made once for many texts.

    `near` is the path of the district where the writer is: of places with one name the nearer is meant.
    """

    def __init__(self, districts: Iterable[District], *, near: str = "") -> None:
        self._near = near.rstrip("/").split("/")
        self._districts = {district.code: district for district in districts}
        self._parents = {district.parent_code for district in self._districts.values()}
        self._beginnings: dict[str, list[District]] = {}
        for district in self._districts.values():
            self._beginnings.setdefault(district.name[:2], []).append(district)
        self._found: dict[str, list[FoundPlace]] = {}

    def find(self, text: str) -> list[FoundPlace]:
        """Every district that the text can mean, as deep as it says; none when nothing fits, several when unclear."""
        if text not in self._found:
            self._found[text] = self._find(text.lstrip(_SEPARATORS))
        return self._found[text]

    def is_exact_enough(self, code: str) -> bool:
        """Whether it is a district, a county or a street, or nothing lies under it (GB/T 2260: cities end in 00)."""
        return len(code) > 6 or not code.endswith("00") or code not in self._parents

    def _find(self, text: str) -> list[FoundPlace]:
        reached: dict[str, tuple[int, str]] = {}
        for code, rest in self._ways("", text):
            length = len(text) - len(rest)
            if code not in reached or reached[code][0] < length:
                reached[code] = (length, rest)
        if not reached:
            return []
        best = max(self._fit(code, length) for code, (length, _) in reached.items())
        found = [FoundPlace(code, rest) for code, (length, rest) in reached.items() if self._fit(code, length) == best]
        return [self._by_street(found[0])] if len(found) == 1 else found

    def _by_street(self, found: FoundPlace) -> FoundPlace:
        """The district that has the street, where a city was named and a street of it, 济南·姚家."""
        if self.is_exact_enough(found.code):
            return found
        city = self._districts[found.code].path
        codes = [
            code
            for code in districts_of_street(found.address)
            if code in self._districts and lies_in(self._districts[code].path, city)
        ]
        return FoundPlace(codes[0], found.address) if len(codes) == 1 else found

    def _fit(self, code: str, length: int) -> tuple[int, int, int]:
        path = self._districts[code].path.rstrip("/").split("/")
        shared = takewhile(lambda pair: pair[0] == pair[1], zip(path, self._near, strict=False))
        return length, len(list(shared)), -len(path)

    def _ways(self, above: str, text: str) -> Iterator[tuple[str, str]]:
        """The districts under path `above` that `text` begins with, and those under them that follow.

        What was said already may be said again: a region's column and a whole address are often joined.
        """
        for district in self._beginnings.get(text[:2], ()):
            if above.startswith(district.path):
                for rest in _after(district, text):
                    yield from self._ways(above, rest.lstrip(_SEPARATORS))
            elif district.path.startswith(above):
                for rest in _after(district, text):
                    left = rest.lstrip(_SEPARATORS)
                    yield district.code, left
                    yield from self._ways(district.path, left)


def place_finder(db: Session, *, near: str = "") -> PlaceFinder:
    """A finder over all districts of the installation."""
    return PlaceFinder(db.scalars(select(District)), near=near)


def _after(district: District, text: str) -> Iterator[str]:
    """What follows the district's name at the beginning of `text`; 市 and 区 are left out often, streets' kinds not."""
    if text.startswith(district.name):
        yield text[len(district.name) :]
        return
    for kind in _LEFT_OUT:
        short = district.name.removesuffix(kind)
        if short != district.name and len(short) >= 2 and text.startswith(short):
            rest = text[len(short) :]
            if rest.startswith(short) or not rest.startswith(_ROADS):
                yield rest
            return

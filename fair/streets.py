"""Streets and towns (街道、镇、乡) by name, and the districts they lie in, for places written without their district.

`streets.tsv` holds a district's code and the names under it, 街道 left off (statistical division codes of 2023). They
are no districts of the installation: nothing is filed under them, they only say which district 济南·姚家 is in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_KIND = re.compile(r"(?:街道(?:办事处)?|街办|镇|乡)?")
_ENDS = re.compile(r"$|[\s·,，。;；(（/]")
_LONGEST, _SHORTEST = 8, 2


def districts_of_street(text: str) -> frozenset[str]:
    """The codes of the districts with a street or town of the name that `text` begins with; the longest name wins.

    A name that runs on, as in 解放路 58 号, is a road and no street.
    """
    for length in range(min(_LONGEST, len(text)), _SHORTEST - 1, -1):
        codes = _by_name().get(text[:length])
        kind = _KIND.match(text, length)
        if codes and kind is not None and (kind.group() or _ENDS.match(text, length)):
            return codes
    return frozenset()


@cache
def _by_name() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in files("fair").joinpath("streets.tsv").read_text(encoding="utf-8").splitlines():
        code, names = line.split("\t")
        for name in names.split(" "):
            found.setdefault(name, set()).add(code)
            if name[-1] in "镇乡" and len(name) > _SHORTEST:
                found.setdefault(name[:-1], set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}

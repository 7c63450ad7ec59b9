"""What was read of a record, as it is kept beside its vectors, so that a start reads no text anew.

It is trusted only where its *stamp* is that of the record as it is now, read by the code as it is now; places are
looked up again. Knows facts and records; knows no arrays and no database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

import fair
import matching
from fair.positions import Position
from fair.seekers import SeekerProfile
from matching.documents import Place, PositionFacts, SeekerFacts
from matching.vectors import Kind

_READ_BY = (".py", ".tsv")
_CODE_CHARACTERS = 16

_encoder = msgspec.msgpack.Encoder()
_DECODERS: dict[Kind, msgspec.msgpack.Decoder[Any]] = {
    Kind.POSITION: msgspec.msgpack.Decoder(PositionFacts),
    Kind.SEEKER: msgspec.msgpack.Decoder(SeekerFacts),
}


def stamp_of(record: Position | SeekerProfile) -> str:
    """The stamp of a record as it is."""
    return stamp(record.version if isinstance(record, Position) else record.updated_at)


def stamp(content: object) -> str:
    """The stamp of what a record holds: a position's version, or when a profile was saved."""
    return f"{_code()} {content}"


def packed(facts: PositionFacts | SeekerFacts) -> bytes:
    """Facts as they are kept."""
    return _encoder.encode(facts)


def unpacked(kind: Kind, kept: bytes, places: Mapping[str, Place]) -> PositionFacts | SeekerFacts | None:
    """Facts as they were; None where they are no facts, or a place in them is not what it was."""
    try:
        facts = _DECODERS[kind].decode(kept)
    except msgspec.DecodeError:
        return None
    is_position = isinstance(facts, PositionFacts)
    was = (facts.place,) if is_position else (facts.home, *facts.places)
    first, *others = now = [place and places.get(place.code) for place in was]
    # Frozen for everybody else; all who are in one place share it from here on.
    object.__setattr__(facts, "place" if is_position else "home", first)
    if not is_position:
        object.__setattr__(facts, "places", tuple(others))
    return facts if now == [*was] else None


@lru_cache(maxsize=1)
def _code() -> str:
    """A digest of all that facts are read by."""
    digest = hashlib.sha256()
    for package in (fair, matching):
        for path in sorted(Path(package.__path__[0]).iterdir()):
            if path.suffix in _READ_BY:
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:_CODE_CHARACTERS]

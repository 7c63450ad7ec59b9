"""How positions fit who is looking: scores and reasons for a seeker who has matching on, and why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g
from sqlalchemy import bindparam, select

from fair.accounts import Role
from fair.matches import VERY_FITTING, WORTH_A_LOOK, Match, Matches
from fair.seekers import SeekerProfile
from web.context import actor, db
from web.language import is_english
from web.matches import positions_for_seeker

__all__ = ["Fitting", "best_for_seeker", "match_to_apply_on", "matches_for_seeker", "own_profile", "wants_matches"]

_IS_MATCHED = select(SeekerProfile.__table__.c.is_matched).where(
    SeekerProfile.__table__.c.account_id == bindparam("account_id")
)


@dataclass(frozen=True)
class Fitting:
    """`state` is `on`, `off` (by the seeker), `down` (matching does not answer) or `nobody` (no seeker looks)."""

    state: str
    matches: Mapping[int, Match] = field(default_factory=dict)

    def of(self, position_id: int) -> Match | None:
        """The match, when its score is shown."""
        match = self.matches.get(position_id)
        return None if match is None or match.score < WORTH_A_LOOK or match.broken else match

    def shown(self, position_id: int) -> dict[str, Any] | None:
        """Score and reasons in the words of the page's language; None when the score is not shown."""
        match = self.of(position_id)
        if match is None:
            return None
        in_english = is_english()
        reasons = [
            {"met": each.is_met, "text": (each.seeker_en if in_english else "") or each.seeker}
            for each in match.reasons
        ]
        return {"score": match.score, "reasons": reasons}

    def very_fitting(self) -> list[int]:
        """The positions that fit very well."""
        return [each for each in self.matches if (match := self.of(each)) and match.score >= VERY_FITTING]


def own_profile() -> SeekerProfile | None:
    """The profile of the seeker who looks; None for anyone else."""
    if "profile" not in g:
        acting = actor()
        g.profile = db().get(SeekerProfile, acting.account_id) if acting.role == Role.SEEKER else None
    profile: SeekerProfile | None = g.profile
    return profile


def wants_matches() -> bool | None:
    """Whether the seeker who looks has matching on; None for anyone else."""
    if "wants_matches" not in g:
        acting = actor()
        is_seeker = acting.role == Role.SEEKER
        g.wants_matches = db().scalar(_IS_MATCHED, {"account_id": acting.account_id}) if is_seeker else None
    wants: bool | None = g.wants_matches
    return wants


def match_to_apply_on(position_id: int) -> Match | None:
    """The match that an application is made on; asked for before anything is changed.

    The transaction is ended first: a POST holds SQLite's write lock, and nobody must wait for matching's answer.
    """
    wants_matches()
    db().commit()
    return matches_for_seeker([position_id]).of(position_id)


def best_for_seeker(*, limit: int) -> Fitting:
    """What fits who is looking best, of all open positions, without reasons."""
    if not wants_matches():
        return Fitting("nobody" if wants_matches() is None else "off")
    seeker_id = actor().account_id
    assert seeker_id is not None
    return _fitting(positions_for_seeker(seeker_id, limit=limit, with_reasons=False))


def matches_for_seeker(position_ids: Sequence[int], *, with_reasons: bool = True) -> Fitting:
    """How each of these positions fits who is looking."""
    wants = wants_matches()
    if wants is None:
        return Fitting("nobody")
    if not wants:
        return Fitting("off")
    if not position_ids:
        return Fitting("on")
    ids = list(dict.fromkeys(position_ids))
    seeker_id = actor().account_id
    assert seeker_id is not None
    return _fitting(positions_for_seeker(seeker_id, limit=len(ids), position_ids=ids, with_reasons=with_reasons))


def _fitting(answer: Matches | None) -> Fitting:
    return Fitting("down") if answer is None else Fitting("on", {each.position_id: each for each in answer.matches})

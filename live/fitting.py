"""Fitting: who of those present was shown which match, and what the hosts hear of it.

It holds nothing of its own: matches lie with the viewers. How a score comes about is matching's affair.
"""

from __future__ import annotations

from collections.abc import Iterable

from fair.matches import Match, Reason, band
from live.audience import Audience, Viewer
from live.board import Board
from live.effects import Effect, FitPosition, FitSeeker, Tell
from live.messages import Fit, Fits, MatchesMessage, MatchMessage, MatchView, ReasonView


def match_view(match: Match) -> MatchView:
    """The match in the seeker's words; without a band, or with a hard requirement broken, no score."""
    shown = shown_score(match)
    return MatchView(
        position_id=match.position_id,
        score=shown,
        band=band(shown),
        broken=list(match.broken),
        reasons=[seekers_reason(reason) for reason in match.reasons],
    )


def shown_score(match: Match | None) -> int | None:
    """The score that a screen shows for this match, or None."""
    if match is None or match.broken or band(match.score) is None:
        return None
    return match.score


def seekers_reason(reason: Reason) -> ReasonView:
    """A reason in the seeker's words."""
    return ReasonView(reason.is_met, reason.topic, reason.seeker, reason.seeker_en or reason.seeker)


def ask_for_seeker(viewer: Viewer, position_ids: Iterable[int], *, event_id: int = 0) -> list[Effect]:
    """Have the offered positions scored for somebody whose matching is on, by what event `event_id` says or newer."""
    if viewer.match_state != "on" or viewer.account_id is None:
        return []
    return [FitSeeker(viewer.account_id, tuple(position_ids), event_id)]


def ask_for_position(audience: Audience, position_id: int) -> list[Effect]:
    """Have a position scored for all seekers present whose matching is on."""
    accounts = tuple(viewer.account_id for viewer in audience.seekers_to_match() if viewer.account_id is not None)
    return [FitPosition(position_id, accounts)] if accounts else []


def show_all(viewer: Viewer, matches: list[Match] | None) -> list[Effect]:
    """Show a seeker the matches of all offered positions; None = matching cannot be reached, said once."""
    if viewer.match_state != "on":
        return []
    if matches is None:
        if viewer.shown_state == "down":
            return []
        viewer.shown_state = "down"
        return [Tell(tuple(viewer.connections), MatchesMessage("down", []))]
    viewer.shown_state = "on"
    viewer.matches = {match.position_id: match for match in matches}
    return [Tell(tuple(viewer.connections), matches_message(viewer))]


def matches_message(viewer: Viewer) -> MatchesMessage:
    """All matches of a viewer, as last known."""
    return MatchesMessage(viewer.match_state, [match_view(match) for match in viewer.matches.values()])


def show_one(audience: Audience, account_ids: Iterable[int], matches: list[Match] | None) -> list[Effect]:
    """Show each seeker the match of the position just pinned; None = matching cannot be reached."""
    if matches is None:
        viewers = [viewer for account_id in account_ids if (viewer := audience.of_account(account_id))]
        return [effect for viewer in viewers for effect in show_all(viewer, None)]
    effects: list[Effect] = []
    for match in matches:
        viewer = audience.of_account(match.seeker_id)
        if viewer is not None and viewer.match_state == "on":
            viewer.matches[match.position_id] = match
            effects.append(Tell(tuple(viewer.connections), MatchMessage(match_view(match))))
    return effects


def tell_fits(audience: Audience, board: Board) -> list[Effect]:
    """Tell each host how many of those present fit the positions of the own employer."""
    hosts = audience.hosts()
    if not hosts:
        return []
    counts: dict[int, list[int]] = {}
    for viewer in audience.seekers_to_match():
        for position_id, match in viewer.matches.items():
            level = band(shown_score(match))
            if level is not None:
                counts.setdefault(position_id, [0, 0, 0])[("very", "fairly", "look").index(level)] += 1
    effects: list[Effect] = []
    for host in hosts:
        own = [card.id for card in board.positions if card.employer_id == host.employer_id]
        fits = [Fit(position_id, *counts.get(position_id, (0, 0, 0))) for position_id in own]
        effects.append(Tell(tuple(host.connections), Fits(fits)))
    return effects

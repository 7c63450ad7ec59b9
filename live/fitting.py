"""Fitting: who of those present was shown which match, and what the hosts hear of it.

How a score comes about is matching's affair; the matches themselves lie with the viewers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from fair.matches import Match, Reason, band
from live.audience import NO_MATCHES, Audience, Viewer
from live.deeds import MatchingChanged
from live.effects import Effect, FitPosition, FitSeeker, Tell
from live.messages import Fit, Fits, MatchesMessage, MatchMessage, MatchView, ReasonView
from live.stream import Stream

FITS_EVERY = timedelta(seconds=5)
RETRIED_AT_ONCE = 1_000
_BANDS = ("very", "fairly", "look")


class Fitting:
    """The matches of one room's seekers: asked for, shown, taken back."""

    def __init__(self, audience: Audience, stream: Stream) -> None:
        self._audience, self._stream = audience, stream
        self._fits_due: datetime | None = None
        self._fits: dict[int, list[int]] = {}
        self._elsewhere: list[dict[int, list[int]]] = []
        self._is_new_elsewhere = False

    @property
    def fits(self) -> dict[int, list[int]]:
        """Position → how many of those who are here it fits: very, fairly, worth a look."""
        return self._fits

    def recount(self, elsewhere: list[dict[int, list[int]]]) -> None:
        """Take in the same of the other processes."""
        self._is_new_elsewhere = self._is_new_elsewhere or elsewhere != self._elsewhere
        self._elsewhere = elsewhere

    def enter(self, viewer: Viewer, connection: int, *, is_first: bool) -> list[Effect]:
        """Show who enters the matches that are known, and ask for those that are not."""
        effects: list[Effect] = []
        if is_first:
            self._count(viewer, 1)
        if viewer.match_state != "on":
            self._hold(viewer, NO_MATCHES)
        elif viewer.matches:
            effects.append(Tell((connection,), matches_message(viewer)))
        if is_first or viewer.shown_state == "down":
            viewer.shown_state = ""
            effects += self._ask(viewer)
        return effects

    def leave(self, viewer: Viewer) -> None:
        """Who left fits no position any more."""
        self._count(viewer, -1)

    def fitted_seeker(self, account_id: int, matches: list[Match] | None, *, now: datetime) -> list[Effect]:
        """Matching answered (or could not be reached: None) for one seeker."""
        viewer = self._audience.of_account(account_id)
        self._fits_due = self._fits_due or now + FITS_EVERY
        return self._show_all(viewer, matches) if viewer else []

    def fitted_position(
        self, account_ids: Iterable[int], matches: list[Match] | None, *, now: datetime
    ) -> list[Effect]:
        """Matching answered (or could not be reached: None) for the position just pinned."""
        self._fits_due = now
        effects: list[Effect] = []
        if matches is None:
            for account_id in account_ids:
                viewer = self._audience.of_account(account_id)
                effects += self._show_all(viewer, None) if viewer else []
        for match in matches or ():
            viewer = self._audience.of_account(match.seeker_id)
            if viewer is not None and viewer.match_state == "on":
                self._hold(viewer, {**viewer.matches, match.position_id: match})
                effects.append(Tell(viewer.connections, MatchMessage(match_view(match))))
        return effects

    def changed(self, news: MatchingChanged) -> list[Effect]:
        """A profile or the switch changed: what was shown is forgotten, and asked for anew where it is on."""
        viewer = self._audience.of_account(news.account_id)
        if viewer is None or not viewer.is_seeker:
            return []
        viewer.match_state = news.match_state
        self._hold(viewer, NO_MATCHES)
        if viewer.match_state == "on":
            viewer.shown_state = ""
            return self._ask(viewer, event_id=news.event_id)
        return [Tell(viewer.connections, matches_message(viewer))]

    def pinned(self, position_id: int) -> list[Effect]:
        """Have the position on screen scored for those present."""
        seekers = self._audience.seekers_to_match()
        accounts = tuple(viewer.account_id for viewer in seekers if viewer.account_id is not None)
        return [FitPosition(position_id, accounts)] if accounts else []

    def retry(self) -> list[Effect]:
        """Matching answers: ask for those who were told that it is down, so many at a time."""
        lacking = [viewer for viewer in self._audience.seekers_to_match() if viewer.shown_state == "down"]
        return [effect for viewer in lacking[:RETRIED_AT_ONCE] for effect in self._ask(viewer)]

    def due(self, *, now: datetime) -> list[Effect]:
        """What the hosts are to hear now."""
        if self._is_new_elsewhere and self._fits_due is None:
            self._fits_due = now + FITS_EVERY
        if self._fits_due is None or now < self._fits_due:
            return []
        self._fits_due, self._is_new_elsewhere = None, False
        return self._tell_fits()

    def _show_all(self, viewer: Viewer, matches: list[Match] | None) -> list[Effect]:
        """Show a seeker the matches of all offered positions; None = matching cannot be reached, said once."""
        if viewer.match_state != "on":
            return []
        if matches is None:
            if viewer.shown_state == "down":
                return []
            viewer.shown_state = "down"
            return [Tell(viewer.connections, MatchesMessage("down", []))]
        viewer.shown_state = "on"
        self._hold(viewer, {match.position_id: match for match in matches})
        return [Tell(viewer.connections, matches_message(viewer))]

    def _tell_fits(self) -> list[Effect]:
        """Tell each host how many of those present fit the positions of the own employer."""
        effects: list[Effect] = []
        for host in self._audience.hosts():
            own = [card.id for card in self._stream.board.positions if card.employer_id == host.employer_id]
            fits = [Fit(position_id, *self._sum(position_id)) for position_id in own]
            effects.append(Tell(host.connections, Fits(fits)))
        return effects

    def _sum(self, position_id: int) -> tuple[int, int, int]:
        counts = [each.get(position_id, (0, 0, 0)) for each in (self._fits, *self._elsewhere)]
        very, fairly, look = map(sum, zip(*counts, strict=True))
        return very, fairly, look

    def _hold(self, viewer: Viewer, matches: Mapping[int, Match]) -> None:
        """Keep the matches of somebody who is here."""
        self._count(viewer, -1)
        viewer.matches = matches
        self._count(viewer, 1)

    def _count(self, viewer: Viewer, by: int) -> None:
        """Who fits what is counted as it changes: to count thousands of seekers anew would hold up a tick."""
        for position_id, match in viewer.matches.items():
            level = band(shown_score(match))
            if level is not None:
                self._fits.setdefault(position_id, [0, 0, 0])[_BANDS.index(level)] += by

    def _ask(self, viewer: Viewer, *, event_id: int = 0) -> list[Effect]:
        """Have the offered positions scored for one whose matching is on, by what event `event_id` says or newer."""
        if viewer.match_state != "on" or viewer.account_id is None:
            return []
        offered = tuple(card.id for card in self._stream.board.positions)
        return [FitSeeker(viewer.account_id, offered, event_id)]


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


def matches_message(viewer: Viewer) -> MatchesMessage:
    """All matches of a viewer, as last known."""
    return MatchesMessage(viewer.match_state, [match_view(match) for match in viewer.matches.values()])

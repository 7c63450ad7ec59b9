"""Measures fair chance: how evenly a fair's positions come into the lists of thousands of simulated seekers.

`python -m bench.fairness [--json] [--seekers 5000] [--postings jobs.jsonl] [--city 440100] [--loss 5]`

On the demo fair, and on real postings of one city from a file as `python -m matching fit` reads it. Seekers come one
after the other; each list is made three times: the best first, in turns, and in turns at any price, which is as even as
it can be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.fairs import Fair, demo_fair, real_fair
from fair.chances import FIRST_PLACES, first_places, gini
from fair.matches import FAIRLY_FITTING, WORTH_A_LOOK, Match
from matching.encoder import BUNDLED, load_encoder

_COUNTED_EVERY = 50  # So many lists are made on one count of what was seen, as the site does it for a minute.


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit status 0 whatever the figures are."""
    wanted = _parser().parse_args(arguments)
    encoder = load_encoder(BUNDLED)
    fairs = {"demo": demo_fair(encoder, seekers=wanted.seekers)}
    if wanted.postings:
        fairs["real"] = real_fair(encoder, wanted.postings, city=wanted.city, seekers=wanted.seekers)
    figures = {name: measured(fair, loss=wanted.loss / 100) for name, fair in fairs.items()}
    if wanted.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        for name, values in figures.items():
            print(name, *(f"  {key:34} {value}" for key, value in values.items()), sep="\n")
    return 0


@dataclass
class Lists:
    """The first places of many seekers' lists, at one price."""

    loss: float | None
    """None = the best first, whatever was seen."""
    seen: Counter[int] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)
    largest_loss: float = 0.0
    broken: int = 0
    _waiting: Counter[int] = field(default_factory=Counter)

    def add(self, seeker_id: int, matches: Sequence[Match]) -> None:
        """One more seeker's list."""
        match_of = {match.position_id: match for match in matches}
        best = [match.position_id for match in matches if _fits(match)][:FIRST_PLACES]
        first = best if self.loss is None else first_places(matches, self.seen, seeker_id=seeker_id, loss=self.loss)
        self._waiting.update(first)
        if first:
            score = sum(match_of[each].score for each in first)
            self.scores.append(score / len(first))
            self.largest_loss = max(self.largest_loss, 1 - score / sum(match_of[each].score for each in best))
            self.broken += sum(bool(match_of[each].broken) for each in first)
        if seeker_id % _COUNTED_EVERY == 0:
            self.count()

    def count(self) -> None:
        """From now on those of the last lists have been seen."""
        self.seen.update(self._waiting)
        self._waiting.clear()


def measured(fair: Fair, *, loss: float) -> dict[str, Any]:
    """The figures of one fair."""
    lists = {"best_first": Lists(None), "in_turns": Lists(loss), "in_turns_at_any_price": Lists(1.0)}
    fitted, fairly = set[int](), set[int]()
    seekers = with_choice = 0
    for seeker_id, matches in fair.matches:
        seekers += 1
        fitting = [match for match in matches if _fits(match)]
        with_choice += len(fitting) > FIRST_PLACES
        fitted.update(match.position_id for match in fitting)
        fairly.update(match.position_id for match in fitting if match.score >= FAIRLY_FITTING)
        for each in lists.values():
            each.add(seeker_id, matches)
    for each in lists.values():
        each.count()
    return {
        "positions": len(fair.employers),
        "employers": len(set(fair.employers.values())),
        "seekers": seekers,
        "seekers_with_fitting_positions": len(lists["in_turns"].scores),
        "seekers_with_more_than_fit_the_places": with_choice,
        "positions_that_fit_somebody": len(fitted),
        "allowed_loss": loss,
    } | {name: _told(each, fair, fitted, fairly) for name, each in lists.items()}


def _told(lists: Lists, fair: Fair, fitted: Iterable[int], fairly: Iterable[int]) -> dict[str, Any]:
    by_employer = dict.fromkeys(fair.employers.values(), 0)
    for position_id, employer in fair.employers.items():
        by_employer[employer] += lists.seen[position_id]
    of_fitting = [lists.seen[each] for each in fitted]
    return {
        "gini_positions": _rounded(gini([lists.seen[each] for each in fair.employers])),
        "gini_positions_that_fit": _rounded(gini(of_fitting)),
        "gini_employers": _rounded(gini(list(by_employer.values()))),
        "least_and_most_seen": [min(of_fitting, default=0), max(of_fitting, default=0)],
        "mean_score": round(sum(lists.scores) / max(1, len(lists.scores)), 2),
        "largest_loss_of_a_list": _rounded(lists.largest_loss),
        "fitting_never_shown": sum(not lists.seen[each] for each in fitted),
        "fairly_fitting_never_shown": sum(not lists.seen[each] for each in fairly),
        "hard_requirements_broken": lists.broken,
    }


def _fits(match: Match) -> bool:
    return not match.broken and match.score >= WORTH_A_LOOK


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fairness", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--seekers", type=int, default=5_000, help="how many lists are made")
    parser.add_argument("--postings", type=Path, help="file of real postings; none = the demo fair alone")
    parser.add_argument("--city", default="440100", help="code of the city whose postings are taken")
    parser.add_argument("--loss", type=float, default=5, help="percent of score that a list may give up")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

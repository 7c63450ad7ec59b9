"""What the bench of fair chance counts, on a fair of three positions."""

from __future__ import annotations

from bench.fairness import measured
from bench.fairs import Fair
from fair.matches import Match


def test_measured_tells_turns_from_best_first() -> None:
    """A sixth position that always comes sixth is never shown by score, and shown in turns within the loss."""

    def matches(seeker_id: int) -> list[Match]:
        fitting = [Match(number, seeker_id, 91 - number) for number in range(1, 7)]
        return [*fitting, Match(7, seeker_id, 99, broken=["pay"])]

    employers = dict.fromkeys(range(1, 8), "甲") | {6: "乙"}

    figures = measured(Fair(employers, [(number, matches(number)) for number in range(1, 301)]), loss=0.05)

    before, after = figures["best_first"], figures["in_turns"]
    assert figures["positions_that_fit_somebody"] == 6
    assert (before["fitting_never_shown"], after["fitting_never_shown"]) == (1, 0)
    assert before["mean_score"] == 88
    assert 0 < after["largest_loss_of_a_list"] <= 0.05
    assert after["gini_positions_that_fit"] < before["gini_positions_that_fit"]
    assert after["hard_requirements_broken"] == 0

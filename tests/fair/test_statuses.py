"""Status tables: every step that stands in a table is taken, every other one is refused by name."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from fair.errors import IllegalTransition
from fair.statuses import (
    APPLICATION_STEPS,
    EMPLOYER_STEPS,
    LIVE_SESSION_STEPS,
    POSITION_STEPS,
    QUESTION_STEPS,
    ApplicationStatus,
    EmployerStatus,
    LiveSessionStatus,
    PositionStatus,
    QuestionStatus,
    step,
)

TABLES: list[tuple[type[StrEnum], Mapping[Any, frozenset[Any]]]] = [
    (EmployerStatus, EMPLOYER_STEPS),
    (PositionStatus, POSITION_STEPS),
    (LiveSessionStatus, LIVE_SESSION_STEPS),
    (ApplicationStatus, APPLICATION_STEPS),
    (QuestionStatus, QUESTION_STEPS),
]


@pytest.mark.parametrize(("kind", "table"), TABLES)
def test_step_takes_what_the_table_has_and_refuses_the_rest(kind: type[StrEnum], table: dict) -> None:
    """A table is the whole truth: nothing outside it passes, and the error says from where to where."""
    for current, wanted in product(kind, kind):
        if wanted in table.get(current, ()):
            assert step("thing", table, current, wanted) is wanted
            continue
        with pytest.raises(IllegalTransition) as refused:
            step("thing", table, current, wanted)
        assert (refused.value.current, refused.value.wanted) == (current, wanted)


@pytest.mark.parametrize("last", [ApplicationStatus.HIRED, ApplicationStatus.WITHDRAWN])
def test_application_ends_where_it_was_hired_or_withdrawn(last: ApplicationStatus) -> None:
    """A hired or withdrawn application goes nowhere."""
    assert not APPLICATION_STEPS.get(last)


def test_every_status_can_be_reached() -> None:
    """No status stands in a table that no step leads to, but the first."""
    for kind, table in TABLES:
        first = next(iter(kind))
        reached = {first} | {wanted for steps in table.values() for wanted in steps}
        assert reached == set(kind)

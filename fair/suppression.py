"""Small cells: what a table may show so that nobody can be picked out of it.

A count of 1 to 4 is written `<5`. Where a column has a total and just one of its cells is hidden so, the total would
give it away; then the smallest other cell above zero is hidden too, written `▢`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

FEW = "<5"
HIDDEN = "▢"
SMALLEST_SHOWN = 5

Cell: TypeAlias = int | str


def shown(count: int) -> Cell:
    """A count by itself: the number, or `<5`."""
    return FEW if 0 < count < SMALLEST_SHOWN else count


def shown_column(counts: Sequence[int]) -> list[Cell]:
    """A column whose total is shown beside it: no single hidden cell can be worked out from the rest."""
    cells: list[Cell] = [shown(count) for count in counts]
    if cells.count(FEW) != 1:
        return cells
    others = [index for index, count in enumerate(counts) if count >= SMALLEST_SHOWN]
    if others:
        cells[min(others, key=lambda index: counts[index])] = HIDDEN
    return cells


def shown_total(counts: Sequence[int]) -> Cell:
    """The total of a column; hidden when it is small itself, or when it would give its only cell above zero away."""
    total = sum(counts)
    if shown(total) == FEW:
        return FEW
    few = [count for count in counts if 0 < count < SMALLEST_SHOWN]
    is_given_away = len(few) == 1 and not any(count >= SMALLEST_SHOWN for count in counts)
    return HIDDEN if is_given_away else total

"""A counted report as it may be shown: small cells hidden, columns named, ready for a page, CSV and XLSX alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from fair.figures import Line, SessionReport
from fair.suppression import FEW, SMALLEST_SHOWN, Cell, shown, shown_column, shown_total
from web.reports.definitions import DEFINITIONS

__all__ = [
    "Step",
    "Table",
    "exposure_table",
    "funnel_steps",
    "hours",
    "ledger_table",
    "lines_table",
    "minutes",
    "rounded",
]

_COUNTED: tuple[tuple[str, Callable[[Line], int]], ...] = (
    ("applications", lambda line: line.applications),
    ("viewed", lambda line: line.viewed),
    ("interviewed", lambda line: line.interviewed),
    ("hired", lambda line: line.hired),
    ("overdue", lambda line: line.overdue),
)


@dataclass(frozen=True)
class Table:
    """Column heads, rows of cells (the first one names the row), and the totals."""

    heads: list[str]
    rows: list[list[Cell | float | None]]
    totals: list[Cell | float | None]


@dataclass(frozen=True)
class Step:
    """One step of the funnel as shown: `share` in percent of its base, None when it is hidden."""

    term: str
    value: Cell
    share: float | None
    key: bool = False


def funnel_steps(report: SessionReport) -> tuple[list[Step], list[Step]]:
    """The steps from viewing to applying, of all viewers, and those after it, of all applicants."""
    counts = report.funnel
    viewing = [
        _step("unique_viewers", counts.viewers, counts.viewers),
        _step("asked", counts.asked, counts.viewers),
        _step("matched", counts.matched, counts.viewers),
        _step("applicants", counts.applied, counts.viewers, key=True),
    ]
    applying = [
        _step("applicants", counts.applied, counts.applied, key=True),
        _step("viewed", counts.viewed, counts.applied),
        _step("interviewed", counts.interviewed, counts.applied),
        _step("hired", counts.hired, counts.applied),
    ]
    return viewing, applying


def lines_table(first: str, lines: Sequence[Line], *, with_employer: bool) -> Table:
    """Employers or positions with what came of each; `first` is the head of the naming column."""
    columns = {key: [count(line) for line in lines] for key, count in _COUNTED}
    cells = {key: shown_column(counts) for key, counts in columns.items()}
    heads = [first, *([_("用人单位")] if with_employer else [_("岗位")]), *_heads("presented", "exposures")]
    heads += [*_heads("applications"), _("已查看"), *_heads("interviewed", "hired", "reply", "overdue")]
    rows: list[list[Cell | float | None]] = [
        [
            line.name,
            line.employer if with_employer else line.positions,
            minutes(line.presented),
            line.exposures,
            *(cells[key][index] for key in ("applications", "viewed", "interviewed", "hired")),
            hours(line.reply) if line.replied >= SMALLEST_SHOWN else (FEW if line.replied else None),
            cells["overdue"][index],
        ]
        for index, line in enumerate(lines)
    ]
    totals: list[Cell | float | None] = [
        _("合计"),
        "" if with_employer else sum(line.positions for line in lines),
        minutes(sum((line.presented for line in lines), timedelta())),
        sum(line.exposures for line in lines),
        *(shown_total(columns[key]) for key in ("applications", "viewed", "interviewed", "hired")),
        None,
        shown_total(columns["overdue"]),
    ]
    return Table(heads, rows, totals)


def exposure_table(first: str, lines: Sequence[Line], *, with_employer: bool) -> Table:
    """How often each employer or position was seen, and in which way; `first` is the head of the naming column."""
    pushed = [line.pushed for line in lines]
    listed = [line.listed for line in lines]
    all_seen = sum(line.seen for line in lines)
    order = sorted(range(len(lines)), key=lambda number: (-lines[number].seen, lines[number].name))
    pushed_cells, listed_cells = shown_column(pushed), shown_column(listed)
    rows: list[list[Cell | float | None]] = [
        [
            lines[number].name,
            *([lines[number].employer] if with_employer else []),
            lines[number].exposures,
            pushed_cells[number],
            listed_cells[number],
            # A share of what is hidden would tell it.
            round(lines[number].seen / all_seen * 100, 1)
            if all_seen and isinstance(listed_cells[number], int)
            else None,
        ]
        for number in order
    ]
    totals: list[Cell | float | None] = [
        _("合计"),
        *([""] if with_employer else []),
        sum(line.exposures for line in lines),
        shown_total(pushed),
        shown_total(listed),
        None,
    ]
    heads = [first, *([_("用人单位")] if with_employer else []), *_heads("exposures", "pushed", "listed", "share")]
    return Table(heads, rows, totals)


def ledger_table(lines: Sequence[Line]) -> tuple[float | None, list[tuple[str, float, float]]]:
    """The session's exposures a minute on screen, and each employer's with its difference from it in percent."""
    shown_for = sum((line.presented for line in lines), timedelta()) / timedelta(minutes=1)
    if not shown_for:
        return None, []
    average = sum(line.exposures for line in lines) / shown_for
    rows = [
        (line.name, line.exposures_a_minute, (line.exposures_a_minute / average - 1) * 100 if average else 0.0)
        for line in lines
        if line.exposures_a_minute is not None
    ]
    return average, sorted(rows, key=lambda row: -row[2])


def minutes(time: timedelta) -> float:
    """Minutes to one decimal."""
    return round(time / timedelta(minutes=1), 1)


def hours(time: timedelta | None) -> float | None:
    """Hours to one decimal."""
    return None if time is None else round(time / timedelta(hours=1), 1)


def rounded(value: float | None) -> float | None:
    """A coefficient to two decimals."""
    return None if value is None else round(value, 2)


def _step(name: str, count: int, base: int, *, key: bool = False) -> Step:
    value = shown(count)
    share = count / base * 100 if base and value != FEW else None
    return Step(str(DEFINITIONS[name][0]), value, share, key=key)


def _heads(*keys: str) -> list[str]:
    return [str(DEFINITIONS[key][0]) for key in keys]

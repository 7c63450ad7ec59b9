"""A report as CSV and XLSX: the same figures and hidden cells as on the page, with their definitions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _

from fair.figures import SessionReport
from fair.livesessions import LiveSession
from fair.suppression import Cell, shown
from web.format import ZONE
from web.reports.definitions import DEFINITIONS
from web.reports.tables import exposure_table, funnel_steps, hours, lines_table, minutes, rounded

__all__ = ["as_csv", "as_xlsx"]

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\x00")
Row = list[Cell | float | None]


def as_csv(live_session: LiveSession, report: SessionReport) -> bytes:
    """All tables below one another, UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for name, rows in _sheets(live_session, report):
        writer.writerow([name])
        writer.writerows([[_safe(cell) for cell in row] for row in rows])
        writer.writerow([])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(live_session: LiveSession, report: SessionReport) -> bytes:
    """One sheet a table."""
    # Imported here: it brings numpy and 25 MB, which no other page needs.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _sheets(live_session, report):
        sheet = book.create_sheet(name[:31])
        for row in rows:
            sheet.append([_safe(cell) for cell in row])
        sheet.freeze_panes = "A2"
        for head in sheet[1]:
            head.font = Font(bold=True)
        sheet.column_dimensions["A"].width = 32
        sheet.column_dimensions["B"].width = 32
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheets(live_session: LiveSession, report: SessionReport) -> Iterator[tuple[str, list[Row]]]:
    presence = report.presence
    figures: list[tuple[str, Cell | float | None]] = [
        ("unique_viewers", shown(presence.unique_viewers)),
        ("visits", shown(presence.visits)),
        ("peak", shown(presence.peak)),
        ("watch_time", None if presence.watched_median is None else minutes(presence.watched_median)),
        ("watch_total", hours(presence.watched)),
        ("applicants", shown(report.funnel.applied)),
        ("applications", shown(report.applications)),
        ("reply", hours(report.reply)),
    ]
    evenness = str(DEFINITIONS["gini"][0])
    yield (
        _("概况"),
        [
            [_("场次"), live_session.title],
            [_("开始"), _minute(live_session.started_at or live_session.starts_at)],
            [_("数据截至"), _minute(report.as_of)],
            *([str(DEFINITIONS[key][0]), value, str(DEFINITIONS[key][1])] for key, value in figures),
            [_("%(term)s（岗位）", term=evenness), rounded(report.gini_of_positions), str(DEFINITIONS["gini"][1])],
            [_("%(term)s（单位）", term=evenness), rounded(report.gini_of_employers), str(DEFINITIONS["gini"][1])],
        ],
    )
    viewing, applying = funnel_steps(report)
    steps = [
        [step.term, step.value, None if step.share is None else round(step.share, 1)] for step in viewing + applying[1:]
    ]
    yield _("漏斗"), [[_("步骤"), _("人数"), _("占上一基数 %")], *steps]
    for name, first, lines, with_employer in (
        (_("按用人单位"), _("用人单位"), report.by_employer, False),
        (_("按岗位"), _("岗位"), report.by_position, True),
    ):
        table = lines_table(first, lines, with_employer=with_employer)
        yield name, [list(table.heads), *table.rows, table.totals]
    for name, first, lines, with_employer in (
        (_("单位曝光"), _("用人单位"), report.by_employer, False),
        (_("岗位曝光"), _("岗位"), report.by_position, True),
    ):
        ledger = exposure_table(first, lines, with_employer=with_employer)
        yield name, [list(ledger.heads), *ledger.rows, ledger.totals]
    curve: list[Row] = [
        [number, shown(present), shown(applied)]
        for number, (present, applied) in enumerate(
            zip(presence.by_minute, report.applied_by_minute, strict=True), start=1
        )
    ]
    yield (
        _("每分钟"),
        [
            [_("第几分钟"), str(DEFINITIONS["present"][0]), str(DEFINITIONS["applied_by_minute"][0])],
            *curve,
        ],
    )
    yield _("口径"), [[str(term), str(words)] for term, words in DEFINITIONS.values()]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _safe(cell: Cell | float | None) -> Cell | float | None:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell

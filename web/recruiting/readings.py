"""What an import read from the running text of its rows, shown to the recruiter to confirm or change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from fair.importcolumns import BY_KEY
from fair.importjobs import ImportJob, confirm_readings, read_rows
from web.context import db

ROWS_SHOWN = 20
_CHOICES = {
    "schedule": ("白班", "两班倒", "三班倒", "夜班", "时间灵活"),
    "board": ("包吃包住", "包吃", "包住", "无"),
    "employment_type": ("全职", "兼职", "实习", "临时工"),
    "pay_unit": ("月", "天", "小时", "件"),
}


def confirm(job: ImportJob, answers: Mapping[str, str]) -> None:
    """Write what was read into the rows as the recruiter leaves it; `answers` are the fields of `shown_readings`."""
    for row in read_rows(db(), job.id, limit=ROWS_SHOWN):
        names = {reading["column"]: f"r-{row.number}-{reading['column']}" for reading in row.readings}
        values = {key: answers[name].strip()[: BY_KEY[key].longest] for key, name in names.items() if name in answers}
        if values:
            confirm_readings(job, row, values)


def shown_readings(job: ImportJob) -> list[dict[str, Any]]:
    """The first rows with something read: number, title, and a field for each thing."""
    return [
        {
            "number": row.number,
            "title": job.layout.cells_of(row.cells).get("title", ""),
            "fields": [
                {
                    "name": f"r-{row.number}-{reading['column']}",
                    "label": BY_KEY[reading["column"]].heading,
                    "value": reading["value"],
                    "options": [(word, _(word)) for word in _CHOICES.get(reading["column"], ())],
                }
                for reading in row.readings
            ],
        }
        for row in read_rows(db(), job.id, limit=ROWS_SHOWN)
    ]

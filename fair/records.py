"""All records at once, for what needs the whole schema: the migrations, and a test that makes an empty database."""

from __future__ import annotations

from fair import (
    accounts,
    applications,
    districts,
    employers,
    events,
    exposures,
    importjobs,
    livesessions,
    positions,
    rooms,
    seekers,
)
from fair.database import Base

__all__ = ["RECORD_MODULES", "Base"]

RECORD_MODULES = (
    accounts,
    applications,
    districts,
    employers,
    events,
    exposures,
    importjobs,
    livesessions,
    positions,
    rooms,
    seekers,
)

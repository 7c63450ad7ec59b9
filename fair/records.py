"""All records at once, for what needs the whole schema: the migrations, and a test that makes an empty database."""

from __future__ import annotations

from fair import (
    accounts,
    applications,
    attendances,
    districts,
    employers,
    events,
    exposures,
    importjobs,
    liveservers,
    livesessions,
    pictures,
    pins,
    positions,
    sanctions,
    seekers,
    talk,
)
from fair.database import Base

__all__ = ["RECORD_MODULES", "Base"]

RECORD_MODULES = (
    accounts,
    applications,
    attendances,
    districts,
    employers,
    events,
    exposures,
    importjobs,
    liveservers,
    livesessions,
    pictures,
    pins,
    positions,
    sanctions,
    seekers,
    talk,
)

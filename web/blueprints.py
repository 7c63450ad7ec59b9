"""The site's parts, each a blueprint named for its noun."""

from __future__ import annotations

from flask import Blueprint

from web.accounts.views import blueprint as accounts
from web.applications.views import blueprint as applications
from web.employers.views import blueprint as employers
from web.home.views import blueprint as home
from web.inbox.views import blueprint as inbox
from web.media.views import blueprint as media
from web.modes.views import blueprint as modes
from web.oversight.views import blueprint as oversight
from web.positions.views import blueprint as positions
from web.profile.views import blueprint as profile
from web.recruiting.views import blueprint as recruiting
from web.reports.views import blueprint as reports
from web.rooms.views import blueprint as rooms
from web.servers.views import blueprint as servers
from web.sessions.views import blueprint as sessions

BLUEPRINTS: tuple[Blueprint, ...] = (
    employers,
    recruiting,
    inbox,
    oversight,
    home,
    accounts,
    media,
    modes,
    sessions,
    positions,
    profile,
    applications,
    reports,
    rooms,
    servers,
)

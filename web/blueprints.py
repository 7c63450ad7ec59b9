"""The site's parts, each a blueprint named for its noun."""

from __future__ import annotations

from flask import Blueprint

from web.accounts.views import blueprint as accounts
from web.home.views import blueprint as home
from web.modes.views import blueprint as modes

BLUEPRINTS: tuple[Blueprint, ...] = (home, accounts, modes)

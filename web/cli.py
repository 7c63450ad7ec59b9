"""Commands of the installation: `flask --app web fair …`."""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from web.accounts.commands import administrator, reset_totp, totp
from web.demo.commands import accounts, demo
from web.recruiting.commands import import_positions

__all__ = ["fair", "register"]

fair = AppGroup("fair", help="Work on the fair's records.")


def register(app: Flask) -> None:
    """Give `app` the commands."""
    for command in (administrator, reset_totp, totp, demo, accounts, import_positions):
        fair.add_command(command)
    app.cli.add_command(fair)

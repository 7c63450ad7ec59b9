"""Commands about accounts: make an administrator, print or reset a one-time-code secret."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.database import reading, writing
from web.accounts.credential import Credential
from web.accounts.forms import read_name
from web.accounts.passwords import is_common
from web.accounts.signup import add_credential
from web.context import engine, now, settings
from web.security import one_time_codes

__all__ = ["administrator", "reset_totp", "totp"]


@click.command("administrator")
@with_appcontext
@click.argument("email")
@click.password_option(help="At least 8 characters; asked for when not given.")
def administrator(email: str, password: str) -> None:
    """Make an administrator, or give the one that is there a new password; prints the one-time-code secret."""
    address, _phone = read_name(email)
    if address is None:
        raise click.ClickException(f"{email}: not an e-mail address")
    if len(password) < 8 or is_common(password, address):
        raise click.ClickException("password: at least 8 characters, and not one that everybody tries first")
    password_hash = hash_password(password)
    secret = one_time_codes().generate_totp_secret()
    with writing(engine()) as db:
        credential = _credential(db, address)
        if credential is None:
            person = Account(role=Role.ADMINISTRATOR, name=address.split("@")[0][:40], email=address, created_at=now())
            db.add(person)
            db.flush()
            credential = add_credential(db, person, password_hash)
        elif credential.account.role != Role.ADMINISTRATOR:
            raise click.ClickException(f"{address} is a {credential.account.role}'s; use another address")
        credential.password = password_hash
        credential.tf_totp_secret, credential.tf_primary_method, credential.totp_counter = secret, "authenticator", None
    click.echo(f"Administrator: {address}")
    click.echo(f"One-time-code secret: {one_time_codes().get_totp_pretty_key(secret)}")
    click.echo(f"For an authenticator: {one_time_codes().get_totp_uri(address, secret)}")


@click.command("totp")
@with_appcontext
@click.argument("email")
def totp(email: str) -> None:
    """Print an account's one-time code of this moment; only for the demo fair."""
    if not settings().demo:
        raise click.ClickException("GANGBO_DEMO is 0: codes are printed for the demo fair alone")
    with reading(engine()) as db:
        credential = _credential(db, email.lower())
        secret = credential.tf_totp_secret if credential else None
    if not secret:
        raise click.ClickException(f"{email}: no one-time-code secret")
    click.echo(one_time_codes().generate_totp_password(secret))


@click.command("reset-totp")
@with_appcontext
@click.argument("email")
def reset_totp(email: str) -> None:
    """Forget the one-time-code secret of somebody whose phone is lost; a new one is shown at the next sign-in."""
    with writing(engine()) as db:
        credential = _credential(db, email.lower())
        if credential is None:
            raise click.ClickException(f"{email}: no such account")
        credential.tf_totp_secret = credential.tf_primary_method = credential.totp_counter = None
    click.echo(f"{email} scans a new picture at the next sign-in")


def _credential(db: Session, email: str) -> Credential | None:
    return db.scalar(select(Credential).where(Credential.email == email))

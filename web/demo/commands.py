"""`flask fair demo` and `flask fair accounts`: load the demo fair, bring it back, say who can sign in."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.database import Base, reading, writing
from web.accounts.credential import Credential
from web.context import engine
from web.demo.people import DOMAIN, PASSWORD, add_people
from web.demo.sessions import add_sessions
from web.security import hash_password, one_time_codes

_SHOWN = ("xiaoman", "wang", "lin", "zhou", "hu", "admin")


@click.command("demo")
@click.option("--reset", is_flag=True, help="Empty the database first: everything in it is lost.")
@with_appcontext
def demo(*, reset: bool) -> None:
    """Load the demo fair: 22 employers, 121 positions, 60 seekers, a session that can go live now."""
    with writing(engine()) as db:
        if reset:
            _empty(db)
        elif has_accounts(db):
            raise click.ClickException("the database has accounts already; --reset empties it first")
        load_demo(db)


@click.command("accounts")
@with_appcontext
def accounts() -> None:
    """Print the demo accounts, with the current one-time code where one is asked for."""
    with reading(engine()) as db:
        query = select(Credential).join(Account).where(Account.email.like(f"%@{DOMAIN}")).order_by(Account.id)
        credentials = {credential.account.email: credential for credential in db.scalars(query)}
        if not credentials:
            return
        click.echo(f"   Demo accounts, password {PASSWORD}")
        for mailbox in _SHOWN:
            credential = credentials.get(f"{mailbox}@{DOMAIN}")
            if credential is None:
                continue
            person, secret = credential.account, credential.tf_totp_secret
            code = f"  code now {one_time_codes().generate_totp_password(secret)}" if secret else ""
            click.echo(f"   {_ROLES[Role(person.role)]}  {person.email:<28}{person.name}{code}")
        click.echo("   A new code: flask --app web fair totp zhou@demo.gangbo.cn\n")


def has_accounts(db: Session) -> bool:
    """Whether somebody lives in this database."""
    return bool(db.scalar(select(func.count()).select_from(Account)))


def load_demo(db: Session) -> None:
    """Put the demo fair into a database without accounts."""
    now = datetime.now(UTC)
    click.echo("-- demo fair: people and positions")
    people = add_people(
        db, password_hash=hash_password(PASSWORD), totp_secret=one_time_codes().generate_totp_secret, now=now
    )
    click.echo("-- demo fair: sessions and their history")
    add_sessions(db, people, now=now)


_ROLES = {
    Role.SEEKER: "seeker       ",
    Role.RECRUITER: "recruiter    ",
    Role.MODERATOR: "moderator    ",
    Role.ASSISTANT: "assistant    ",
    Role.OFFICER: "officer      ",
    Role.ADMINISTRATOR: "administrator",
}


def _empty(db: Session) -> None:
    """Delete every row of every table; event numbers go on, so that readers' cursors stay right."""
    for table in reversed(Base.metadata.sorted_tables):
        db.execute(text(f'DELETE FROM "{table.name}"'))  # noqa: S608 - the names are the schema's own.

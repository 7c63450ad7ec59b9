"""Passes for a media server: who may send a session's picture there, and who may have it from there.

The server asks about each client before it lets it in. Paths are those of the session's `publish_url`: what comes
before `/whip` in `https://media.example.cn/fair-12/whip` is what the server calls the path, `fair-12`.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.livesessions import LiveSession
from fair.permissions import Action, actor_of, may
from fair.statuses import LiveSessionStatus

SECONDS_VALID = 3_600
READ, PUBLISH = "read", "publish"
_PURPOSE = "gangbo.media-pass.v1"


class MediaPass(msgspec.Struct, frozen=True):
    """An account that wants to publish a session's picture."""

    session_id: int
    account_id: int
    issued_at: float


def issue_pass(secret_key: str, live_session: LiveSession, account_id: int, *, now: datetime) -> str:
    """A pass as text, good for an hour; whether its account may publish is asked again when it is shown."""
    made = MediaPass(live_session.id, account_id, now.timestamp())
    return URLSafeSerializer(secret_key, salt=_PURPOSE).dumps(msgspec.to_builtins(made))


def media_path(address: str) -> str:
    """What a media server calls the path of a WHIP address; empty where there is none."""
    return urlsplit(address).path.strip("/").removesuffix("whip").rstrip("/")


def may_use(db: Session, secret_key: str, *, action: str, path: str, text: str, now: datetime) -> bool:
    """Whether the media server may let in a client that shows this pass, or none, for `publish` or `read` of a path.

    To read, the picture of a session on air is for everybody, that of a rehearsal for who may publish it.
    """
    live_session = _session_of(db, path)
    if live_session is None or action not in (READ, PUBLISH):
        return False
    if action == READ and live_session.status == LiveSessionStatus.LIVE:
        return True
    shown = _opened(secret_key, text)
    if shown is None or shown.session_id != live_session.id:
        return False
    if not -5 <= now.timestamp() - shown.issued_at <= SECONDS_VALID:
        return False
    return may(actor_of(db, db.get(Account, shown.account_id)), Action.PUBLISH_PICTURE, live_session)


def _session_of(db: Session, path: str) -> LiveSession | None:
    """The session that publishes to a path, of those that are on air or about to be."""
    wanted = path.strip("/")
    if not wanted:
        return None
    open_ones = select(LiveSession).where(
        LiveSession.publish_url != "", LiveSession.status.in_((LiveSessionStatus.LIVE, LiveSessionStatus.APPROVED))
    )
    found = [each for each in db.scalars(open_ones.order_by(LiveSession.id)) if media_path(each.publish_url) == wanted]
    # Two sessions may use one path after another: the one on air has it.
    return next((each for each in found if each.is_live), found[0] if found else None)


def _opened(secret_key: str, text: str) -> MediaPass | None:
    try:
        return msgspec.convert(URLSafeSerializer(secret_key, salt=_PURPOSE).loads(text), MediaPass)
    except (BadData, msgspec.ValidationError):
        return None

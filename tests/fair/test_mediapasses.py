"""Passes for a media server: who is let in to publish and to watch, by path, pass and the state of the session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fair.livesessions import PictureSource, move_session, set_picture
from fair.mediapasses import SECONDS_VALID, issue_pass, may_use, media_path
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, SmallFair, small_fair

KEY = "a secret for tests"


@pytest.fixture
def fair(db: Session) -> SmallFair:
    """A fair whose session on air publishes to a media server."""
    fair = small_fair(db)
    set_picture(
        fair.live_session,
        PictureSource.WHEP,
        picture_url="https://media.example.cn/hall/fair-1/whep",
        publish_url="https://media.example.cn/hall/fair-1/whip",
    )
    return fair


def asked(
    db: Session, action: str = "publish", *, path: str = "hall/fair-1", text: str = "", key: str = KEY, after: float = 0
) -> bool:
    """What the media server is answered."""
    return may_use(db, key, action=action, path=path, text=text, now=NOW + timedelta(seconds=after))


def test_pass_lets_its_host_publish(db: Session, fair: SmallFair) -> None:
    """Again and again for an hour, to the path of its session and no other."""
    shown = issue_pass(KEY, fair.live_session, fair.recruiter.id, now=NOW)

    assert asked(db, text=shown)
    assert asked(db, text=shown, after=SECONDS_VALID)
    assert not asked(db, text=shown, after=SECONDS_VALID + 1)
    assert not asked(db, text=shown, path="hall/fair-2")
    assert not asked(db, text=shown, path="")
    assert not asked(db, text=shown, key="another key")
    assert not asked(db, text="")
    assert not asked(db, "api", text=shown)


def test_pass_is_worth_what_its_account_may_do(db: Session, fair: SmallFair) -> None:
    """A seeker's lets nobody in, nor one of a recruiter who was disabled, nor any after the end."""
    shown = issue_pass(KEY, fair.live_session, fair.recruiter.id, now=NOW)
    seekers = issue_pass(KEY, fair.live_session, fair.seeker.id, now=NOW)
    before = asked(db, text=shown)

    fair.recruiter.is_active = False
    disabled = asked(db, text=shown)
    fair.recruiter.is_active = True
    move_session(db, fair.live_session, LiveSessionStatus.ENDED, now=NOW)

    assert (before, disabled, asked(db, text=shown), asked(db, text=seekers)) == (True, False, False, False)


def test_picture_on_air_is_for_everybody(db: Session, fair: SmallFair) -> None:
    """A rehearsal is for who may publish it."""
    shown = issue_pass(KEY, fair.live_session, fair.recruiter.id, now=NOW)
    on_air = asked(db, "read")

    fair.live_session.status = LiveSessionStatus.APPROVED

    assert (on_air, asked(db, "read"), asked(db, "read", text=shown)) == (True, False, True)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://m.example.cn/fair-1/whip", "fair-1"),
        ("https://m.example.cn:8889/a/b/whip?x=1", "a/b"),
        ("https://m.example.cn/whip", ""),
        ("", ""),
    ],
)
def test_media_path_is_what_the_server_calls_it(address: str, path: str) -> None:
    """What stands before /whip."""
    assert media_path(address) == path

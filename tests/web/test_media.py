"""A media server's questions, in the form that MediaMTX asks them, and the passes that it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.livesessions import LiveSession, PictureSource, set_picture
from tests.builders import SmallFair
from web.accounts.credential import Credential

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
SERVER = "https://media.example.cn/fair-1"
ASKED = {
    "user": "",
    "password": "",
    "token": "",
    "ip": "203.0.113.7",
    "action": "publish",
    "path": "fair-1",
    "protocol": "webrtc",
    "id": "0d8a3e3c-6b5e-4c31-8ac1-1a1f7b1d1f00",
    "query": "",
}


@pytest.fixture
def on_server(fair: SmallFair, write: Callable[[], Any]) -> SmallFair:
    """The session publishes to a media server."""
    with write() as db:
        session = db.get(LiveSession, fair.live_session.id)
        set_picture(session, PictureSource.WHEP, picture_url=f"{SERVER}/whep", publish_url=f"{SERVER}/whip")
    return fair


@pytest.fixture
def host(
    on_server: SmallFair,
    write: Callable[[], Any],
    let_sign_in: Callable[[Session, Account], Credential],
    signed_in: Callable[[int], FlaskClient],
) -> FlaskClient:
    """Its recruiter, signed in."""
    with write() as db:
        let_sign_in(db, db.get(Account, on_server.recruiter.id))
    return signed_in(on_server.recruiter.id)


def test_host_is_let_in_with_the_pass_of_the_site(client: FlaskClient, host: FlaskClient, on_server: SmallFair) -> None:
    """As bearer token, or where an older server puts it; without one, or for another path, nobody is."""
    answer = host.post(f"/sessions/{on_server.live_session.id}/picture/pass").get_json()
    shown = answer["pass"]
    tried = [{}, {"token": shown}, {"password": shown}, {"token": shown, "path": "fair-2"}, {"token": "x"}]

    found = [client.post("/media/auth", json=ASKED | each).status_code for each in tried]

    assert answer["url"] == f"{SERVER}/whip"
    assert found == [401, 204, 204, 401, 401]


def test_everybody_watches_what_is_on_air(client: FlaskClient, on_server: SmallFair) -> None:
    """Over whatever protocol; the server's own interfaces are for nobody here."""
    asked = [{"action": "read", "protocol": protocol} for protocol in ("webrtc", "hls", "rtsp")]
    asked += [{"action": action, "path": ""} for action in ("api", "metrics", "pprof", "playback")]

    found = [client.post("/media/auth", json=ASKED | each).status_code for each in asked]

    assert found == [204, 204, 204, 401, 401, 401, 401]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"path": 7}', b'{"path": "%s"}' % (b"x" * 3_000)])
def test_nonsense_is_answered(client: FlaskClient, body: bytes) -> None:
    """With no, and no page."""
    answer = client.post("/media/auth", data=body, content_type="application/json")

    assert (answer.status_code, answer.data) == (401, b"")


def test_screen_says_where_sound_alone_saves_data(
    client: FlaskClient, fair: SmallFair, write: Callable[[], Any]
) -> None:
    """Of our own picture only the sound is sent; a media server sends the picture all the same."""
    room = f"/sessions/{fair.live_session.id}/room"

    own = client.get(room).text
    with write() as db:
        set_picture(db.get(LiveSession, fair.live_session.id), PictureSource.WHEP, picture_url=f"{SERVER}/whep")
    others = client.get(room).text

    assert "不收画面，只收声音" in own
    assert "画面照样在收，不省流量" not in own
    assert "画面照样在收，不省流量" in others

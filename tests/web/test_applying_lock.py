"""Applying by form: while matching is asked, the request holds no lock that others would wait for."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from fair.accounts import Account
from fair.applications import Application
from fair.database import make_engine, writing
from fair.matches import Match, Matches
from fair.settings import Settings
from tests.builders import SmallFair, small_fair
from web.accounts.credential import Credential, SignIn
from web.accounts.signup import add_credential
from web.app import create_app


@pytest.fixture
def writing_matching(site_settings: Settings):
    """A matching that writes to the database before it answers: it can only if nobody holds the lock meanwhile."""
    engine = make_engine(site_settings.database_url)

    @Request.application
    def answer(request: Request) -> Response:
        question = msgspec.json.decode(request.get_data())
        with writing(engine) as db:
            db.get_one(Account, question["seeker_id"]).name = "锁没人占"
        matches = [Match(question["position_ids"][0], question["seeker_id"], 86)]
        return Response(msgspec.json.encode(Matches(matches, "test", 0)), mimetype="application/json")

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["/positions/{position}/apply", "/sessions/{session}/positions/{position}/apply"])
def test_applying_holds_no_lock_while_matching_is_asked(
    site_settings: Settings, clock: Any, writing_matching: int, way: str, write: Callable[[], Any]
) -> None:
    """The match that was asked for meanwhile stands in the application, so its answer came in time."""
    app: Flask = create_app(dataclasses.replace(site_settings, matching_port=writing_matching), clock=clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with write() as db:
        fair: SmallFair = small_fair(db, now=clock())
        credential: Credential = add_credential(db, fair.seeker, "no password fits this")
        db.add(SignIn(number="here", account_id=fair.seeker.id, started_at=clock()))
        who, session_id, position_id = credential.fs_uniquifier, fair.live_session.id, fair.position.id
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": who, "_fresh": True, "login": "here"})

    client.post(way.format(session=session_id, position=position_id), data={"key": "a key of sixteen signs"})

    with write() as db:
        assert db.scalars(select(Application.score)).all() == [86]
        assert db.scalars(select(Account.name).where(Account.name == "锁没人占")).all() == ["锁没人占"]
    app.extensions["gangbo"].engine.dispose()

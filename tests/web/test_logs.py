"""What a day at the fair leaves in logs and addresses: nothing that tells who somebody is or opens a door."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from fair.accounts import Account, Role
from fair.database import writing
from tests.builders import NOW, SmallFair
from tests.live.scene import make_scene
from tests.live.visitor import connected, entered, serving
from web.context import db as request_db

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
PHONE, NAME, NICKNAME, ABOUT = "13812345678", "欧阳小满", "暮色里的电工", "在电厂做了二十年"
EMAIL, PASSWORD, WRONG = "ouyang@example.cn", "a-long-password-9", "a-wrong-password-7"


def addresses(page: str) -> list[str]:
    """Every address in a page."""
    return re.findall(r'(?:href|action|src|content)="([^"]*)"', page)


def assert_silent(text: str, secrets: list[str]) -> None:
    """None of the secrets stands in the text, as it is or as an address would write it."""
    assert [secret for secret in secrets if secret in text or secret in unquote(text)] == []


@sqlite
def test_site_writes_nobody_into_logs_and_addresses(
    app: Flask, fair: SmallFair, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Signing up and in, a profile, an application, a ticket: even the most talkative log tells no value of them."""
    caplog.set_level(logging.DEBUG)
    pages = [client.get("/sign-up")]
    new = {"name": PHONE, "password": PASSWORD, "nickname": NICKNAME, "has_agreed": "1"}
    profile = {"full_name": NAME, "phone": PHONE, "about": ABOUT, "education": "none", "experience_years": "20"}

    pages.append(client.post("/sign-up", data=new))
    pages.append(client.post("/sign-up", data=new))
    pages.append(client.post("/profile", data=profile))
    pages.append(client.post("/profile", data=profile | {"experience_years": "many"}))
    pages.append(client.post(f"/positions/{fair.position.id}/apply", data={"key": "a key of sixteen signs"}))
    pages += [
        client.get(path) for path in ("/profile", "/applications", "/account", f"/sessions/{fair.live_session.id}/room")
    ]
    ticket = client.post(f"/sessions/{fair.live_session.id}/ticket").get_json()["ticket"]
    with client.session_transaction() as session:
        login = session["login"]
    client.post("/logout")
    pages.append(client.post("/login", data={"name": PHONE, "password": WRONG}))
    pages.append(client.post("/login", data={"name": PHONE, "password": PASSWORD}))
    client.get("/positions", query_string={"q": NAME, "page": "1"})

    assert pages[5].status_code == 303
    secrets = [PHONE, NAME, NICKNAME, ABOUT, PASSWORD, WRONG, ticket, login, client.get_cookie("gangbo").value]
    assert_silent(caplog.text, secrets)
    for page in pages:
        assert_silent(" ".join([page.headers.get("Location", ""), *addresses(page.text)]), secrets)


@sqlite
def test_accident_and_race_are_logged_without_values(
    app: Flask, fair: SmallFair, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault has a number to tell; two that write the same are told as a conflict, without the values."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.post("/twice")
    def twice() -> str:
        request_db().add(Account(role=Role.SEEKER, name=NAME, email=fair.seeker.email, created_at=NOW))
        request_db().flush()
        return ""

    @app.post("/broken")
    def broken() -> str:
        raise RuntimeError("it broke")

    with pytest.raises(IntegrityError), writing(app.extensions["gangbo"].engine) as db:
        db.add(Account(role=Role.SEEKER, name=NAME, email=fair.seeker.email, created_at=NOW))
    conflict = app.test_client().post("/twice")
    fault = app.test_client().post("/broken", data={"phone": PHONE})

    assert (conflict.status_code, fault.status_code) == (409, 500)
    assert re.search(r"报编号 [0-9A-F]{6}", fault.text)
    assert "it broke" not in fault.text
    assert "Traceback" not in fault.text
    assert "it broke" in caplog.text
    assert_silent(caplog.text, [NAME, PHONE, str(fair.seeker.email)])


def test_rooms_write_nobody_into_logs(sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Entering, speaking, asking, applying, a forged and a used ticket: no name, text or ticket is told."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.WARNING)  # As `python -m live` does.
    scene = make_scene(sqlite_url)
    tickets = []

    async def story() -> None:
        async with serving(scene, tmp_path) as (_, address):
            tickets.append(scene.ticket(scene.seeker_ids[0], name=NICKNAME))
            tickets.append(scene.ticket(scene.seeker_ids[1], secret="another secret", name=NICKNAME))
            async with entered(address, scene, tickets[0]) as (visitor, _welcome):
                await visitor.ask("say", text=ABOUT)
                await visitor.ask("ask", text=f"{ABOUT}，夜班多吗")
                reply = await visitor.ask("apply", position_id=scene.position_ids[0])
                assert reply["type"] == "reply"
            for bad in tickets:
                async with connected(address) as stranger:
                    await stranger.send(type="enter", ticket=bad, session=scene.session_id)
                    assert await stranger.close_code() == 4001

    asyncio.run(asyncio.wait_for(story(), 60))

    assert "a ticket was refused" in caplog.text
    assert_silent(caplog.text, [*tickets, NICKNAME, ABOUT, "求职0", f"seeker{scene.seeker_ids[0]}@fair.test"])

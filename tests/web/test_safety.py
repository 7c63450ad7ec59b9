"""The whole site against those who mean harm: forged forms, other sites, guessing, floods, and files that are traps."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.applications import MOST_AN_HOUR, Application
from fair.events import Event, EventKind
from fair.importjobs import ImportJob
from fair.settings import Settings
from tests.builders import SmallFair, add_position
from tests.web.conftest import PASSWORD, Clock
from tests.web.test_matrix import ROWS, Row, status_of
from tests.web.world import Copy, make_world
from web.accounts.credential import Credential, SignIn
from web.accounts.throttle import TAKEN_PER_ADDRESS
from web.app import create_app

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
# What a media server asks comes from no browser and changes nothing.
QUESTIONS = {"/media/auth"}
CHANGES = [row for row in ROWS if row.method == "POST" and row.path not in QUESTIONS]
OWN = re.compile(r"/(?![/\\])[^\\\s]*$")
Read = Callable[[], Any]
Browser = Callable[[int], FlaskClient]


def who_may(row: Row) -> str:
    """Somebody whom the table lets do it."""
    return next((who for who, status in row.statuses.items() if status in ("200", "302", "303")), "nobody")


@sqlite
def test_form_without_a_token_is_refused_everywhere(app: Flask, signed_in: Browser) -> None:
    """Every route that changes something answers 400 to a form without its token, also to one that is let in."""
    world = make_world(app)
    browsers = {who: signed_in(number) for who, number in world.people.items()} | {"nobody": app.test_client()}
    kept = Copy(app.extensions["gangbo"].engine)
    app.config["WTF_CSRF_ENABLED"] = True

    answers = {
        str(row): browsers[who_may(row)].post(world.path(row.path), data=world.form(row.path)) for row in CHANGES
    }

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 400} == {}
    assert "这一页放太久了" in answers["POST /profile"].text
    assert not kept.is_changed()


@sqlite
def test_token_of_another_session_is_refused(app: Flask, fair: SmallFair, signed_in: Browser) -> None:
    """A token that somebody else was given opens nothing."""
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = signed_in(fair.recruiter.id)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/account").text).group(1)

    assert signed_in(fair.seeker.id).post("/mode/care", data={"csrf_token": token}).status_code == 400
    assert stranger.post("/mode/care", data={"csrf_token": token}).status_code == 303


@sqlite
@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        " //evil.example",
        "http://localhost@evil.example/",
    ],
)
def test_next_leads_to_no_other_site(app: Flask, fair: SmallFair, signed_in: Browser, onward: str) -> None:
    """Whatever an address names as the next page, the answer stays here."""
    seeker = signed_in(fair.seeker.id)

    answers = [
        seeker.get("/login", query_string={"next": onward}),
        seeker.post("/mode/care", data={"next": onward}),
        seeker.post("/mode/care", headers={"Referer": onward.strip()}),
    ]

    assert [OWN.match(answer.location) is not None for answer in answers] == [True] * 3


@sqlite
def test_every_form_stays_on_the_site(app: Flask, signed_in: Browser) -> None:
    """No route goes where a form or the page before it says, if that is another site."""
    world, onward = make_world(app), "//evil.example"
    browsers = {who: signed_in(number) for who, number in world.people.items()}
    cookies = {who: browser.get_cookie("gangbo").value for who, browser in browsers.items()}
    kept = Copy(app.extensions["gangbo"].engine)
    led_away = []
    for row in CHANGES:
        client = app.test_client()
        if who_may(row) in cookies:
            client.set_cookie("gangbo", cookies[who_may(row)])
        form = world.form(row.path) | {"next": onward}
        answer = client.post(world.path(row.path), data=form, headers={"Referer": "http://evil.example/"})
        if not OWN.match(answer.headers.get("Location", "/")):
            led_away.append(f"{row}: {answer.location}")
        kept.put_back()

    assert led_away == []


@sqlite
def test_sign_in_changes_the_session_and_sign_out_ends_it(
    app: Flask, fair: SmallFair, write: Read, read: Read, let_sign_in: Callable[[Session, Account], Credential]
) -> None:
    """A session that somebody planted does not become the victim's; a cookie that was copied dies at signing out."""
    with write() as db:
        let_sign_in(db, db.get_one(Account, fair.seeker.id))
    client = app.test_client()
    with client.session_transaction() as planted:
        planted.update({"login": "planted", "viewer": "v00000000000000ff", "applied": 77})

    client.post("/login", data={"name": fair.seeker.email, "password": PASSWORD})

    with client.session_transaction() as session:
        login = session["login"]
        assert login != "planted"
        assert "applied" not in session
    copied = app.test_client()
    copied.set_cookie("gangbo", client.get_cookie("gangbo").value)
    assert copied.get("/profile").status_code == 200
    client.post("/logout")
    assert status_of(copied.get("/profile")) == "in"
    with read() as db:
        ended = db.scalars(select(Event).where(Event.kind == EventKind.SIGNED_OUT)).one()
        assert (ended.account_id, ended.data) == (fair.seeker.id, {"login": login})
        assert db.get_one(SignIn, login).ended_at is not None


@sqlite
def test_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, app: Flask) -> None:
    """HttpOnly and SameSite also where there is no HTTPS; a cookie that was changed is nobody's."""
    app.config["WTF_CSRF_ENABLED"] = True
    cookie = client.get("/login").headers["Set-Cookie"]

    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    client.set_cookie("gangbo", client.get_cookie("gangbo").value[:-3] + "xyz")
    assert status_of(client.get("/account")) == "in"


@sqlite
def test_forwarded_address_counts_behind_a_proxy_alone(app: Flask, site_settings: Settings) -> None:
    """The last hop is believed where a proxy is configured; what the client wrote before it is not."""
    seen: list[str | None] = []
    behind = create_app(replace(site_settings, proxies=1))
    for site in (app, behind):
        site.before_request(lambda: seen.append(request.remote_addr))
        site.test_client().get("/robots.txt", headers={"X-Forwarded-For": "198.51.100.66, 203.0.113.9"})
    behind.extensions["gangbo"].engine.dispose()

    assert seen == ["127.0.0.1", "203.0.113.9"]


@sqlite
def test_guessing_over_many_names_stops_at_the_address(
    app: Flask, fair: SmallFair, write: Read, let_sign_in: Callable[[Session, Account], Credential], clock: Clock
) -> None:
    """A list of stolen names and passwords gets a hundred tries from one address; another address may go on."""
    with write() as db:
        let_sign_in(db, db.get_one(Account, fair.seeker.id))
    client = app.test_client()
    right = {"name": fair.seeker.email, "password": PASSWORD}

    tries = [
        client.post("/login", data={"name": f"stolen{number}@example.cn", "password": "wrong-password"}).status_code
        for number in range(101)
    ]

    assert tries == [422] * 100 + [429]
    assert client.post("/login", data=right).status_code == 429
    assert client.post("/login", data=right, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    elsewhere = client.post("/login", data=right, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 303


@sqlite
def test_guessing_one_name_from_many_addresses_stops_at_the_name(app: Flask, fair: SmallFair) -> None:
    """Twenty tries at one name, wherever they come from."""
    form = {"name": fair.seeker.email, "password": "wrong-password"}

    tries = [
        app.test_client().post("/login", data=form, environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"}).status_code
        for n in range(21)
    ]

    assert tries == [422] * 20 + [429]


@sqlite
def test_sign_up_does_not_become_a_list_of_who_is_here(
    app: Flask, fair: SmallFair, read: Read, write: Read, let_sign_in: Callable[[Session, Account], Credential]
) -> None:
    """Whoever asks for names that are taken has to stop after twenty, and nothing is made meanwhile."""
    with write() as db:
        let_sign_in(db, db.get_one(Account, fair.seeker.id))
    taken = {"name": fair.seeker.email, "password": PASSWORD, "nickname": "阿强", "has_agreed": "1"}
    client = app.test_client()

    answers = [client.post("/sign-up", data=taken).status_code for _ in range(TAKEN_PER_ADDRESS + 1)]

    assert answers == [422] * TAKEN_PER_ADDRESS + [429]
    assert client.post("/sign-up", data=taken | {"name": "new@example.cn"}).status_code == 429
    assert client.post("/login", data={"name": fair.seeker.email, "password": PASSWORD}).status_code == 303
    with read() as db:
        assert db.scalar(select(Account.id).where(Account.email == "new@example.cn")) is None


@sqlite
def test_one_seeker_applies_at_most_sixty_times_an_hour(
    app: Flask, fair: SmallFair, write: Read, read: Read, signed_in: Browser, clock: Clock
) -> None:
    """The sixty-first waits with a page that says so, and keeps nothing; an hour later it is taken."""
    with write() as db:
        employer = db.merge(fair.employer)
        positions = [add_position(db, employer, title=f"岗位{n}").id for n in range(MOST_AN_HOUR + 1)]
    seeker = signed_in(fair.seeker.id)

    def apply(position_id: int) -> Any:
        return seeker.post(f"/positions/{position_id}/apply", data={"key": f"key of {position_id}"})

    assert {apply(each).status_code for each in positions[:-1]} == {303}
    refused = apply(positions[-1])

    assert refused.status_code == 429
    assert "太快了" in refused.text
    with read() as db:
        assert len(db.scalars(select(Application.id)).all()) == MOST_AN_HOUR
    clock.now = clock.now.replace(hour=clock.now.hour + 2)
    assert apply(positions[-1]).status_code == 303


@cache
def _bomb() -> bytes:
    """An XLSX of some 400 KiB whose sheet unfolds to 400 MiB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(400):
                sheet.write(b" " * 1024 * 1024)
    return file.getvalue()


def _sheet(xml: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", xml)
    return file.getvalue()


def _traps() -> Iterator[Any]:
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
    yield pytest.param(_bomb, "文件太大", 422, id="unfolds")
    yield pytest.param(lambda: _sheet(doctype), "不该有的声明", 422, id="doctype")
    yield pytest.param(lambda: b"MZ\x90\x00" + bytes(4_000), "这不是表格", 422, id="program")
    yield pytest.param(lambda: b"%PDF-1.7\x00" + bytes(4_000), "这不是表格", 422, id="pdf")
    yield pytest.param(lambda: b"PK\x03\x04" + bytes(4_000), "文件坏了", 422, id="torn")
    yield pytest.param(lambda: b"\xd0\xcf\x11\xe0" + bytes(4_000), "旧格式", 422, id="old")
    yield pytest.param(lambda: b"a,b\n" * 2_700_000, "文件太大", 422, id="above 10 MB")
    yield pytest.param(lambda: b"a" * 17 * 1024 * 1024, "文件太大", 413, id="above 16 MB")


@sqlite
@pytest.mark.parametrize(("make", "words", "status"), list(_traps()))
def test_file_that_is_a_trap_is_told_and_keeps_nothing(
    fair: SmallFair, signed_in: Browser, read: Read, make: Callable[[], bytes], words: str, status: int
) -> None:
    """The page says what is wrong with the file; no import begins, whatever the file is called."""
    answer = signed_in(fair.recruiter.id).post(
        "/employer/positions/import", data={"file": (io.BytesIO(make()), "岗位.xlsx")}
    )

    assert answer.status_code == status
    assert words in answer.text
    with read() as db:
        assert db.scalars(select(ImportJob.id)).all() == []


def test_bomb_is_as_small_as_it_claims() -> None:
    """The file of the test above would pass a check of its packed size alone."""
    packed = _bomb()

    assert len(packed) < 512 * 1024
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) >= 400 * 1024 * 1024

"""Signing up, in and out, with the second factor; what a guesser meets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.accounts import Account, Consent, ConsentKind, Role, standing_consent
from fair.employers import Employer, Recruiter, with_check_character
from fair.events import Event, EventKind
from fair.seekers import SeekerProfile
from fair.statuses import EmployerStatus
from tests.builders import SmallFair, add_account
from tests.web.conftest import PASSWORD, Clock
from web.accounts.credential import Credential, SignIn
from web.accounts.devices import device_name
from web.security import one_time_codes

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
NEW = {"nickname": "小满", "name": "138 0000 1234", "password": "qingshan-lvshui-9", "has_agreed": "1"}


@pytest.fixture
def people(write: Callable[[], Any], let_sign_in: Callable[..., Credential]) -> dict[str, Account]:
    """A seeker with a phone number and an officer, both with PASSWORD."""
    with write() as db:
        seeker = add_account(db, Role.SEEKER, name="小满")
        seeker.set_phone("13800001234")
        officer = add_account(db, Role.OFFICER, name="周经办")
        for person in (seeker, officer):
            let_sign_in(db, person)
        return {"seeker": seeker, "officer": officer}


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", data={"name": name, "password": password, **more})


def test_sign_up_makes_a_seeker_who_is_signed_in(client: FlaskClient, read: Callable[[], Any]) -> None:
    """Nickname, phone, password and the consent to the terms are all it takes; the phone is encrypted."""
    answer = client.post("/sign-up", data=NEW)

    assert answer.status_code == 303
    assert client.get("/profile").status_code == 200
    with read() as db:
        account = db.scalars(select(Account)).one()
        assert (account.role, account.name, account.phone) == (Role.SEEKER, "小满", "13800001234")
        assert db.get(SeekerProfile, account.id) is not None
        assert standing_consent(db, account.id, ConsentKind.TERMS) is not None
        assert db.scalars(select(Credential)).one().password.startswith("$argon2id$")


@sqlite
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "password123"),
        ("password", "12345678"),
        ("password", "13800001234"),
        ("password", "short"),
        ("name", "nobody"),
        ("nickname", ""),
        ("has_agreed", ""),
    ],
)
def test_sign_up_refuses_with_the_fix_at_the_field(
    client: FlaskClient, read: Callable[[], Any], field: str, value: str
) -> None:
    """A common or short password, a name that is neither phone nor e-mail, no consent: 422, and nobody is made."""
    answer = client.post("/sign-up", data=NEW | {field: value})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with read() as db:
        assert db.scalars(select(Account)).all() == []


@sqlite
def test_sign_up_of_an_employer_makes_a_draft(client: FlaskClient, fair: SmallFair, read: Callable[[], Any]) -> None:
    """The employer waits as a draft in the district that its credit code names; the recruiter acts for it."""
    code = with_check_character("91330106MA2T99999")

    answer = client.post(
        "/sign-up/employer",
        data=NEW | {"nickname": "王专员", "employer": "杭州新来有限公司", "credit_code": code.lower()},
    )

    assert (answer.status_code, answer.location) == (303, "/employer")
    with read() as db:
        employer = db.scalars(select(Employer).where(Employer.credit_code == code)).one()
        assert (employer.status, employer.district_code) == (EmployerStatus.DRAFT, "330106")
        assert db.scalars(select(Recruiter).where(Recruiter.employer_id == employer.id)).one().title == "王专员"


@sqlite
def test_sign_up_of_an_employer_refuses_a_wrong_check_digit(client: FlaskClient, fair: SmallFair) -> None:
    """A credit code whose last character does not fit is told at its field."""
    answer = client.post(
        "/sign-up/employer",
        data=NEW | {"employer": "杭州新来有限公司", "credit_code": fair.employer.credit_code[:17] + "0"},
    )

    assert answer.status_code == 422
    assert "校验码对不上" in answer.text


@pytest.mark.parametrize("name", ["13800001234", "+86 138-0000-1234"])
def test_sign_in_by_phone_begins_a_new_session(
    client: FlaskClient, people: dict[str, Account], read: Callable[[], Any], name: str
) -> None:
    """The phone number signs in however it is written, under a session number that was not there before."""
    client.get("/login")

    answer = sign_in(client, name)

    assert (answer.status_code, answer.location) == (303, "/")
    with client.session_transaction() as session:
        number = session["login"]
    with read() as db:
        assert db.get_one(SignIn, number).account_id == people["seeker"].id


@sqlite
def test_sign_in_answers_known_and_unknown_names_alike(client: FlaskClient, people: dict[str, Account]) -> None:
    """Neither the status nor a word tells whether an account exists."""
    known = sign_in(client, "13800001234", "wrong-password")
    unknown = sign_in(client, "13800009999", "wrong-password")

    assert known.status_code == unknown.status_code == 422
    tokens = re.compile(r'(?<=name="csrf_token" value=")[^"]*|1380000\d{4}')
    assert "不对" in known.text
    assert tokens.sub("", known.text) == tokens.sub("", unknown.text)


def test_sign_in_is_throttled_after_five_failures(
    client: FlaskClient, people: dict[str, Account], clock: Clock
) -> None:
    """The sixth try waits, right or wrong, for known and unknown names; a quarter of an hour later it may go on."""
    for name in ("13800001234", "13800009999"):
        for _ in range(5):
            assert sign_in(client, name, "wrong-password").status_code == 422
        assert sign_in(client, name).status_code == 429

    clock.now += timedelta(minutes=16)

    assert sign_in(client, "13800001234").status_code == 303


@sqlite
def test_sign_in_refuses_a_disabled_account(
    client: FlaskClient, people: dict[str, Account], write: Callable[[], Any]
) -> None:
    """A disabled account is answered like a wrong password, and its open web session is nobody's."""
    sign_in(client, "13800001234")
    assert client.get("/account").status_code == 200
    with write() as db:
        db.get_one(Account, people["seeker"].id).is_active = False

    assert client.get("/account").status_code == 303
    assert sign_in(client, "13800001234").status_code == 422


@sqlite
@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/positions/3?x=1", "/positions/3?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://localhost/profile", "/profile"),
    ],
)
def test_sign_in_leads_back_into_the_site_alone(
    client: FlaskClient, people: dict[str, Account], wanted: str, reached: str
) -> None:
    """`next` is followed when it is a path of ours, and ignored when it is not."""
    assert sign_in(client, "13800001234", next=wanted).location == reached


def test_sign_out_ends_the_session_and_tells_the_rooms(
    client: FlaskClient, people: dict[str, Account], read: Callable[[], Any]
) -> None:
    """A cookie kept from before is nobody's, and the event log names the session whose sockets are to close."""
    sign_in(client, "13800001234")
    with client.session_transaction() as session:
        before = dict(session)

    assert client.post("/logout").status_code == 303

    with client.session_transaction() as session:
        session.update(before)
    assert client.get("/account").status_code == 303
    with read() as db:
        fact = db.scalars(select(Event).where(Event.kind == EventKind.SIGNED_OUT)).one()
        assert (fact.account_id, fact.data) == (people["seeker"].id, {"login": before["login"]})


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit MicroMessenger/8.0 Safari", "微信 · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_device_is_told_by_browser_and_system(client: str, name: str) -> None:
    """What a browser calls itself becomes two words; an unknown one is shown as it is."""
    assert device_name(client) == name


@sqlite
def test_account_ends_a_session_on_another_device(app: Flask, people: dict[str, Account]) -> None:
    """One can be signed out elsewhere from here; somebody else's session number does nothing."""
    phone, desk = app.test_client(), app.test_client()
    sign_in(phone, "13800001234")
    sign_in(desk, "13800001234")
    with phone.session_transaction() as session:
        number = session["login"]

    assert desk.post("/account/sign-ins/nobody/end").status_code == 404
    assert desk.post(f"/account/sign-ins/{number}/end").status_code == 303

    assert phone.get("/account").status_code == 303
    assert desk.get("/account").status_code == 200


@sqlite
def test_password_is_changed_and_other_devices_are_signed_out(app: Flask, people: dict[str, Account]) -> None:
    """A wrong current password changes nothing; a right one ends every other web session."""
    phone, desk = app.test_client(), app.test_client()
    sign_in(phone, "13800001234")
    sign_in(desk, "13800001234")
    wanted = "qingshan-lvshui-9"

    wrong = desk.post("/account/password", data={"current": "not-it-at-all", "password": wanted})
    assert wrong.status_code == 422
    assert phone.get("/account").status_code == 200
    assert desk.post("/account/password", data={"current": PASSWORD, "password": wanted}).status_code == 303

    assert desk.get("/account").status_code == 200
    assert phone.get("/account").status_code == 303
    assert sign_in(phone, "13800001234").status_code == 422
    assert sign_in(phone, "13800001234", wanted).status_code == 303


def test_officer_needs_a_code_after_the_password(
    app: Flask, client: FlaskClient, people: dict[str, Account], clock: Clock, read: Callable[[], Any]
) -> None:
    """The first time a picture is scanned; a wrong code is refused, a right one is taken once."""
    officer = people["officer"]
    assert sign_in(client, officer.email or "").location == "/login/enrol"
    assert client.get("/account").status_code == 303
    page = client.get("/login/enrol")
    with client.session_transaction() as session:
        secret = session["pending_totp"]
    with app.app_context():
        code = one_time_codes()._totp.from_source(secret).generate(time=clock.now).token

    assert "<svg" in page.text
    wrong = client.post("/login/enrol", data={"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert "码不对" in wrong.text
    assert client.post("/login/enrol", data={"code": f"{code[:3]} {code[3:]}"}).location == "/oversight"
    assert client.get("/account").status_code == 200

    other = app.test_client()
    assert sign_in(other, officer.email or "").location == "/login/code"
    used = other.post("/login/code", data={"code": code})
    assert used.status_code == 422
    assert "这个码用过了" in used.text
    clock.now += timedelta(seconds=60)
    with app.app_context():
        code = one_time_codes()._totp.from_source(secret).generate(time=clock.now).token
    assert other.post("/login/code", data={"code": code}).status_code == 303


@sqlite
def test_officer_may_guess_five_codes(app: Flask, client: FlaskClient, people: dict[str, Account]) -> None:
    """After five wrong codes even a right one waits."""
    sign_in(client, people["officer"].email or "")
    client.get("/login/enrol")
    for _ in range(5):
        client.post("/login/enrol", data={"code": "abcdef"})
    with client.session_transaction() as session:
        secret = session["pending_totp"]
    with app.app_context():
        code = one_time_codes().generate_totp_password(secret)

    answer = client.post("/login/enrol", data={"code": code})

    assert answer.status_code == 422
    assert "15 分钟" in answer.text


@sqlite
def test_officer_is_asked_again_after_twelve_hours(
    people: dict[str, Account], signed_in: Callable[[int], FlaskClient], clock: Clock
) -> None:
    """The web session of somebody who sees more ends sooner than a seeker's."""
    officer, seeker = signed_in(people["officer"].id), signed_in(people["seeker"].id)
    assert officer.get("/account").status_code == 200

    clock.now += timedelta(hours=13)

    assert officer.get("/account").status_code == 303
    assert seeker.get("/account").status_code == 200


@sqlite
def test_command_makes_an_administrator(app: Flask, read: Callable[[], Any]) -> None:
    """The command prints the secret of the one-time codes; a weak password or a bad address is one line."""
    run = app.test_cli_runner()

    made = run.invoke(args=["fair", "administrator", "Admin@Example.cn", "--password", "qingshan-lvshui-9"])
    weak = run.invoke(args=["fair", "administrator", "b@example.cn", "--password", "password1"])
    code = run.invoke(args=["fair", "totp", "admin@example.cn"])

    assert made.exit_code == 0
    assert "otpauth://totp/" in made.output
    assert weak.exit_code == 1
    assert code.output.strip().isdigit()
    with read() as db:
        assert db.scalars(select(Account)).one().role == Role.ADMINISTRATOR
        assert db.scalars(select(Consent)).all() == []


@sqlite
def test_form_without_its_token_is_refused(app: Flask, people: dict[str, Account]) -> None:
    """With the check on, as it is outside of tests, a POST from elsewhere changes nothing."""
    app.config["WTF_CSRF_ENABLED"] = True

    answer = sign_in(app.test_client(), "13800001234")

    assert answer.status_code == 400
    assert "刷新" in answer.text

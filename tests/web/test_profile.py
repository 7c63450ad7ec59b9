"""A seeker's own data: the profile, the consents, the copy, the end of the account; and the applications."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.accounts import Account, ConsentKind, Role, standing_consent
from fair.applications import Application, move_application, submit_application
from fair.events import Event, EventKind
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus
from fair.talk import ask_question
from fair.vocabulary import Education
from tests.builders import NOW, WORDING, SmallFair, add_account, add_position, add_profile
from tests.web.conftest import Clock
from web.accounts.credential import Credential

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
FILLED = {
    "full_name": " 张  满 ",
    "phone": "138-0000-1234",
    "wanted_work": "电工、设备维修，电工",
    "skills": "接线;看图纸",
    "certificates": "",
    "education": "senior",
    "experience_years": "3",
    "experience": "在商场做过电工",
    "about": "",
    "home_code": "330106",
    "places": ["330106", "330110", "remote"],
    "pay_min": "7000",
    "schedule": ["day", "flexible"],
    "needs_dormitory": "1",
    "hard": ["pay"],
}


def applied(write: Callable[[], Any], fair: SmallFair, *, key: str = "k", position_id: int | None = None) -> int:
    """An application of the fair's seeker; its number."""
    with write() as db:
        position = db.get_one(type(fair.position), position_id or fair.position.id)
        profile = db.get_one(SeekerProfile, fair.seeker.id)
        return submit_application(db, profile, position, key=key, now=NOW, wording=WORDING).id


def test_profile_is_saved_and_told_to_matching(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any]
) -> None:
    """Lists are parted by any of the usual signs; the phone number signs in from then on; the event says so."""
    seeker = signed_in(fair.seeker.id)

    answer = seeker.post("/profile", data=FILLED)

    assert answer.status_code == 303
    with read() as db:
        profile = db.get_one(SeekerProfile, fair.seeker.id)
        assert (profile.full_name, profile.account.phone) == ("张 满", "13800001234")
        assert (profile.wanted_work, profile.skills) == (["电工", "设备维修"], ["接线", "看图纸"])
        assert (profile.education, profile.pay_min, profile.schedule) == (Education.SENIOR, 7000, ["day", "flexible"])
        assert (profile.places, profile.hard, profile.needs_dormitory) == (
            ["330106", "330110", "remote"],
            ["pay"],
            True,
        )
        credential = db.scalars(select(Credential).where(Credential.account_id == fair.seeker.id)).one()
        assert credential.phone_index == profile.account.phone_index
        newest = db.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (newest.kind, newest.account_id) == (EventKind.PROFILE_SAVED, fair.seeker.id)
    assert "电工、设备维修" in seeker.get("/profile").text


@sqlite
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("phone", "12345", "11 位"),
        ("experience_years", "-1", "0 到 60"),
        ("experience_years", "many", "整数"),
        ("pay_min", "9999999", "6000"),
        ("skills", "、".join(f"会{number}" for number in range(21)), "最多 20 项"),
        ("skills", "长" * 31, "30 个字"),
        ("schedule", ["never"], "选"),
        ("home_code", "nowhere", "选"),
    ],
)
def test_profile_with_a_wrong_field_is_not_saved(
    fair: SmallFair,
    signed_in: Callable[[int], FlaskClient],
    read: Callable[[], Any],
    field: str,
    value: Any,
    told: str,
) -> None:
    """422, what was typed stays in the form, the fix stands at the field, the record is as it was."""
    answer = signed_in(fair.seeker.id).post("/profile", data=FILLED | {"full_name": "李四", field: value})

    assert answer.status_code == 422
    assert "没有保存" in answer.text
    assert told in answer.text
    assert "李四" in answer.text
    with read() as db:
        assert db.get_one(SeekerProfile, fair.seeker.id).full_name == "张满"


@sqlite
def test_profile_is_its_owners_alone(
    client: FlaskClient, fair: SmallFair, signed_in: Callable[[int], FlaskClient]
) -> None:
    """Nobody, a recruiter and an officer have no such page."""
    for path in ("/profile", "/profile/consents", "/profile/export", "/profile/erase", "/applications"):
        assert signed_in(fair.seeker.id).get(path).status_code == 200
        assert client.get(path).location == f"/login?next={path}"
        assert signed_in(fair.recruiter.id).get(path).status_code == 403
        assert signed_in(fair.officer.id).get(path).status_code == 403


@sqlite
def test_consents_switch_matching_off_and_on(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any]
) -> None:
    """Off withdraws the consent, on records it with its words; an unknown one is not found."""
    seeker = signed_in(fair.seeker.id)

    seeker.post("/profile/consents", data={"kind": "matching", "on": "0"})

    with read() as db:
        assert standing_consent(db, fair.seeker.id, ConsentKind.MATCHING) is None
        assert not db.get_one(SeekerProfile, fair.seeker.id).is_matched
    assert "个人匹配关着" in seeker.get(f"/positions/{fair.position.id}").text
    seeker.post("/profile/consents", data={"kind": "matching", "on": "1"})
    with read() as db:
        consent = standing_consent(db, fair.seeker.id, ConsentKind.MATCHING)
        assert consent is not None
        assert "资料" in consent.wording
    assert seeker.post("/profile/consents", data={"kind": "everything", "on": "1"}).status_code == 404


@sqlite
def test_export_holds_everything_and_nothing_of_others(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], write: Callable[[], Any]
) -> None:
    """The copy has the profile, consents, applications with history and questions; nobody else's."""
    applied(write, fair)
    with write() as db:
        session = db.merge(fair.live_session)
        other = add_profile(db, add_account(db, Role.SEEKER, name="别人"), full_name="别人的真名")
        for account_id, text in ((fair.seeker.id, "要倒班吗"), (other.account_id, "别人的提问")):
            ask_question(db, session, text, slot=None, account_id=account_id, name="x", now=NOW)

    answer = signed_in(fair.seeker.id).get("/profile/export")
    copy = json.loads(answer.text)

    assert "attachment" in answer.headers["Content-Disposition"]
    assert copy["profile"]["full_name"] == "张满"
    assert [each["kind"] for each in copy["consents"]] == ["matching", "resume_to_employer"]
    assert copy["applications"][0]["history"][0]["to_status"] == "submitted"
    assert [each["text"] for each in copy["questions"]] == ["要倒班吗"]
    assert "别人" not in answer.text


def test_erase_empties_the_account_and_keeps_the_ledger(
    fair: SmallFair,
    signed_in: Callable[[int], FlaskClient],
    write: Callable[[], Any],
    read: Callable[[], Any],
) -> None:
    """Names, phone, profile and résumés go; the application's line stays; nobody is signed in any more."""
    application_id = applied(write, fair)
    seeker = signed_in(fair.seeker.id)
    with read() as db:
        assert db.get_one(Application, application_id).resume["full_name"] == "张满"

    assert seeker.post("/profile/erase").status_code == 422
    assert seeker.post("/profile/erase", data={"sure": "1"}).status_code == 303

    assert seeker.get("/profile").status_code == 303
    with read() as db:
        account = db.get_one(Account, fair.seeker.id)
        assert (account.name, account.email, account.phone, account.is_active) == ("已注销", None, None, False)
        assert db.get(SeekerProfile, fair.seeker.id) is None
        assert db.scalars(select(Credential).where(Credential.account_id == fair.seeker.id)).all() == []
        application = db.get_one(Application, application_id)
        assert (application.status, application.resume) == (ApplicationStatus.WITHDRAWN, {})
        assert application.position_id == fair.position.id
        assert db.scalars(select(Event).where(Event.kind == EventKind.ACCOUNT_ERASED)).one().account_id == account.id


def test_applications_stand_under_their_tab_with_their_way(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], write: Callable[[], Any], clock: Clock
) -> None:
    """One that waits shows the deadline, one that is past it says so, one with an interview stands apart."""
    application_id = applied(write, fair)
    seeker = signed_in(fair.seeker.id)

    waiting = seeker.get("/applications").text
    assert "最晚明天" in waiting
    assert "等对方查看" in waiting
    clock.now += timedelta(hours=30)
    assert "超时没回" in seeker.get("/applications").text
    with write() as db:
        application = db.get_one(Application, application_id)
        move_application(db, application, ApplicationStatus.VIEWED, by=fair.recruiter.id, now=clock.now)
        move_application(
            db, application, ApplicationStatus.INTERVIEW, by=fair.recruiter.id, now=clock.now, note="周四 14:30"
        )
    assert "低压电工" not in seeker.get("/applications?s=open").text
    interview = seeker.get("/applications").text
    assert "对方约你面试：周四 14:30" in interview


def test_application_is_withdrawn_by_its_seeker_alone(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], write: Callable[[], Any], read: Callable[[], Any]
) -> None:
    """Another seeker finds no such application; its own takes the résumé back, and twice is once."""
    application_id = applied(write, fair)
    with write() as db:
        other = add_profile(db, add_account(db, Role.SEEKER, name="别人")).account_id
    address = f"/applications/{application_id}/withdraw"

    assert signed_in(other).post(address).status_code == 404
    with read() as db:
        assert db.get_one(Application, application_id).status == ApplicationStatus.SUBMITTED
    assert signed_in(fair.seeker.id).post(address).status_code == 303
    assert signed_in(fair.seeker.id).post(address).status_code == 303

    with read() as db:
        application = db.get_one(Application, application_id)
        assert (application.status, application.resume) == (ApplicationStatus.WITHDRAWN, {})
        assert len(application.changes) == 2


@sqlite
def test_applications_ask_as_often_for_many_as_for_one(
    fair: SmallFair,
    signed_in: Callable[[int], FlaskClient],
    write: Callable[[], Any],
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    """The number of queries does not grow from one application to ten on the page."""
    applied(write, fair)
    seeker = signed_in(fair.seeker.id)
    for_one = count_queries(lambda: seeker.get("/applications"))
    for number in range(9):
        with write() as db:
            position_id = add_position(db, db.merge(fair.employer), title=f"焊工{number}").id
        applied(write, fair, key=f"k{number}", position_id=position_id)

    assert count_queries(lambda: seeker.get("/applications")) == for_one

"""The recruiter's inbox: who applied and why it fits, one click to move each on, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.accounts import Role
from fair.applications import Application, ApplicationChange, submit_application, withdraw_application
from fair.statuses import ApplicationStatus
from tests.builders import NOW, WORDING, SmallFair, add_account, add_position, add_profile

Client = Callable[[int], FlaskClient]

REASONS = [
    {
        "is_met": True,
        "topic": "certificate",
        "seeker": "你有证",
        "recruiter": "有低压电工证",
        "recruiter_en": "Licensed",
    },
    {"is_met": False, "topic": "pay", "seeker": "想要更多", "recruiter": "期望 9,800"},
]


def apply(db: Any, fair: SmallFair, *, name: str = "张满", score: int | None = 84, position: Any = None) -> Application:
    """An application to the small fair's employer by somebody new."""
    account = add_account(db, Role.SEEKER, name="昵称")
    account.set_phone(f"138{account.id:08d}")
    profile = add_profile(db, account, full_name=name, skills=["接线"])
    return submit_application(
        db,
        profile,
        position or fair.position,
        key="k",
        now=NOW,
        wording=WORDING,
        live_session=fair.live_session if position is None else None,
        score=score,
        reasons=REASONS,
    )


@pytest.fixture
def one(fair: SmallFair, write: Callable[[], Any]) -> int:
    """One application."""
    with write() as db:
        return apply(db, fair).id


def status_of(read: Callable[[], Any], application_id: int) -> ApplicationStatus:
    with read() as db:
        status: ApplicationStatus = db.get_one(Application, application_id).status
        return status


def test_inbox_shows_who_fits_and_why(fair: SmallFair, one: int, signed_in: Client) -> None:
    """Name, score, one met and one missed reason in the recruiter's words, position and session."""
    page = signed_in(fair.recruiter.id).get("/employer/applications").text

    for words in ("张满", "很合适 <b>84</b>", "有低压电工证", "期望 9,800", "低压电工", "西湖区制造业专场", "没看"):
        assert words in page
    assert "你有证" not in page


def test_opening_says_so_once_and_each_step_follows_the_table(
    fair: SmallFair, one: int, signed_in: Client, read: Callable[[], Any]
) -> None:
    """Looked at, noted, invited with a note, to be hired, hired: each with who and when."""
    client = signed_in(fair.recruiter.id)
    move = f"/employer/applications/{one}/move"

    assert client.get(f"/employer/applications/{one}").status_code == 200
    assert status_of(read, one) == ApplicationStatus.SUBMITTED, "reading a page changes nothing"
    for wanted in ("viewed", "viewed", "shortlisted", "interview", "offered", "hired"):
        assert client.post(move, data={"status": wanted, "note": "11-28 14:30"}).status_code == 303
    assert client.post(move, data={"status": "declined"}).status_code == 409

    with read() as db:
        changes = db.scalars(
            select(ApplicationChange).where(ApplicationChange.application_id == one).order_by(ApplicationChange.id)
        ).all()
    assert [change.to_status.value for change in changes] == [
        "submitted",
        "viewed",
        "shortlisted",
        "interview",
        "offered",
        "hired",
    ]
    assert {change.by for change in changes[1:]} == {fair.recruiter.id}
    assert "11-28 14:30" in client.get(f"/employer/applications/{one}").text


def test_declining_can_be_undone(fair: SmallFair, one: int, signed_in: Client, read: Callable[[], Any]) -> None:
    """A slip of the finger is mended by the one who made it."""
    client = signed_in(fair.recruiter.id)
    move = f"/employer/applications/{one}/move"

    client.post(move, data={"status": "declined", "note": "证书不符"})
    assert status_of(read, one) == ApplicationStatus.DECLINED
    client.post(move, data={"status": "viewed"})

    assert status_of(read, one) == ApplicationStatus.VIEWED


def test_phone_is_masked_until_the_seeker_is_noted(
    fair: SmallFair, one: int, signed_in: Client, read: Callable[[], Any]
) -> None:
    """The full number is for who means to call."""
    client = signed_in(fair.recruiter.id)
    with read() as db:
        phone = db.get_one(Application, one).seeker.account.phone
    assert phone is not None

    before = client.get(f"/employer/applications/{one}").text
    client.post(f"/employer/applications/{one}/move", data={"status": "shortlisted"})
    after = client.get(f"/employer/applications/{one}").text

    assert phone not in before
    assert f"{phone[:3]}******{phone[-2:]}" in before
    assert phone in after
    assert phone not in client.get("/employer/applications").text


def test_withdrawn_application_shows_no_resume(
    fair: SmallFair, one: int, signed_in: Client, write: Callable[[], Any]
) -> None:
    """The résumé went back with it; the line stays."""
    client = signed_in(fair.recruiter.id)
    assert "张满" in client.get(f"/employer/applications/{one}").text
    with write() as db:
        application = db.get_one(Application, one)
        withdraw_application(db, application, by=application.seeker_id, now=NOW)

    page = client.get(f"/employer/applications/{one}")
    listed = client.get("/employer/applications").text

    assert page.status_code == 200
    assert "张满" not in page.text
    assert "138" not in page.text
    assert "张满" not in listed
    assert "已撤回" in listed


def test_inbox_is_filtered_by_stage_position_and_session(
    fair: SmallFair, signed_in: Client, write: Callable[[], Any]
) -> None:
    """Each filter alone and their counts."""
    with write() as db:
        other = add_position(db, fair.employer, title="焊工")
        other_id = other.id
        apply(db, fair, name="甲甲", score=90)
        apply(db, fair, name="乙乙", score=60)
        apply(db, fair, name="丙丙", score=None, position=other)
    client = signed_in(fair.recruiter.id)

    def names(query: str) -> set[str]:
        page = client.get(f"/employer/applications?{query}").text
        return {name for name in ("甲甲", "乙乙", "丙丙") if name in page}

    assert names("") == {"甲甲", "乙乙", "丙丙"}
    assert names("stage=fitting") == {"甲甲"}
    assert names("stage=unseen") == {"甲甲", "乙乙", "丙丙"}
    assert names("stage=shortlisted") == set()
    assert names(f"position={other_id}") == {"丙丙"}
    assert names(f"session={fair.live_session.id}") == {"甲甲", "乙乙"}


def test_inbox_asks_as_many_queries_for_fifty_rows_as_for_one(
    fair: SmallFair, signed_in: Client, write: Callable[[], Any], count_queries: Callable[[Any], int]
) -> None:
    """Nothing is asked row by row; a page holds 25."""
    client = signed_in(fair.recruiter.id)
    with write() as db:
        apply(db, fair)
    client.get("/employer/applications")
    for_one = count_queries(lambda: client.get("/employer/applications"))
    with write() as db:
        for number in range(49):
            apply(db, fair, name=f"人{number}")

    for_fifty = count_queries(lambda: client.get("/employer/applications"))

    assert client.get("/employer/applications").text.count('class="row stack tight') == 25
    assert "第 1 页，共 2 页" in client.get("/employer/applications").text
    assert for_fifty == for_one


def test_script_is_answered_in_json(fair: SmallFair, one: int, signed_in: Client) -> None:
    """The page's own module says that it was looked at."""
    answer = signed_in(fair.recruiter.id).post(
        f"/employer/applications/{one}/move", data={"status": "viewed"}, headers={"Accept": "application/json"}
    )

    assert answer.get_json() == {"status": "viewed"}

"""Preparing a live session: made, filled, ordered, handed in, taken back; jointly by an officer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.accounts import Role
from fair.employers import Employer, Recruiter
from fair.livesessions import LiveSession
from fair.statuses import LiveSessionStatus
from tests.builders import SmallFair, add_account, add_employer, add_position

Client = Callable[[int], FlaskClient]

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

FORM = {
    "title": "西湖区夜校专场",
    "starts_at": "2026-03-05T19:30",
    "ends_at": "2026-03-05T20:30",
    "place": "西湖区",
    "about": "零经验也能来",
    "poster": "stage-cable.svg",
    "picture_url": "",
}


def newest(read: Callable[[], Any]) -> LiveSession:
    with read() as db:
        found: LiveSession | None = db.scalars(select(LiveSession).order_by(LiveSession.id.desc())).first()
        assert found is not None
        for slot in found.slots:
            assert slot.live_session is found
            [offer.position.title for offer in slot.offers]
        return found


def titles(read: Callable[[], Any]) -> list[list[str]]:
    return [[offer.position.title for offer in slot.offers] for slot in newest(read).slots]


def test_recruiter_makes_fills_orders_and_hands_in_a_session(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any], write: Callable[[], Any]
) -> None:
    """From an empty form to the bureau's desk, without script; times are the fair's."""
    with write() as db:
        welder = add_position(db, db.get_one(Employer, fair.employer.id), title="焊工").id
    client = signed_in(fair.recruiter.id)

    assert client.post("/employer/sessions/new", data=FORM).status_code == 303
    made = newest(read)
    page = f"/employer/sessions/{made.id}"
    assert (made.starts_at.hour, made.starts_at.minute, made.bureau_id) == (11, 30, fair.bureau.id)
    assert [(slot.employer_id, slot.minutes) for slot in made.slots] == [(fair.employer.id, 60)]
    assert "还差 1 项：岗位" in client.get(page).text
    client.post(f"{page}/step", data={"to": "submitted"})
    assert newest(read).status == LiveSessionStatus.DRAFT

    slot = f"{page}/slots/{made.slots[0].id}"
    client.post(f"{slot}/offers", data={"position_id": [fair.position.id, welder]})
    assert titles(read) == [["低压电工", "焊工"]]
    last = newest(read).slots[0].offers[1].id
    client.post(f"{page}/offers/{last}", data={"do": "up"})
    assert titles(read) == [["焊工", "低压电工"]]
    client.post(slot, data={"minutes": "30"})
    client.post(f"{page}/slots", data={"employer_id": fair.employer.id, "minutes": "25"})
    assert [(each.number, each.minutes, each.starts_at.minute) for each in newest(read).slots] == [
        (1, 30, 30),
        (2, 25, 0),
    ]
    client.post(f"{page}/step", data={"to": "submitted"})

    assert newest(read).status == LiveSessionStatus.SUBMITTED
    assert client.post(page, data=FORM).status_code == 403, "what was handed in is taken back first"
    client.post(f"{page}/step", data={"to": "draft"})
    assert client.post(page, data=FORM | {"title": "改了名"}).status_code == 303
    assert newest(read).title == "改了名"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("starts_at", "2025-03-05T19:30", "已经过了"),
        ("ends_at", "2026-03-05T19:00", "比开始还早"),
        ("ends_at", "2026-03-07T19:00", "一场最多 12 小时"),
        ("place", "火星", "没有这个地方"),
        ("picture_url", "http://live.example.cn/a.m3u8", "要 https 开头的地址"),
        ("picture_url", "https://live.example.cn/a.m3u8;script-src *", "要 https 开头的地址"),
        ("picture_source", "hls", "填观看地址"),
        ("publish_url", "https://live.example.cn/whip", "浏览器直接开播不用填地址"),
        ("picture_source", "carrier pigeon", "西湖区夜校专场"),
        ("poster", "../../secret", "西湖区夜校专场"),
        ("title", "", "填场次名称"),
    ],
)
def test_wrong_session_is_told_under_its_field(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any], field: str, value: str, words: str
) -> None:
    """Nothing is kept of it."""
    before = newest(read).id

    answer = signed_in(fair.recruiter.id).post("/employer/sessions/new", data=FORM | {field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert newest(read).id == before


def test_officer_holds_a_joint_session_whose_employers_fill_their_own_slots(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any], write: Callable[[], Any]
) -> None:
    """An employer of another district is not offered; each recruiter fills the own slot, not the other's."""
    with write() as db:
        other = add_employer(db, fair.district, short_name="安和")
        far = add_employer(db, fair.other_district, short_name="远方")
        nurse = add_position(db, other, title="护理员").id
        other_recruiter = add_account(db, Role.RECRUITER, name="李专员")
        db.add(Recruiter(account_id=other_recruiter.id, employer_id=other.id, title="李专员"))
        other_id, far_id, other_recruiter_id = other.id, far.id, other_recruiter.id
    officer = signed_in(fair.officer.id)

    officer.post("/employer/sessions/new", data=FORM)
    page = f"/employer/sessions/{newest(read).id}"
    for employer_id in (fair.employer.id, other_id, far_id):
        officer.post(f"{page}/slots", data={"employer_id": employer_id, "minutes": "20"})
    first, second = newest(read).slots
    assert [first.employer_id, second.employer_id] == [fair.employer.id, other_id]

    nurse_form = {"position_id": [nurse]}
    own = signed_in(other_recruiter_id)
    assert own.get(page).status_code == 200
    assert own.post(f"{page}/slots/{second.id}/offers", data=nurse_form).status_code == 303
    assert own.post(f"{page}/slots/{first.id}/offers", data=nurse_form).status_code == 403
    assert own.post(f"{page}/slots/{second.id}", data={"do": "up"}).status_code == 403
    assert officer.post(f"{page}/slots/{second.id}", data={"do": "up"}).status_code == 303

    assert titles(read) == [["护理员"], []]


def test_buttons_lead_to_what_they_say(fair: SmallFair, signed_in: Client, read: Callable[[], Any]) -> None:
    """Every form of the page posts to an address that is there."""
    client = signed_in(fair.recruiter.id)
    client.post("/employer/sessions/new", data=FORM)
    page = client.get(f"/employer/sessions/{newest(read).id}").text

    actions = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page))

    assert len(actions) >= 3
    for action in actions:
        assert client.get(action).status_code in (200, 405), action

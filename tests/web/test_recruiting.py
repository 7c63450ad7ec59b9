"""A recruiter's positions and the employer's file: by form, with what is wrong under its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.employers import Employer, with_check_character
from fair.positions import Position, PositionVersion
from fair.statuses import EmployerStatus, PositionStatus
from tests.builders import SmallFair, add_position

Client = Callable[[int], FlaskClient]

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

GOOD = {
    "title": "叉车司机",
    "employment_type": "FULL_TIME",
    "head_count": "3",
    "base_pay": "4200",
    "pay_min": "6500",
    "pay_max": "7800",
    "pay_unit": "MONTH",
    "place": "余杭区文一西路 998 号",
    "schedule": "two_shifts",
    "education": "junior",
    "experience_years": "1",
    "certificates": "叉车证",
    "skills": "叉车、装卸",
    "duties": "装卸货物，按单出库",
    "requirements": "有叉车证",
    "has_meals": "y",
    "valid_until": "2026-06-30",
}


def newest(read: Callable[[], Any]) -> Position:
    with read() as db:
        found: Position = db.scalars(select(Position).order_by(Position.id.desc())).first()
        return found


def test_position_is_written_and_published_by_form(fair: SmallFair, signed_in: Client, read: Callable[[], Any]) -> None:
    """Every field arrives; it is seen at once."""
    client = signed_in(fair.recruiter.id)

    answer = client.post("/employer/positions/new", data=GOOD | {"then": "publish"})

    position = newest(read)
    assert answer.status_code == 303
    assert position.status == PositionStatus.PUBLISHED
    assert (position.title, position.district_code, position.address) == ("叉车司机", "330110", "文一西路 998 号")
    assert (position.pay_min, position.pay_max, position.base_pay, position.head_count) == (6500, 7800, 4200, 3)
    assert (position.skills, position.certificates) == (["叉车", "装卸"], ["叉车证"])
    assert (position.has_meals, position.has_dormitory) == (True, False)
    assert "叉车司机" in client.get("/employer/positions?status=published").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("head_count", "", "缺招聘人数"),
        ("base_pay", "", "缺底薪"),
        ("valid_until", "2025-01-01", "已经过了，填今天以后的日期"),
        ("place", "火星", "没有这个地方"),
        ("place", "", "缺工作地点"),
        ("pay_max", "5000", "最高的比最低的低"),
        ("requirements", "限男性，35 岁以下", "不能限性别和年龄"),
        ("head_count", "三", "叉车司机"),
    ],
)
def test_wrong_field_is_told_and_nothing_is_kept(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any], field: str, value: str, words: str
) -> None:
    """The form comes back as it was filled in."""
    before = newest(read).id

    answer = signed_in(fair.recruiter.id).post("/employer/positions/new", data=GOOD | {field: value, "then": "publish"})

    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "装卸货物，按单出库" in answer.text
    assert newest(read).id == before


def test_draft_may_lack_what_a_posting_must_show(fair: SmallFair, signed_in: Client, read: Callable[[], Any]) -> None:
    """The list says what is missing."""
    client = signed_in(fair.recruiter.id)

    client.post("/employer/positions/new", data=GOOD | {"base_pay": "", "title": "半张岗位"})

    assert newest(read).status == PositionStatus.DRAFT
    assert "缺底薪" in client.get("/employer/positions?status=draft").text


def test_each_change_is_a_version_and_the_history_says_what_changed(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any]
) -> None:
    """A published one stays whole, and shows who changed what."""
    client = signed_in(fair.recruiter.id)
    client.post("/employer/positions/new", data=GOOD | {"then": "publish"})
    position = newest(read)
    page = f"/employer/positions/{position.id}"

    assert client.post(page, data=GOOD | {"base_pay": "4500"}).status_code == 303
    assert client.post(page, data=GOOD | {"base_pay": ""}).status_code == 422

    with read() as db:
        versions = db.scalars(select(PositionVersion).where(PositionVersion.position_id == position.id)).all()
        assert [(version.number, version.content["base_pay"]) for version in versions] == [(1, 4200), (2, 4500)]
    history = client.get(f"{page}/versions").text
    assert "4200" in history
    assert "4500" in history
    assert "王专员" in history


def test_position_is_closed_and_published_again_from_the_list(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any]
) -> None:
    """Closing keeps what came in; an expired one says what to change."""
    client = signed_in(fair.recruiter.id)
    page = f"/employer/positions/{fair.position.id}"

    client.post(f"{page}/close")
    with read() as db:
        assert db.get_one(Position, fair.position.id).status == PositionStatus.CLOSED
    client.post(f"{page}/publish")

    with read() as db:
        assert db.get_one(Position, fair.position.id).status == PositionStatus.PUBLISHED
    assert client.post(f"{page}/publish").status_code == 409


def test_list_asks_as_many_queries_for_many_rows_as_for_one(
    fair: SmallFair, signed_in: Client, write: Callable[[], Any], count_queries: Callable[[Any], int]
) -> None:
    """Nothing is asked row by row."""
    client = signed_in(fair.recruiter.id)
    client.get("/employer/positions")
    for_one = count_queries(lambda: client.get("/employer/positions"))
    with write() as db:
        employer = db.get_one(Employer, fair.employer.id)
        for number in range(30):
            add_position(db, employer, title=f"岗位{number}")

    assert count_queries(lambda: client.get("/employer/positions")) == for_one


def file_of(fair: SmallFair, **changes: str) -> dict[str, str]:
    values = {
        "name": fair.employer.name,
        "short_name": fair.employer.short_name,
        "credit_code": fair.employer.credit_code,
        "industry": "电线电缆制造",
        "staff_count": "320",
        "place": "西湖区古翠路 1 号",
        "about": "做电缆",
        "title": "王专员",
    }
    return values | changes


def test_file_that_changes_its_name_is_checked_again(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any]
) -> None:
    """Industry and size may change; name, code and address are what was approved."""
    client = signed_in(fair.recruiter.id)
    with read() as db:
        employer = db.get_one(Employer, fair.employer.id)
        same_place = {"place": "西湖区"} if not employer.address else {}

    client.post("/employer", data=file_of(fair, **same_place))
    with read() as db:
        assert db.get_one(Employer, fair.employer.id).status == EmployerStatus.APPROVED
        assert db.get_one(Employer, fair.employer.id).staff_count == 320
    client.post("/employer", data=file_of(fair, name="杭州新名字有限公司", **same_place))

    with read() as db:
        assert db.get_one(Employer, fair.employer.id).status == EmployerStatus.SUBMITTED


def test_credit_code_is_proven_by_its_check_character(
    fair: SmallFair, signed_in: Client, read: Callable[[], Any]
) -> None:
    """One wrong sign is told; a right one of nobody else is kept."""
    client = signed_in(fair.recruiter.id)
    right = with_check_character("91330106MA2CFL1K0")
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")

    refused = client.post("/employer", data=file_of(fair, credit_code=wrong))
    kept = client.post("/employer", data=file_of(fair, credit_code=right.lower()))

    assert refused.status_code == 422
    assert "最后一位校验码对不上" in refused.text
    assert kept.status_code == 303
    with read() as db:
        assert db.get_one(Employer, fair.employer.id).credit_code == right

"""Approval: the bureau's own districts, everything that was handed in, a reason with each refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fair.accounts import Role
from fair.employers import Employer, Recruiter, move_employer
from fair.livesessions import LiveSession
from fair.statuses import EmployerStatus, LiveSessionStatus
from tests.builders import NOW, SmallFair, add_account, add_employer, add_position, add_session

Client = Callable[[int], FlaskClient]

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@pytest.fixture
def waiting(fair: SmallFair, write: Callable[[], Any]) -> tuple[int, int, int]:
    """An employer that waits, its recruiter, and a session that waits."""
    with write() as db:
        employer = add_employer(db, fair.district, is_approved=False, name="杭州待审公司", short_name="待审")
        recruiter = add_account(db, Role.RECRUITER, name="李专员")
        db.add(Recruiter(account_id=recruiter.id, employer_id=employer.id, title="李专员"))
        move_employer(db, employer, EmployerStatus.SUBMITTED, now=NOW)
        draft = add_position(db, fair.employer, title="焊工")
        live_session = add_session(
            db, fair.bureau, fair.employer, [draft], title="待审专场", status=LiveSessionStatus.SUBMITTED
        )
        return employer.id, recruiter.id, live_session.id


def test_officer_sees_what_waits_in_the_own_districts(
    fair: SmallFair, waiting: tuple[int, int, int], signed_in: Client
) -> None:
    """The other bureau sees neither, and may not open them."""
    employer_id, _, session_id = waiting
    own, other = signed_in(fair.officer.id), signed_in(fair.other_officer.id)

    assert "杭州待审公司" in own.get("/oversight").text
    assert "待审专场" in own.get("/oversight?tab=sessions").text
    assert "李专员" in own.get(f"/oversight/employers/{employer_id}").text
    assert "焊工" in own.get(f"/oversight/sessions/{session_id}").text

    assert "杭州待审公司" not in other.get("/oversight").text
    assert "待审专场" not in other.get("/oversight?tab=sessions").text
    assert other.get(f"/oversight/employers/{employer_id}").status_code == 403
    assert other.get(f"/oversight/sessions/{session_id}").status_code == 403


def test_employer_is_approved_for_half_a_year(
    fair: SmallFair, waiting: tuple[int, int, int], signed_in: Client, read: Callable[[], Any]
) -> None:
    """And its recruiter sees until when."""
    employer_id, recruiter_id, _ = waiting

    answer = signed_in(fair.officer.id).post(f"/oversight/employers/{employer_id}/decide", data={"decision": "approve"})

    assert answer.status_code == 303
    with read() as db:
        assert db.get_one(Employer, employer_id).status == EmployerStatus.APPROVED
    assert "已认证，有效到 2026-09-01" in signed_in(recruiter_id).get("/employer").text


def test_refusal_needs_a_reason_that_the_applicant_reads(
    fair: SmallFair, waiting: tuple[int, int, int], signed_in: Client, read: Callable[[], Any]
) -> None:
    """Without one nothing changes; with it the file says what to mend."""
    employer_id, recruiter_id, session_id = waiting
    officer = signed_in(fair.officer.id)

    officer.post(f"/oversight/employers/{employer_id}/decide", data={"decision": "reject", "note": "  "})
    with read() as db:
        assert db.get_one(Employer, employer_id).status == EmployerStatus.SUBMITTED
    officer.post(f"/oversight/employers/{employer_id}/decide", data={"decision": "reject", "note": "营业执照看不清"})
    officer.post(f"/oversight/sessions/{session_id}/decide", data={"decision": "reject", "note": "时间和别的场次撞了"})

    assert "没通过：营业执照看不清" in signed_in(recruiter_id).get("/employer").text
    assert "没通过：时间和别的场次撞了" in signed_in(fair.recruiter.id).get(f"/employer/sessions/{session_id}").text


def test_session_goes_on_air_only_with_approved_employers(
    fair: SmallFair, waiting: tuple[int, int, int], signed_in: Client, write: Callable[[], Any], read: Callable[[], Any]
) -> None:
    """What keeps it is said; approved once it is mended."""
    _, _, session_id = waiting
    decide = f"/oversight/sessions/{session_id}/decide"
    officer = signed_in(fair.officer.id)
    with write() as db:
        db.get_one(Employer, fair.employer.id).status = EmployerStatus.SUBMITTED

    refused = officer.post(decide, data={"decision": "approve"}, follow_redirects=True)
    with read() as db:
        assert db.get_one(LiveSession, session_id).status == LiveSessionStatus.SUBMITTED
    with write() as db:
        db.get_one(Employer, fair.employer.id).status = EmployerStatus.APPROVED
    officer.post(decide, data={"decision": "approve"})

    assert "还没通过审核" in refused.text
    with read() as db:
        assert db.get_one(LiveSession, session_id).status == LiveSessionStatus.APPROVED
    assert officer.post(decide, data={"decision": "approve"}).status_code == 409


def test_lists_ask_as_many_queries_for_many_rows_as_for_one(
    fair: SmallFair, signed_in: Client, write: Callable[[], Any], count_queries: Callable[[Any], int]
) -> None:
    """Employers and sessions alike."""
    officer = signed_in(fair.officer.id)
    for tab in ("employers", "sessions"):
        page = f"/oversight?tab={tab}&status=all"
        officer.get(page)
        few = count_queries(lambda page=page: officer.get(page))
        with write() as db:
            for _ in range(15):
                add_session(db, fair.bureau, add_employer(db, fair.district), [])

        assert count_queries(lambda page=page: officer.get(page)) == few


def test_officer_sees_doubtful_wording_of_the_own_districts_with_the_rule(
    fair: SmallFair, signed_in: Client, write: Callable[[], Any]
) -> None:
    """The words, the rule and the employer; a lawful posting, a draft and another district's are not there."""
    with write() as db:
        add_position(db, fair.employer, title="迎宾", requirements="形象气质佳，身高165以上")
        add_position(db, fair.employer, title="电工", requirements="会看图纸")
        draft = add_position(db, fair.employer, title="前台草稿", requirements="五官端正", is_published=False)
        assert draft.flag_count == 1

    page = signed_in(fair.officer.id).get("/oversight/positions").text

    assert "迎宾" in page
    assert "形象气质佳" in page
    assert "第二十四条" in page
    assert "前台草稿" not in page
    assert "会看图纸" not in page
    assert "迎宾" not in signed_in(fair.other_officer.id).get("/oversight/positions").text

"""Positions as everyone sees them: the search, the page, applying without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.accounts import ConsentKind, standing_consent
from fair.applications import Application
from fair.positions import Position, close_position
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus
from fair.vocabulary import PayUnit
from tests.builders import NOW, SmallFair, add_employer, add_position
from tests.web.conftest import Clock

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
KEY = "key-of-this-visit"


def titles(page: str) -> list[str]:
    """The titles of the positions listed on a page."""
    return re.findall(r'<li class="row job".*?<h3><a[^>]*>([^<]*)</a>', page, re.DOTALL)


def test_search_by_letters_when_matching_is_down(
    client: FlaskClient, fair: SmallFair, write: Callable[[], Any]
) -> None:
    """Words are looked for in title, work and employer, a sign of LIKE is a letter, and the page says how."""
    with write() as db:
        employer = db.merge(fair.employer)
        add_position(db, employer, title="焊工", duties="焊 100% 的接头")
        add_position(db, employer, title="保洁", is_published=False)

    assert titles(client.get("/positions").text) == ["焊工", "低压电工"]
    found = client.get("/positions?q=焊")
    assert titles(found.text) == ["焊工"]
    assert "按字找" in found.text
    assert titles(client.get("/positions?q=100%25").text) == ["焊工"]
    assert titles(client.get("/positions?q=_").text) == []
    assert len(titles(client.get(f"/positions?q={fair.employer.name}").text)) == 2
    assert titles(client.get("/positions?q=保洁").text) == []


@sqlite
def test_search_by_place_pay_and_terms(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """A district holds its streets; pay is compared by the month; what is expired is not found."""
    with write() as db:
        employer = db.merge(fair.employer)
        add_position(db, employer, title="时薪", pay_unit=PayUnit.HOUR, pay_min=50, pay_max=60)
        add_position(db, employer, title="余杭", district_code="330110", pay_min=3000, pay_max=4000)
        add_position(db, employer, title="包住", has_dormitory=True, experience_years=3, pay_min=3000, pay_max=4000)
        expired = add_position(db, employer, title="过期")
        expired.valid_until = (NOW - timedelta(days=1)).date()

    def found(query: str) -> set[str]:
        return set(titles(client.get(f"/positions?{query}").text))

    assert found("") == {"低压电工", "时薪", "余杭", "包住"}
    assert found("place=330110") == {"余杭"}
    assert found("place=330100") == found("")
    assert found("pay=9000") == {"低压电工", "时薪"}
    assert found("room=1") == {"包住"}
    assert found("zero=1") == {"低压电工", "时薪", "余杭"}
    assert found("pay=abc&place=nowhere&schedule=never&page=-3") == found("")


@sqlite
def test_search_cuts_into_pages(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """Twenty a page; the last page stands for those beyond it; the filters stay in the links."""
    with write() as db:
        employer = db.merge(fair.employer)
        for number in range(24):
            add_position(db, employer, title=f"焊工{number}")

    first, last = client.get("/positions?zero=1"), client.get("/positions?zero=1&page=99")

    assert len(titles(first.text)) == 20
    assert len(titles(last.text)) == 5
    assert "?zero=1&amp;page=2" in first.text


@pytest.mark.parametrize("path", ["/positions", "/positions?q=工", "/", "/sessions", "/sessions/{session}"])
def test_lists_ask_as_often_for_many_rows_as_for_one(
    client: FlaskClient,
    fair: SmallFair,
    write: Callable[[], Any],
    count_queries: Callable[[Callable[[], Any]], int],
    path: str,
) -> None:
    """The number of queries does not grow from one position to fifty of as many employers."""
    address = path.format(session=fair.live_session.id)
    client.get(address)
    for_one = count_queries(lambda: client.get(address))
    with write() as db:
        session = db.merge(fair.live_session)
        slot = session.slots[0]
        for number in range(49):
            employer = add_employer(db, slot.employer.district)
            position = add_position(db, employer, title=f"焊工{number}")
            slot.offers.append(type(slot.offers[0])(position_id=position.id, number=number + 2))

    assert count_queries(lambda: client.get(address)) == for_one


@sqlite
def test_page_says_what_a_posting_must_say(client: FlaskClient, fair: SmallFair) -> None:
    """Employer, head count, requirements, duties, place, base pay and validity are on the page, and no match."""
    page = client.get(f"/positions/{fair.position.id}").text

    for must in (fair.employer.name, "招 12 人", "有低压电工作业证", "车间配电柜", "西湖区", "底薪 4,800", "有效到"):
        assert must in page
    assert 'class="score' not in page
    assert "登录后投递" in page


@sqlite
def test_page_carries_a_job_posting_that_cannot_break_out(
    client: FlaskClient, fair: SmallFair, write: Callable[[], Any]
) -> None:
    """The JSON-LD is whole JSON whatever the words are; a closed position has none."""
    with write() as db:
        position = db.get_one(Position, fair.position.id)
        position.duties = '</script><script>alert("1")</script> & <!--'

    page = client.get(f"/positions/{fair.position.id}").text
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    posting = json.loads(data[0])
    assert posting["@type"] == "JobPosting"
    assert posting["description"].startswith("</script>")
    assert posting["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "minValue": 7500,
        "maxValue": 9500,
        "unitText": "MONTH",
    }
    assert "<script>alert" not in page
    with write() as db:
        close_position(db, db.get_one(Position, fair.position.id), now=NOW)
    closed = client.get(f"/positions/{fair.position.id}").text
    assert "application/ld+json" not in closed
    assert "已截止" in closed


@sqlite
def test_page_of_a_draft_is_not_found(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """What is not published is nobody's but the employer's."""
    with write() as db:
        draft = add_position(db, db.merge(fair.employer), is_published=False).id

    assert client.get(f"/positions/{fair.position.id}").status_code == 200
    assert client.get(f"/positions/{draft}").status_code == 404


def test_apply_once_with_the_consent_named(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any], clock: Clock
) -> None:
    """The same key twice is one application; its consent names the employer; undo is there for eight seconds."""
    seeker = signed_in(fair.seeker.id)
    address = f"/positions/{fair.position.id}"
    assert fair.employer.short_name in re.findall(r'<p class="consent">.*?</p>', seeker.get(address).text)[0]

    first = seeker.post(f"{address}/apply", data={"key": KEY})
    again = seeker.post(f"{address}/apply", data={"key": KEY})

    assert first.status_code == again.status_code == 303
    with read() as db:
        application = db.scalars(select(Application)).one()
        consent = standing_consent(db, fair.seeker.id, ConsentKind.RESUME_TO_EMPLOYER, employer_id=fair.employer.id)
        assert application.status == ApplicationStatus.SUBMITTED
        assert consent is not None
        assert fair.employer.name in consent.wording
    page = seeker.get(address).text
    assert "已投递" in page
    assert "/withdraw?next=/positions/" in page
    clock.now += timedelta(seconds=9)
    assert "/withdraw?" not in seeker.get(address).text


@sqlite
def test_apply_by_another_form_is_told_that_it_stands(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any]
) -> None:
    """A second visit with a new key does not apply a second time."""
    seeker = signed_in(fair.seeker.id)
    seeker.post(f"/positions/{fair.position.id}/apply", data={"key": KEY})

    answer = seeker.post(f"/positions/{fair.position.id}/apply", data={"key": "another-key"}, follow_redirects=True)

    assert "这个岗位投过了" in answer.text
    with read() as db:
        assert len(db.scalars(select(Application)).all()) == 1


@sqlite
def test_apply_to_a_closed_position_is_refused(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any], clock: Clock
) -> None:
    """The day after the validity ends there is nothing to apply for, and nothing is kept."""
    clock.now += timedelta(days=31)
    seeker = signed_in(fair.seeker.id)

    answer = seeker.post(f"/positions/{fair.position.id}/apply", data={"key": KEY})

    assert answer.status_code == 409
    assert "已截止" in answer.text
    with read() as db:
        assert db.scalars(select(Application)).all() == []


@sqlite
def test_apply_without_a_name_leads_to_the_profile_and_back(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient], write: Callable[[], Any]
) -> None:
    """A résumé without a name is no use; the profile's page leads back to the position."""
    with write() as db:
        db.get_one(SeekerProfile, fair.seeker.id).full_name = ""

    answer = signed_in(fair.seeker.id).post(f"/positions/{fair.position.id}/apply", data={"key": KEY})

    assert answer.location == f"/profile?next=/positions/{fair.position.id}"


@sqlite
def test_apply_is_for_seekers(
    client: FlaskClient, fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any]
) -> None:
    """Somebody who is not signed in is asked to, a recruiter is refused, nobody has applied."""
    address = f"/positions/{fair.position.id}/apply"

    assert client.post(address, data={"key": KEY}).location.startswith("/login?next=")
    assert signed_in(fair.recruiter.id).post(address, data={"key": KEY}).status_code == 403
    with read() as db:
        assert db.scalars(select(Application)).all() == []

"""The main journey: the recruiter presents, a seeker applies in the room and is answered, the officer counts it."""

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from fair.applications import Application
from fair.database import make_engine, reading
from fair.livesessions import LiveSession
from fair.statuses import ApplicationStatus, LiveSessionStatus
from tests.journeys.people import Host, Seeker, apply_by_form, enter, sign_in
from tests.journeys.site import FairSite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RECRUITER = "wang@demo.gangbo.cn"
SEEKER = "xiaoman@demo.gangbo.cn"
OFFICER = "zhou@demo.gangbo.cn"
BY_FORM = [f"seeker{number}@demo.gangbo.cn" for number in range(2, 6)]


def test_fair_day_from_the_first_pin_to_the_report(fair_site: FairSite, browser: Browser, troubles: list[str]) -> None:
    """What the recruiter pins reaches the seeker with its reasons, one tap applies, and everybody sees what follows."""
    session_id = session_that_can_start(fair_site)
    host = Host(enter(browser, fair_site, troubles), session_id)
    seeker = Seeker(enter(browser, fair_site, troubles, is_phone=True), session_id)
    officer = enter(browser, fair_site, troubles)

    sign_in(host.page, RECRUITER)
    host.begin()
    sign_in(seeker.page, SEEKER)
    seeker.watch()
    expect(seeker.page.locator("[data-badge]")).to_have_text("直播中")
    title = host.present("1")

    expect(seeker.card).to_contain_text(title)
    expect(seeker.card.locator(".score")).to_be_visible()
    assert seeker.card.locator(".reasons li").count() >= 2
    room = seeker.page.url
    seeker.apply()
    assert seeker.page.url == room

    arrival = host.arrival("小满")
    expect(arrival).to_contain_text(title)
    expect(arrival.locator(".reasons li").first).to_be_visible()
    arrival.get_by_role("button", name="留意").click()
    expect(seeker.card.locator("[data-applied]")).to_contain_text("已留意")

    kept = kept_application(fair_site, session_id)
    assert kept.status == ApplicationStatus.SHORTLISTED
    assert kept.score is not None
    for mail in BY_FORM:
        assert apply_by_form(fair_site, mail, session_id, kept.position_id).status_code == 200
    expect(host.page.locator("[data-application]")).to_have_count(1 + len(BY_FORM))
    seeker.apply_and_undo_in_list()

    host.end()
    expect(seeker.page.locator("h1")).to_contain_text("播完了")
    sign_in(officer, OFFICER, site=fair_site)
    officer.goto(f"/sessions/{session_id}/report")
    applicants = officer.locator(".figures > *", has_text=re.compile("^投递人数"))
    expect(applicants).to_contain_text(f"{1 + len(BY_FORM)}人")


def session_that_can_start(site: FairSite) -> int:
    """The demo's session that can go on air now."""
    query = select(LiveSession.id).where(LiveSession.status == LiveSessionStatus.APPROVED)
    with reading(make_engine(site.environment["DATABASE_URL"])) as db:
        found = db.scalars(query.order_by(LiveSession.starts_at)).first()
    assert found is not None
    return found


def kept_application(site: FairSite, session_id: int) -> Application:
    """The first application of the session, as the database has it."""
    query = select(Application).where(Application.session_id == session_id).order_by(Application.id)
    with reading(make_engine(site.environment["DATABASE_URL"])) as db:
        found = db.scalars(query).first()
    assert found is not None
    return found

"""What a viewer lives through when a process dies in mid-fair: nothing confirmed is lost, and the page says so."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from fair.applications import Application
from fair.database import make_engine, reading
from tests.journeys.people import Host, Seeker, enter, sign_in
from tests.journeys.site import FairSite
from tests.journeys.test_fair_day import RECRUITER, SEEKER, session_that_can_start

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_fair_goes_on_after_live_and_matching_are_killed(
    fair_on_sqlite: FairSite, browser: Browser, troubles: list[str]
) -> None:
    """With live dead one applies by form, and the line comes back by itself; without matching the room says so."""
    site = fair_on_sqlite
    session_id = session_that_can_start(site)
    host = Host(enter(browser, site, troubles), session_id)
    seeker = Seeker(enter(browser, site, troubles, is_phone=True), session_id)
    sign_in(host.page, RECRUITER)
    host.begin()
    sign_in(seeker.page, SEEKER)
    seeker.watch()
    first = host.present("1")
    expect(seeker.card).to_contain_text(first)
    expect(seeker.card.locator(".score")).to_be_visible()

    site.kill("live")
    expect(seeker.page.locator("[data-cover]")).to_be_visible()
    expect(seeker.page.locator("[data-badge]")).to_have_text("已断开")
    seeker.apply()
    assert count_applications(site, session_id) == 1

    site.start("live")
    expect(seeker.page.locator("[data-cover]")).to_be_hidden(timeout=45_000)
    expect(seeker.page.locator("[data-badge]")).to_have_text("直播中")
    expect(seeker.card.locator("[data-applied]")).to_contain_text("已投递")
    expect(host.page.locator("[data-cover]")).to_be_hidden(timeout=45_000)
    expect(host.arrival("小满")).to_contain_text(first)
    assert count_applications(site, session_id) == 1

    site.kill("matching")
    second = host.present("2")
    expect(seeker.card).to_contain_text(second)
    expect(seeker.card).to_contain_text("匹配", timeout=30_000)
    expect(seeker.card.locator(".score")).to_be_hidden()
    seeker.apply()
    expect(host.arrival("小满")).to_have_count(2)


def count_applications(site: FairSite, session_id: int) -> int:
    """How many applications the database holds for the session."""
    with reading(make_engine(site.environment["DATABASE_URL"])) as db:
        query = select(func.count()).select_from(Application).where(Application.session_id == session_id)
        return db.scalar(query) or 0

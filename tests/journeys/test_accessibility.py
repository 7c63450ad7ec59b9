"""Nobody is shut out: axe-core finds no break of WCAG 2 levels A and AA on any main page, however it is looked at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.people import DESK, PHONE, Host, enter, sign_in
from tests.journeys.site import ROOT, FairSite
from tests.journeys.test_fair_day import OFFICER, RECRUITER, SEEKER, session_that_can_start

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """async levels => {
    const found = await axe.run(document, {runOnly: levels, resultTypes: ["violations"], preload: false});
    return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.html}: ${node.failureSummary}`));
}"""


@dataclass(frozen=True)
class Look:
    """How somebody looks at the site."""

    language: str
    size: ViewportSize
    is_dark: bool
    is_care: bool = False

    def __str__(self) -> str:
        theme, mode = "dark" if self.is_dark else "light", " care" if self.is_care else ""
        return f"{self.language} {self.size['width']}{mode} {theme}"


# Every two of language, width and mode meet in one of them, and each theme meets each language and mode.
LOOKS = [
    Look("zh", PHONE, is_dark=False),
    Look("en", DESK, is_dark=True),
    Look("zh", DESK, is_dark=True, is_care=True),
    Look("en", PHONE, is_dark=False, is_care=True),
]
AT_WORK = [look for look in LOOKS if not look.is_care]
ENDED = 1


def test_main_pages_break_no_rule_of_wcag(fair_on_sqlite: FairSite, browser: Browser, troubles: list[str]) -> None:
    """The pages of visitors, seekers, recruiters and officers, in both languages, small and wide, plain and large."""
    session_id = session_that_can_start(fair_on_sqlite)
    room = f"/sessions/{session_id}/room"
    recruiter, officer, seeker, visitor = (enter(browser, fair_on_sqlite, troubles) for _ in range(4))
    sign_in(recruiter, RECRUITER)
    Host(recruiter, session_id).begin()
    sign_in(officer, OFFICER, site=fair_on_sqlite)
    sign_in(seeker, SEEKER)

    visitor.goto("/")
    visitor.evaluate("document.documentElement.removeAttribute('lang')")
    assert [found for found in found_on(visitor) if found.startswith("html-has-lang")] != []
    wrong = [
        *breaks(visitor, LOOKS, ["/", f"/sessions/{ENDED}", "/positions?q=电工", "/positions/1", "/login"]),
        *breaks(seeker, LOOKS, [room, f"{room}?tab=questions", "/profile", "/applications"]),
        *breaks(recruiter, AT_WORK, ["/employer/applications", f"/sessions/{session_id}/console"]),
        *breaks(officer, AT_WORK, ["/oversight", "/reports", f"/sessions/{ENDED}/report"]),
    ]

    assert wrong == []


def breaks(page: Page, looks: list[Look], paths: list[str]) -> Iterator[str]:
    """What axe-core finds on each of these pages at each look."""
    for look in looks:
        take(page, look)
        for path in paths:
            page.goto(path)
            settle(page, look)
            yield from (f"{path} {look}: {found}" for found in found_on(page))


def take(page: Page, look: Look) -> None:
    """Look at the site like this from here on; the switches are those of the page that is open."""
    page.set_viewport_size(look.size)
    page.emulate_media(color_scheme="dark" if look.is_dark else "light", reduced_motion="reduce")
    token = page.locator("input[name=csrf_token]").first.input_value()
    page.request.post("/language", form={"csrf_token": token, "language": look.language})
    if (page.locator("html").get_attribute("data-mode") == "care") is not look.is_care:
        page.request.post("/mode/care", form={"csrf_token": token})


def settle(page: Page, look: Look) -> None:
    """Wait for the line of a page that has one; then have all of the page in sight, with no bar over any part of it."""
    line = page.locator("[data-line]")
    if line.count():
        expect(line.first).to_have_attribute("data-line", re.compile("open|ended"))
    page.set_viewport_size(look.size)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(ViewportSize(width=look.size["width"], height=max(height, look.size["height"])))


def found_on(page: Page) -> list[str]:
    """Each element of the page that breaks a rule, with what would mend it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate(CHECK, LEVELS)
    return list(found)

"""The people of a journey, as what they press and read; waits are the browser's own, never a pause."""

import re
from dataclasses import dataclass

import httpx
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.journeys.site import PASSWORD, FairSite

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


def enter(browser: Browser, site: FairSite, troubles: list[str], *, is_phone: bool = False) -> Page:
    """A fresh browser window at the site; errors of its scripts are kept in `troubles`."""
    context = browser.new_context(
        base_url=site.url, viewport=PHONE if is_phone else DESK, is_mobile=is_phone, has_touch=is_phone, locale="zh-CN"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


def sign_in(page: Page, mail: str, *, site: FairSite | None = None) -> None:
    """Sign in with the demo's password; with `site` given the one-time code is asked of it."""
    page.goto("/login")
    page.locator("main input[name=name]").fill(mail)
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main button.main").click()
    if site is not None:
        page.locator("main input[name=code]").fill(site.one_time_code(mail))
        page.locator("main button.main").click()
    expect(page).not_to_have_url(re.compile("/login"))


@dataclass(frozen=True)
class Host:
    """The recruiter at the console of one session."""

    page: Page
    session_id: int

    def begin(self) -> None:
        """Open the check, start the session, wait for the line."""
        self.page.goto(f"/sessions/{self.session_id}/console")
        self.page.get_by_role("button", name="开始直播").click()
        expect(self.page.locator("[data-now]")).to_be_visible()
        expect(self.page.locator("[data-console]")).to_have_attribute("data-line", "open")

    def present(self, digit: str) -> str:
        """Put the position of that key on screen; its title."""
        row = self.page.locator(f'[data-key="{digit}"]')
        title: str = row.locator('[data-field="title"]').inner_text()
        self.page.locator("body").press(digit)
        expect(self.page.locator('[data-now] [data-field="title"]')).to_have_text(title)
        return title

    def arrival(self, name: str) -> Locator:
        """The row of somebody's application."""
        return self.page.locator("[data-application]", has_text=name)

    def end(self) -> None:
        """End the session, with the question in between."""
        self.page.locator('[data-dialog="end"]').click()
        self.page.locator("dialog#end button[type=submit]").click()
        expect(self.page).to_have_url(re.compile("/employer/applications"))


@dataclass(frozen=True)
class Seeker:
    """A seeker in the room of one session."""

    page: Page
    session_id: int

    def watch(self) -> None:
        """Enter the room."""
        self.page.goto(f"/sessions/{self.session_id}/room")
        expect(self.page.locator("[data-room]")).to_have_attribute("data-line", "open")

    @property
    def card(self) -> Locator:
        """The card of the position on screen."""
        return self.page.locator("[data-pin]")

    def apply(self) -> None:
        """One tap on what is on screen."""
        self.card.get_by_role("button", name="一键投递").click()
        expect(self.card.locator("[data-applied]")).to_contain_text("已投递")

    def apply_and_undo_in_list(self) -> None:
        """One tap on the first position of the list that can be applied for, and one to take it back."""
        self.page.locator('[data-tab="jobs"]').click()
        number = self.page.locator("[data-job]", has=self.page.locator("form[data-apply]")).first.get_attribute(
            "data-job"
        )
        row = self.page.locator(f'[data-job="{number}"]').first
        row.get_by_role("button", name="一键投递").click()
        row.get_by_role("button", name="撤回").click()
        expect(row.get_by_role("button", name="一键投递")).to_be_visible()


def apply_by_form(site: FairSite, mail: str, session_id: int, position_id: int) -> httpx.Response:
    """Somebody without script signs in and applies in the room by its form; the page that follows."""
    with httpx.Client(base_url=site.url, follow_redirects=True, trust_env=False, timeout=20.0) as visitor:
        asked = visitor.get("/login").text
        visitor.post("/login", data={"csrf_token": _token(asked), "name": mail, "password": PASSWORD})
        room = visitor.get(f"/sessions/{session_id}/room").text
        return visitor.post(
            f"/sessions/{session_id}/positions/{position_id}/apply",
            data={"csrf_token": _token(room), "key": f"form-{mail}"},
        )


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)

"""A host and a viewer of a picture that can be read: the host's camera draws the clock."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bench.clockpicture import clock_script, shows
from fair.database import make_engine, reading
from fair.pins import Pin
from tests.journeys.people import DESK, PHONE, sign_in
from tests.journeys.site import FairSite

RECRUITER = "wang@demo.gangbo.cn"
PICTURE_WITHIN_MS = 60_000

PLAYS_SOUND = """() => {
    const { videoWidth, readyState, seeking, currentTime } = document.querySelector("[data-video]");
    const before = window.heardAt;
    window.heardAt = videoWidth || seeking ? 0 : currentTime;
    return readyState > 2 && before > 0 && window.heardAt > before;
}"""

FIRST_SHOWN_FROM = """second => new Promise(done => {
    const video = document.querySelector("[data-video]");
    const look = setInterval(() => {
        const at = video.seeking || video.currentTime < second ? null : shownAt(video);
        if (at === null) return;
        clearInterval(look);
        done(at);
    }, 20);
})"""


def enter_with_clock(
    browser: Browser, site: FairSite, troubles: list[str], *scripts: str, is_phone: bool = False
) -> Page:
    """A fresh window whose camera draws the clock and whose picture can be read."""
    context = browser.new_context(base_url=site.url, viewport=PHONE if is_phone else DESK, locale="zh-CN")
    for script in (clock_script(), *scripts):
        context.add_init_script(script)
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


@dataclass(frozen=True)
class Studio:
    """The recruiter with a camera, at the console of one session."""

    page: Page
    session_id: int

    def go_on_air(self) -> None:
        """Look into the camera at the check, start the session, and be seen."""
        sign_in(self.page, RECRUITER)
        self.page.goto(f"/sessions/{self.session_id}/console")
        self.page.get_by_role("button", name="打开摄像头和麦克风").click()
        expect(self.page.locator("[data-studio-preview] canvas")).to_be_visible()
        for looked_at in ("picture", "sound"):
            expect(self.page.locator(f'.ok[data-check="{looked_at}"]')).to_be_visible()
        self.page.get_by_role("button", name="开始直播").click()
        expect(self.page.locator("[data-console]")).to_have_attribute("data-line", "open")
        self.is_on()

    def is_on(self) -> None:
        """Wait until viewers can see it."""
        expect(self.page.locator("[data-studio-plate]")).to_have_text("观众正在看", timeout=PICTURE_WITHIN_MS)

    def now(self) -> float:
        """The host's clock, in ms."""
        return float(self.page.evaluate("Date.now()"))


@dataclass(frozen=True)
class Screen:
    """A viewer in the room, looking at the picture."""

    page: Page
    session_id: int

    def watch(self) -> None:
        """Enter the room."""
        self.page.goto(f"/sessions/{self.session_id}/room")
        expect(self.page.locator("[data-room]")).to_have_attribute("data-line", "open")

    def sees_since(self, instant: float) -> None:
        """Wait until the clock in the picture is past this instant, in ms."""
        assert shows(self.page, since=instant, within_ms=PICTURE_WITHIN_MS)

    def listens(self) -> None:
        """Choose the sound alone; wait until it plays with no picture in it."""
        self.page.locator("[data-picture]").hover()
        self.page.get_by_role("button", name="只听声音").click()
        self.page.wait_for_function(PLAYS_SOUND, timeout=PICTURE_WITHIN_MS)

    def looks_again(self) -> None:
        """Choose the picture."""
        self.page.locator("[data-picture]").hover()
        self.page.get_by_role("button", name="看画面").click()

    def sees_in_first_chapter(self) -> float:
        """Open the replay and jump to its first chapter; the instant that the picture shows there, in ms."""
        self.page.goto(f"/sessions/{self.session_id}/replay")
        chapter = self.page.locator("[data-seek]").first
        begins = int(chapter.get_attribute("data-seek") or "")
        assert begins > 0
        chapter.click()
        shown: float = self.page.evaluate(FIRST_SHOWN_FROM, begins / 1000)
        return shown


def pinned_at(site: FairSite, session_id: int) -> float:
    """When the session's first position was put on screen, in ms since 1970, as the database has it."""
    query = select(Pin.started_at).where(Pin.session_id == session_id).order_by(Pin.id)
    with reading(make_engine(site.environment["DATABASE_URL"])) as db:
        started = db.scalars(query).first()
    assert started is not None
    return started.timestamp() * 1000

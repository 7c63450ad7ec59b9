"""The picture: what the host's camera sees is seen by the viewers, read from the picture itself; and it comes back."""

import pytest
from playwright.sync_api import Browser, expect

from bench.clockpicture import ONLY, WITHOUT_RELAY, watched
from tests.journeys.people import Host, sign_in
from tests.journeys.pictures import PICTURE_WITHIN_MS, RECRUITER, Screen, Studio, enter_with_clock, pinned_at
from tests.journeys.site import FairSite
from tests.journeys.test_fair_day import session_that_can_start

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(600)]

CHAPTER_WITHIN_MS = 2_000
"""How far a chapter may be off here, where the camera lags on busy cores; docs/benchmarks.md tells what it was."""

REFUSALS = {
    "NotAllowedError": "改成允许",
    "NotFoundError": "没找到",
    "NotReadableError": "被别的程序占着",
    "OverconstrainedError": "选低一档",
    "TypeError": "设备打不开",
}
REFUSE = """name => {
    MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("refused", name));
}"""


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_picture_reaches_viewers_and_comes_back(
    fair_on_sqlite: FairSite, browser: Browser, troubles: list[str], container: str
) -> None:
    """Host to relay to viewer: moving and readable, or sound alone; again after a reload, and after live was killed."""
    session_id = session_that_can_start(fair_on_sqlite)
    host = Studio(enter_with_clock(browser, fair_on_sqlite, troubles, ONLY[container]), session_id)
    viewer = Screen(enter_with_clock(browser, fair_on_sqlite, troubles, is_phone=True), session_id)
    host.go_on_air()

    viewer.watch()
    viewer.sees_since(0)
    seen = watched(viewer.page, 4)
    assert len(seen.delays_ms) > 10
    assert seen.unreadable <= len(seen.delays_ms) / 20
    expect(viewer.page.locator("[data-latency]")).to_be_visible(timeout=PICTURE_WITHIN_MS)
    viewer.listens()
    viewer.looks_again()
    viewer.sees_since(host.now())

    viewer.page.reload()
    viewer.sees_since(host.now())
    host.page.reload()
    host.is_on()
    viewer.sees_since(host.now())
    fair_on_sqlite.kill("live")
    fair_on_sqlite.start("live")
    fair_on_sqlite.await_health("live")
    host.is_on()
    viewer.sees_since(host.now())


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_picture_changes_over_to_hls_and_is_replayed(
    fair_on_sqlite: FairSite, browser: Browser, troubles: list[str], container: str
) -> None:
    """Who cannot reach the relay sees HLS; the card comes with the picture; the chapter begins where it was pinned."""
    session_id = session_that_can_start(fair_on_sqlite)
    host = Studio(enter_with_clock(browser, fair_on_sqlite, troubles, ONLY[container]), session_id)
    viewer = Screen(enter_with_clock(browser, fair_on_sqlite, troubles, WITHOUT_RELAY), session_id)
    host.go_on_air()
    begun = host.now()
    viewer.watch()
    viewer.sees_since(begun + 2 * CHAPTER_WITHIN_MS)
    viewer.page.evaluate("""() => new MutationObserver(() => {
        const title = document.querySelector('[data-pin] h2 [data-field="title"]');
        if (title) window.cardAt ??= shownAt(document.querySelector("[data-video]"));
    }).observe(document.querySelector("[data-pin-place]"), {childList: true, subtree: true})""")

    pressed = host.now()
    title = Host(host.page, session_id).present("1")
    expect(viewer.page.locator("[data-pin] h2")).to_contain_text(title, timeout=PICTURE_WITHIN_MS)
    shown = viewer.page.evaluate("cardAt")
    assert shown > pressed - 1000

    viewer.sees_since(host.now() + 5000)
    Host(host.page, session_id).end()
    assert abs(viewer.sees_in_first_chapter() - pinned_at(fair_on_sqlite, session_id)) < CHAPTER_WITHIN_MS


def test_refused_camera_says_what_to_do(fair_on_sqlite: FairSite, browser: Browser, troubles: list[str]) -> None:
    """Each refusal of a browser has its own advice."""
    session_id = session_that_can_start(fair_on_sqlite)
    page = enter_with_clock(browser, fair_on_sqlite, troubles)
    sign_in(page, RECRUITER)
    page.goto(f"/sessions/{session_id}/console")

    for name, advice in REFUSALS.items():
        page.evaluate(REFUSE, name)
        page.get_by_role("button", name="打开摄像头和麦克风").click()
        expect(page.locator("[data-studio-trouble]")).to_contain_text(advice)

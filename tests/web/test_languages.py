"""Chinese by default, English complete: every msgid of the code and the templates has its English."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fair.districts import District
from tests.builders import NOW, SmallFair
from tools.catalogue import updated, without_english
from web.format import FILTERS

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
HAN = re.compile(r"[一-鿿]")
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_catalogue_has_english_for_every_msgid() -> None:
    """Nothing is left untranslated; `python -m tools.catalogue` lists what is new."""
    catalogue = updated()

    assert len(catalogue) > 500
    assert without_english(catalogue) == []


def test_catalogue_keeps_the_places_for_values() -> None:
    """A translation has the same placeholders as its msgid, or a page would fail in English alone."""
    wrong = [
        message.id
        for message in updated()
        if message.id and sorted(PLACES.findall(str(message.id))) != sorted(PLACES.findall(str(message.string)))
    ]

    assert wrong == []


@sqlite
def test_language_is_switched_and_kept(client: FlaskClient, fair: SmallFair) -> None:
    """One press from any page leads back to it in English; another leads back to Chinese."""
    assert 'lang="zh-CN"' in client.get("/").text

    answer = client.post("/language", data={"next": "/positions?zero=1"})

    assert (answer.status_code, answer.location) == (303, "/positions?zero=1")
    page = client.get("/positions").text
    assert '<html lang="en"' in page
    assert "Positions" in page
    client.post("/language")
    assert 'lang="zh-CN"' in client.get("/").text


@sqlite
def test_english_pages_have_no_chinese_of_the_site(
    fair: SmallFair, client: FlaskClient, signed_in: Callable[[int], FlaskClient]
) -> None:
    """In English nothing of the frame or the forms is Chinese but the switch back and example values."""
    client.post("/language", data={"language": "en"})

    for path in ("/login", "/sign-up", "/sign-up/employer", "/matching", "/privacy", "/terms", "/nothing-here"):
        text = re.sub(r"<button[^>]*lang=\"zh-CN\"[^>]*>.*?</button>", "", client.get(path).text)
        found = [line for line in text.splitlines() if HAN.search(line)]
        assert [line for line in found if "王专员" not in line] == [], path


@sqlite
def test_places_are_named_in_english_where_they_have_such_names(
    fair: SmallFair, client: FlaskClient, signed_in: Callable[[int], FlaskClient], write: Callable[[], Any]
) -> None:
    """西湖区 is Xihu District on every page in English that names the place of a session, a position or an employer."""
    with write() as db:
        db.get_one(District, fair.district.code).name_en = "Xihu District"
    session = f"/sessions/{fair.live_session.id}"
    pages = [
        *((client, path) for path in ("/", "/sessions", session, f"{session}/room", "/positions")),
        (client, f"/positions/{fair.position.id}"),
        *((signed_in(fair.recruiter.id), path) for path in ("/employer/sessions", "/employer/positions")),
        *(
            (signed_in(fair.officer.id), f"/oversight{tab}")
            for tab in ("?status=approved", "?tab=sessions&status=live")
        ),
        (signed_in(fair.officer.id), f"/oversight/employers/{fair.employer.id}"),
    ]
    for browser, path in pages:
        assert "西湖区" in browser.get(path).text, path
        browser.post("/language", data={"language": "en"})
        assert "Xihu District" in browser.get(path).text, path
        browser.post("/language", data={"language": "zh"})


@sqlite
def test_days_are_said_in_english(app: Flask, client: FlaskClient) -> None:
    """Yesterday, tomorrow and the days of the week that comes."""
    days = [NOW + timedelta(days=away) for away in range(-2, 9)]

    with client:
        client.get("/healthz")
        chinese = [FILTERS[name](at, NOW) for at in days for name in ("day", "moment")]
        client.post("/language", data={"language": "en"})
        client.get("/healthz")
        english = [FILTERS[name](at, NOW) for at in days for name in ("day", "moment")]

    assert {"周二", "周日", "昨天", "明天"} <= {word for said in chinese for word in said.split()}
    assert [said for said in english if HAN.search(said)] == []


@sqlite
def test_what_is_wrong_is_said_in_english(fair: SmallFair, signed_in: Callable[[int], FlaskClient]) -> None:
    """A rule's own words and the lists in a message are in the language of the page."""
    seeker, recruiter = signed_in(fair.seeker.id), signed_in(fair.recruiter.id)
    for browser in (seeker, recruiter):
        browser.post("/language", data={"language": "en"})

    profile = seeker.post("/profile", data={"full_name": "Zhang", "phone": "1"}).text
    sheet = (io.BytesIO("岗位名称,要求\n电工,有证\n".encode()), "positions.csv")
    columns = recruiter.post("/employer/positions/import", data={"file": sheet}).text

    assert "A mobile number is 11 digits" in profile
    assert "head count, base pay" in columns


@sqlite
def test_care_mode_is_switched_and_kept_by_the_account(
    fair: SmallFair, signed_in: Callable[[int], FlaskClient]
) -> None:
    """关怀模式 changes every page until it is left; those who work here have none."""
    seeker, recruiter = signed_in(fair.seeker.id), signed_in(fair.recruiter.id)

    for browser in (seeker, recruiter):
        assert browser.post("/mode/care", data={"next": "/"}).status_code == 303

    assert 'data-mode="care"' in seeker.get("/").text
    assert 'data-mode="care"' in seeker.get("/positions").text
    assert 'data-mode="care"' not in recruiter.get("/").text
    seeker.post("/mode/care")
    assert 'data-mode="care"' not in seeker.get("/").text


@sqlite
def test_care_mode_is_switched_in_the_room(client: FlaskClient, fair: SmallFair) -> None:
    """The room has the switch too, and either way leads back into the room."""
    room = f"/sessions/{fair.live_session.id}/room"

    def press_switch() -> str:
        """Post the room's form of the switch; where it leads."""
        (form,) = re.findall(r'<form[^>]* action="(/mode/care)">.*?name="next" value="([^"]+)"', client.get(room).text)
        return client.post(form[0], data={"next": form[1]}).location

    assert press_switch() == room
    assert " data-care " in client.get(room).text
    assert press_switch() == room
    assert " data-care " not in client.get(room).text

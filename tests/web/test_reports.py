"""Reports as an officer sees them: own district only, no names, small cells hidden, the same in both exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from fair.accounts import Role
from fair.applications import submit_application
from fair.attendances import enter_room
from fair.exposures import count_exposures, count_lists
from fair.livesessions import move_session
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, WORDING, SmallFair, add_account, add_profile, add_session, small_fair
from web.reports.definitions import DEFINITIONS

Fair = tuple[SmallFair, int]


@pytest.fixture
def held(write: Callable[[], Any], clock: Any) -> Fair:
    """A session that ended with seven viewers, six of whom applied for the position of 临江."""
    clock.now = NOW + timedelta(hours=3)
    with write() as db:
        fair = small_fair(db)
        fair.employer.name = "=临江电缆"
        for number in range(7):
            profile = add_profile(db, add_account(db, Role.SEEKER, name=f"观众{number}"), full_name=f"真名{number}")
            enter_room(
                db,
                fair.live_session.id,
                f"a{profile.account_id}",
                account_id=profile.account_id,
                is_audience=True,
                now=NOW,
            )
            if number:
                submit_application(
                    db, profile, fair.position, key="k", now=NOW, wording=WORDING, live_session=fair.live_session
                )
        move_session(db, fair.live_session, LiveSessionStatus.ENDED, now=NOW + timedelta(minutes=20))
        return fair, fair.live_session.id


def test_report_shows_each_figure_with_its_definition_and_no_names(
    held: Fair, signed_in: Callable[[int], FlaskClient]
) -> None:
    """Seven viewers, six applicants; nobody's nickname or name stands on the page."""
    fair, session_id = held

    page = signed_in(fair.officer.id).get(f"/sessions/{session_id}/report").text

    assert str(DEFINITIONS["unique_viewers"][1]) in page
    assert '<dd class="num">7<small>' in page
    assert '<dd class="num">6<small>' in page
    assert "观众" in page
    assert not any(f"观众{number}" in page or f"真名{number}" in page for number in range(7))


def test_report_is_for_officers_of_the_district_alone(
    held: Fair, client: FlaskClient, signed_in: Callable[[int], FlaskClient]
) -> None:
    """The record is there for its officer; others are refused on the page and in both exports."""
    fair, session_id = held
    paths = [f"/sessions/{session_id}/report{ending}" for ending in ("", ".csv", ".xlsx")]
    assert [signed_in(fair.officer.id).get(path).status_code for path in paths] == [200] * 3

    for account in (fair.other_officer, fair.recruiter, fair.seeker):
        assert [signed_in(account.id).get(path).status_code for path in paths] == [403] * 3
    assert [client.get(path).status_code for path in paths] == [303] * 3


def test_list_of_reports_holds_the_own_district_only(held: Fair, signed_in: Callable[[int], FlaskClient]) -> None:
    """The neighbour's officer sees an empty page that says what to do."""
    fair, session_id = held
    link = f"/sessions/{session_id}/report"

    assert link in signed_in(fair.officer.id).get("/reports").text
    neighbours = signed_in(fair.other_officer.id).get("/reports")
    assert neighbours.status_code == 200
    assert link not in neighbours.text


def test_session_that_has_not_begun_has_no_report(
    held: Fair, write: Callable[[], Any], signed_in: Callable[[int], FlaskClient]
) -> None:
    """An approved session answers not found."""
    fair, _ = held
    with write() as db:
        planned = add_session(db, fair.bureau, fair.employer, [], status=LiveSessionStatus.APPROVED).id

    assert signed_in(fair.officer.id).get(f"/sessions/{planned}/report").status_code == 404


def test_small_counts_are_hidden_on_page_and_in_both_exports(
    held: Fair, write: Callable[[], Any], signed_in: Callable[[int], FlaskClient]
) -> None:
    """Three applicants of a second session are nowhere written as 3."""
    fair, _ = held
    with write() as db:
        fresh = db.merge(fair.bureau), db.merge(fair.employer), db.merge(fair.position)
        small = add_session(db, fresh[0], fresh[1], [fresh[2]])
        for number in range(3):
            profile = add_profile(db, add_account(db, Role.SEEKER), full_name=f"少数{number}")
            submit_application(db, profile, fresh[2], key="s", now=NOW, wording=WORDING, live_session=small)
        session_id = small.id
    officer = signed_in(fair.officer.id)

    rows = list(csv.reader(io.StringIO(officer.get(f"/sessions/{session_id}/report.csv").text.lstrip("\ufeff"))))
    book = load_workbook(io.BytesIO(officer.get(f"/sessions/{session_id}/report.xlsx").data))
    page = officer.get(f"/sessions/{session_id}/report").text

    applicants = str(DEFINITIONS["applicants"][0])
    assert [row[1] for row in rows if row and row[0] == applicants][:2] == ["<5"] * 2
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert {row[1] for row in cells if row[0] == applicants} >= {"<5"}
    assert 3 not in {cell for row in cells for cell in row if row[0] != "第几分钟" and row[0] != 3}
    assert '<dd class="num"><span class="few">&lt;5</span>' in page


def test_exposure_ledger_hides_small_counts_and_their_shares(
    held: Fair, write: Callable[[], Any], signed_in: Callable[[int], FlaskClient]
) -> None:
    """Seen on seven screens, with a match on three, in two lists: neither 3, 2 nor the share is written, Gini is."""
    fair, session_id = held
    with write() as db:
        viewers = [(f"v{number}", 70 if number < 3 else None) for number in range(7)]
        count_exposures(db, session_id, fair.position.id, fair.employer.id, viewers, now=NOW)
        count_lists(db, {(session_id, fair.position.id): 2})
    officer = signed_in(fair.officer.id)

    rows = list(csv.reader(io.StringIO(officer.get(f"/sessions/{session_id}/report.csv").text.lstrip("\ufeff"))))
    page = officer.get(f"/sessions/{session_id}/report").text

    start = rows.index(["岗位曝光"])
    assert rows[start + 2] == ["低压电工", "'=临江电缆", "7", "<5", "<5", ""]
    assert str(DEFINITIONS["gini"][1]) in page
    assert "岗位 0.00" in page


def test_exported_text_that_looks_like_a_formula_is_escaped(
    held: Fair, signed_in: Callable[[int], FlaskClient]
) -> None:
    """An employer named like a formula stays a text."""
    fair, session_id = held
    officer = signed_in(fair.officer.id)

    book = load_workbook(io.BytesIO(officer.get(f"/sessions/{session_id}/report.xlsx").data))

    names = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "'=临江电缆" in names
    assert "=临江电缆" not in names
    assert "'=临江电缆" in officer.get(f"/sessions/{session_id}/report.csv").text


def test_every_definition_stands_in_the_documents() -> None:
    """docs/reports.md says what the page says."""
    document = Path(__file__).parents[2].joinpath("docs/reports.md").read_text(encoding="utf-8")

    for term, words in DEFINITIONS.values():
        assert f"| {term} | {words} |" in document

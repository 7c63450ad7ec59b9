"""Who gets which answer: every route of the site × everybody who can come, one status each.

A route without a row fails. What is refused changes nothing, and no page that is only read changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fair.accounts import Account
from tests.web.world import Copy, make_world
from web.accounts.credential import Credential

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

# `in`: on to the page of signing in. Numbers: the HTTP status.
WHO = ("nobody", "seeker", "other", "recruiter", "rival", "moderator", "officer", "neighbour", "administrator")
TABLE = """
#                                                nobody seeker other recruiter rival moderator officer neighbour admin
GET  /                                                 200 200 200 200 200 200 200 200 200
GET  /favicon.ico                                      301 301 301 301 301 301 301 301 301
GET  /robots.txt                                       200 200 200 200 200 200 200 200 200
GET  /terms                                            200 200 200 200 200 200 200 200 200
GET  /privacy                                          200 200 200 200 200 200 200 200 200
GET  /matching                                         200 200 200 200 200 200 200 200 200
POST /media/auth                                       401 401 401 401 401 401 401 401 401
GET  /healthz                                          200 200 200 200 200 200 200 200 200
GET  /static/pictures/mark.svg                         200 200 200 200 200 200 200 200 200
POST /language                                         303 303 303 303 303 303 303 303 303
POST /mode/care                                        303 303 303 303 303 303 303 303 303

GET  /login                                            200 302 302 302 302 302 302 302 302
POST /login                                            422 302 302 302 302 302 302 302 302
GET  /login/code                                       in  in  in  in  in  in  in  in  in
POST /login/code                                       in  in  in  in  in  in  in  in  in
GET  /login/enrol                                      in  in  in  in  in  in  in  in  in
POST /login/enrol                                      in  in  in  in  in  in  in  in  in
POST /logout                                           303 303 303 303 303 303 303 303 303
GET  /sign-up                                          200 200 200 200 200 200 200 200 200
POST /sign-up                                          303 303 303 303 303 303 303 303 303
GET  /sign-up/employer                                 200 200 200 200 200 200 200 200 200
POST /sign-up/employer                                 303 303 303 303 303 303 303 303 303
GET  /account                                          in  200 200 200 200 200 200 200 200
GET  /account/password                                 in  200 200 200 200 200 200 200 200
POST /account/password                                 in  303 303 303 303 303 303 303 303
POST /account/sign-ins/{sign_in}/end                   in  303 404 404 404 404 404 404 404

GET  /sessions                                         200 200 200 200 200 200 200 200 200
GET  /sessions.ics                                     200 200 200 200 200 200 200 200 200
GET  /sessions/{live}                                  200 200 200 200 200 200 200 200 200
GET  /sessions/{live}.ics                              200 200 200 200 200 200 200 200 200
GET  /sessions/{draft}                                 404 404 404 200 404 404 200 404 200
GET  /sessions/{draft}.ics                             404 404 404 200 404 404 200 404 200
GET  /positions                                        200 200 200 200 200 200 200 200 200
GET  /positions/{position}                             200 200 200 200 200 200 200 200 200
GET  /positions/{sketch}                               404 404 404 200 404 404 200 404 200
POST /positions/{second}/apply                         in  303 303 403 403 403 403 403 403
POST /positions/{sketch}/apply                         in  404 404 403 403 403 403 403 403
POST /positions/{closed}/apply                         in  409 409 403 403 403 403 403 403

GET  /profile                                          in  200 200 403 403 403 403 403 403
POST /profile                                          in  303 303 403 403 403 403 403 403
GET  /profile/consents                                 in  200 200 403 403 403 403 403 403
POST /profile/consents                                 in  303 303 403 403 403 403 403 403
GET  /profile/export                                   in  200 200 403 403 403 403 403 403
GET  /profile/erase                                    in  200 200 403 403 403 403 403 403
POST /profile/erase                                    in  303 303 403 403 403 403 403 403
GET  /applications                                     in  200 200 403 403 403 403 403 403
POST /applications/{application}/withdraw              in  303 404 403 403 403 403 403 403

GET  /sessions/{live}/room                             200 200 200 200 200 200 200 200 200
GET  /sessions/{draft}/room                            in  403 403 303 403 403 303 403 303
GET  /sessions/{live}/replay                           200 200 200 200 200 200 200 200 200
GET  /sessions/{approved}/replay                       404 404 404 404 404 404 404 404 404
GET  /sessions/{live}/replay/talk                      200 200 200 200 200 200 200 200 200
GET  /sessions/{approved}/replay/talk                  in  403 403 403 403 403 403 403 403
GET  /sessions/{live}/recordings/{recording}.mp4       in  403 403 200 403 403 200 403 200
POST /sessions/{live}/recordings/{recording}/withdraw  in  403 403 303 403 403 303 403 303
GET  /sessions/{live}/text                             200 200 200 200 200 200 200 200 200
GET  /sessions/{draft}/text                            in  403 403 200 403 403 200 403 200
GET  /sessions/{live}/refused                          200 200 200 200 200 200 200 200 200
GET  /sessions/{draft}/refused                         in  403 403 200 403 403 200 403 200
POST /sessions/{live}/ticket                           200 200 200 200 200 200 200 200 200
POST /sessions/{live}/listed                           204 204 204 204 204 204 204 204 204
POST /sessions/{approved}/ticket                       in  403 403 200 403 200 200 403 200
POST /sessions/{live}/picture/pass                     in  403 403 404 403 404 404 403 404
POST /sessions/{live}/picture/ticket                   200 200 200 200 200 200 200 200 200
POST /sessions/{approved}/picture/ticket               in  403 403 200 403 200 200 403 200
POST /sessions/{live}/positions/{second}/apply         in  303 303 403 403 403 403 403 403
POST /sessions/{live}/positions/{position}/withdraw    in  303 303 303 303 303 303 303 303
POST /sessions/{live}/questions                        in  303 303 303 303 303 303 303 303
POST /sessions/{live}/questions/{question}/vote        in  303 303 303 303 303 303 303 303
POST /sessions/{live}/questions/{question}/withdraw    in  303 403 403 403 403 403 403 403
GET  /sessions/{live}/console                          in  403 403 200 403 200 200 403 200
POST /sessions/{approved}/start                        in  403 403 303 403 403 303 403 303
POST /sessions/{live}/end                              in  403 403 303 403 403 303 403 303
POST /sessions/{live}/applications/{application}/move  in  403 403 303 403 403 403 403 403

GET  /employer                                         in  403 403 200 200 403 403 403 403
POST /employer                                         in  403 403 303 303 403 403 403 403
GET  /employer/applications                            in  403 403 200 200 403 403 403 403
GET  /employer/applications/{application}              in  403 403 200 404 403 403 403 403
POST /employer/applications/{application}/move         in  403 403 303 404 403 403 403 403
GET  /employer/positions                               in  403 403 200 200 403 403 403 403
GET  /employer/positions/new                           in  403 403 200 200 403 403 403 403
POST /employer/positions/new                           in  403 403 303 303 403 403 403 403
GET  /employer/positions/{position}                    in  403 403 200 404 403 403 403 403
POST /employer/positions/{position}                    in  403 403 303 404 403 403 403 403
GET  /employer/positions/{position}/versions           in  403 403 200 404 403 403 403 403
POST /employer/positions/{sketch}/publish              in  403 403 303 404 403 403 403 403
POST /employer/positions/{position}/close              in  403 403 303 404 403 403 403 403
GET  /employer/positions/import                        in  403 403 200 200 403 403 403 403
POST /employer/positions/import                        in  403 403 303 303 403 403 403 403
GET  /employer/positions/import/template.xlsx          in  403 403 200 200 403 403 403 403
GET  /employer/positions/import/{job}                  in  403 403 200 404 403 403 403 403
GET  /employer/positions/import/{job}/progress         in  403 403 200 404 403 403 403 403
GET  /employer/positions/import/{job}/marked.xlsx      in  403 403 200 404 403 403 403 403
POST /employer/positions/import/{job}/go               in  403 403 303 404 403 403 403 403
POST /employer/positions/import/{job}/rows/{row}       in  403 403 303 404 403 403 403 403
POST /employer/positions/import/{job}/readings         in  403 403 303 404 403 403 403 403
POST /employer/positions/import/{job}/unskip           in  403 403 303 404 403 403 403 403
POST /employer/positions/import/{job}/run              in  403 403 303 404 403 403 403 403
GET  /employer/sessions                                in  403 403 200 200 403 200 200 403
GET  /employer/sessions/new                            in  403 403 200 200 403 200 200 403
POST /employer/sessions/new                            in  403 403 303 303 403 303 422 403
GET  /employer/sessions/{draft}                        in  403 403 200 404 403 200 404 403
POST /employer/sessions/{draft}                        in  403 403 303 404 403 303 404 403
POST /employer/sessions/{draft}/slots                  in  403 403 303 404 403 303 404 403
POST /employer/sessions/{draft}/slots/{slot}           in  403 403 303 404 403 303 404 403
POST /employer/sessions/{draft}/slots/{slot}/offers    in  403 403 303 404 403 303 404 403
POST /employer/sessions/{draft}/offers/{offer}         in  403 403 303 404 403 303 404 403
POST /employer/sessions/{draft}/step                   in  403 403 303 404 403 303 404 403

GET  /oversight                                        in  403 403 403 403 403 200 200 200
GET  /oversight/positions                              in  403 403 403 403 403 200 200 200
GET  /oversight/employers/{applicant}                  in  403 403 403 403 403 200 403 200
POST /oversight/employers/{applicant}/decide           in  403 403 403 403 403 303 403 303
GET  /oversight/sessions/{submitted}                   in  403 403 403 403 403 200 403 200
POST /oversight/sessions/{submitted}/decide            in  403 403 403 403 403 303 403 303
GET  /servers                                          in  403 403 403 403 403 403 403 200
GET  /servers/figures                                  in  403 403 403 403 403 403 403 200
GET  /reports                                          in  403 403 403 403 403 200 200 200
GET  /sessions/{live}/report                           in  403 403 403 403 403 200 403 200
GET  /sessions/{live}/report.csv                       in  403 403 403 403 403 200 403 200
GET  /sessions/{live}/report.xlsx                      in  403 403 403 403 403 200 403 200
"""

COUNTED = ("POST /login",)
"""Refused, and yet kept: a wrong password counts towards the limit."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a method, a path with names for numbers, and a status for each who comes."""

    method: str
    path: str
    statuses: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ROWS = [
    Row(method, path, dict(zip(WHO, statuses, strict=True)))
    for method, path, *statuses in (line.split() for line in TABLE.splitlines() if line and not line.startswith("#"))
]


@pytest.mark.timeout(300)
@sqlite
def test_route_answers_as_the_table_says(
    app: Flask,
    signed_in: Callable[[int], FlaskClient],
    let_sign_in: Callable[[Session, Account], Credential],
    write: Callable[[], Any],
) -> None:
    """Each route answers each visitor as the table says; what is refused or only read changes nothing."""
    world = make_world(app)
    with write() as db:
        for number in world.people.values():
            let_sign_in(db, db.get_one(Account, number))
    cookies = {who: signed_in(number).get_cookie("gangbo").value for who, number in world.people.items()}
    kept = Copy(app.extensions["gangbo"].engine)
    wrong = []
    for row in ROWS:
        for who in WHO:
            client = app.test_client()
            if who in cookies:
                client.set_cookie("gangbo", cookies[who])
            answer = client.open(world.path(row.path), method=row.method, data=world.form(row.path))
            got = status_of(answer)
            if got != row.statuses[who]:
                wrong.append(f"{row} by {who}: {got}, not {row.statuses[who]}")
            wrong += [f"{row} by {who}: {lack}" for lack in unguarded(answer, is_signed_in=who in cookies)]
            if kept.is_changed():
                if (row.method == "GET" or got == "in" or answer.status_code >= 400) and str(row) not in COUNTED:
                    wrong.append(f"{row} by {who}: changed the database")
                kept.put_back()
    assert wrong == []


@sqlite
def test_every_route_has_a_row(app: Flask) -> None:
    """A new route is written into the table before it is used."""
    world, addresses = make_world(app), app.url_map.bind("localhost")
    routes = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    rows = {(addresses.match(world.path(row.path), row.method, return_rule=True)[0].rule, row.method) for row in ROWS}

    assert {(rule, method) for rule, method in routes if method not in ("HEAD", "OPTIONS")} - rows == set()


def status_of(answer: Any) -> str:
    """The status as the table writes it."""
    where = urlsplit(answer.headers.get("Location", "")).path
    return "in" if answer.status_code == 303 and where == "/login" else str(answer.status_code)


def unguarded(answer: Any, *, is_signed_in: bool) -> list[str]:
    """What an answer lacks of the headers that guard it, and markup that its policy would refuse."""
    headers, text = answer.headers, answer.text if answer.mimetype == "text/html" else ""
    policy = headers.get("Content-Security-Policy", "")
    lacks = {
        "policy": "frame-ancestors 'none'" not in policy or "object-src 'none'" not in policy or "unsafe" in policy,
        "nosniff": headers.get("X-Content-Type-Options") != "nosniff",
        "referrer": headers.get("Referrer-Policy") != "same-origin",
        "store": is_signed_in and headers.get("Cache-Control") not in ("no-store", "public, no-cache"),
        "shared": not is_signed_in and "public" in headers.get("Cache-Control", "") and "Set-Cookie" in headers,
        "server": "Server" in headers or "X-Powered-By" in headers,
        "inline": re.search(
            r"<script(?![^>]*( src=| type=\"application/))|<style|\sstyle=|\son[a-z]+=\"|javascript:", text
        ),
    }
    return [lack for lack, is_lacking in lacks.items() if is_lacking]

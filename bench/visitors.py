"""Signs in the three people of a large fair as a browser does, and says what each asks for."""

from __future__ import annotations

import re
from random import Random
from urllib.parse import urlencode

import httpx

from bench.history import REPORTED
from bench.load import Ask
from bench.people import MAILBOXES, Size
from fair.accounts import Role

__all__ = ["PAGES", "SHARES", "asks_of", "sign_in"]

SHARES = {"home": 15, "search": 15, "position": 12, "inbox": 6, "report": 2}
"""Of 50 requests, how many go to which page: seekers are many, recruiters some, officers few."""
PAGES = tuple(SHARES)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
_WORDS = (
    "电工 夜班", "焊工", "保洁 白班", "护理员", "叉车司机", "软件测试", "厨师 包吃住", "幼儿教师", "会计", "保安",
    "送货 C1", "缝纫工", "仓库 分拣", "护士", "前台", "外贸 英语", "实习", "装配 宿舍", "机修", "月嫂",
)  # fmt: skip
_PLACES = ("330106", "330110", "330105", "330106007", "330100", "")
_PAY = ("4000", "5000", "6000", "8000", "")


def sign_in(client: httpx.Client, role: Role, *, password: str, code: str) -> str:
    """Sign `client` in, with the one-time code where one is asked for; its cookie.

    Raises RuntimeError naming the page that refused.
    """
    landed = _send(client, "/login", {"name": MAILBOXES[role], "password": password})
    if landed == "/login/code":
        landed = _send(client, landed, {"code": code})
    if landed.startswith("/login"):
        raise RuntimeError(f"{role}: {landed} did not let in")
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def asks_of(size: Size, cookies: dict[Role, str], *, count: int, luck: Random) -> list[Ask]:
    """`count` requests by SHARES, well mixed; half of the public ones are signed in."""
    pages: list[str] = []
    while len(pages) < count:
        pages += luck.sample(PAGES, sum(SHARES.values()), counts=list(SHARES.values()))
    return [_ask(page, size, cookies, luck) for page in pages[:count]]


def _send(client: httpx.Client, path: str, form: dict[str, str]) -> str:
    found = _TOKEN.search(client.get(path).raise_for_status().text)
    token = next(filter(None, found.groups())) if found else ""
    answer = client.post(path, data={**form, "csrf_token": token})
    return answer.headers.get("location", path).split("?")[0] if answer.is_redirect else path


def _ask(page: str, size: Size, cookies: dict[Role, str], luck: Random) -> Ask:
    visitor = cookies[Role.SEEKER] if luck.random() < 0.5 else ""
    match page:
        case "home":
            return Ask(page, "/", visitor)
        case "search":
            wanted = {"q": luck.choice(_WORDS), "place": luck.choice(_PLACES), "pay": luck.choice(_PAY)}
            return Ask(page, f"/positions?{urlencode(wanted)}", visitor)
        case "position":
            number = luck.randint(1, size.positions)
            return Ask(page, f"/positions/{number - (number % 25 == 0)}", visitor)
        case "report":
            return Ask(page, f"/sessions/{REPORTED}/report", cookies[Role.OFFICER])
        case _:
            stage = luck.choice(("", "", "?stage=unseen", "?stage=fitting", "?page=3"))
            return Ask(page, f"/employer/applications{stage}", cookies[Role.RECRUITER])

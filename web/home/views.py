"""The home page, and the pages that explain: matching, personal data, terms."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fair.chances import FIRST_PLACES
from web.context import db, now, settings, today
from web.frame import in_care_mode
from web.home.hero import hero_of
from web.home.spoken import spoken_hour
from web.sessions.listing import FILTERS, cards_of, first_sessions, live_sessions
from web.sessions.views import filter_chips

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What is live now, what comes next, what can be watched again."""
    wanted = request.args.get("f", "")
    live = live_sessions(db())
    coming, coming_total, over = first_sessions(db(), now=now(), wanted=wanted)
    cards = cards_of(db(), [*live, *coming, *over], today=today())
    on_air, to_come = cards[: len(live)], cards[len(live) :][: len(coming)]
    return render_template(
        "home/care.html" if in_care_mode() else "home/index.html",
        spoken=lambda at: spoken_hour(at, now=now()),
        hero=hero_of(on_air[0]) if on_air else None,
        others=on_air[1:],
        coming=to_come,
        coming_total=coming_total,
        chips=filter_chips("/", wanted),
        is_filtered=wanted in FILTERS,
        replays=cards[len(live) + len(coming) :],
        now=now(),
        organiser=on_air[0].bureau if on_air else None,
        office=False,
    )


@blueprint.get("/matching")
def matching() -> ResponseReturnValue:
    """How a match comes about, what never enters it, and how to switch it off."""
    return render_template("home/matching.html", places=FIRST_PLACES, loss=settings().chance_loss)


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """Which personal data is kept, why, how long, and what one can do about it."""
    return render_template("home/privacy.html")


@blueprint.get("/terms")
def terms() -> ResponseReturnValue:
    """The terms of use."""
    return render_template("home/terms.html")


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """What search engines may read: the public pages."""
    lines = ("User-agent: *", *(f"Disallow: /{path}" for path in _PERSONAL))
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """The mark, for browsers that ask without reading the page."""
    return redirect(url_for("static", filename="pictures/mark.svg"), 301)


_PERSONAL = ("login", "sign-up", "account", "profile", "applications", "employer", "oversight", "reports")

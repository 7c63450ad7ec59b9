"""How a broken rule becomes an answer: a page, or JSON for a client that asks for it. Each rule is translated once."""

from __future__ import annotations

import secrets

import flask
from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from fair import errors
from web.addresses import local_path
from web.context import account

STATUSES: dict[type[errors.FairError], int] = {
    errors.NotFound: 404,
    errors.NotPermitted: 403,
    errors.IllegalTransition: 409,
    errors.AlreadyApplied: 409,
    errors.PositionClosed: 409,
    errors.IncompleteResume: 422,
    errors.KeyReused: 422,
    errors.TooFast: 429,
    errors.WrongValue: 422,
    errors.TextRefused: 422,
    errors.TicketRefused: 403,
}


def register(app: Flask) -> None:
    """Answer broken rules, HTTP errors and accidents in the site's own words."""
    app.register_error_handler(errors.FairError, broken_rule)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(IntegrityError, came_second)
    app.register_error_handler(OperationalError, no_database)
    app.register_error_handler(Exception, accident)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    if request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]


def broken_rule(error: errors.FairError) -> ResponseReturnValue:
    """The answer to a broken rule; somebody who is not signed in is asked to sign in where that may help."""
    status = STATUSES.get(type(error), 400)
    if isinstance(error, errors.NotPermitted) and account() is None:
        return _sign_in_first()
    way = {"words": _("看其他岗位"), "href": "/positions"} if isinstance(error, errors.PositionClosed) else None
    return _answer(status, code=error.code, words=_words(error), way=way)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The answer to an error of HTTP itself; redirects pass."""
    status = error.code or 500
    if status < 400:
        return error
    return _answer(status, code=error.name.lower().replace(" ", "_"))


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The answer to a form without its token: too old, or not from here."""
    return _answer(400, code="stale_form", title=_("这一页放太久了"), words=_("回到上一页，刷新后再交一次"))


def no_database(error: OperationalError) -> ResponseReturnValue:
    """The answer when the database does not answer."""
    current_app.logger.error("the database does not answer: %s", error.orig)
    return _answer(503, code="no_database")


def came_second(error: IntegrityError) -> ResponseReturnValue:
    """The answer when another request wrote the same a moment before; the database's own words name people."""
    current_app.logger.warning("two wrote the same at once (%s): %s", type(error.orig).__name__, request.endpoint)
    return _answer(409, code="conflict")


def accident(error: Exception) -> ResponseReturnValue:
    """The answer to what nobody foresaw: a number to tell on the phone, the cause in the log alone."""
    reference = secrets.token_hex(3).upper()
    current_app.logger.exception("%s on %s %s", reference, request.method, request.path, exc_info=error)
    return _answer(500, code="accident", reference=reference)


def _words(error: errors.FairError) -> str:
    if isinstance(error, errors.WrongValue):
        return _(str(error))
    return {
        "already_applied": _("这个岗位投过了，在我的投递里看进展"),
        "position_closed": _("这个岗位已截止，没有投出去"),
        "incomplete_resume": _("先在我的资料里填姓名和联系方式，再投递"),
        "key_reused": _("这次提交和上次的不一样，刷新页面再试"),
        "consent_missing": _("先同意这一项授权"),
        "empty_text": _("还没写内容"),
        "long_text": _("写得太长，删短一些"),
    }.get(error.code, "")


def _sign_in_first() -> ResponseReturnValue:
    if wants_json():
        return flask.jsonify(error="sign_in_first"), 401
    back = request.full_path.rstrip("?") if request.method == "GET" else local_path(request.referrer)
    return redirect(url_for("accounts.sign_in", next=back), 303)


def _answer(
    status: int,
    *,
    code: str,
    title: str = "",
    words: str = "",
    reference: str = "",
    way: dict[str, str] | None = None,
) -> ResponseReturnValue:
    if wants_json():
        body = {"error": code} | ({"message": words} if words else {}) | ({"reference": reference} if reference else {})
        return flask.jsonify(body), status
    page = render_template("errors/error.html", code=status, title=title, words=words, reference=reference, way=way)
    return page, status

"""Switching the language and 关怀模式, from any page and back to it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from web.addresses import local_path
from web.context import account
from web.language import LANGUAGES, selected

blueprint = Blueprint("modes", __name__)


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """The language named, or the other one."""
    wanted = request.form.get("language", "")
    chosen = wanted if wanted in LANGUAGES else next(each for each in LANGUAGES if each != selected())
    session["language"] = chosen
    person = account()
    if person is not None:
        person.locale = chosen
    return _back()


@blueprint.post("/mode/care")
def care() -> ResponseReturnValue:
    """关怀模式 on, or off."""
    is_care = not session.get("is_care", False)
    session["is_care"] = is_care
    person = account()
    if person is not None:
        person.is_care = is_care
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(local_path(request.form.get("next") or request.referrer), 303)

"""A recruiter's positions: the list, the form, publishing, closing, and what changed from version to version."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from fair.accounts import Account
from fair.applications import Application
from fair.days import china_day
from fair.districts import names_of
from fair.employers import Employer
from fair.errors import NotFound, WrongValue
from fair.permissions import Action, require
from fair.positions import (
    CONTENT,
    Position,
    PositionVersion,
    close_position,
    missing_fields,
    publish_position,
    save_position,
)
from fair.statuses import ApplicationStatus, PositionStatus
from web.addresses import local_path
from web.context import actor, db, now
from web.employers.places import written_place
from web.employers.views import own_recruiter
from web.language import is_english
from web.recruiting.blueprint import blueprint
from web.recruiting.forms import PositionForm

A_PAGE = 20


@blueprint.get("/employer/positions")
def positions() -> ResponseReturnValue:
    """The employer's positions by status and words, newest first."""
    employer = own_recruiter().employer
    status, text = request.args.get("status", ""), request.args.get("q", "").strip()[:40]
    page = max(1, request.args.get("page", 1, type=int))
    own = [Position.employer_id == employer.id]
    rows = db().execute(select(Position.status, func.count()).where(*own).group_by(Position.status))
    per_status = {row[0]: row[1] for row in rows}
    if status in list(PositionStatus):
        own.append(Position.status == PositionStatus(status))
    if text:
        own.append(Position.title.contains(text, autoescape=True))
    total = db().scalar(select(func.count()).select_from(Position).where(*own)) or 0
    newest = select(Position).where(*own).order_by(Position.id.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE)
    found = db().scalars(newest).all()
    return render_template(
        "recruiting/positions.html",
        employer=employer,
        positions=found,
        missing={position.id: _lacking(position) for position in found},
        places=names_of(db(), (position.district for position in found), in_english=is_english()),
        applications=_applications([position.id for position in found]),
        per_status=per_status,
        status=status,
        text=text,
        total=total,
        page=page,
        pages=-(-total // A_PAGE),
        today=china_day(now()),
    )


@blueprint.route("/employer/positions/new", methods=["GET", "POST"])
def new_position() -> ResponseReturnValue:
    """A new position by form."""
    require(actor(), Action.MAKE_POSITION)
    employer = own_recruiter().employer
    form = PositionForm(data={"place": written_place(db(), employer.district, employer.address), "experience_years": 0})
    form.near = employer.district.path
    position = Position(employer_id=employer.id, employer=employer, created_at=now())
    return _answer(form, position, employer)


@blueprint.route("/employer/positions/<int:position_id>", methods=["GET", "POST"])
def position(position_id: int) -> ResponseReturnValue:
    """One position's form; each change keeps a version."""
    position = own_position(position_id)
    values = {name: getattr(position, name) for name in CONTENT}
    values |= {
        "place": written_place(db(), position.district, position.address),
        "certificates": _("、").join(position.certificates),
        "skills": _("、").join(position.skills),
    }
    form = PositionForm(data={name: getattr(value, "value", value) for name, value in values.items()})
    form.near = position.employer.district.path
    return _answer(form, position, position.employer)


@blueprint.post("/employer/positions/<int:position_id>/publish")
def publish(position_id: int) -> ResponseReturnValue:
    """Publish a complete position from the list, or say what it lacks."""
    position = own_position(position_id)
    try:
        publish_position(db(), position, now=now())
    except WrongValue as wrong:
        flash(_("“%(title)s”还不能发布：%(problem)s", title=position.title, problem=_(str(wrong))), "error")
        return redirect(url_for(".position", position_id=position.id), 303)
    flash(_("“%(title)s”已发布", title=position.title), "success")
    return _back()


@blueprint.post("/employer/positions/<int:position_id>/close")
def close(position_id: int) -> ResponseReturnValue:
    """Close a position; applications that stand stay."""
    position = own_position(position_id)
    close_position(db(), position, now=now())
    flash(_("“%(title)s”已截止，收到的投递还在", title=position.title), "success")
    return _back()


@blueprint.get("/employer/positions/<int:position_id>/versions")
def versions(position_id: int) -> ResponseReturnValue:
    """What each version changed, newest first."""
    position = own_position(position_id)
    kept = db().execute(
        select(PositionVersion, Account.name)
        .outerjoin(Account, Account.id == PositionVersion.made_by)
        .where(PositionVersion.position_id == position.id)
        .order_by(PositionVersion.number)
    )
    history: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for version, name in kept:
        changes = [
            {"field": field, "before": before.get(field), "after": version.content.get(field)}
            for field in CONTENT
            if before.get(field) != version.content.get(field)
        ]
        history.append({"version": version, "by": name, "changes": changes if before else []})
        before = version.content
    return render_template(
        "recruiting/versions.html", position=position, history=history[::-1], labels=_labels(), now=now()
    )


def own_position(position_id: int) -> Position:
    """A position of the recruiter's own employer; others' are not found."""
    position = db().get(Position, position_id)
    if position is None or position.employer_id != own_recruiter().employer_id:
        raise NotFound(f"no position {position_id} of this employer")
    require(actor(), Action.EDIT_POSITION, position)
    return position


def _answer(form: PositionForm, position: Position, employer: Employer) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(form, position, employer)
    with db().no_autoflush:
        if not form.validate():
            return _page(form, position, employer), 422
        form.write(position)
    wants_publishing = request.form.get("then") == "publish"
    if wants_publishing or position.status == PositionStatus.PUBLISHED:
        lacking = missing_fields(position, today=china_day(now()))
        for name, message in lacking.items():
            form.blame(name, _(message))
        if lacking:
            return _page(form, position, employer), 422
    save_position(db(), position, by=actor().account_id, now=now())
    if wants_publishing and position.status != PositionStatus.PUBLISHED:
        publish_position(db(), position, now=now())
        flash(_("“%(title)s”已发布", title=position.title), "success")
        return redirect(url_for(".positions"), 303)
    flash(_("已保存，第 %(n)s 版", n=position.version), "success")
    return redirect(url_for(".position", position_id=position.id), 303)


def _page(form: PositionForm, position: Position, employer: Employer) -> str:
    with db().no_autoflush:
        return render_template(
            "recruiting/position.html",
            form=form,
            position=position,
            employer=employer,
            lacking=_lacking(position) if position.id else [],
        )


def _lacking(position: Position) -> list[str]:
    return [_(message) for message in missing_fields(position, today=china_day(now())).values()]


def _applications(position_ids: list[int]) -> dict[int, int]:
    rows = db().execute(
        select(Application.position_id, func.count())
        .where(Application.position_id.in_(position_ids), Application.status != ApplicationStatus.WITHDRAWN)
        .group_by(Application.position_id)
    )
    return {row[0]: row[1] for row in rows}


def _labels() -> dict[str, str]:
    form = PositionForm()
    labels = {name: str(getattr(form, name).label.text) for name in CONTENT if name in form}
    return labels | {"district_code": _("区划"), "address": _("详细地址")}


def _back() -> ResponseReturnValue:
    return redirect(local_path(request.form.get("next"), url_for(".positions")), 303)

"""The employer's file: its recruiters keep it and ask the bureau to approve it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from fair.districts import bureau_for
from fair.employers import Employer, Recruiter, move_employer
from fair.errors import NotPermitted
from fair.permissions import Action, require
from fair.statuses import EmployerStatus
from web.context import account, actor, db, now
from web.employers.forms import EmployerForm
from web.employers.places import written_place

blueprint = Blueprint("employers", __name__)

_CHECKED_AGAIN = ("name", "credit_code", "district_code", "address")
_SOON = timedelta(days=30)


@blueprint.route("/employer", methods=["GET", "POST"])
def file() -> ResponseReturnValue:
    """The file as it stands, and the form to change it."""
    recruiter = own_recruiter()
    employer = recruiter.employer
    require(actor(), Action.EDIT_EMPLOYER, employer)
    form = EmployerForm(
        obj=employer, data={"place": written_place(db(), employer.district, employer.address), "title": recruiter.title}
    )
    form.near = employer.district.path
    if request.method == "GET":
        return _page(form, recruiter)
    if not form.validate():
        return _page(form, recruiter), 422
    if _code_is_taken(form.credit_code.data or "", employer.id):
        form.credit_code.errors = [_("别的单位用了这个代码。核对后再填，确认没错就联系主管部门")]
        return _page(form, recruiter), 422
    must_be_checked = _write(form, recruiter)
    is_submitted = request.form.get("then") == "submit" or must_be_checked
    if is_submitted and employer.status != EmployerStatus.SUBMITTED:
        move_employer(db(), employer, EmployerStatus.SUBMITTED, now=now())
    flash(_("已保存，等主管部门审核") if is_submitted else _("已保存"), "success")
    return redirect(url_for("employers.file"), 303)


def own_employer_id() -> int:
    """The employer of the recruiter who acts; raises NotPermitted for everybody else."""
    employer_id = actor().employer_id
    if employer_id is None:
        raise NotPermitted("only a recruiter has an employer")
    return employer_id


def own_recruiter() -> Recruiter:
    """The recruiter who acts; raises NotPermitted for everybody else."""
    person = account()
    recruiter = db().get(Recruiter, person.id) if person is not None and actor().employer_id is not None else None
    if recruiter is None:
        raise NotPermitted("only a recruiter has an employer's file")
    return recruiter


def _write(form: EmployerForm, recruiter: Recruiter) -> bool:
    """Write the form's values; whether an approved employer must be checked again."""
    employer = recruiter.employer
    assert form.found is not None
    before = [getattr(employer, name) for name in _CHECKED_AGAIN]
    for name in ("name", "short_name", "credit_code", "industry", "about"):
        setattr(employer, name, (getattr(form, name).data or "").strip())
    employer.staff_count = form.staff_count.data
    employer.district_code, employer.address = form.found.code, form.found.address
    recruiter.title = (form.title.data or "").strip()
    changed = [getattr(employer, name) for name in _CHECKED_AGAIN] != before
    return changed and employer.status == EmployerStatus.APPROVED


def _code_is_taken(code: str, employer_id: int) -> bool:
    with db().no_autoflush:
        return (
            db().scalar(select(Employer.id).where(Employer.credit_code == code, Employer.id != employer_id)) is not None
        )


def _page(form: EmployerForm, recruiter: Recruiter) -> str:
    employer = recruiter.employer
    until = employer.verified_until
    return render_template(
        "employers/file.html",
        form=form,
        employer=employer,
        bureau=bureau_for(db(), employer.district.path),
        is_due=employer.is_approved and until is not None and until - now() < _SOON,
        now=now(),
    )

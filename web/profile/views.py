"""The pages of a seeker's own data."""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import delete, select, update

from fair.accounts import Account, Consent, ConsentKind, give_consent, phone_index, withdraw_consent
from fair.applications import Application
from fair.employers import Employer
from fair.erasure import erase_seeker
from fair.errors import NotFound, NotPermitted
from fair.permissions import Action, require
from fair.seekers import SeekerProfile, save_profile, switch_matching
from fair.statuses import ApplicationStatus
from web.accounts.credential import Credential, SignIn
from web.accounts.signin import end_session
from web.addresses import local_path
from web.context import actor, db, now
from web.places import home_places, work_places
from web.positions.fitting import own_profile
from web.profile.export import copy_of
from web.profile.forms import ProfileForm, fill

blueprint = Blueprint("profile", __name__)

# The words a seeker agrees to are kept with the consent, in the language they were read in.
_MATCHING_WORDING = lazy_gettext(
    "用我的资料算和岗位合不合适，只给我自己看；我进直播间时，正在讲的单位看得到有几个人合适"
)
_SUPPORTED_WORDING = lazy_gettext("我想找照顾性岗位，匹配时可以用这一项")


@blueprint.route("/profile", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """The profile: what one can, what one wants."""
    profile = _own()
    person = profile.account
    form = ProfileForm(obj=None if request.method == "POST" else profile, phone=person.phone or "")
    form.offer(homes=home_places(db(), also=[profile.home_code]), places=work_places(db(), also=profile.places))
    if request.method == "GET":
        form.next.data = local_path(request.args.get("next"), "")
    if not form.validate_on_submit() or not _set_phone(person, form):
        status = 422 if request.method == "POST" else 200
        return render_template("profile/edit.html", form=form, profile=profile, person=person), status
    fill(profile, form)
    save_profile(db(), profile, now=now())
    flash(_("存好了"), "success")
    return redirect(local_path(form.next.data, "") or url_for("profile.edit"), 303)


@blueprint.route("/profile/consents", methods=["GET", "POST"])
def consents() -> ResponseReturnValue:
    """Every consent, each given and withdrawn by itself."""
    profile = _own()
    if request.method == "POST":
        _switch(profile, request.form.get("kind", ""), is_on=request.form.get("on") == "1")
        return redirect(url_for("profile.consents"), 303)
    given = (
        db()
        .execute(
            select(Consent, Employer.name)
            .outerjoin(Employer, Employer.id == Consent.employer_id)
            .where(Consent.account_id == profile.account_id)
            .order_by(Consent.withdrawn_at.is_not(None), Consent.id.desc())
        )
        .all()
    )
    return render_template(
        "profile/consents.html",
        profile=profile,
        given=given,
        matching_wording=str(_MATCHING_WORDING),
        supported_wording=str(_SUPPORTED_WORDING),
        now=now(),
    )


@blueprint.get("/profile/export")
def export() -> ResponseReturnValue:
    """Everything that is kept about the seeker, as a file."""
    profile = _own()
    copy = copy_of(db(), profile.account, profile, now=now())
    return Response(
        json.dumps(copy, ensure_ascii=False, indent=2),
        mimetype="application/json",
        headers={"Content-Disposition": "attachment; filename=gangbo-my-data.json"},
    )


@blueprint.route("/profile/erase", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """End the account: what goes, what stays, and a box to tick first."""
    profile = _own()
    wrong = ""
    if request.method == "POST":
        if request.form.get("sure") == "1":
            _erase(profile)
            flash(_("账号注销了，资料和简历已删除"), "success")
            return redirect("/", 303)
        wrong = _("勾上这一项才能注销")
    running = _running(profile.account_id)
    return render_template("profile/erase.html", running=running, wrong=wrong), 422 if wrong else 200


def _own() -> SeekerProfile:
    profile = own_profile()
    if profile is None:
        raise NotPermitted("only seekers have a profile")
    require(actor(), Action.EDIT_PROFILE, profile)
    return profile


def _set_phone(person: Account, form: ProfileForm) -> bool:
    """Keep the phone number of the form, which also signs in; False with an error when it cannot be kept."""
    phone = form.phone.data or ""
    if phone == (person.phone or ""):
        return True
    if not phone and not person.email:
        form.phone.errors = [_("没有邮箱就要留手机号，不然登录不了")]
        return False
    credential = db().scalar(select(Credential).where(Credential.account_id == person.id))
    if phone:
        index = phone_index(phone)
        taken = select(Account.id).where(Account.phone_index == index, Account.id != person.id)
        if db().scalar(taken) is not None:
            form.phone.errors = [_("这个手机号不能用，换一个")]
            return False
        person.set_phone(phone)
    else:
        person.phone = person.phone_index = None
    if credential is not None:
        credential.phone_index = person.phone_index
    return True


def _switch(profile: SeekerProfile, kind: str, *, is_on: bool) -> None:
    if kind == ConsentKind.MATCHING:
        switch_matching(db(), profile, is_on=is_on, wording=str(_MATCHING_WORDING), now=now())
        flash(_("匹配打开了，岗位旁会写合不合适和为什么") if is_on else _("匹配关了，算出的标签已删除"), "success")
    elif kind == ConsentKind.SUPPORTED_PLACES:
        profile.wants_supported_place = is_on
        if is_on:
            give_consent(
                db(), profile.account_id, ConsentKind.SUPPORTED_PLACES, wording=str(_SUPPORTED_WORDING), now=now()
            )
        else:
            withdraw_consent(db(), profile.account_id, ConsentKind.SUPPORTED_PLACES, now=now())
        save_profile(db(), profile, now=now())
        flash(_("存好了"), "success")
    else:
        raise NotFound("no such consent")


def _running(account_id: int) -> int:
    over = (ApplicationStatus.WITHDRAWN, ApplicationStatus.DECLINED, ApplicationStatus.HIRED)
    query = select(Application.id).where(Application.seeker_id == account_id, Application.status.not_in(over))
    return len(db().scalars(query).all())


def _erase(profile: SeekerProfile) -> None:
    account_id = profile.account_id
    erase_seeker(db(), profile, now=now())
    db().execute(delete(Credential).where(Credential.account_id == account_id))
    end_session(db(), account_id, now=now())
    db().execute(
        update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=now())
    )
    session.clear()

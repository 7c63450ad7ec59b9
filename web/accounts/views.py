"""The pages of signing in and out, with the second factor, and of one's own web sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from fair.accounts import Account, Role, masked_phone
from fair.database import reading
from fair.errors import NotFound, NotPermitted
from web.accounts import signup
from web.accounts.credential import Credential, SignIn
from web.accounts.devices import device_name
from web.accounts.forms import CodeForm, PasswordForm, RecruiterSignUpForm, SeekerSignUpForm, SignInForm
from web.accounts.signin import (
    PENDING_FOR,
    TooManyTries,
    begin_session,
    checked_password,
    end_session,
    end_sign_in,
)
from web.accounts.throttle import (
    forget_failures,
    is_sign_up_throttled,
    is_throttled,
    note_failure,
    note_sign_up,
)
from web.addresses import local_path
from web.context import account, actor, db, engine, now
from web.security import NEEDS_CODE, CodeUsed, hash_password, one_time_codes

blueprint = Blueprint("accounts", __name__)

_HOME_OF = {
    Role.RECRUITER: "/employer/applications",
    Role.OFFICER: "/oversight",
    Role.ADMINISTRATOR: "/oversight",
}


@blueprint.route("/login", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Name and password; officers and administrators go on to their one-time code."""
    if account() is not None:
        return redirect(_onward(local_path(request.args.get("next"), "")))
    form = SignInForm(next=local_path(request.args.get("next"), ""))
    if not form.validate_on_submit():
        return _page("accounts/sign_in.html", form, problem="")
    name = form.name.data or ""
    try:
        credential = checked_password(name, form.password.data or "", address=_address(), now=now())
    except TooManyTries:
        problem = _("试得太多了。过 15 分钟再试")
        return render_template("accounts/sign_in.html", form=form, problem=problem), 429
    if credential is None:
        return _page("accounts/sign_in.html", form, problem=_("手机号、邮箱或密码不对。核对后再填一次"))
    credential = db().get_one(Credential, credential.id)
    onward = local_path(form.next.data, "")
    if credential.account.role in NEEDS_CODE:
        session["pending"] = {"who": credential.fs_uniquifier, "at": now().timestamp(), "next": onward}
        return redirect(url_for("accounts.code" if credential.tf_totp_secret else "accounts.enrol"), 303)
    forget_failures(db(), name, _address())
    begin_session(db(), credential, now=now())
    return redirect(_onward(onward, credential.account), 303)


@blueprint.route("/login/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The one-time code of somebody whose password was right a moment ago."""
    credential = _pending()
    if credential is None or not credential.tf_totp_secret:
        return redirect(url_for("accounts.sign_in"), 303)
    return _ask_for_code(credential, "accounts/code.html", credential.tf_totp_secret)


@blueprint.route("/login/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """The picture to scan into an authenticator, the first time; kept once a code from it was right."""
    credential = _pending()
    if credential is None or credential.tf_totp_secret:
        return redirect(url_for("accounts.sign_in"), 303)
    secret = session.setdefault("pending_totp", one_time_codes().generate_totp_secret())
    address = one_time_codes().get_totp_uri(credential.email or credential.account.name, secret)
    return _ask_for_code(
        credential,
        "accounts/enrol.html",
        secret,
        key=one_time_codes().get_totp_pretty_key(secret),
        picture=_picture(address),
    )


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this web session and its sockets."""
    acting = actor()
    if acting.account_id is not None:
        end_session(db(), acting.account_id, now=now())
    return redirect("/", 303)


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    """Who is signed in, and where else."""
    person = account()
    if person is None:
        raise NotPermitted("sign in first")
    sign_ins = db().scalars(
        select(SignIn)
        .where(SignIn.account_id == person.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.started_at.desc())
        .limit(20)
    )
    return render_template(
        "accounts/show.html",
        sign_ins=[(each, device_name(each.client)) for each in sign_ins],
        this=session.get("login"),
        sign_in_name=person.email or masked_phone(person.phone or ""),
        now=now(),
    )


@blueprint.post("/account/sign-ins/<number>/end")
def end(number: str) -> ResponseReturnValue:
    """Sign out on another device."""
    acting = actor()
    if acting.account_id is None:
        raise NotPermitted("sign in first")
    if not end_sign_in(db(), acting.account_id, number, now=now()):
        raise NotFound("no such web session")
    flash(_("那台设备已退出"), "success")
    return redirect(url_for("accounts.show"), 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """A new password; every other web session of the account ends with the old one."""
    person = account()
    if person is None:
        raise NotPermitted("sign in first")
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page("accounts/password.html", form)
    name = person.email or person.phone or ""
    try:
        known = checked_password(name, form.current.data or "", address=_address(), now=now())
    except TooManyTries:
        known = None
    if known is None:
        form.current.errors = [_("现在的密码不对")]
        return _page("accounts/password.html", form)
    password_hash = hash_password(form.password.data)
    credential = db().get_one(Credential, known.id)
    credential.password, credential.fs_uniquifier = password_hash, uuid.uuid4().hex
    open_ones = select(SignIn.number).where(SignIn.account_id == credential.account_id, SignIn.ended_at.is_(None))
    for number in db().scalars(open_ones).all():
        end_sign_in(db(), credential.account_id, number, now=now())
    begin_session(db(), credential, now=now())
    flash(_("密码换了，别的设备都已退出"), "success")
    return redirect(url_for("accounts.show"), 303)


@blueprint.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """A seeker signs up."""
    form = SeekerSignUpForm(next=local_path(request.args.get("next"), ""))
    refusal = _refused_sign_up(form, signup.make_seeker, "accounts/sign_up.html")
    if refusal is not None:
        return refusal
    flash(_("注册好了。填几项资料，就能看到和岗位合不合适"), "success")
    return redirect(local_path(form.next.data, "") or url_for("profile.edit"), 303)


@blueprint.route("/sign-up/employer", methods=["GET", "POST"])
def sign_up_employer() -> ResponseReturnValue:
    """A recruiter signs up together with the employer."""
    form = RecruiterSignUpForm()
    refusal = _refused_sign_up(form, signup.make_recruiter, "accounts/sign_up_employer.html")
    if refusal is not None:
        return refusal
    flash(_("注册好了。把单位资料补全，提交给经办人审核"), "success")
    return redirect("/employer", 303)


def _refused_sign_up(form: Any, make: Callable[..., Credential], template: str) -> ResponseReturnValue | None:
    """The page that says what is wrong; None when `make` made the account, which is then signed in."""
    if not form.validate_on_submit():
        return _page(template, form)
    with reading(engine()) as looked:  # Not in this request's transaction, which would hold its lock while hashing.
        is_throttled_here = is_sign_up_throttled(looked, _address(), now=now())
    if is_throttled_here:
        form.name.errors = [_("试得太多了。过 15 分钟再试")]
        return render_template(template, form=form), 429
    try:
        credential = make(form, now=now())
    except signup.NameTaken:
        form.name.errors = [_("这个手机号或邮箱不能用，换一个；已经注册过就直接登录")]
    except signup.EmployerTaken:
        form.credit_code.errors = [_("这家单位已经有人注册。找单位里的同事，或打 12333")]
    else:
        note_sign_up(db(), _address(), is_taken=False, now=now())
        begin_session(db(), credential, now=now())
        return None
    note_sign_up(db(), _address(), is_taken=True, now=now())
    db().commit()  # It counts although this request is refused and rolled back.
    return _page(template, form)


def _page(template: str, form: Any, **values: Any) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    return render_template(template, form=form, **values), status


def _ask_for_code(credential: Credential, template: str, secret: str, **values: Any) -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(template, form, person=credential.account, **values)
    wrong = _refused_code(credential, secret, "".join((form.code.data or "").split()))
    if wrong:
        form.code.errors = [wrong]
        return _page(template, form, person=credential.account, **values)
    onward = session["pending"]["next"]
    begin_session(db(), credential, now=now())
    return redirect(_onward(onward, credential.account), 303)


def _refused_code(credential: Credential, secret: str, text: str) -> str:
    """What is wrong with a code; empty when it is right, which uses it up and keeps the secret."""
    guessing = f"code:{credential.account_id}"
    if is_throttled(db(), guessing, _address(), now=now()):
        return _("试得太多了。过 15 分钟再试")
    try:
        counter = one_time_codes().accept(text, secret, last_counter=credential.totp_counter, at=now())
    except CodeUsed as used:
        return _("这个码用过了。等下一个，约 %(seconds)s 秒", seconds=used.seconds)
    if counter is None:
        note_failure(db(), guessing, _address(), now=now())
        db().commit()  # The failure counts although this request is refused and rolled back.
        return _("码不对。看准现在的 6 位数字再填一次")
    credential.tf_totp_secret, credential.tf_primary_method = secret, "authenticator"
    credential.totp_counter = counter
    forget_failures(db(), guessing, _address())
    return ""


def _pending() -> Credential | None:
    """Whose password was right a moment ago, or None when nobody's was or it is too long ago."""
    pending = session.get("pending") or {}
    begun = datetime.fromtimestamp(pending.get("at", 0), UTC)
    if not pending or now() - begun > PENDING_FOR:
        return None
    credential = db().scalar(select(Credential).where(Credential.fs_uniquifier == pending["who"]))
    return credential if credential is not None and credential.is_active else None


def _onward(next_path: str, person: Account | None = None) -> str:
    person = person or account()
    if next_path:
        return next_path
    return _HOME_OF.get(Role(person.role), "/") if person is not None else "/"


def _address() -> str:
    return (request.remote_addr or "")[:64]


def _picture(address: str) -> str:
    """A QR code as SVG markup, dark squares on white, without a style."""
    image = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=12, border=3)
    return image.to_string(encoding="unicode")

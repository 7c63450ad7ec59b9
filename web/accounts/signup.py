"""Making accounts: a seeker with an empty profile, a recruiter with the employer's draft, an administrator."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.accounts import Account, ConsentKind, Role, give_consent, normal_phone, phone_index
from fair.districts import District
from fair.employers import Employer, Recruiter
from fair.errors import WrongValue
from fair.seekers import SeekerProfile
from web.accounts.credential import Credential
from web.accounts.forms import read_name
from web.context import db

__all__ = ["EmployerTaken", "NameTaken", "add_credential", "make_recruiter", "make_seeker"]

TERMS = "同意服务条款和个人信息说明"


class NameTaken(Exception):
    """The e-mail address or the phone number signs somebody in already."""


class EmployerTaken(Exception):
    """The credit code belongs to an employer that is here already."""


def add_credential(db: Session, account: Account, password_hash: str) -> Credential:
    """Let `account` sign in by its e-mail address or phone number with the password behind the hash."""
    credential = Credential(
        account_id=account.id,
        email=account.email,
        phone_index=account.phone_index,
        password=password_hash,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
    )
    credential.account = account
    db.add(credential)
    db.flush()
    return credential


def make_seeker(form: Any, *, now: datetime) -> Credential:
    """A seeker's account from a checked form; raises NameTaken."""
    password_hash = hash_password(form.password.data)
    credential = _make_account(form, Role.SEEKER, password_hash, now=now)
    db().add(SeekerProfile(account_id=credential.account_id, updated_at=now))
    db().flush()
    return credential


def make_recruiter(form: Any, *, now: datetime) -> Credential:
    """A recruiter's account and the employer's draft from a checked form; raises NameTaken, EmployerTaken."""
    password_hash = hash_password(form.password.data)
    code = form.credit_code.data
    if db().scalar(select(Employer.id).where(Employer.credit_code == code)) is not None:
        raise EmployerTaken
    district = _district_of(db(), code)
    credential = _make_account(form, Role.RECRUITER, password_hash, now=now)
    full_name = form.employer.data.strip()
    employer = Employer(
        name=full_name, short_name=full_name[:20], credit_code=code, district_code=district.code, created_at=now
    )
    db().add(employer)
    db().flush()
    db().add(
        Recruiter(account_id=credential.account_id, employer_id=employer.id, title=form.nickname.data.strip()[:20])
    )
    db().flush()
    return credential


def _make_account(form: Any, role: Role, password_hash: str, *, now: datetime) -> Credential:
    email, phone = read_name(form.name.data)
    taken = select(Credential.id).where(
        Credential.email == email if email else Credential.phone_index == phone_index(normal_phone(phone or ""))
    )
    if db().scalar(taken) is not None:
        raise NameTaken
    account = Account(role=role, name=form.nickname.data.strip(), email=email, created_at=now)
    if phone:
        account.set_phone(phone)
    db().add(account)
    db().flush()
    give_consent(db(), account.id, ConsentKind.TERMS, wording=TERMS, now=now)
    return add_credential(db(), account, password_hash)


def _district_of(db: Session, credit_code: str) -> District:
    """The district in a credit code (its characters 3 to 8), or the nearest one above it that is here."""
    code = credit_code[2:8]
    for candidate in (code, f"{code[:4]}00", f"{code[:2]}0000"):
        district = db.get(District, candidate)
        if district is not None:
            return district
    root = db.scalar(select(District).order_by(District.path).limit(1))
    if root is None:
        raise WrongValue("credit_code", "这里还没有区划，找管理员")
    return root

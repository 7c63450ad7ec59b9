"""The right to be forgotten, and what the law keeps: an account is emptied, the ledger of applications stays.

What stays of an application is who offered what and how it ended, without the person: 人力资源市场暂行条例 art. 33
asks for a ledger of two years, 网络招聘服务管理规定 for three; PIPL art. 47 for the rest to go.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fair.accounts import Consent
from fair.applications import Application, withdraw_application
from fair.errors import NotPermitted
from fair.events import EventKind, append
from fair.seekers import SeekerProfile
from fair.statuses import APPLICATION_STEPS, ApplicationStatus
from fair.talk import ChatMessage, Question

__all__ = ["ERASED_NAME", "erase_seeker"]

ERASED_NAME = "已注销"


def erase_seeker(db: Session, profile: SeekerProfile, *, now: datetime) -> None:
    """Empty a seeker's account: profile, résumés, phone, e-mail and names go; consents are withdrawn.

    Applications that still run are withdrawn; one that was decided keeps its status and loses its résumé. What was
    said in rooms stays without a name. The web sessions and the password are the site's to remove.
    """
    account = profile.account
    if not account.is_active:
        raise NotPermitted("the account was erased already")
    for application in db.scalars(select(Application).where(Application.seeker_id == account.id)):
        if ApplicationStatus.WITHDRAWN in APPLICATION_STEPS.get(application.status, frozenset()):
            withdraw_application(db, application, by=account.id, now=now)
        application.resume, application.reasons, application.score = {}, [], None
    db.execute(
        update(Consent).where(Consent.account_id == account.id, Consent.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )
    db.execute(update(ChatMessage).where(ChatMessage.account_id == account.id).values(name=ERASED_NAME))
    db.execute(update(Question).where(Question.account_id == account.id).values(name=ERASED_NAME))
    db.flush()
    db.execute(delete(SeekerProfile).where(SeekerProfile.account_id == account.id))
    db.expunge(profile)
    account.name, account.email, account.phone, account.phone_index = ERASED_NAME, None, None, None
    account.is_active = False
    append(db, EventKind.ACCOUNT_ERASED, now=now, account_id=account.id)

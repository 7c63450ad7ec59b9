"""Seeker profiles (求职者): what somebody can do and wants, and the résumé that an application sends.

Age, sex, ethnicity, household registration, health and disability are not kept here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.accounts import Account, ConsentKind, give_consent, withdraw_consent
from fair.crypto import EncryptedText
from fair.database import Base, words
from fair.errors import IncompleteResume
from fair.events import EventKind, append
from fair.vocabulary import Education


class SeekerProfile(Base):
    """One seeker's profile; lists hold words, `places` district codes, `schedule` and `hard` vocabulary keys."""

    __tablename__ = "seeker_profile"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(40), default="")
    identity_number: Mapped[str | None] = mapped_column(EncryptedText("seeker_profile.identity_number"))
    about: Mapped[str] = mapped_column(Text, default="")
    wanted_work: Mapped[list[str]] = mapped_column(default=list)
    skills: Mapped[list[str]] = mapped_column(default=list)
    certificates: Mapped[list[str]] = mapped_column(default=list)
    education: Mapped[Education] = mapped_column(words(Education, 10), default=Education.NONE)
    experience_years: Mapped[int] = mapped_column(default=0)
    experience: Mapped[str] = mapped_column(Text, default="")
    home_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    places: Mapped[list[str]] = mapped_column(default=list)
    pay_min: Mapped[int | None]
    schedule: Mapped[list[str]] = mapped_column(default=list)
    needs_dormitory: Mapped[bool] = mapped_column(default=False)
    wants_supported_place: Mapped[bool] = mapped_column(default=False)
    hard: Mapped[list[str]] = mapped_column(default=list)
    is_matched: Mapped[bool] = mapped_column(default=False, index=True)
    updated_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="joined")


def save_profile(db: Session, profile: SeekerProfile, *, now: datetime) -> None:
    """Note that the profile changed, for matching to read it anew."""
    profile.updated_at = now
    append(db, EventKind.PROFILE_SAVED, now=now, account_id=profile.account_id)


def switch_matching(db: Session, profile: SeekerProfile, *, is_on: bool, wording: str, now: datetime) -> None:
    """Switch personal matching on with a recorded consent, or off; off deletes the tags it stood on.

    Source: 互联网信息服务算法推荐管理规定 art. 17; PIPL art. 24.
    """
    profile.is_matched = is_on
    if is_on:
        give_consent(db, profile.account_id, ConsentKind.MATCHING, wording=wording, now=now)
    else:
        withdraw_consent(db, profile.account_id, ConsentKind.MATCHING, now=now)
    append(db, EventKind.MATCHING_SWITCHED, now=now, account_id=profile.account_id, data={"is_on": is_on})


def resume_of(profile: SeekerProfile) -> dict[str, Any]:
    """What an application sends to the employer: frozen at that moment, without the phone number.

    Raises IncompleteResume when there is no name or no way to reach the person.
    """
    if not profile.full_name or not (profile.account.phone or profile.account.email):
        raise IncompleteResume("a résumé needs a name and a phone number or an e-mail address")
    return {
        "full_name": profile.full_name,
        "about": profile.about,
        "wanted_work": list(profile.wanted_work),
        "skills": list(profile.skills),
        "certificates": list(profile.certificates),
        "education": profile.education,
        "experience_years": profile.experience_years,
        "experience": profile.experience,
        "pay_min": profile.pay_min,
        "schedule": list(profile.schedule),
        "needs_dormitory": profile.needs_dormitory,
    }

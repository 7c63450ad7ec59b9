"""Applications in the demo's ended sessions, and what employers made of them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.applications import move_application, standing_application, submit_application, withdraw_application
from fair.livesessions import LiveSession
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus
from web.demo.people import DemoPeople

WORDING = "点投递，就是同意把简历给{employer}一家"

_WAYS = (
    (),
    (ApplicationStatus.VIEWED,),
    (ApplicationStatus.VIEWED, ApplicationStatus.SHORTLISTED),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED, ApplicationStatus.HIRED),
    (ApplicationStatus.VIEWED, ApplicationStatus.DECLINED),
)
_CHANCES = (3, 4, 2, 4, 2, 3, 3)

# By likeness: how many of those who see a position apply, and the scores they saw.
_APPLIES = (0.0, 0.5, 0.95)
_SCORES = ((0, 0), (58, 74), (78, 93))


def follow_up(
    db: Session,
    people: DemoPeople,
    held: LiveSession,
    position: Position,
    recruiter: Account,
    seen_by: list[int],
    *,
    at: datetime,
    until: datetime,
    luck: random.Random,
) -> None:
    """Some of those who saw the position and want such work apply while it is presented; the employer answers."""
    for profile in people.seekers:
        fit = _likeness(profile, position)
        if profile.account_id not in seen_by or luck.random() > _APPLIES[fit]:
            continue
        if standing_application(db, position.id, profile.account_id) is not None:
            continue
        applied = at + (until - at) * luck.random()
        application = submit_application(
            db,
            profile,
            position,
            key=f"demo-{held.id}-{position.id}",
            now=applied,
            wording=WORDING.format(employer=position.employer.short_name),
            live_session=held,
            score=luck.randint(*_SCORES[fit]),
            reasons=_reasons(profile, position),
        )
        if luck.random() < 0.06:
            withdraw_application(db, application, by=profile.account_id, now=applied + timedelta(hours=1))
            continue
        moment = applied
        for status in luck.choices(_WAYS, _CHANCES)[0]:
            moment += timedelta(minutes=luck.randint(3, 400))
            if moment > held.ends_at + timedelta(hours=17):
                break
            move_application(db, application, status, by=recruiter.id, now=moment)


def _likeness(profile: SeekerProfile, position: Position) -> int:
    """2 when the position is work that the seeker names, 1 when it is near to it, else 0."""
    words = position.title + position.occupation
    if any(wanted in words or position.occupation in wanted for wanted in profile.wanted_work):
        return 2
    wanted = "/".join(profile.wanted_work + profile.skills)
    pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)}
    return int(any(pair in words or pair in "/".join(position.skills) for pair in pairs))


def _reasons(profile: SeekerProfile, position: Position) -> list[dict[str, object]]:
    """The two or three things that the match of that day said."""
    reasons: list[dict[str, object]] = []
    for certificate in position.certificates:
        has = certificate in profile.certificates
        reasons.append(
            _reason(
                has,
                "certificate",
                f"你有{certificate}" if has else f"要{certificate}",
                certificate if has else f"没有{certificate}",
                f"You have {certificate}" if has else f"Asks for {certificate}",
                certificate if has else f"No {certificate}",
            )
        )
    if profile.pay_min and position.pay_max:
        met = position.pay_max >= profile.pay_min
        reasons.append(
            _reason(
                met,
                "pay",
                "工资到你想要的" if met else "工资比你想要的低",
                f"期望 {profile.pay_min:,}",
                "Pays what you want" if met else "Pays less than you want",
                f"Wants {profile.pay_min:,}",
            )
        )
    if position.experience_years:
        met = profile.experience_years >= position.experience_years
        reasons.append(
            _reason(
                met,
                "experience",
                f"要 {position.experience_years} 年经验",
                f"{profile.experience_years} 年经验",
                f"Experience asked for: {position.experience_years} years",
                f"Experience: {profile.experience_years} years",
            )
        )
    return reasons[:3]


def _reason(
    is_met: bool, topic: str, seeker: str, recruiter: str, seeker_en: str, recruiter_en: str
) -> dict[str, object]:
    return {
        "is_met": is_met,
        "topic": topic,
        "seeker": seeker,
        "recruiter": recruiter,
        "seeker_en": seeker_en,
        "recruiter_en": recruiter_en,
    }

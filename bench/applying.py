"""Applications at a large fair, each with its consent, its way on and the event that told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bench.history import Held
from bench.people import Filling, People, Size
from bench.rows import add_rows
from fair.accounts import Consent, ConsentKind
from fair.applications import Application, ApplicationChange
from fair.events import Event, EventKind
from fair.statuses import ApplicationStatus

__all__ = ["add_applications"]

_MOST_APPLICATIONS = 500
_WAYS: tuple[tuple[ApplicationStatus, ...], ...] = (
    (),
    (ApplicationStatus.VIEWED,),
    (ApplicationStatus.VIEWED, ApplicationStatus.SHORTLISTED),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED),
    (ApplicationStatus.VIEWED, ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED, ApplicationStatus.HIRED),
    (ApplicationStatus.VIEWED, ApplicationStatus.DECLINED),
    (ApplicationStatus.WITHDRAWN,),
)
_CHANCES = (25, 28, 12, 12, 3, 5, 12, 3)


def add_applications(
    connection: Connection, size: Size, filling: Filling, people: People, shown: Sequence[Held]
) -> None:
    """Spread over the sessions `shown`, 500 in the first of them, and one in eight from a position's own page."""
    luck, seekers = filling.luck, list(people.resumes)
    everywhere = [(employer, position) for employer, several in people.positions_of.items() for position in several]
    written = _Written(next_consent=size.seekers + 1)  # Those of matching were numbered before.
    taken: set[tuple[int, int]] = set()
    while len(written.rows) < size.applications:
        is_early = len(written.rows) < _MOST_APPLICATIONS
        held = shown[0] if is_early else luck.choice(shown[1:])
        in_session = held if is_early or luck.random() < 0.875 else None
        if in_session:
            employer_id, _slot, position_id, at = luck.choice(held.offers)
            applied_at = min(at + timedelta(minutes=held.minutes_each * luck.random()), filling.now)
        else:
            employer_id, position_id = luck.choice(everywhere)
            applied_at = filling.now - timedelta(minutes=luck.randint(1, 30 * 24 * 60))
        seeker_id = luck.choice(seekers)
        if (position_id, seeker_id) not in taken:
            taken.add((position_id, seeker_id))
            written.add(employer_id, position_id, seeker_id, people, in_session, applied_at=applied_at, luck=luck)
    add_rows(connection, Consent, written.consents.values())
    add_rows(connection, Application, written.rows)
    add_rows(connection, ApplicationChange, written.changes)
    add_rows(connection, Event, map(_event_row, written.rows))


@dataclass
class _Written:
    """Applications with what belongs to each: its consent, and every step of its way."""

    next_consent: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    consents: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)

    def add(
        self,
        employer_id: int,
        position_id: int,
        seeker_id: int,
        people: People,
        held: Held | None,
        *,
        applied_at: datetime,
        luck: Random,
    ) -> None:
        way = luck.choices(_WAYS, _CHANCES)[0]
        status = way[-1] if way else ApplicationStatus.SUBMITTED
        is_withdrawn = status == ApplicationStatus.WITHDRAWN
        answers = [applied_at + timedelta(hours=luck.uniform(0.1, 40)) * (step + 1) for step in range(len(way))]
        number = len(self.rows) + 1
        self.rows.append(
            {
                "id": number,
                "position_id": position_id,
                "position_version": 1,
                "employer_id": employer_id,
                "seeker_id": seeker_id,
                "session_id": held.number if held else None,
                "filed_by": seeker_id,
                "consent_id": self._consent(seeker_id, employer_id, at=applied_at),
                "key": f"bench-{number}",
                "request_digest": "0" * 64,
                "status": status,
                "media_ms": (applied_at - held.row["starts_at"]) // timedelta(milliseconds=1) if held else None,
                "score": luck.randint(50, 95) if luck.random() < 0.7 else None,
                "reasons": _REASONS[luck.randrange(len(_REASONS))],
                "resume": {} if is_withdrawn else people.resumes[seeker_id],
                "applied_at": applied_at,
                "answered_at": answers[0] if way and not is_withdrawn else None,
            }
        )
        before: ApplicationStatus | None = None
        for reached, at in zip((ApplicationStatus.SUBMITTED, *way), (applied_at, *answers), strict=True):
            by = seeker_id if reached in _BY_SEEKER else people.recruiter_of[employer_id]
            self.changes.append(
                {"application_id": number, "from_status": before, "to_status": reached, "by": by, "at": at}
            )
            before = reached

    def _consent(self, seeker_id: int, employer_id: int, *, at: datetime) -> int:
        """The number of the consent by which this employer gets this résumé."""
        row = self.consents.setdefault(
            (seeker_id, employer_id),
            {
                "id": self.next_consent + len(self.consents),
                "account_id": seeker_id,
                "kind": ConsentKind.RESUME_TO_EMPLOYER,
                "employer_id": employer_id,
                "wording": "点投递，就是同意把简历给这一家",
                "given_at": at,
            },
        )
        number: int = row["id"]
        return number


_BY_SEEKER = (ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN)


def _event_row(application: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": application["applied_at"],
        "kind": EventKind.APPLICATION_SUBMITTED,
        "session_id": application["session_id"],
        "employer_id": application["employer_id"],
        "position_id": application["position_id"],
        "application_id": application["id"],
        "account_id": application["seeker_id"],
    }


def _reason(*, is_met: bool, topic: str, seeker: str, recruiter: str) -> dict[str, Any]:
    return {"is_met": is_met, "topic": topic, "seeker": seeker, "recruiter": recruiter}


_REASONS = (
    [
        _reason(is_met=True, topic="work", seeker="做过同样的工种", recruiter="做过同样的工种"),
        _reason(is_met=True, topic="place", seeker="离家 4 公里", recruiter="住得近"),
        _reason(is_met=False, topic="certificate", seeker="要低压电工作业证", recruiter="没有写低压电工作业证"),
    ],
    [
        _reason(is_met=True, topic="pay", seeker="工资够得上", recruiter="期望工资在范围里"),
        _reason(is_met=False, topic="schedule", seeker="要上夜班", recruiter="只想上白班"),
    ],
)

"""Positions: complete before they are seen, numbered at each change, told of in the event log."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.errors import IllegalTransition, NotPermitted, WrongValue
from fair.events import EventKind, events_after
from fair.positions import PositionVersion, close_position, missing_fields, publish_position, save_position
from fair.statuses import PositionStatus
from tests.builders import NOW, add_employer, add_position, small_fair


@pytest.mark.parametrize(
    "field", ["title", "head_count", "requirements", "duties", "district_code", "base_pay", "valid_until"]
)
def test_position_that_lacks_a_required_field_is_not_published(db: Session, field: str) -> None:
    """The law's list, one by one; the error names the field."""
    fair = small_fair(db)
    draft = add_position(db, fair.employer, is_published=False)
    setattr(draft, field, "" if isinstance(getattr(draft, field), str) and field != "district_code" else None)

    with pytest.raises(WrongValue) as refused:
        publish_position(db, draft, now=NOW)

    assert refused.value.field == field
    assert draft.status == PositionStatus.DRAFT


def test_past_validity_and_pay_upside_down_are_wrong(db: Session) -> None:
    """Both are told at once."""
    fair = small_fair(db)
    draft = add_position(db, fair.employer, is_published=False, pay_min=9000, pay_max=8000)
    draft.valid_until = (NOW - timedelta(days=1)).date()

    assert set(missing_fields(draft, today=NOW.date())) == {"valid_until", "pay_max"}


def test_employer_that_is_not_approved_publishes_nothing(db: Session) -> None:
    """A draft may be written, not shown."""
    fair = small_fair(db)
    draft = add_position(db, add_employer(db, fair.district, is_approved=False), is_published=False)

    with pytest.raises(NotPermitted):
        publish_position(db, draft, now=NOW)


def test_change_makes_a_new_version_and_no_change_makes_none(db: Session) -> None:
    """Versions keep what stood; saving twice the same is one version."""
    fair = small_fair(db)
    position = fair.position

    save_position(db, position, by=None, now=NOW)
    position.pay_max = 9800
    save_position(db, position, by=fair.recruiter.id, now=NOW)

    versions = db.scalars(select(PositionVersion).where(PositionVersion.position_id == position.id)).all()
    assert [(version.number, version.content["pay_max"]) for version in versions] == [(1, 9500), (2, 9800)]
    assert position.version == 2
    assert events_after(db, 0)[-1].kind == EventKind.POSITION_CHANGED


def test_position_is_open_until_the_end_of_its_last_day(db: Session) -> None:
    """Valid until means that day too; a closed one is not open, and can be published again."""
    position = small_fair(db).position
    last = position.valid_until
    assert last is not None

    assert position.is_open(last)
    assert not position.is_open(last + timedelta(days=1))
    close_position(db, position, now=NOW)
    assert not position.is_open(last)
    with pytest.raises(IllegalTransition):
        close_position(db, position, now=NOW)
    publish_position(db, position, now=NOW)
    assert position.is_open(last)

"""Days begin at midnight in China, not in London."""

from datetime import UTC, date, datetime

from fair.days import china_day
from tests.builders import NOW, add_position, small_fair


def test_day_changes_at_midnight_in_china() -> None:
    """16:00 UTC is the next day."""
    assert china_day(datetime(2026, 3, 2, 15, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert china_day(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == date(2026, 3, 3)


def test_position_expires_at_midnight_in_china(db) -> None:
    """Valid until the 2nd of March is over when the 3rd begins in China, eight hours before London."""
    fair = small_fair(db)
    position = add_position(db, fair.employer, valid_until=NOW.date())

    assert position.is_open(china_day(datetime(2026, 3, 2, 15, 59, tzinfo=UTC)))
    assert not position.is_open(china_day(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)))

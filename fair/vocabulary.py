"""Values that positions and profiles share, so that they can be compared: pay units, schedules, education, place.

The stored value is the English key; the words on the screen are the site's.
"""

from __future__ import annotations

from enum import StrEnum


class PayUnit(StrEnum):
    """What a pay range is paid for; HOUR, DAY, WEEK, MONTH and YEAR are schema.org's unitText."""

    MONTH = "MONTH"
    DAY = "DAY"
    HOUR = "HOUR"
    PIECE = "PIECE"


class EmploymentType(StrEnum):
    """schema.org JobPosting employmentType."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    INTERN = "INTERN"
    TEMPORARY = "TEMPORARY"


class Schedule(StrEnum):
    """How the working days lie; a position has one, a seeker accepts several."""

    DAY = "day"
    TWO_SHIFTS = "two_shifts"
    THREE_SHIFTS = "three_shifts"
    NIGHT = "night"
    FLEXIBLE = "flexible"


class Education(StrEnum):
    """The highest degree, lowest first; a position asks for at least this one."""

    NONE = "none"
    JUNIOR = "junior"
    SENIOR = "senior"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"

    @property
    def rank(self) -> int:
        """0 for no demand up to 6 for a doctorate."""
        return _DEGREES.index(self)


_DEGREES = tuple(Education)


class Requirement(StrEnum):
    """What a seeker can declare hard: a position that breaks it is not shown as a match."""

    PLACE = "place"
    PAY = "pay"
    DORMITORY = "dormitory"
    SCHEDULE = "schedule"
    CERTIFICATE = "certificate"
    EDUCATION = "education"
    EXPERIENCE = "experience"


# Units worked in a month of 21.75 paid days of 8 hours (人社部发〔2008〕3 号, kept by 人社部发〔2025〕2 号).
UNITS_A_MONTH = {PayUnit.MONTH: 1.0, PayUnit.DAY: 21.75, PayUnit.HOUR: 174.0}

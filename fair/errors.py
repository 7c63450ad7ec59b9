"""The rules' own errors, each named for the rule that was broken.

Each carries a stable `code` for protocols and logs. The edges turn it into a page, a message or a line; nothing
here knows how it will be shown.
"""

from __future__ import annotations


class FairError(Exception):
    """A rule of the fair was broken; `code` is stable and safe to show."""

    code = "fair_error"


class WrongSetting(FairError):
    """A setting is missing or unusable; the message names it."""

    code = "wrong_setting"


class NotFound(FairError):
    """No such record, or none that this actor may know of."""

    code = "not_found"


class NotPermitted(FairError):
    """The actor may not do this."""

    code = "not_permitted"


class IllegalTransition(FairError):
    """The status table has no such step."""

    code = "illegal_transition"

    def __init__(self, noun: str, current: str, wanted: str) -> None:
        super().__init__(f"{noun}: {current} → {wanted} is not a step")
        self.noun, self.current, self.wanted = noun, current, wanted


class AlreadyApplied(FairError):
    """The seeker has an application for this position that is not withdrawn."""

    code = "already_applied"

    def __init__(self, application_id: int) -> None:
        super().__init__(f"application {application_id} stands already")
        self.application_id = application_id


class TooFast(FairError):
    """More than a person does by hand; it may go on later."""

    code = "rate_limited"


class KeyReused(FairError):
    """A client's key came again with another request."""

    code = "key_reused"


class PositionClosed(FairError):
    """The position takes no applications: closed, expired or not published."""

    code = "position_closed"


class IncompleteResume(FairError):
    """The seeker's profile lacks what an employer needs to answer: a name and a way to be reached."""

    code = "incomplete_resume"


class TicketRefused(FairError):
    """A room ticket is forged, expired, used or meant for another room; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WrongValue(FairError):
    """A value breaks a rule of its field; `field` names it, the message says the fix."""

    code = "wrong_value"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TextRefused(FairError):
    """A text is empty, too long, or its writer is muted; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

"""What a client may ask for: one frozen struct a request, decoded from JSON. docs/protocol.md lists them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Key = Annotated[str, Meta(pattern="^[!-~]{1,64}$")]
Words = Annotated[str, Meta(max_length=2_000)]
Id = Annotated[int, Meta(ge=1, le=2**53)]


class Request(Struct, frozen=True, tag_field="type"):
    """Anything that is asked for after `enter`."""


class Enter(Struct, frozen=True, tag_field="type", tag="enter"):
    """The first message of every connection."""

    ticket: Annotated[str, Meta(max_length=4_096)]
    session: Id
    epoch: Annotated[str, Meta(max_length=32)] | None = None
    seq: int | None = None


class Say(Request, frozen=True, tag="say"):
    key: Key
    text: Words


class Caption(Request, frozen=True, tag="caption"):
    key: Key
    text: Words


class Ask(Request, frozen=True, tag="ask"):
    key: Key
    text: Words


class Vote(Request, frozen=True, tag="vote"):
    key: Key
    question_id: Id


class WithdrawQuestion(Request, frozen=True, tag="withdraw_question"):
    key: Key
    question_id: Id


class Answer(Request, frozen=True, tag="answer"):
    key: Key
    question_id: Id
    text: Words = ""


class Like(Request, frozen=True, tag="like"):
    count: Annotated[int, Meta(ge=1, le=50)] = 1
    key: Key | None = None


class Apply(Request, frozen=True, tag="apply"):
    key: Key
    position_id: Id


class Withdraw(Request, frozen=True, tag="withdraw"):
    key: Key
    application_id: Id


class Pin(Request, frozen=True, tag="pin"):
    key: Key
    position_id: Id


class Unpin(Request, frozen=True, tag="unpin"):
    key: Key


class BeginSlot(Request, frozen=True, tag="begin_slot"):
    key: Key
    slot_id: Id


class Start(Request, frozen=True, tag="start"):
    key: Key


class End(Request, frozen=True, tag="end"):
    key: Key


class Hide(Request, frozen=True, tag="hide"):
    key: Key
    line_id: Annotated[str, Meta(max_length=20)] | None = None
    question_id: Id | None = None


class Show(Request, frozen=True, tag="show"):
    key: Key
    line_id: Annotated[str, Meta(max_length=20)] | None = None
    question_id: Id | None = None


class Sanctioning(Request, frozen=True):
    """A request about one person's place in this room."""

    key: Key
    person: Annotated[str, Meta(max_length=20)]


class Mute(Sanctioning, frozen=True, tag="mute"):
    minutes: Annotated[int, Meta(ge=1, le=24 * 60)] | None = None


class Unmute(Sanctioning, frozen=True, tag="unmute"):
    pass


class Ban(Sanctioning, frozen=True, tag="ban"):
    pass


class Unban(Sanctioning, frozen=True, tag="unban"):
    pass


class Move(Request, frozen=True, tag="move"):
    key: Key
    application_id: Id
    status: str
    note: Annotated[str, Meta(max_length=200)] = ""


class Seen(Request, frozen=True, tag="seen"):
    application_id: Id
    key: Key | None = None


AnyRequest = (
    Say
    | Caption
    | Ask
    | Vote
    | WithdrawQuestion
    | Answer
    | Like
    | Apply
    | Withdraw
    | Pin
    | Unpin
    | BeginSlot
    | Start
    | End
    | Hide
    | Show
    | Mute
    | Unmute
    | Ban
    | Unban
    | Move
    | Seen
)

KIND = {each: str(each.__struct_config__.tag) for each in AnyRequest.__args__}


class Envelope(Struct, frozen=True):
    """What can be read of a message that is no request."""

    type: str = ""
    key: str | None = None


class Malformed(Exception):
    """A message is no request; `code`, `to` and `key` go into the error that answers it."""

    def __init__(self, code: str, *, to: str = "", key: str | None = None, message: str = "") -> None:
        super().__init__(message or code)
        self.code, self.to, self.key, self.message = code, to, key, message


_request: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_enter = msgspec.json.Decoder(Enter)
_envelope = msgspec.json.Decoder(Envelope)


def read_request(text: str) -> AnyRequest:
    """The request in a text message; raises Malformed with `bad_message` or `unknown_type`."""
    try:
        return _request.decode(text)
    except msgspec.MsgspecError as error:
        wrong = str(error)
    try:
        envelope = _envelope.decode(text)
    except msgspec.MsgspecError:
        raise Malformed("bad_message", message=wrong[:200]) from None
    key = envelope.key[:64] if envelope.key else None
    if envelope.type and envelope.type not in KIND.values():
        raise Malformed("unknown_type", to=envelope.type[:40], key=key)
    raise Malformed("bad_message", to=envelope.type, key=key, message=wrong[:200])


def read_enter(text: str) -> Enter:
    """The first message; raises Malformed."""
    try:
        return _enter.decode(text)
    except msgspec.MsgspecError as error:
        raise Malformed("bad_message", message=str(error)[:200]) from None

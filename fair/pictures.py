"""The picture of a session as it is on record: its streams, where an instant is in the replay, and captions.

A stream is what one recorder of the host's browser made. Its media clock begins at zero; `zero_at` says when that was.
The bytes are files of the live process; here is only what is known of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base
from fair.livesessions import LiveSession
from fair.talk import checked_text

LONGEST_CAPTION = 200
_MILLISECOND = timedelta(milliseconds=1)


class PictureStream(Base):
    """One stream of a session; `first_ms` and `last_ms` on its media clock say what is kept of it, less its `gaps`.

    A gap is [begin, end] in ms, in order: the recorder went on later than where it had stopped. It is kept only
    where its host consented; a withdrawn one is shown to nobody, a removed one has no file any more.
    """

    __tablename__ = "picture_stream"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"), index=True)
    number: Mapped[int]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    server: Mapped[str] = mapped_column(String(60), default="")
    mime: Mapped[str] = mapped_column(String(120), default="")
    consented_at: Mapped[datetime | None]
    began_at: Mapped[datetime]
    zero_at: Mapped[datetime]
    first_ms: Mapped[int | None]
    last_ms: Mapped[int | None]
    gaps: Mapped[list[list[int]]] = mapped_column(default=list)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    live_session: Mapped[LiveSession] = relationship()

    @property
    def length_ms(self) -> int:
        """How much of it is kept."""
        return 0 if self.last_ms is None else self.kept_before(self.last_ms)

    @property
    def first_at(self) -> datetime:
        """When what is kept of it begins."""
        return self.zero_at + (self.first_ms or 0) * _MILLISECOND

    def kept_before(self, media_ms: int) -> int:
        """How much is kept of what came before a moment on its media clock, in ms; 0 before the first."""
        if self.first_ms is None or media_ms <= self.first_ms:
            return 0
        return media_ms - self.first_ms - sum(max(0, min(end, media_ms) - begin) for begin, end in self.gaps)


class Caption(Base):
    """A line that the host typed for all to read under the picture."""

    __tablename__ = "caption"
    __table_args__ = (Index("ix_caption_session", "session_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(LONGEST_CAPTION))


def begin_stream(
    db: Session,
    live_session: LiveSession,
    *,
    by: int | None,
    employer_id: int | None,
    has_consent: bool,
    mime: str = "",
    server: str = "",
    now: datetime,
) -> PictureStream:
    """A new stream with the next number, on its media clock's zero; whoever published before has the stage no more."""
    newest = db.scalar(select(func.max(PictureStream.number)).where(PictureStream.session_id == live_session.id))
    stream = PictureStream(
        session_id=live_session.id,
        number=(newest or 0) + 1,
        published_by=by,
        employer_id=employer_id,
        server=server,
        mime=mime,
        consented_at=now if has_consent else None,
        began_at=now,
        zero_at=now,
        gaps=[],
    )
    db.add(stream)
    db.flush()
    return stream


def streams_of(db: Session, session_id: int) -> Sequence[PictureStream]:
    """The streams that are in a session's replay, in its order."""
    return db.scalars(
        select(PictureStream)
        .where(
            PictureStream.session_id == session_id,
            PictureStream.consented_at.is_not(None),
            PictureStream.first_ms.is_not(None),
            PictureStream.withdrawn_at.is_(None),
            PictureStream.removed_at.is_(None),
        )
        .order_by(PictureStream.number)
    ).all()


def replay_ms(streams: Sequence[PictureStream], at: datetime) -> int | None:
    """Where an instant is in the replay of these streams, in ms from its beginning.

    An instant between two streams, or in a gap of one, is at the beginning of what follows; None before the first and
    after the last.
    """
    before = 0
    for number, stream in enumerate(streams):
        if number == 0 and at < stream.first_at:
            return None
        media_ms = round((at - stream.zero_at) / _MILLISECOND)
        if stream.last_ms is not None and media_ms < stream.last_ms:
            return before + stream.kept_before(media_ms)
        before += stream.length_ms
    return None


def withdraw_stream(stream: PictureStream, *, now: datetime) -> None:
    """Take a stream out of the replay; its file goes when the retention is over."""
    if stream.withdrawn_at is None:
        stream.withdrawn_at = now


def add_caption(db: Session, live_session: LiveSession, text: str, *, by: int | None, now: datetime) -> Caption:
    """Keep a caption; raises TextRefused with empty_text or long_text."""
    words = checked_text(text, limit=LONGEST_CAPTION)
    caption = Caption(session_id=live_session.id, account_id=by, at=now, text=words)
    db.add(caption)
    db.flush()
    return caption


def captions_of(db: Session, session_id: int, *, newest: int | None = None) -> Sequence[Caption]:
    """The captions of a session, oldest first: all of them, or the `newest` so many."""
    query = select(Caption).where(Caption.session_id == session_id).order_by(Caption.at.desc(), Caption.id.desc())
    return list(reversed(db.scalars(query.limit(newest)).all()))

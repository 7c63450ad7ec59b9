"""The gallery: every picture of this process, who comes in to watch or to publish, and what time does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime

import msgspec
from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from websockets.typing import Subprotocol

from fair.accounts import Account
from fair.errors import NotFound, NotPermitted, TicketRefused
from fair.livesessions import LiveSession
from fair.permissions import Action, RoomRole, actor_of, may, require
from fair.pictures import PictureStream, begin_stream
from fair.statuses import LiveSessionStatus
from fair.tickets import PICTURE, Ticket
from live import messages
from live.connection import Connection, Stage
from live.entrance import NotLetIn
from live.picture.archive import Archive
from live.picture.hls import PREFIX
from live.picture.messages import NOT_PERMITTED, REPLACED, Again, Begin, Publish, Ready, Watch, read_first
from live.picture.publisher import Publisher
from live.picture.show import Show, Standing
from live.picture.stream import Sink, Stream
from live.picture.tally import Tally
from live.picture.watcher import Watcher
from live.store import Store
from live.turnstile import Turnstile

PATH = "/picture"
SUBPROTOCOL = Subprotocol("gangbo.picture.v1")
LOOK_SECONDS = 1.0
LOOKS_BETWEEN_NOTES = 2
LOOKS_BETWEEN_SAVES = 10
LOOKS_BETWEEN_TIDYINGS = 3_600
_OPEN = (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE)

_log = logging.getLogger("live.picture")


class Gallery:
    """All shows of this process, by session."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        *,
        secret_key: str,
        clock: Callable[[], datetime],
        redis: Redis | None = None,
    ) -> None:
        self._store, self._clock = store, clock
        self.archive = archive
        self.tally = Tally()
        self._turnstile = Turnstile(secret_key, redis, clock=clock, purpose=PICTURE)
        self.shows: dict[int, Show] = {}

    @property
    def watchers(self) -> int:
        """How many watch here."""
        return sum(len(show.watchers) for show in self.shows.values())

    @property
    def streams(self) -> int:
        """How many streams are on here."""
        return sum(show.stream is not None for show in self.shows.values())

    async def enter(self, connection: Connection, message: str | bytes) -> None:
        """Let a connection in that began with this message; raises NotLetIn."""
        if not isinstance(message, str):
            raise NotLetIn(messages.BINARY)
        try:
            wanted = read_first(message)
            ticket = await self._turnstile.open(wanted.ticket, session_id=wanted.session)
        except msgspec.MsgspecError:
            raise NotLetIn(messages.PROTOCOL) from None
        except TicketRefused as refused:
            _log.info("a ticket was refused: %s", refused.code)
            raise NotLetIn(messages.BAD_TICKET) from None
        try:
            if isinstance(wanted, Publish) and not await self._store.read(_may_publish, ticket):
                raise NotLetIn(NOT_PERMITTED)
            show = await self._show(ticket.session_id)
        except DBAPIError:
            _log.exception("a picture could not be opened")
            raise NotLetIn(messages.FAILED) from None
        if show.standing.status == LiveSessionStatus.ENDED:
            raise NotLetIn(messages.ENDED)
        if isinstance(wanted, Watch) and not _is_open_to(ticket, show.standing.status):
            raise NotLetIn(messages.NOT_OPEN)
        if connection.stage is not Stage.ENTERING:
            raise NotLetIn(messages.RESTARTING)
        self.shows[ticket.session_id] = show
        if isinstance(wanted, Publish):
            self._let_publish(connection, show, ticket)
        else:
            self._let_watch(connection, show, ticket, wanted)
        connection.enter()

    async def look_after(self) -> None:
        """See to silent hosts, stalled viewers and sessions that start and end, until cancelled."""
        loop = asyncio.get_running_loop()
        await self.archive.tidy(is_first=True)
        number = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            number += 1
            try:
                await self._look(number, at=loop.time())
            except Exception:
                _log.exception("pictures could not be looked after; it is tried again")

    async def _look(self, number: int, *, at: float) -> None:
        await self._follow_sessions()
        if number % LOOKS_BETWEEN_SAVES == 0:
            await self.archive.save()
        if number % LOOKS_BETWEEN_TIDYINGS == 0:
            await self.archive.tidy()
        for session_id, show in list(self.shows.items()):
            show.look(now=self._clock(), at=at)
            if isinstance(show.publisher, Publisher) and number % LOOKS_BETWEEN_NOTES == 0:
                show.publisher.note()
            if show.stream is None and show.watchers:
                # The host may be at another process: what is cut there can be had here too.
                is_there = await self.archive.is_on_air(session_id)
                show.tell_playlist(_playlist_of(session_id) if is_there else None)
            if show.is_empty:
                del self.shows[session_id]

    async def close(self) -> None:
        """End all streams, and see that what is recorded of them is on disk and on record."""
        for show in self.shows.values():
            show.end_stream(why="lost")
        await self.archive.close()

    async def _show(self, session_id: int) -> Show:
        """The show of a session; raises NotLetIn where there is no such session."""
        found = self.shows.get(session_id)
        if found is not None:
            return found
        standing = (await self._store.read(_standings, [session_id])).get(session_id)
        if standing is None:
            raise NotLetIn(messages.NOT_OPEN)
        return self.shows.get(session_id) or Show(session_id, standing)

    def _let_watch(self, connection: Connection, show: Show, ticket: Ticket, wanted: Watch) -> None:
        is_listening = wanted.only == "sound"
        watcher = Watcher(connection, ticket.viewer, is_listening=is_listening, leave=show.leave)
        connection.host = watcher
        show.join(watcher)

    def _let_publish(self, connection: Connection, show: Show, ticket: Ticket) -> None:
        async def begin(wanted: Begin, at: datetime) -> Stream:
            return await self._begin(show, ticket, wanted, at)

        publisher = Publisher(connection, show, begin=begin, clock=self._clock)
        connection.host = publisher
        show.take_stage(publisher, closing=REPLACED)
        publisher.tell(Ready(str(show.standing.status), show.standing.is_recorded))

    async def _begin(self, show: Show, ticket: Ticket, wanted: Begin, at: datetime) -> Stream:
        """A new stream, on record; raises FairError when the host may not publish (any more)."""
        number = await self._store.write(_begin_stream, ticket, wanted, at, self._store.name)

        def sink(container: str) -> Sink:
            return self.archive.sink(
                show.session_id,
                number,
                container,
                standing=show.standing,
                has_consent=wanted.has_consent,
                zero_at=at,
            )

        stream = Stream(number, mime=wanted.mime, zero_at=at, sink=sink, tally=self.tally)
        has_hls = stream.sink.hls in ("on", "starting")
        show.tell_playlist(_playlist_of(show.session_id) if has_hls else None)
        return stream

    async def _follow_sessions(self) -> None:
        """Sessions start and end, and somebody may publish at another process."""
        try:
            found = await self._store.read(_standings, list(self.shows))
        except DBAPIError as error:
            _log.error("sessions cannot be read (%s): pictures go on", type(error.orig).__name__)
            return
        for session_id, standing in found.items():
            show = self.shows.get(session_id)
            if show is None:
                continue
            before, show.standing = show.standing, standing
            if standing.status not in _OPEN:
                show.close()
            elif isinstance(show.publisher, Publisher) and show.stream is not None:
                if standing.newest > show.stream.number:
                    show.publisher.close(REPLACED)
                elif standing.status != before.status:
                    show.publisher.tell(Again("live"))


def _playlist_of(session_id: int) -> str:
    return f"{PREFIX}{session_id}/live.m3u8"


def _is_open_to(ticket: Ticket, status: LiveSessionStatus) -> bool:
    return status == LiveSessionStatus.LIVE or (
        status == LiveSessionStatus.APPROVED and ticket.role != RoomRole.AUDIENCE
    )


def _standings(db: Session, session_ids: Collection[int]) -> dict[int, Standing]:
    if not session_ids:
        return {}
    newest = (
        select(func.coalesce(func.max(PictureStream.number), 0))
        .where(PictureStream.session_id == LiveSession.id)
        .scalar_subquery()
    )
    rows = db.execute(
        select(LiveSession.id, LiveSession.status, LiveSession.started_at, LiveSession.is_recorded, newest).where(
            LiveSession.id.in_(session_ids)
        )
    )
    return {session_id: Standing(*rest) for session_id, *rest in rows.all()}


def _may_publish(db: Session, ticket: Ticket) -> bool:
    account = db.get(Account, ticket.account_id) if ticket.account_id is not None else None
    live_session = db.get(LiveSession, ticket.session_id)
    return live_session is not None and may(actor_of(db, account), Action.PUBLISH_PICTURE, live_session)


def _begin_stream(db: Session, ticket: Ticket, wanted: Begin, at: datetime, server: str) -> int:
    account, live_session = db.get(Account, ticket.account_id), db.get(LiveSession, ticket.session_id)
    if account is None or not account.is_active:
        raise NotPermitted("the account is disabled")
    if live_session is None:
        raise NotFound("no such session")
    require(actor_of(db, account), Action.PUBLISH_PICTURE, live_session)
    stream = begin_stream(
        db,
        live_session,
        by=account.id,
        employer_id=ticket.employer_id,
        has_consent=wanted.has_consent and live_session.is_recorded,
        mime=wanted.mime,
        server=server,
        now=at,
    )
    return stream.number

"""The link to Redis: this process's client, by what name it goes there, and whether Redis answers."""

from __future__ import annotations

import itertools
import logging
import secrets

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

SECONDS_TO_CONNECT = 1.0
SECONDS_TO_ANSWER = 2.0
CONNECTIONS = 64

LOST = (RedisError, OSError, TimeoutError)
"""What a question fails with when Redis cannot be reached, or cannot do it now."""

_log = logging.getLogger("live.link")


class Link:
    """One process's way to Redis; what fails is asked again by whoever asked, not here."""

    def __init__(self, url: str) -> None:
        self.is_up = True
        self.process = secrets.token_hex(4)
        self.turns = itertools.count(1)
        self.client = Redis.from_url(
            url,
            socket_timeout=SECONDS_TO_ANSWER,
            socket_connect_timeout=SECONDS_TO_CONNECT,
            max_connections=CONNECTIONS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )

    def lost(self, error: BaseException) -> None:
        """A question had no answer."""
        if self.is_up:
            _log.warning("Redis cannot be reached (%s): what happens in rooms waits", type(error).__name__)
        self.is_up = False

    def found(self) -> None:
        """A question was answered."""
        if not self.is_up:
            _log.info("Redis answers")
        self.is_up = True

    async def close(self) -> None:
        """Close all connections."""
        await self.client.aclose()

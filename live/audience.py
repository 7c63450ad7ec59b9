"""Who is in a room: viewers, their connections, their limits and what was shown to them.

There are tens of thousands, most of whom watch and say nothing: what a viewer has not used takes no room.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, KeysView, Mapping
from datetime import datetime
from types import MappingProxyType

from fair.matches import Match
from live.deeds import Guest
from live.keys import Keys
from live.limits import ALL, LIKES, OF_KIND, REFUSED_IN_A_ROW, STAFF_SAY, Rate

CONNECTIONS_EACH = 8
NO_MATCHES: Mapping[int, Match] = MappingProxyType({})
_VISITORS_LOGIN = ("",)


class Viewer:
    """One account or one visitor's device, with all its connections in this room."""

    __slots__ = (
        "_full_at",
        "_logins",
        "_refused",
        "account_id",
        "connections",
        "employer_id",
        "entered_at",
        "id",
        "is_counted",
        "is_muted",
        "is_seeker",
        "keys",
        "match_state",
        "matches",
        "muted_until",
        "name",
        "role",
        "shown_state",
    )

    def __init__(self, guest: Guest, *, now: datetime) -> None:
        self.id = guest.viewer
        self.account_id = guest.account_id
        self.connections: tuple[int, ...] = ()
        self._logins: tuple[str, ...] = ()
        self.entered_at = now.timestamp()
        self.is_counted = False
        self.keys: Keys | None = None
        self.matches = NO_MATCHES
        self.shown_state = ""
        self._full_at: dict[str, float] | None = None
        self._refused = 0
        self.update(guest)

    def update(self, guest: Guest) -> None:
        """Take over what the newest ticket and the database say."""
        me = guest.me
        self.name = me.name if me.has_account else ""
        self.role, self.match_state = sys.intern(me.role), sys.intern(me.match_state)
        self.employer_id = me.employer_id
        self.is_seeker = guest.is_seeker
        self.is_muted, self.muted_until = me.is_muted, me.muted_until

    @property
    def is_audience(self) -> bool:
        return self.role == "audience"

    def connect(self, connection: int, login: str) -> None:
        """One more connection, of this web session."""
        self.connections += (connection,)
        self._logins = (*self._logins, login) if self._logins or login else _VISITORS_LOGIN

    def disconnect(self, connection: int) -> None:
        """One connection less."""
        kept = [each for each in zip(self.connections, self._logins, strict=True) if each[0] != connection]
        self.connections = tuple(number for number, _ in kept)
        self._logins = tuple(login for _, login in kept)

    def connections_of(self, login: str) -> list[int]:
        """The connections of one web session, and those that name none; empty = all."""
        known = zip(self.connections, self._logins, strict=True)
        return [number for number, own in known if not login or own in ("", login)]

    def mutes_at(self, now: datetime) -> bool:
        """Whether a mute stands."""
        return self.is_muted and (self.muted_until is None or self.muted_until > now)

    def wait_for_any(self, *, now: float) -> float:
        """0 when one more message of any kind is allowed, else the seconds until it is."""
        wait = self._take("", ALL, now=now)
        self._refused = self._refused + 1 if wait else 0
        return wait

    @property
    def is_flooding(self) -> bool:
        return self._refused > REFUSED_IN_A_ROW

    def wait_for(self, kind: str, *, now: float) -> float:
        """0 when one more request of this kind is allowed, else the seconds until it is."""
        if kind == "say" and not self.is_audience:
            return self._take(kind, STAFF_SAY, now=now)
        return self._take(kind, OF_KIND[kind], now=now) if kind in OF_KIND else 0.0

    def likes_allowed(self, wanted: int, *, now: float) -> int:
        """As many of `wanted` likes as count."""
        allowed = min(wanted, int(LIKES.left((self._full_at or {}).get("like", 0.0), now=now)))
        if allowed:
            self._take("like", LIKES, now=now, wanted=allowed)
        return allowed

    def expire(self, *, now: float) -> None:
        """Forget answers that are too old, and limits that are whole again."""
        if self.keys is not None:
            self.keys.expire(now=now)
            self.keys = self.keys or None
        if self._full_at is not None and max(self._full_at.values()) <= now:
            self._full_at = None

    def _take(self, kind: str, rate: Rate, *, now: float, wanted: float = 1) -> float:
        if self._full_at is None:
            self._full_at = {}
        self._full_at[kind], wait = rate.take(self._full_at.get(kind, 0.0), now=now, wanted=wanted)
        return wait


class Audience:
    """All viewers of one room, by id and by connection."""

    def __init__(self) -> None:
        self._viewers: dict[str, Viewer] = {}
        self._of_connection: dict[int, Viewer] = {}
        self._staff: set[int] = set()
        self._present = 0

    @property
    def present(self) -> int:
        """Viewers of the audience with an open connection."""
        return self._present

    @property
    def connections(self) -> KeysView[int]:
        return self._of_connection.keys()

    @property
    def staff(self) -> tuple[int, ...]:
        """The connections of host, moderator and observer."""
        return tuple(self._staff)

    def __iter__(self) -> Iterator[Viewer]:
        return (viewer for viewer in self._viewers.values() if viewer.connections)

    def enter(self, connection: int, guest: Guest, *, now: datetime) -> tuple[Viewer, bool]:
        """Add a connection; its viewer, and whether it is the viewer's first."""
        viewer = self._viewers.get(guest.viewer)
        if viewer is None:
            viewer = self._viewers[guest.viewer] = Viewer(guest, now=now)
        is_first = not viewer.connections
        if is_first:
            viewer.entered_at = now.timestamp()
        elif viewer.is_audience:
            self._present -= 1
        viewer.update(guest)
        viewer.connect(connection, guest.login)
        self._of_connection[connection] = viewer
        if viewer.is_audience:
            self._present += 1
        else:
            self._staff.add(connection)
        return viewer, is_first

    def leave(self, connection: int) -> tuple[Viewer, bool] | None:
        """Remove a connection; its viewer, and whether it was the viewer's last. None when it was not here."""
        viewer = self._of_connection.pop(connection, None)
        if viewer is None:
            return None
        self._staff.discard(connection)
        viewer.disconnect(connection)
        if viewer.connections:
            return viewer, False
        if viewer.is_audience:
            self._present -= 1
        if not viewer.keys:
            self._viewers.pop(viewer.id, None)
        return viewer, True

    def of_connection(self, connection: int) -> Viewer | None:
        """Whose connection it is."""
        return self._of_connection.get(connection)

    def of_account(self, account_id: int) -> Viewer | None:
        """The viewer of an account, if it has a connection here."""
        viewer = self._viewers.get(f"a{account_id}")
        return viewer if viewer and viewer.connections else None

    def by_id(self, viewer_id: str) -> Viewer | None:
        """A viewer, with or without a connection."""
        return self._viewers.get(viewer_id)

    def hosts_of(self, employer_id: int) -> tuple[int, ...]:
        """The connections of the hosts that recruit for this employer."""
        return tuple(
            each
            for each in self._staff
            if self._of_connection[each].role == "host" and self._of_connection[each].employer_id == employer_id
        )

    def hosts(self) -> list[Viewer]:
        """The hosts that are here."""
        return list({self._of_connection[each] for each in self._staff if self._of_connection[each].role == "host"})

    def seekers_to_match(self) -> list[Viewer]:
        """Seekers present whose personal matching is on."""
        return [viewer for viewer in self if viewer.match_state == "on" and viewer.account_id is not None]

    def expire(self, *, now: float) -> None:
        """Forget what is too old, and who left and has nothing more; this walks over everybody, twice a minute."""
        for viewer in list(self._viewers.values()):
            viewer.expire(now=now)
            if not viewer.connections and viewer.keys is None:
                del self._viewers[viewer.id]

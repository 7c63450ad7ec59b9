"""Who is in a room: viewers, their connections, their limits and what was shown to them."""

from __future__ import annotations

from collections.abc import Iterator, KeysView
from datetime import datetime

from fair.matches import Match
from live.deeds import Guest
from live.keys import Keys
from live.limits import ALL, LIKES, OF_KIND, REFUSED_IN_A_ROW, STAFF_SAY, Bucket

CONNECTIONS_EACH = 8


class Viewer:
    """One account or one visitor's device, with all its connections in this room."""

    __slots__ = (
        "_buckets",
        "_refused",
        "account_id",
        "can",
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
        "person",
        "role",
        "seen_pin",
        "shown_state",
    )

    def __init__(self, guest: Guest, *, now: datetime) -> None:
        self.id = guest.viewer
        self.account_id = guest.account_id
        self.connections: dict[int, str] = {}
        self.entered_at = now
        self.is_counted = False
        self.keys: Keys | None = None
        self.matches: dict[int, Match] = {}
        self.shown_state = ""
        self.seen_pin = 0
        self._buckets: dict[str, Bucket] = {}
        self._refused = 0
        self.update(guest)

    def update(self, guest: Guest) -> None:
        """Take over what the newest ticket and the database say."""
        me = guest.me
        self.name, self.role, self.person, self.employer_id = me.name, me.role, me.person, me.employer_id
        self.can = frozenset(me.can)
        self.is_seeker = guest.is_seeker
        self.is_muted, self.muted_until = me.is_muted, me.muted_until
        self.match_state = me.match_state

    @property
    def is_audience(self) -> bool:
        return self.role == "audience"

    def mutes_at(self, now: datetime) -> bool:
        """Whether a mute stands."""
        return self.is_muted and (self.muted_until is None or self.muted_until > now)

    def wait_for_any(self, *, now: float) -> float:
        """0 when one more message of any kind is allowed, else the seconds until it is."""
        wait = self._bucket("", now=now).take(now=now)
        self._refused = self._refused + 1 if wait else 0
        return wait

    @property
    def is_flooding(self) -> bool:
        return self._refused > REFUSED_IN_A_ROW

    def wait_for(self, kind: str, *, now: float) -> float:
        """0 when one more request of this kind is allowed, else the seconds until it is."""
        return self._bucket(kind, now=now).take(now=now) if kind in OF_KIND else 0.0

    def likes_allowed(self, wanted: int, *, now: float) -> int:
        """As many of `wanted` likes as count."""
        return self._bucket("like", now=now).take_up_to(wanted, now=now)

    def _bucket(self, kind: str, *, now: float) -> Bucket:
        bucket = self._buckets.get(kind)
        if bucket is None:
            rate = OF_KIND.get(kind) or (LIKES if kind == "like" else ALL)
            if kind == "say" and not self.is_audience:
                rate = STAFF_SAY
            bucket = self._buckets[kind] = Bucket(rate, now=now)
        return bucket


class Audience:
    """All viewers of one room, by id, by account and by connection."""

    def __init__(self) -> None:
        self._viewers: dict[str, Viewer] = {}
        self._of_account: dict[int, Viewer] = {}
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
            if guest.account_id is not None:
                self._of_account[guest.account_id] = viewer
        is_first = not viewer.connections
        if is_first:
            viewer.entered_at = now
        elif viewer.is_audience:
            self._present -= 1
        viewer.update(guest)
        viewer.connections[connection] = guest.login
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
        del viewer.connections[connection]
        if viewer.connections:
            return viewer, False
        if viewer.is_audience:
            self._present -= 1
        if not viewer.keys:
            self._forget(viewer)
        return viewer, True

    def of_connection(self, connection: int) -> Viewer | None:
        """Whose connection it is."""
        return self._of_connection.get(connection)

    def of_account(self, account_id: int) -> Viewer | None:
        """The viewer of an account, if it has a connection here."""
        viewer = self._of_account.get(account_id)
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
        """Forget answers that are too old, and who left and has none."""
        for viewer in [each for each in self._viewers.values() if each.keys is not None]:
            assert viewer.keys is not None
            viewer.keys.expire(now=now)
            if not viewer.keys:
                viewer.keys = None
                if not viewer.connections:
                    self._forget(viewer)

    def _forget(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer.id, None)
        if viewer.account_id is not None and self._of_account.get(viewer.account_id) is viewer:
            del self._of_account[viewer.account_id]

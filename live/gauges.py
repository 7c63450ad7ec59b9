"""What of a live process is looked up, and not counted, when somebody asks for its metrics."""

from __future__ import annotations

from collections.abc import Callable

from live.matches import Matching
from live.metrics import Metrics
from live.picture.gallery import Gallery
from live.rooms import Rooms
from live.store import Store


def watch_process(
    metrics: Metrics,
    rooms: Rooms,
    store: Store,
    matching: Matching,
    gallery: Gallery,
    *,
    connections: Callable[[], int],
) -> None:
    """Have the metrics tell of the process's connections, rooms, pictures, deeds, and of what it depends on."""

    def viewers() -> int:
        return sum(seat.room.audience.present for seat in rooms.seats.values())

    def tick_ms() -> int:
        return max((seat.room.tick_ms for seat in rooms.seats.values()), default=0)

    watch = metrics.watch
    watch("connections", "Open connections.", connections)
    watch("viewers", "Viewers in rooms.", viewers)
    watch("rooms", "Rooms that are open.", lambda: len(rooms.seats))
    watch("tick_ms", "The widest tick.", tick_ms)
    watch("picture_streams", "Hosts' streams that are on here.", lambda: gallery.streams)
    watch("picture_viewers", "Connections that a picture is relayed to.", lambda: gallery.watchers)
    watch("picture_received_bytes", "Bytes that hosts sent.", lambda: gallery.tally.received, is_count=True)
    watch("picture_sent_bytes", "Bytes relayed to viewers.", lambda: gallery.tally.sent, is_count=True)
    watch("picture_skips", "Viewers skipped ahead.", lambda: gallery.tally.skips, is_count=True)
    watch("picture_requests", "Requests for parts of a picture.", lambda: gallery.archive.hls.requests, is_count=True)
    watch("deeds_waiting", "Requests and records that wait for the database.", lambda: store.waiting)
    watch("deeds_done", "Those that were kept, or refused by a rule.", lambda: store.done, is_count=True)
    watch("deeds_failed", "Those that could not be kept just then.", lambda: store.failed, is_count=True)
    watch("scores_skipped", "Seekers whose scores came later.", lambda: matching.skipped, is_count=True)
    watch("has_database", "Whether the database answers.", lambda: rooms.has_database)
    watch("has_redis", "Whether Redis answers, or is not needed.", lambda: rooms.has_redis)
    watch("has_matching", "Whether matching answers.", lambda: matching.is_up)

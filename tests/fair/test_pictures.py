"""The picture on record: numbers of streams, where an instant is in the replay, captions, and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fair.errors import TextRefused, WrongValue
from fair.livesessions import LiveSession, PictureSource, is_media_address, set_picture
from fair.pictures import (
    PictureStream,
    add_caption,
    begin_stream,
    captions_of,
    replay_ms,
    streams_of,
    withdraw_stream,
)
from tests.builders import NOW, small_fair


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def stream_at(begin: float, *, first_ms: int, last_ms: int, gaps: Sequence[tuple[int, int]] = ()) -> PictureStream:
    """A stream whose media clock began so many seconds after NOW."""
    zero_at = NOW + seconds(begin)
    return PictureStream(zero_at=zero_at, began_at=zero_at, first_ms=first_ms, last_ms=last_ms, gaps=[*map(list, gaps)])


def kept(db: Session, live_session: LiveSession, *, has_consent: bool = True) -> PictureStream:
    """A stream of which a minute is kept."""
    stream = begin_stream(db, live_session, by=None, employer_id=None, has_consent=has_consent, now=NOW)
    stream.first_ms, stream.last_ms = 0, 60_000
    db.flush()
    return stream


def test_streams_are_numbered_in_each_session(db: Session) -> None:
    """From 1, one after another, as they begin."""
    session = small_fair(db).live_session

    assert [kept(db, session).number for _ in range(3)] == [1, 2, 3]


def test_replay_has_what_was_consented_to_and_kept(db: Session) -> None:
    """A stream without consent, without a byte, withdrawn or removed is not in it."""
    session = small_fair(db).live_session
    all_of_them = [kept(db, session, has_consent=number != 1) for number in range(5)]
    all_of_them[2].first_ms = all_of_them[2].last_ms = None
    withdraw_stream(all_of_them[3], now=NOW)
    db.flush()

    assert streams_of(db, session.id) == [all_of_them[0], all_of_them[4]]


def test_replay_ms_follows_the_media_clocks() -> None:
    """Each stream begins where the one before ends; what lies between them is at the later one's beginning."""
    streams = [stream_at(0, first_ms=500, last_ms=60_500), stream_at(100, first_ms=0, last_ms=30_000)]

    found = [replay_ms(streams, NOW + seconds(at)) for at in (0.4, 0.5, 30.5, 60.4, 70, 100, 110, 130)]

    assert found == [None, 0, 30_000, 59_900, 60_000, 60_000, 70_000, None]


def test_replay_ms_leaves_out_gaps() -> None:
    """A replay is as long as what is kept; a moment in a gap is where it goes on."""
    streams = [
        stream_at(0, first_ms=1_000, last_ms=20_000, gaps=[(5_000, 8_000), (10_000, 11_000)]),
        stream_at(100, first_ms=0, last_ms=30_000),
    ]

    found = [replay_ms(streams, NOW + seconds(at)) for at in (5, 6, 8, 9, 10.5, 12, 110)]

    assert found == [4_000, 4_000, 4_000, 5_000, 6_000, 7_000, 25_000]
    assert streams[0].length_ms == 15_000


def test_captions_are_kept_in_order(db: Session) -> None:
    """Space is made one, an empty or too long one is refused."""
    session = small_fair(db).live_session
    add_caption(db, session, "  宿舍  四人间 ", by=None, now=NOW + seconds(2))
    add_caption(db, session, "月薪 7500 起", by=None, now=NOW)

    for text in (" ", "长" * 201):
        with pytest.raises(TextRefused):
            add_caption(db, session, text, by=None, now=NOW)

    assert [each.text for each in captions_of(db, session.id)] == ["月薪 7500 起", "宿舍 四人间"]


@pytest.mark.parametrize(
    ("source", "picture_url", "publish_url", "field"),
    [
        (PictureSource.HLS, "", "", "picture_url"),
        (PictureSource.WHEP, "http://media.example.cn/fair/whep", "", "picture_url"),
        (PictureSource.HLS, "https://media.example.cn/a.m3u8", "ftp://media.example.cn", "publish_url"),
        (PictureSource.BUILT_IN, "https://media.example.cn/a.m3u8", "", "picture_source"),
    ],
)
def test_source_needs_its_address(source: PictureSource, picture_url: str, publish_url: str, field: str) -> None:
    """A source that is not built in has an https address, the built-in one has none."""
    with pytest.raises(WrongValue) as error:
        set_picture(LiveSession(), source, picture_url=picture_url, publish_url=publish_url)

    assert error.value.field == field


def test_source_is_set_whole() -> None:
    """Going back to the built-in picture forgets the addresses."""
    session = LiveSession()
    set_picture(
        session,
        PictureSource.WHEP,
        picture_url="https://m.example.cn/a/whep",
        publish_url="https://m.example.cn/a/whip",
    )
    given = (session.picture_source, session.picture_url, session.publish_url)

    set_picture(session, PictureSource.BUILT_IN)

    assert given == (PictureSource.WHEP, "https://m.example.cn/a/whep", "https://m.example.cn/a/whip")
    assert (session.picture_source, session.picture_url, session.publish_url) == (PictureSource.BUILT_IN, "", "")


@pytest.mark.parametrize(
    "address", ["https://[::1", "https://a:99999/x", "https:///x", "https://a/x;y", "https://a/" + "x" * 400]
)
def test_address_that_no_policy_may_name_is_refused(address: str) -> None:
    """It would end in the header that guards the page."""
    assert not is_media_address(address)

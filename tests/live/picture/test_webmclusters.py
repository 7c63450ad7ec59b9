"""Clusters of webm joined from key frame to key frame: nothing but their heads changes."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.picture.pieces import StreamBroken
from live.picture.webm import WebmScanner, cluster_head
from live.picture.webmclusters import WebmClusters
from tests.live.picture.tape import WEBM


def joined(data=WEBM):
    """The scanner and all pieces of these bytes, taken at once."""
    scanner = WebmClusters()
    return scanner, scanner.feed(data)


def test_clusters_begin_with_key_frames_alone():
    """A key frame follows each head at once; the recording has more clusters than that."""
    _, pieces = joined()
    heads = [number for number, piece in enumerate(pieces) if piece.is_head]

    assert [pieces[number + 1].is_key for number in heads] == [True] * len(heads)
    assert [round(pieces[number].begin, 1) for number in heads] == [0.0, 1.0, 2.0, 3.1]
    assert len(heads) < sum(piece.is_head for piece in WebmScanner().feed(WEBM))


def test_blocks_keep_their_times_and_what_is_in_them():
    """Scanned again they are as the recorder made them, at the same moments."""
    scanner, pieces = joined()
    assert scanner.init is not None
    again = WebmScanner().feed(scanner.init.data + b"".join(piece.data for piece in pieces))
    before = WebmScanner().feed(WEBM)

    def blocks(found):
        return [(each.begin, each.is_key, len(each.data), each.data[-40:]) for each in found if not each.is_head]

    assert blocks(again) == blocks(before)
    assert [each.begin for each in again] == [each.begin for each in pieces]


@given(cuts=st.lists(st.integers(0, 50_000), max_size=12))
@settings(max_examples=60, deadline=None)
def test_portions_say_nothing_of_clusters(cuts):
    """However the bytes are portioned, the same pieces come."""
    scanner, found = WebmClusters(), []
    ends = sorted(min(cut, len(WEBM)) for cut in cuts)

    for begin, end in zip([0, *ends], [*ends, len(WEBM)], strict=True):
        found += scanner.feed(WEBM[begin:end])

    assert found == joined()[1]


@given(at=st.integers(0, 43_000), gone=st.integers(0, 400), instead=st.binary(max_size=400))
@settings(max_examples=250, deadline=None)
def test_damage_ends_with_a_reason(at, gone, instead):
    """Bytes lost, changed or put in between: pieces or StreamBroken, and nothing else."""
    with contextlib.suppress(StreamBroken):
        joined(WEBM[:at] + instead + WEBM[at + gone :])


@pytest.mark.parametrize("time", [0, 40_000, (1 << 64) - 1])
def test_times_beyond_a_block_get_a_head_of_their_own(time):
    """A block says its time in 16 bits: what is further from the head begins a cluster, or ends the stream."""
    scanner, _ = joined()
    later = b"\xa3\x84\x81\x7f\xff\x00"

    if time == (1 << 64) - 1:
        with pytest.raises(StreamBroken):
            scanner.feed(cluster_head(time) + later)
        return
    found = scanner.feed(cluster_head(time) + later)
    assert [piece.is_head for piece in found] == ([True, False] if time else [False])
    assert found[-1].begin == pytest.approx((time + 32_767) / 1000)

"""The names of codecs as players want them (RFC 6381), read from what describes a track."""

from __future__ import annotations

from live.picture.pieces import StreamBroken

_VISUAL_ENTRY = 78
_SOUND_ENTRY = 28
_PLAIN = {b"Opus": "opus", b"fLaC": "flac", b"vp08": "vp08"}
_IN_WEBM = {"V_VP8": "vp8", "V_VP9": "vp9", "A_OPUS": "opus", "A_VORBIS": "vorbis"}


def codec_of(name: bytes, entry: bytes) -> str:
    """The codec of an mp4 sample entry, given without its header; raises StreamBroken."""
    if name in (b"avc1", b"avc3"):
        config = _box(entry, _VISUAL_ENTRY, b"avcC")
        return f"{name.decode()}.{config[1:4].hex()}"
    if name == b"vp09":
        config = _box(entry, _VISUAL_ENTRY, b"vpcC")
        return f"vp09.{config[4]:02}.{config[5]:02}.{config[6] >> 4:02}"
    if name == b"mp4a":
        return _aac(_box(entry, _SOUND_ENTRY, b"esds"))
    if name in _PLAIN:
        return _PLAIN[name]
    raise StreamBroken("codec", repr(name))


def codec_in_webm(codec_id: str) -> str:
    """The codec of a webm track; raises StreamBroken for one that players do not take from webm."""
    if codec_id not in _IN_WEBM:
        raise StreamBroken("codec", repr(codec_id[:40]))
    return _IN_WEBM[codec_id]


def _aac(config: bytes) -> str:
    """The object type of the sound, from the descriptor of its decoder (ISO/IEC 14496-1)."""
    marker = config.find(b"\x05", 4)
    while marker != -1:
        at = marker + 1
        while at < len(config) and config[at] == 0x80:
            at += 1
        if at + 1 < len(config) and 2 <= config[at] <= 64 and at + config[at] < len(config) + 1:
            object_type = config[at + 1] >> 3
            return f"mp4a.40.{object_type}" if 0 < object_type < 31 else "mp4a.40.2"
        marker = config.find(b"\x05", marker + 1)
    return "mp4a.40.2"


def _box(entry: bytes, begin: int, wanted: bytes) -> bytes:
    """The content of a box in a sample entry."""
    while begin + 8 <= len(entry):
        size = int.from_bytes(entry[begin : begin + 4], "big")
        if entry[begin + 4 : begin + 8] == wanted and 16 <= size <= len(entry) - begin:
            return entry[begin + 8 : begin + size]
        if size < 8:
            break
        begin += size
    raise StreamBroken("codec", f"no {wanted.decode()}")

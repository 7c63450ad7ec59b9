"""The picture of a session: what the host's browser records, passed on, cut for HLS and kept.

Bytes in, pieces out: `webm` and `mp4` scan what a recorder makes (`pieces`, `codecs`), as `ebml` and `boxes` read it;
`sound` makes of the pieces those of the sound alone. `relay` decides what each viewer gets, `segments` and `playlists`
what HLS says; none of these knows a socket, a file or a clock.
"""

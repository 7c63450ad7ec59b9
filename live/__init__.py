"""The rooms of a live job fair, over websockets.

A sans-I/O core (`room`, `board`, `happenings`, `stream`, `keys`, `limits`) decides: requests and news in, effects out.
The shell (`server`, `connection`, `store`, `news`, `matches`) does: sockets, clock, database, matching.
"""

"""The rooms of a live job fair, over websockets.

A sans-I/O core (`room`, `desk`, `board`, `happenings`, `stream`, `keys`, `limits`) decides: requests and news in,
effects out. A wire (`wire`; `rediswire`, `ears`, `opening`, `scripts` for many processes) gives happenings their
numbers. The shell (`server`, `connection`, `fanout`, `seat`, `store`, `newslog`, `matches`) does: sockets, clock,
database, matching.
"""

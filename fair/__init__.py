"""The records and the rules of a live job fair.

Words: a live session (直播场次) has slots (环节), one an employer's turn; a slot offers positions (岗位);
a pin (岗位讲解) is a position on screen; an application (投递) is a seeker's, for one position.

This package knows no Flask, no socket and no FAISS; `web`, `live` and `matching` import it, never one another.
"""

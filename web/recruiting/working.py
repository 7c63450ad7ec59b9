"""The thread that does an import's work beside the requests; where it is, is in the database alone."""

from __future__ import annotations

import threading

from flask import current_app

from fair.importing import work
from web.context import installed

__all__ = ["start_work"]

_AT_ONCE_SECONDS = 1.5
"""A small file is done before the answer is, and its page shows the result."""


def start_work(job_id: int) -> None:
    """Work on the job in a thread of its own; the request's transaction must be committed before."""
    held, logger = installed(), current_app.logger

    def run() -> None:
        try:
            work(held.engine, job_id, clock=held.clock)
        except Exception:
            # The job keeps its place: its page says that it stands still, and offers to go on.
            logger.exception("the work on import %s broke off", job_id)

    thread = threading.Thread(target=run, name=f"import-{job_id}", daemon=True)
    thread.start()
    thread.join(_AT_ONCE_SECONDS)

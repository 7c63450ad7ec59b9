"""How gunicorn serves the site: read by `gunicorn --config python:web.serving`, by nothing else.

Owns the process's shape (address, workers, threads, time limits); knows nothing of the pages.
"""

import gc
import os
import sys
from typing import Any

from fair.errors import WrongSetting
from fair.settings import read_settings
from web.listings import write_listings

try:
    _settings = read_settings()
except WrongSetting as wrong:
    sys.exit(str(wrong))

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = f"{_host}:{_settings.web_port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
graceful_timeout = 25
keepalive = 5
# Without a proxy in front nobody's word on the visitor's address or scheme is taken.
forwarded_allow_ips = "*" if _settings.proxies else ""
# Its default path is one for all gunicorns of a user, and web and matching run side by side.
control_socket_disable = True
errorlog = "-"
loglevel = _settings.log_level
proc_name = "gangbo-web"


def post_worker_init(_worker: object) -> None:
    """Take what the application is made of out of garbage collection, which walked all of it during most requests.

    Measured with a large fair: about a quarter of every page's processor time.
    """
    gc.collect()
    gc.freeze()


def worker_exit(_server: object, worker: Any) -> None:
    """Write what is still only counted in memory."""
    if worker.wsgi is not None:
        write_listings(worker.wsgi)

"""How gunicorn serves matching: read by `gunicorn --config python:matching.serving`, by nothing else.

One process, since the indexes live in its memory, and on loopback only, since it asks nobody who they are.
"""

import sys

from fair.errors import WrongSetting
from fair.settings import read_settings

try:
    _settings = read_settings()
except WrongSetting as wrong:
    sys.exit(str(wrong))

bind = f"127.0.0.1:{_settings.matching_port}"
worker_class = "gthread"
workers = 1
threads = 8
# The encoder and the indexes are made before the first request is taken, which may take minutes.
timeout = 600
graceful_timeout = 10
keepalive = 30
forwarded_allow_ips = ""
# Its default path is one for all gunicorns of a user, and web and matching run side by side.
control_socket_disable = True
errorlog = "-"
loglevel = _settings.log_level
proc_name = "gangbo-matching"

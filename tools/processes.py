"""The Procfile's processes side by side, by honcho, until a signal comes or one of them ends.

`python -m tools.processes PROCFILE NAME…`
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from honcho import manager
from honcho.environ import parse_procfile

# The rooms may take 30 seconds to send everyone away; honcho's own patience is 5.
LEAVE_SECONDS = 35


def main(arguments: Sequence[str]) -> int:
    """Run until all have ended; the exit status is that of the first to end, 130 or 143 after a signal."""
    procfile, *names = arguments
    commands = parse_procfile(Path(procfile).read_text(encoding="utf-8")).processes
    manager.KILL_WAIT = LEAVE_SECONDS
    processes = manager.Manager()
    for name in names:
        processes.add_process(name, commands[name])
    processes.loop()
    return int(processes.returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

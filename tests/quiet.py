"""Whose turn it is on the machine: tests run side by side, but for those that need the cores to themselves."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(folder: Path, *, is_alone: bool) -> Iterator[None]:
    """Run beside others that have a turn, or with nobody beside; `folder` is the same for all of them.

    Who waits to be alone holds the gate, so that others which go on and on do not keep the machine from it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "gate").open("w") as gate, (folder / "machine").open("w") as machine:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(machine, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield

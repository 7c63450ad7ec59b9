"""The scripts of the pages: their pure parts under node's own test runner."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NEEDED = (20, 19)


def test_script_keeps_the_state_of_a_room() -> None:
    """The room's state changes by each message as the protocol says."""
    node = shutil.which("node")
    if node is None or _version(node) < NEEDED:
        pytest.skip(f"node {'.'.join(map(str, NEEDED))} or newer is missing: the script's own tests were not run")

    done = subprocess.run(
        [node, "--test", str(HERE / "js" / "state.test.mjs")], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in said.stdout.strip().removeprefix("v").split(".")[:2])

"""Writes requirements/run.txt and requirements/dev.txt from pyproject.toml.

Owns how versions are pinned: without hashes, without an index's address, and without the packages of
one accelerator, so that one lock serves every machine and every mirror.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "requirements" / "run.txt"
DEV = ROOT / "requirements" / "dev.txt"

RUN_HEADER = """\
# Everything the product runs on, pinned by `make lock`.
# Install torch first and alone, then this file, as the Makefile does:
#   pip install "$(grep -m1 '^torch==' requirements/run.txt)" && pip install -r requirements/run.txt
# Then pip takes whichever build of that version the machine offers, and nothing below pulls in another.
"""
DEV_HEADER = """\
# Tests and checks on top of what the product runs on, pinned by `make lock`.
-r run.txt
"""
ACCELERATOR = re.compile(r"(nvidia-|cuda-|triton\b)")


def main() -> int:
    """Resolve anew; the exit status is pip-compile's."""
    try:
        run = pins(resolve())
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraint:
            constraint.write("\n".join(run))
            constraint.flush()
            dev = pins(resolve("--extra=test", "--extra=dev", "--constraint", constraint.name))
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    RUN.write_text(RUN_HEADER + "".join(f"{pin}\n" for pin in run), encoding="utf-8")
    DEV.write_text(DEV_HEADER + "".join(f"{pin}\n" for pin in dev if pin not in run), encoding="utf-8")
    return 0


def resolve(*options: str) -> str:
    """What pip-compile prints for pyproject.toml with these options."""
    quiet = ["--quiet", "--no-header", "--no-annotate", "--strip-extras", "--no-emit-options"]
    addresses = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
    command = [sys.executable, "-m", "piptools", "compile", *quiet, *addresses, *options]
    done = subprocess.run([*command, "--output-file=-", "pyproject.toml"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def pins(resolved: str) -> list[str]:
    """The pinned packages in a resolution, without local build tags and accelerator packages."""
    lines = [line.strip() for line in resolved.splitlines()]
    named = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return [re.sub(r"\+\S+", "", line) for line in named if not ACCELERATOR.match(line)]


if __name__ == "__main__":
    sys.exit(main())

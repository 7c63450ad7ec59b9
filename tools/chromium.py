"""Finds a Chromium for the tests, and brings one where none is there.

Knows the ways a browser comes onto a machine; knows nothing of what the tests do with it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """The browser to drive: `CHROMIUM`, else one on the path, else Playwright's own; None if none is there."""
    named = os.environ.get("CHROMIUM")
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in (named, *on_path) if path), None) or _playwrights_own()


def main() -> int:
    """Bring what is missing; exit status 1, with one line, when it cannot be had."""
    packages = [] if find() else ["chromium"]
    if not _has_chinese_font():
        packages.append("fonts-noto-cjk")
    apt = _apt() if packages else []
    if apt:
        print(f"-- by apt: {' '.join(packages)}", flush=True)
        subprocess.run([*apt, "update", "-q"], check=False)
        subprocess.run([*apt, "install", "-q", "-y", "--no-install-recommends", *packages], check=False)
    if find() is None:
        print("-- Chromium, by Playwright", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = find()
    if found is None:
        print("Chromium is missing: apt install chromium, or name one in CHROMIUM", file=sys.stderr)
        return 1
    if not _has_chinese_font():
        print("No Chinese font here: apt install fonts-noto-cjk", file=sys.stderr)
    print(f"Chromium: {found}")
    return 0


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _apt() -> list[str]:
    """The command that may install packages here, or an empty list."""
    if not shutil.which("apt-get"):
        return []
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    asked = ["sudo", "-n", "true"]
    allowed = shutil.which("sudo") and subprocess.run(asked, capture_output=True, check=False).returncode == 0
    return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"] if allowed else []


def _has_chinese_font() -> bool:
    """Whether Chinese text can be drawn; taken as true where fontconfig cannot be asked."""
    if not shutil.which("fc-list"):
        return sys.platform != "linux"
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())

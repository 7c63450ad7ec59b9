"""The scripts of the pages: their pure parts under node's own test runner."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import SmallFair

HERE = Path(__file__).parent
NEEDED = (20, 19)
SCRIPTS = HERE.parents[1] / "web" / "static" / "js"
WORDS = re.compile(r'\bwords\(\s*"(\w+)"')
CLONES = re.compile(r'\bclone\(\s*"([\w-]+)"')
IMPORTS = re.compile(r'from "\./([\w.]+)"')


@pytest.mark.parametrize("part", ["state", "picture", "badge"])
def test_script_does_as_its_own_tests_say(part: str) -> None:
    """The room's state changes as the protocol says; the picture plays near its edge; the badge tells of the line."""
    node = shutil.which("node")
    if node is None or _version(node) < NEEDED:
        pytest.skip(f"node {'.'.join(map(str, NEEDED))} or newer is missing: the script's own tests were not run")

    done = subprocess.run(
        [node, "--test", str(HERE / "js" / f"{part}.test.mjs")], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in said.stdout.strip().removeprefix("v").split(".")[:2])


@pytest.mark.parametrize(("script", "place"), [("room.js", "room"), ("console.js", "console")])
def test_script_says_only_words_that_its_page_brings(
    script: str, place: str, signed_in: Callable[[int], FlaskClient], fair: SmallFair
) -> None:
    """Every key that a script or what it imports speaks of has words in the page, so that no key is ever shown."""
    page = signed_in(fair.recruiter.id).get(f"/sessions/{fair.live_session.id}/{place}").text
    brought = set(json.loads(block(page, "data-words"))) | set(json.loads(block(page, "data-page"))["words"])
    spoken = {key for file in imported(script) for key in WORDS.findall((SCRIPTS / file).read_text(encoding="utf-8"))}

    assert len(spoken) > 10
    assert spoken - brought == set()


@pytest.mark.parametrize(("script", "place"), [("room.js", "room"), ("console.js", "console")])
def test_script_clones_only_templates_that_its_page_brings(
    script: str, place: str, signed_in: Callable[[int], FlaskClient], fair: SmallFair
) -> None:
    """Every template that a script or what it imports clones stands in the page."""
    page = signed_in(fair.recruiter.id).get(f"/sessions/{fair.live_session.id}/{place}").text
    brought = set(re.findall(r'<template data-template="([\w-]+)"', page)) | {"care-apply"}
    cloned = {key for file in imported(script) for key in CLONES.findall((SCRIPTS / file).read_text(encoding="utf-8"))}

    assert len(cloned) > 5
    assert cloned - brought == set()


def imported(script: str) -> set[str]:
    """The script and every module that it brings with it."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += IMPORTS.findall((SCRIPTS / file).read_text(encoding="utf-8"))
    return found


def block(page: str, name: str) -> str:
    """The JSON of a data block."""
    match = re.search(rf'<script type="application/json" {name}>(.*?)</script>', page, re.DOTALL)
    assert match is not None
    return match.group(1)

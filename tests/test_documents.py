"""The documents say what the code does: settings, commands and links."""

import re
from pathlib import Path

from fair.settings import TABLE

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_lists_every_setting():
    """The README's table of settings has the settings' own rows, in their order."""
    rows = [f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} |" for each in TABLE]

    shown = [line for line in README.splitlines() if re.match(r"\| `[A-Z_]+` \|", line)]

    assert shown == rows


def test_env_example_names_every_setting():
    """The example of a .env file has each setting once, with its default."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    given = [line for line in lines if line and not line.startswith("#")]

    assert given == [f"{each.name}={each.default}" for each in TABLE]


def test_readme_names_only_commands_that_exist():
    """Each `make` command in the README is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))

    named = set(re.findall(r"make ([a-z]+)(?=[` ]+)", README))

    assert {"run", "test"} <= named
    assert named <= targets


def test_links_between_documents_lead_somewhere():
    """A relative link in a document names a file of the repository."""
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("deploy/*.md")]

    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]

    assert broken == []

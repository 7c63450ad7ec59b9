"""Keeps the English catalogue: reads the msgids from the code and the templates, and lists those without English.

`python -m tools.catalogue` brings it up to date; `python -m tools.catalogue compile` makes of it what the site reads.
Knows how pybabel is called; the words are in web/translations/en/LC_MESSAGES/messages.po.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = ("lazy_gettext", "WrongValue:2")


def main(arguments: Sequence[str]) -> int:
    """Bring the catalogue up to date, or compile it; exit status 1 when a msgid has no English."""
    if list(arguments) == ["compile"]:
        compile_english()
        return 0
    catalogue = updated()
    with ENGLISH.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False, include_previous=False)
    lacking = without_english(catalogue)
    for msgid in lacking:
        print(f"no English: {msgid}")
    return 1 if lacking else 0


def compile_english() -> None:
    """Compile the catalogue unless that was done since it changed; processes that do it together do no harm."""
    compiled = ENGLISH.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= ENGLISH.stat().st_mtime:
        return
    making = compiled.with_suffix(f".{os.getpid()}")
    with ENGLISH.open("rb") as words, making.open("wb") as target:
        write_mo(target, read_po(words, locale="en"))
    making.replace(compiled)


def updated() -> Catalog:
    """The catalogue with exactly the msgids that the code and the templates have now."""
    with ENGLISH.open("rb") as file:
        catalogue = read_po(file, locale="en")
    made = catalogue.creation_date
    catalogue.update(_template(), no_fuzzy_matching=True)
    catalogue.creation_date = made  # A date that is new each time would make every run a change.
    catalogue.fuzzy = False  # The header of a catalogue so marked is one that compilers leave out.
    catalogue.obsolete.clear()
    for message in catalogue:
        message.locations = []
    return catalogue


def without_english(catalogue: Catalog) -> list[str]:
    """The msgids that have no English, or one that keeps Chinese."""
    return [str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)]


def _template() -> Catalog:
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
        reading: Any = CommandLineInterface()
        reading.run(
            ["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), *keywords, "-o", str(template), str(ROOT)]
        )
        with template.open("rb") as file:
            return read_po(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

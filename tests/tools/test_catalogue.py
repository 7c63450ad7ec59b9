"""The catalogue can be compiled by anyone's tools, and is what the site reads afterwards."""

from __future__ import annotations

import gettext

from babel.messages.pofile import read_po

from tools.catalogue import ENGLISH, compile_english, updated


def test_catalogue_is_not_marked_as_unsure() -> None:
    """A header marked fuzzy makes pybabel leave the whole catalogue out."""
    with ENGLISH.open("rb") as file:
        assert not read_po(file, locale="en").fuzzy
    assert not updated().fuzzy


def test_compiled_catalogue_says_the_words() -> None:
    """What was compiled answers with the English of the catalogue."""
    compile_english()

    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert compiled.gettext("岗位") == "Positions"

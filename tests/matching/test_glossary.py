"""The project's own names: well formed, in both languages, each kind of line for its purpose."""

import csv

from matching import glossary


def pairs_of(found):
    return {(pair.left, pair.right) for pair in found}


def test_names_pair_one_thing_in_both_languages():
    """Chinese with Chinese, English with English, and one with the other."""
    assert {("保洁员", "清洁工"), ("cleaner", "janitor"), ("清洁工", "cleaner")} <= pairs_of(glossary.names())


def test_chinese_name_is_said_in_english():
    """A teacher without Chinese hears the first English name of the line."""
    pair = next(pair for pair in glossary.names() if (pair.left, pair.right) == ("清洁工", "janitor"))

    assert pair.english == ("cleaner", "janitor")


def test_titles_are_composed_from_parts():
    """Field and role make titles in both languages."""
    composed = pairs_of(glossary.composed())

    assert any(left.endswith("软件工程师") and "software engineer" in right for left, right in composed)


def test_what_only_belongs_together_is_no_name_of_one_thing():
    """Substances, studies and families have pairs of their own."""
    names = pairs_of(glossary.names())

    for found, pair in (
        (glossary.matters(), ("乙烯", "丙烯")),
        (glossary.studies(), ("植物保护", "植保员")),
        (glossary.families(), ("护士", "助产士")),
    ):
        assert pair in pairs_of(found)
        assert pair not in names


def test_every_line_is_whole():
    """Both languages, no blank name, no name twice, a known kind."""
    with glossary.GLOSSARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    for row in rows:
        for names in (row["zh"].split("、"), row["en"].split("; ")):
            assert all(name and name == name.strip() for name in names), row
            assert len(set(names)) == len(names), row
        assert row["part"] in {"", "level", "field", "role", "matter", "study", "family"}

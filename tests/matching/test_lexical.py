"""Words in common: terms, BM25 that changes with its documents, and coverage."""

from __future__ import annotations

import numpy as np
import pytest

from matching.lexical import LexicalIndex, coverage, name_of, terms


def test_terms_of_chinese_are_characters_and_pairs_of_english_words():
    """Chinese falls into characters and pairs, other scripts into words, whatever their width and case."""
    assert terms("ＰＬＣ 电工 C++") == ["plc", "电", "工", "电工", "c++"]


def test_index_ranks_the_document_that_says_it_first():
    """The document that says more of the query comes first, and one that says nothing of it does not come."""
    index = LexicalIndex()
    index.put(1, "低压电工 维修")
    index.put(2, "电商运营")
    index.put(3, "保洁员")

    found = index.search("电工", limit=5)

    assert found[1] > found[2] > 0
    assert 3 not in found
    assert list(index.search("电工", limit=1)) == [1]
    assert list(index.search("电工", limit=5, among=np.array([2, 3]))) == [2]


def test_index_forgets_a_dropped_document_and_its_weight():
    """After a drop and a change the scores are those of an index made of what is left."""
    changed = LexicalIndex()
    for number in range(3000):
        changed.put(number, f"电工 甲{number}")
    for number in range(3000):
        changed.drop(number)
    changed.put(1, "焊工")
    changed.put(2, "电工")
    changed.put(1, "电工 学徒")
    fresh = LexicalIndex()
    fresh.put(1, "电工 学徒")
    fresh.put(2, "电工")

    assert changed.search("电工学徒", limit=5) == pytest.approx(fresh.search("电工学徒", limit=5))
    assert len(changed) == 2


def test_coverage_weighs_generic_characters_little():
    """包装工 and 电工 share no more than the 工 of every trade."""
    assert coverage("电工", ["低压电工"]) == pytest.approx(1)
    assert coverage("电工", ["包装工"]) == pytest.approx(0.03 / 1.33)


def test_coverage_of_another_script_is_unknown():
    """English words against Chinese ones say nothing, rather than nothing in common."""
    assert coverage("welder", ["焊工"]) is None
    assert coverage("welder", ["焊工", "welder"]) == pytest.approx(1)


def test_name_that_a_text_begins_with_counts_more():
    """Of two texts of the same words, the one that is called so comes first."""
    index = LexicalIndex()
    index.put(1, "负责人\n仓库焊工的排班和考勤")
    index.put(2, "仓库焊工\n负责人的排班和考勤")

    assert next(iter(index.search("焊工", limit=2))) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("粉矿烧结工。操作布料设备", "粉矿烧结工"),
        ("Welder. Joins metal", "Welder"),
        ("焊工\n三年经验", "焊工"),
        ("焊工", ""),
        ("负责" * 20 + "。其他", ""),
    ],
)
def test_name_is_a_short_beginning_of_a_longer_text(text, name):
    """A text that is nothing but a name has no other part to be set apart from."""
    assert name_of(text) == name

"""MAP, MRR and nDCG@10 by hand-made rankings whose figures can be worked out on paper."""

import math

import pytest

from matching.measures import measured


def test_measures_of_one_ranking():
    """Right documents at ranks 2 and 4: precision (1/2 + 2/4) / 2, first 1/2, gain by grade and discount."""
    found = measured([(["a", "b", "c", "d"], {"b": 1.0, "d": 2.0})])

    assert found.map == pytest.approx(0.5)
    assert found.mrr == pytest.approx(0.5)
    best = 3 + 1 / math.log2(3)
    assert found.ndcg_at_10 == pytest.approx((1 / math.log2(3) + 3 / math.log2(5)) / best)


def test_measures_are_means_over_queries_and_count_what_was_never_found():
    """A query whose right document is missing from the ranking counts with 0."""
    found = measured([(["a"], {"a": 1.0}), (["a", "b"], {"x": 1.0})])

    assert (found.map, found.mrr, found.ndcg_at_10) == (0.5, 0.5, 0.5)


def test_gain_ends_at_the_tenth():
    """A right document at rank 11 earns nothing in nDCG@10 and something in the others."""
    order = [f"d{number}" for number in range(1, 12)]

    found = measured([(order, {"d11": 1.0})])

    assert found.ndcg_at_10 == 0
    assert found.mrr == pytest.approx(1 / 11)

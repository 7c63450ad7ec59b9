"""Several tables as one: it finds what they find on average, in as many dimensions as are kept."""

import numpy as np
import pytest

from matching.pairs import Pair
from matching.tokens import GramTokenizer

joining = pytest.importorskip("matching.joining")
lessons = pytest.importorskip("matching.lessons")

GRAMS = ["焊", "炒", "车", "会"]
TOKENIZER = GramTokenizer(GRAMS, buckets=1)


def source():
    return {"one": lessons.read([Pair(left, right, left) for left in GRAMS for right in GRAMS], TOKENIZER, None)}


def tables(*, dimension):
    """Two tables of rows of length 1, of which the second knows nothing of the first."""
    random = np.random.default_rng(0)
    found = [random.standard_normal((TOKENIZER.size, dimension)).astype(np.float32) for _ in range(2)]
    return [table / np.linalg.norm(table, axis=1, keepdims=True) for table in found]


def join(found, *, dimension):
    return joining.joined(found, source(), dimension=dimension, random=np.random.default_rng(0))


def likeness(table):
    rows = table[: len(GRAMS)] / np.linalg.norm(table[: len(GRAMS)], axis=1, keepdims=True)
    return rows @ rows.T


def test_joined_table_finds_the_mean_of_what_each_finds():
    """Where nothing has to be left out, the likeness of two texts is the mean of both tables' likeness."""
    first, second = tables(dimension=3)

    one = join([first, second], dimension=6)

    np.testing.assert_allclose(likeness(one), (likeness(first) + likeness(second)) / 2, atol=1e-5)


def test_joined_table_keeps_the_directions_in_which_texts_lie():
    """Four texts lie in four directions at most, so of six those four are enough."""
    both = tables(dimension=3)

    one = join(both, dimension=4)

    assert one.shape == (TOKENIZER.size, 4)
    np.testing.assert_allclose(likeness(one), likeness(join(both, dimension=6)), atol=1e-5)


def test_scale_of_a_table_says_nothing():
    """A table a hundred times as long counts no more than the other."""
    first, second = tables(dimension=3)

    one = join([first * 100, second], dimension=6)

    np.testing.assert_allclose(likeness(one), likeness(join([first, second], dimension=6)), atol=1e-5)

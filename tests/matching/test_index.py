"""The vector index answers what numpy by brute force answers, in the same order with the same scores."""

from __future__ import annotations

import numpy as np
import pytest

from matching.index import VectorIndex

DIMENSION = 32


def unit(random, count):
    """Random vectors of length 1."""
    vectors = random.normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute_force(held, queries, limit, among=None):
    """The subjects nearest to any of the queries by numpy alone."""
    best = {
        subject: float((rows @ queries.T).max()) for subject, rows in held.items() if among is None or subject in among
    }
    return sorted(best.items(), key=lambda found: (-found[1], found[0]))[:limit]


@pytest.fixture
def random():
    """A generator that every run seeds alike."""
    return np.random.default_rng(7)


@pytest.fixture
def held(random):
    """Three thousand subjects of one to three rows; some share a row, so that there are equals."""
    rows = {subject: unit(random, 1 + subject % 3) for subject in range(3000)}
    for subject in range(100, 140):
        rows[subject] = rows[99].copy()
    return rows


@pytest.fixture
def index(held):
    """An index of them."""
    made = VectorIndex(DIMENSION)
    for subject, rows in held.items():
        made.put(subject, rows)
    return made


def same(found, expected):
    """Whether two answers have one order and the same scores."""
    assert [subject for subject, _ in found] == [subject for subject, _ in expected]
    np.testing.assert_allclose([score for _, score in found], [score for _, score in expected], rtol=1e-5)


@pytest.mark.parametrize("queries", [1, 4])
def test_index_search_equals_brute_force(index, held, random, queries):
    """Order and scores are those of numpy, for one query and for several."""
    wanted = unit(random, queries)

    same(index.search(wanted, limit=50), brute_force(held, wanted, 50))


def test_index_search_puts_equals_in_order_of_number(index, held):
    """Equal scores are ordered by the subject's number, also where the limit cuts through them."""
    found = index.search(held[99], limit=15)

    assert [subject for subject, _ in found] == list(range(99, 114))


def test_index_search_among_a_few_equals_brute_force(index, held, random):
    """With one in a hundred allowed the answer is still exact."""
    wanted, among = unit(random, 2), np.arange(0, 3000, 100)

    same(index.search(wanted, limit=20, among=among), brute_force(held, wanted, 20, among))


def test_index_search_after_removals_and_reuse_equals_brute_force(index, held, random):
    """Dropped subjects are gone, and rows that took their places are found."""
    for subject in range(0, 3000, 2):
        index.drop(subject)
        del held[subject]
    for subject in range(5000, 6000):
        held[subject] = unit(random, 2)
        index.put(subject, held[subject])
    for subject in range(1, 500, 2):
        held[subject] = unit(random, 3)
        index.put(subject, held[subject])
    wanted = unit(random, 3)

    same(index.search(wanted, limit=100), brute_force(held, wanted, 100))
    assert len(index) == len(held)


def test_index_by_row_and_by_subject_are_inner_products(index, held, random):
    """Each subject's rows against each query, and the best of them; none for a subject that is not held."""
    wanted = unit(random, 2)

    rows, ends = index.by_row(wanted, [5, 99999, 7])
    best = index.by_subject(wanted, [5, 99999, 7])

    assert ends == [3, 3, 5]
    np.testing.assert_allclose(rows[:3], held[5] @ wanted.T, rtol=1e-5)
    np.testing.assert_allclose(rows[3:], held[7] @ wanted.T, rtol=1e-5)
    np.testing.assert_allclose(best[0], (held[5] @ wanted.T).max(axis=0), rtol=1e-5)
    assert np.isnan(best[1]).all()


def test_index_search_of_nothing_is_empty(random):
    """An empty index, an empty filter and no query find nothing."""
    index = VectorIndex(DIMENSION)
    wanted = unit(random, 1)

    assert index.search(wanted, limit=5) == []
    index.put(1, wanted)
    assert index.search(wanted, limit=5) != []
    assert index.search(wanted, limit=5, among=np.array([], dtype=np.int64)) == []
    assert index.search(wanted[:0], limit=5) == []

"""The vector index answers what numpy by brute force answers, in the same order with the same scores."""

from __future__ import annotations

import numpy as np
import pytest

from matching.cells import LEAST_RECALL
from matching.index import VectorIndex
from matching.slots import SlotsFull

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


def tended(index):
    """The index after all that waits to be done is done."""
    making = index.parting()
    if making is not None:
        index.adopt(making())
    while index.tend():
        pass
    return index


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


def test_index_by_subject_is_the_best_inner_product(index, held, random):
    """The best of each subject's rows against each query; nothing for a subject that is not held."""
    wanted = unit(random, 2)

    best = index.by_subject(wanted, [5, 99999, 7])

    np.testing.assert_allclose(best[0], (held[5] @ wanted.T).max(axis=0), rtol=1e-5)
    np.testing.assert_allclose(best[2], (held[7] @ wanted.T).max(axis=0), rtol=1e-5)
    assert np.isnan(best[1]).all()
    assert index.by_subject(wanted[:0], [5, 7]).shape == (2, 0)


def test_index_search_of_nothing_is_empty(random):
    """An empty index, an empty filter and no query find nothing."""
    index = VectorIndex(DIMENSION)
    wanted = unit(random, 1)

    assert index.search(wanted, limit=5) == []
    index.put(1, wanted)
    assert index.search(wanted, limit=5) != []
    assert index.search(wanted, limit=5, among=np.array([], dtype=np.int64)) == []
    assert index.search(wanted[:0], limit=5) == []


@pytest.mark.parametrize("share", [0.01, 0.1, 0.4, 0.6, 0.95])
def test_index_search_equals_brute_force_however_many_are_allowed(random, share):
    """Computed one by one or scanned with those not allowed struck out: the answer is the same and exact."""
    index, vectors = VectorIndex(DIMENSION), unit(random, 20_000)
    index.put_many(range(20_000), [1] * 20_000, vectors)
    among = np.flatnonzero(random.random(20_000) < share)
    held = {subject: vectors[subject : subject + 1] for subject in among.tolist()}

    for wanted in unit(random, 5)[:, None]:
        same(index.search(wanted, limit=20, among=among), brute_force(held, wanted, 20))


def test_index_search_among_the_farthest_equals_brute_force(random):
    """Where all that is near is struck out, what is left is still ordered exactly."""
    index, vectors = VectorIndex(DIMENSION), unit(random, 12_000)
    index.put_many(range(12_000), [1] * 12_000, vectors)
    wanted = unit(random, 1)
    among = np.sort(np.argsort(vectors @ wanted[0])[:9_500])

    held = {subject: vectors[subject : subject + 1] for subject in among.tolist()}
    same(index.search(wanted, limit=20, among=among), brute_force(held, wanted, 20))


def test_index_search_equals_brute_force_where_images_tell_little(random):
    """Vectors of one large part, equals by the thousand, blank ones and a blank query change nothing."""
    vectors = unit(random, 9_000)
    vectors[:300, 0] = 7.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[1_000:4_000] = vectors[1_000]
    vectors[5_000:5_050] = 0.0
    index = VectorIndex(DIMENSION)
    index.put_many(range(9_000), [1] * 9_000, vectors)
    held = {subject: vectors[subject : subject + 1] for subject in range(9_000)}

    for wanted in (vectors[5:6], vectors[2_000:2_001], -vectors[5:6], unit(random, 1)):
        same(index.search(wanted, limit=40), brute_force(held, wanted, 40))
    assert [subject for subject, _ in index.search(np.zeros_like(wanted), limit=3)] == [0, 1, 2]


def test_index_put_many_is_putting_each(random, held):
    """Subjects put together are found as those put one by one, with what they had before gone."""
    index = VectorIndex(DIMENSION)
    index.put(3, unit(random, 2))

    index.put_many(list(held), [len(rows) for rows in held.values()], np.concatenate(list(held.values())))

    wanted = unit(random, 2)
    same(index.search(wanted, limit=50), brute_force(held, wanted, 50))
    assert len(index) == len(held)


def test_index_tend_moves_what_is_left_together(random, held, index):
    """After most subjects left, the rest is moved into their slots by and by, and found as before."""
    for subject in range(2_900):
        index.drop(subject)
        del held[subject]
    wanted = unit(random, 1)

    has_more = index.tend()
    same(index.search(wanted, limit=50), brute_force(held, wanted, 50))
    tended(index)

    assert has_more
    assert index.rows_spanned < 4096
    same(index.search(wanted, limit=50), brute_force(held, wanted, 50))
    index.put(9_999, wanted)
    assert index.search(wanted, limit=1)[0][0] == 9_999


def test_index_cells_find_what_their_recall_says(random):
    """A large index answers by cells, whose stated recall holds for queries that it was not measured on."""
    index = VectorIndex(DIMENSION, cells_from=8_000)
    centres = unit(random, 200)
    vectors = centres[random.integers(0, 200, 20_000)] + 0.1 * unit(random, 20_000)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.put_many(range(20_000), [1] * 20_000, vectors)
    held = {subject: vectors[subject : subject + 1] for subject in range(20_000)}
    assert index.recall == 1

    tended(index)

    shares = []
    for wanted in (centres[:60] + 0.05 * unit(random, 60))[:, None]:
        found = {subject for subject, _ in index.search(wanted, limit=10)}
        shares.append(len(found & {subject for subject, _ in brute_force(held, wanted, 10)}) / 10)
    assert LEAST_RECALL <= index.recall <= 1
    assert np.mean(shares) >= 0.95


def test_index_cells_know_what_was_written_since(random):
    """A subject put after the cells were made is found at once, and after it was filed; a dropped one never."""
    index = VectorIndex(DIMENSION, cells_from=8_000)
    index.put_many(range(10_000), [1] * 10_000, unit(random, 10_000))
    tended(index)
    wanted = unit(random, 1)

    index.put(20_000, wanted)
    at_once = index.search(wanted, limit=1)[0][0]
    tended(index)
    filed = index.search(wanted, limit=1)[0][0]
    index.drop(20_000)

    assert (at_once, filed) == (20_000, 20_000)
    assert 20_000 not in [subject for subject, _ in index.search(wanted, limit=50)]


def test_index_refuses_more_rows_than_there_is_room_for(random):
    """What is beyond the memory reserved is refused, and what was there is still found."""
    index = VectorIndex(DIMENSION, most_rows=1024)
    vectors = unit(random, 1_025)
    index.put_many(range(1_024), [1] * 1_024, vectors[:1_024])

    with pytest.raises(SlotsFull):
        index.put(5_000, vectors[1_024:])

    assert index.search(vectors[7:8], limit=1)[0][0] == 7
    index.drop(3)
    index.put(5_000, vectors[1_024:])
    assert index.search(vectors[1_024:], limit=1)[0][0] == 5_000

"""Batches of training pairs: cut anew, taught where the teacher knows both sides, hard where topics stand in order."""

import numpy as np
import pytest

from matching.pairs import Pair, in_english

lessons = pytest.importorskip("matching.lessons")
teacher = pytest.importorskip("matching.teacher")

from matching.tokens import GramTokenizer  # noqa: E402

TOKENIZER = GramTokenizer(["电", "焊", "工"], buckets=4000)


def draw(pairs, *, taught_by=None, neighbours=frozenset(), steps=1, size=64):
    source = lessons.read(pairs, TOKENIZER, taught_by)
    return list(
        lessons.batches(
            {"one": source},
            {"one": 1.0},
            steps=steps,
            pairs=size,
            dropout=0.0,
            neighbours=neighbours,
            random=np.random.default_rng(0),
        )
    )


def test_pair_without_letters_is_left_out():
    """A side that has no gram could be brought near to nothing."""
    source = lessons.read([Pair("焊工", "welder", "焊工"), Pair("焊工", "——", "焊工")], TOKENIZER, None)

    assert len(source.left) == len(source.right) == 1


def test_batch_holds_left_texts_then_right_ones():
    """Each text's rows stand between its start and the next."""
    (batch,) = draw([Pair("焊工", "电焊", "焊工")])

    first, second = batch.rows[: batch.starts[1]], batch.rows[batch.starts[1] :]
    assert set(first[first < 3]) == {1, 2}
    assert set(second[second < 3]) == {0, 1}


def test_long_text_is_cut_anew_each_time():
    """Two batches see different parts of it, a short text is seen whole."""
    words = " ".join(f"word{number}" for number in range(300))

    first, second = draw([Pair("焊工", words, "焊工")], steps=2)

    assert first.starts[1] == second.starts[1]
    assert not np.array_equal(first.rows[first.starts[1] :], second.rows[second.starts[1] :])
    assert len(first.rows) < len(TOKENIZER.tokens(words).rows)


def test_neighbours_come_together():
    """Runs of sixteen topics that follow one another, each topic once."""
    pairs = [Pair(f"trade{number}", f"task{number} {turn}", str(number)) for number in range(200) for turn in "ab"]

    (batch,) = draw(pairs, neighbours=frozenset({"one"}), size=32)

    topics = np.sort(batch.topics)
    assert len(set(topics.tolist())) == len(topics)
    assert np.sum(np.diff(topics) == 1) >= len(topics) - 4


def test_batch_is_taught_where_both_sides_are_known():
    """One pair that the teacher was not asked about, and the batch stands on its pairs alone."""
    known = teacher.Teacher(["welder", "cook"], np.eye(2, dtype=np.float32))
    pairs = [in_english("welder", "cook", "one")]

    (taught,) = draw(pairs, taught_by=known)
    (untaught,) = draw([*pairs, Pair("焊工", "电焊工", "焊工")], taught_by=known)

    assert taught.taught is not None
    assert taught.taught.tolist() == [[0, 1]]
    assert untaught.taught is None

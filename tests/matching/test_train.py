"""Training: the same seed gives the same weights, and what belongs together comes together."""

from dataclasses import replace

import numpy as np
import pytest

from matching.pairs import Pair, in_english
from matching.tokens import GramTokenizer

train = pytest.importorskip("matching.train")
GramEmbedding = pytest.importorskip("matching.embedding").GramEmbedding
Teacher = pytest.importorskip("matching.teacher").Teacher

PAIRS = {
    "glossary": [
        Pair(left, right, left)
        for left, right in [
            ("电焊工", "welder"),
            ("货车司机", "truck driver"),
            ("幼师", "kindergarten teacher"),
            ("厨师", "cook"),
        ]
        * 3
    ]
}
RECIPE = train.Recipe(rows=200, buckets=50, dimension=16, tables=2, steps=60, batch_pairs=8)


def vectors(model, texts):
    return model(model.preprocess(texts))["sentence_embedding"].numpy()


def test_train_brings_pairs_together():
    """After training each text is nearest to its own partner."""
    model = train.train(PAIRS, RECIPE, teacher=None, seed=3)

    left = vectors(model, ["电焊工", "货车司机", "幼师", "厨师"])
    right = vectors(model, ["welder", "truck driver", "kindergarten teacher", "cook"])

    assert (left @ right.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_train_repeats_itself():
    """The same pairs, recipe and seed give the same rows; another seed gives others."""
    first, again, other = (train.train(PAIRS, RECIPE, teacher=None, seed=seed) for seed in (3, 3, 4))

    np.testing.assert_array_equal(first.rows.numpy(), again.rows.numpy())
    assert not np.array_equal(first.rows.numpy(), other.rows.numpy())


def test_train_refuses_a_folder_without_sources(tmp_path, capsys):
    """The glossary alone is no training set: a message and an exit status say so."""
    status = train.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")])

    assert status == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_teacher_brings_texts_together_that_no_pair_names():
    """Two works that the teacher finds alike end nearer than with a teacher that does not."""
    names = ["welder", "solderer", "cook", "driver"]
    pairs = {"isco": [in_english(name, f"{name} at work", name) for name in names] * 4}
    texts = [*names, *(f"{name} at work" for name in names)]
    alike = np.eye(4, dtype=np.float32)[[0, 0, 2, 3, 0, 0, 2, 3]]
    apart = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0, 1, 2, 3]]

    found = []
    for opinion in (alike, apart):
        model = train.train(pairs, replace(RECIPE, dimension=4), teacher=Teacher(texts, opinion), seed=3)
        left, right = vectors(model, ["welder", "solderer"])
        found.append(float(left @ right))

    assert found[0] > found[1] + 0.1


def test_rows_of_four_bits_keep_the_direction():
    """A row of 15 steps is its table's row, to a cosine of .99 on average."""
    table = np.random.default_rng(0).standard_normal((200, 256)).astype(np.float32)
    tokenizer = GramTokenizer([chr(0x4E00 + number) for number in range(150)], buckets=50)

    model = GramEmbedding.from_table(tokenizer, table)

    kept = vectors(model, list(tokenizer.vocabulary))
    wanted = table[:150] / np.linalg.norm(table[:150], axis=1, keepdims=True)
    assert (kept * wanted).sum(axis=1).mean() > 0.99

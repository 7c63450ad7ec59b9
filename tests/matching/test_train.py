"""Training: the same seed gives the same weights, and what belongs together comes together."""

import numpy as np
import pytest

from matching.pairs import Pair

train = pytest.importorskip("matching.train")

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
RECIPE = train.Recipe(rows=200, buckets=50, dimension=16, steps=60, batch_pairs=8)


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

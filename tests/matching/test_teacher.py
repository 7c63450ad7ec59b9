"""The teacher's vectors: kept in a file, found by text, seen along their main directions."""

import numpy as np
import pytest

teacher = pytest.importorskip("matching.teacher")


def test_kept_vectors_need_no_model(tmp_path):
    """Texts that are all in the file are read from it; the model's name leads nowhere."""
    kept = tmp_path / "kept.npz"
    np.savez(kept, texts=np.array(["cook", "welder"]), vectors=np.eye(2, dtype=np.float16))

    found = teacher.ask(["welder", "cook", "welder"], model="/nowhere", kept=kept)

    assert found.vectors[found.row("welder")].tolist() == [0.0, 1.0]
    assert found.row("driver") is None


def test_principal_directions_keep_what_differs():
    """Two groups that differ along one axis lie opposite each other in one dimension."""
    vectors = np.array([[1, 0.1, 0.5], [1, -0.1, 0.5], [-1, 0.1, 0.5], [-1, -0.1, 0.5]], dtype=np.float32)

    seen = teacher.Teacher("abcd", vectors).principal(1)

    assert seen[0] == pytest.approx(seen[1])
    assert seen[0] == pytest.approx(-seen[2])

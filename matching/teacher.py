"""What another model thinks of English texts: the training's second opinion on which of them are alike.

The teacher is any sentence-transformers model; of it only likeness is used, none of its weights. To encode the texts
takes longer than the training, so their vectors are kept in a file and only new texts are encoded. Knows no pairs.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

MAX_CHARACTERS = 300
_BATCH_TEXTS = 64
_Vectors = NDArray[np.float32]


class Teacher:
    """Vectors of length 1 by row; `row` finds a text's."""

    def __init__(self, texts: Iterable[str], vectors: _Vectors) -> None:
        self.vectors = vectors
        self._rows = {text: row for row, text in enumerate(texts)}

    def row(self, text: str) -> int | None:
        """The row of a text, None for one that the teacher was not asked about."""
        return self._rows.get(_asked(text))

    def principal(self, dimension: int) -> _Vectors:
        """The vectors seen from their mean along the directions in which they differ most, of length 1 again."""
        spread = self.vectors - self.vectors.mean(axis=0)
        _, directions = np.linalg.eigh(spread.T @ spread)
        seen = spread @ directions[:, ::-1][:, :dimension]
        return np.asarray(seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def ask(texts: Iterable[str], *, model: str, kept: Path | None) -> Teacher:
    """The teacher's vectors of the texts, those of `kept` (an npz file) read, the others encoded and kept there too."""
    known: dict[str, _Vectors] = {}
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            known = dict(zip(arrays["texts"].tolist(), arrays["vectors"].astype(np.float32), strict=True))
    wanted = sorted({_asked(text) for text in texts}, key=lambda text: (len(text), text))
    fresh = [text for text in wanted if text not in known]
    if fresh:
        loaded = SentenceTransformer(model, device="cpu")
        found = loaded.encode(fresh, batch_size=_BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False)
        known.update(zip(fresh, np.asarray(found, dtype=np.float16).astype(np.float32), strict=True))
        if kept is not None:
            np.savez(kept, texts=np.array(list(known)), vectors=np.stack(list(known.values())).astype(np.float16))
    return Teacher(wanted, np.stack([known[text] for text in wanted]))


def _asked(text: str) -> str:
    return text[:MAX_CHARACTERS]

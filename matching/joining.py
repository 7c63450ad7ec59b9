"""Several trained tables as one: side by side, turned to the directions in which the texts of the training differ most.

Tables that differ by chance alone err differently, and what they agree on stays: so the one is better than each of
them, and no larger. Knows no teacher and no loss.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from matching.embedding import summed
from matching.lessons import Rows, Source, Weights

TEXTS_OF_SOURCE = 3000
"""So many texts of each source are looked at, for every source counts alike."""

Table = NDArray[np.float32]


def joined(
    tables: Sequence[Table], sources: Mapping[str, Source], *, dimension: int, random: np.random.Generator
) -> Table:
    """Rows × dimension: what keeps most of how texts lie in the mean of the tables, each text being of length 1."""
    texts = [text for name in sorted(sources) for text in _some(sources[name], random)]
    beside = []
    for table in tables:
        lengths = np.linalg.norm(_sums(table, texts), axis=1)
        beside.append(table / np.float32(np.median(lengths)))
    together = np.concatenate(beside, axis=1)
    vectors = _sums(together, texts)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.asarray(together @ directions[:, ::-1][:, :dimension], dtype=np.float32)


def _some(source: Source, random: np.random.Generator) -> list[tuple[Rows, Weights]]:
    texts = [*source.left, *source.right]
    chosen = random.choice(len(texts), size=min(TEXTS_OF_SOURCE, len(texts)), replace=False)
    return [texts[number] for number in chosen]


def _sums(table: Table, texts: Sequence[tuple[Rows, Weights]]) -> Table:
    """Texts × dimension: the weighted sums of the table's rows."""
    starts = np.cumsum([0, *(len(rows) for rows, _ in texts)])[:-1]
    sums = summed(
        torch.from_numpy(table),
        places=torch.from_numpy(np.concatenate([rows for rows, _ in texts])),
        weights=torch.from_numpy(np.concatenate([weights for _, weights in texts])),
        starts=torch.from_numpy(starts),
    )
    return np.asarray(sums.numpy(), dtype=np.float32)

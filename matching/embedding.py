"""The bundled model's one sentence-transformers module: a table of gram vectors, summed.

Owns the arithmetic and the file format: rows of 4 bits a number with one scale each, in memory as on disk.
Knows nothing of training, positions or seekers. Imports torch, so only the encoder's loader,
by way of sentence-transformers, and the trainer may import it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from sentence_transformers.base.modules.input_module import InputModule
from torch.nn import functional

from matching.table import MIDDLE, WEIGHTS_FILE, packed, unpacked
from matching.tokens import GramTokenizer, Tokens

_STEPS = 7
_SHARES_KEPT = (1.0, 0.9, 0.8, 0.7, 0.6)


class GramEmbedding(InputModule):
    """Weighted sum of a text's gram vectors, scaled to length 1; zeros for a text without letters."""

    rows: torch.Tensor
    scales: torch.Tensor

    def __init__(self, tokenizer: GramTokenizer, rows: NDArray[np.uint8], scales: NDArray[np.float32]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not len(rows) == len(scales) == tokenizer.size:
            raise ValueError(f"{len(rows)} rows for a tokenizer of {tokenizer.size}")
        self.gram_tokenizer = tokenizer
        self.register_buffer("rows", torch.from_numpy(rows))
        self.register_buffer("scales", torch.from_numpy(scales))

    @classmethod
    def from_table(cls, tokenizer: GramTokenizer, table: NDArray[np.float32]) -> Self:
        """A module of rows of 15 steps; a row's largest numbers are cut where that brings the others nearer."""
        largest = np.maximum(np.abs(table).max(axis=1), np.float32(1e-12))
        best = np.full(len(table), np.inf, dtype=np.float32)
        rows, scales = np.zeros(table.shape, dtype=np.uint8), np.ones(len(table), dtype=np.float32)
        for share in _SHARES_KEPT:
            tried = largest * np.float32(share / _STEPS)
            steps = np.clip(np.rint(table / tried[:, None]), -_STEPS, _STEPS)
            off = np.square(steps * tried[:, None] - table).sum(axis=1)
            nearer = off < best
            rows[nearer] = steps[nearer].astype(np.int8) + MIDDLE
            scales[nearer], best[nearer] = tried[nearer], off[nearer]
        return cls(tokenizer, packed(rows), scales)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """Texts to flat rows, their weights, and where each text starts."""
        return flatten([self.gram_tokenizer.tokens((prompt or "") + text) for text in inputs])

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Adds `sentence_embedding`, texts × dimension, float32."""
        chosen, places = torch.unique(features["input_ids"], return_inverse=True)
        features["sentence_embedding"] = pooled(
            self._numbers(chosen),
            places=places,
            weights=features["gram_weights"],
            starts=features["starts"],
        )
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return 2 * int(self.rows.shape[1])

    def _numbers(self, chosen: torch.Tensor) -> torch.Tensor:
        numbers = torch.from_numpy(unpacked(self.rows[chosen].numpy())) - MIDDLE
        return numbers * self.scales[chosen, None]

    @property
    def max_seq_length(self) -> None:
        """There is no limit in tokens; the tokenizer limits characters."""
        return None

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the rows, their scales and the tokenizer into a model folder."""
        arrays = {"rows": self.rows.numpy(), "scales": self.scales.numpy()}
        save_file(arrays, Path(output_path) / WEIGHTS_FILE)
        self.gram_tokenizer.save(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_: Any, **__: Any) -> Self:
        """Read what `save` wrote; the folder must be a local one."""
        folder = Path(model_name_or_path, subfolder)
        arrays = load_file(folder / WEIGHTS_FILE)
        return cls(GramTokenizer.load(folder), arrays["rows"], arrays["scales"])


def flatten(texts: Sequence[Tokens]) -> dict[str, torch.Tensor]:
    """Tokens of several texts end to end, with the place where each text starts."""
    starts = np.cumsum([0, *(len(tokens.rows) for tokens in texts)])[:-1]
    rows = [row for tokens in texts for row in tokens.rows]
    weights = [weight for tokens in texts for weight in tokens.weights]
    return {
        "input_ids": torch.tensor(rows, dtype=torch.long),
        "gram_weights": torch.tensor(weights, dtype=torch.float32),
        "starts": torch.from_numpy(starts),
    }


def pooled(table: torch.Tensor, *, places: torch.Tensor, weights: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
    """Texts × dimension: the weighted sum of the table's rows at each text's places, of length 1."""
    return functional.normalize(summed(table, places=places, weights=weights, starts=starts), dim=1)


def summed(table: torch.Tensor, *, places: torch.Tensor, weights: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
    """The same before its length is made 1."""
    return functional.embedding_bag(places, table, starts, mode="sum", per_sample_weights=weights)

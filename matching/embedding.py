"""The bundled model's one sentence-transformers module: a table of gram vectors, summed.

Owns the arithmetic and the file format: rows as int8 with one scale each, in memory as on disk.
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

from matching.table import WEIGHTS_FILE
from matching.tokens import GramTokenizer, Tokens


class GramEmbedding(InputModule):
    """Weighted sum of a text's gram vectors, scaled to length 1; zeros for a text without letters."""

    rows: torch.Tensor
    scales: torch.Tensor

    def __init__(self, tokenizer: GramTokenizer, rows: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if not len(rows) == len(scales) == tokenizer.size:
            raise ValueError(f"{len(rows)} rows for a tokenizer of {tokenizer.size}")
        self.gram_tokenizer = tokenizer
        self.register_buffer("rows", torch.from_numpy(rows))
        self.register_buffer("scales", torch.from_numpy(scales))

    @classmethod
    def from_table(cls, tokenizer: GramTokenizer, table: NDArray[np.float32]) -> Self:
        """A module of the nearest int8 rows; a row is off by at most 1/254 of its largest part."""
        scales = np.maximum(np.abs(table).max(axis=1), np.float32(1e-12)) / np.float32(127)
        return cls(tokenizer, np.rint(table / scales[:, None]).astype(np.int8), scales)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """Texts to flat rows, their weights, and where each text starts."""
        return flatten([self.gram_tokenizer.tokens((prompt or "") + text) for text in inputs])

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Adds `sentence_embedding`, texts × dimension, float32."""
        chosen, places = torch.unique(features["input_ids"], return_inverse=True)
        features["sentence_embedding"] = pooled(
            self.rows[chosen] * self.scales[chosen, None],
            places=places,
            weights=features["gram_weights"],
            starts=features["starts"],
        )
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return int(self.rows.shape[1])

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
    total = functional.embedding_bag(places, table, starts, mode="sum", per_sample_weights=weights)
    return functional.normalize(total, dim=1)

"""Text to vector: loads the bundled model, or any other through sentence-transformers, and encodes with it.

Owns the choice of model and its name, which vectors carry so that those of two models never
mix. Knows no index, no records and no HTTP. Torch is imported only for a model that needs it.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.table import GramTable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
BUNDLED_FOLDER = Path(__file__).parent / "bundled"
BATCH_TEXTS = 32


class ModelUnavailable(Exception):
    """The model named by the setting cannot be loaded."""


class Encoder(Protocol):
    """A loaded model; `name` changes whenever its vectors would."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, n × dimension float32, each of length 1; a blank text is all zeros."""
        ...


class SentenceEncoder:
    """A model of sentence-transformers."""

    def __init__(self, model: "SentenceTransformer", *, name: str) -> None:
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, n × dimension float32, each of length 1; a blank text is all zeros."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            batch_size=BATCH_TEXTS,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        ).astype(np.float32, copy=False)
        vectors[[index for index, text in enumerate(texts) if not text.strip()]] = 0.0
        return np.ascontiguousarray(vectors)


def load_encoder(model: str = BUNDLED) -> Encoder:
    """Load "bundled", or any sentence-transformers model by name or folder, on one CPU thread.

    Raises ModelUnavailable, whose message is one line, if it cannot be loaded.
    """
    if model == BUNDLED:
        return GramTable(BUNDLED_FOLDER, name=_name(model, BUNDLED_FOLDER))
    # Half a gigabyte of imports, wanted only where another model is.
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(1)
    folder = Path(model)
    # The bundled folder, named by its path, has a module class of this package, which needs this consent.
    is_ours = folder.is_dir() and folder.resolve() == BUNDLED_FOLDER
    options: dict[str, Any] = {"device": "cpu", "trust_remote_code": is_ours, "local_files_only": is_ours}
    try:
        loaded = SentenceTransformer(str(folder) if folder.is_dir() else model, **options)
    except (OSError, ValueError, ImportError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelUnavailable(f"model {model!r} cannot be loaded: {reason}") from error
    loaded.eval()
    return SentenceEncoder(loaded, name=_name(model, folder))


def _name(model: str, folder: Path) -> str:
    """The model's own name, with a digest of its files where they are at hand."""
    if not folder.is_dir():
        return model
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".safetensors", ".bin", ".json"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{BUNDLED if model == BUNDLED else folder.resolve().name}@{digest.hexdigest()[:12]}"

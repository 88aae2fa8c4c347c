"""What a run of matching found out, kept so that the next one need not find it out again.

Everything in it follows from records, decisions and weights; it may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from matching.catalogue import Catalogue, nobody
from matching.context import CONTEXT_FEATURES
from matching.crossids import Claims
from matching.features import FEATURES
from matching.nearest import Links
from matching.rarity import TRIPLES
from matching.recordtexts import Texts, texts_of
from matching.relations import Relations
from matching.vetoes import VETOES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: numbers that `MatchState.verdict` holds of each pair
VERDICT_COLUMNS = 11
_MAGIC = b"osusume matching state\n"
_ALIGNED = 64


@dataclass(frozen=True)
class MatchState:
    """The records with their lists of similar records, and every candidate pair with its evidence and verdict.

    Per pair: `pairs` (left, right) positions in ascending order, `values` (pairs, FEATURES), `left_title` and
    `right_title` counted from the record's first title (-1 for none), `vetoes` (pairs, VETOES), `strong` and `thin`
    what follows from the evidence, `first` and `second` the looks' log-odds (NaN
    where there was no second), `context` what the second look saw besides (rows of the passing pairs only), and
    `verdict` (pairs, VERDICT_COLUMNS) whatever is told of a pair besides its evidence. `stamp` is the caller's: it
    names what was made of this state.
    """

    rule_version: str
    catalogue: Catalogue
    lists: Links
    pairs: Ints
    values: NDArray[np.float32]
    left_title: Ints
    right_title: Ints
    vetoes: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    thin: Floats
    first: Floats
    second: Floats
    context: NDArray[np.float32]
    verdict: Ints
    stamp: str = ""


def empty_state(rule_version: str) -> MatchState:
    """The state before the first record."""
    none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    return MatchState(
        rule_version=rule_version,
        catalogue=nobody(),
        lists=Links(none, none, np.empty(0, dtype=np.float32)),
        pairs=np.empty((0, 2), dtype=np.int64),
        values=np.empty((0, len(FEATURES)), dtype=np.float32),
        left_title=none,
        right_title=none,
        vetoes=np.empty((0, len(VETOES)), dtype=bool),
        strong=np.empty(0, dtype=bool),
        thin=nothing,
        first=nothing,
        second=nothing,
        context=np.empty((0, len(CONTEXT_FEATURES)), dtype=np.float32),
        verdict=np.empty((0, VERDICT_COLUMNS), dtype=np.int64),
    )


@cache
def code_version() -> str:
    """A digest of this package's code, and of Python and the libraries whose numbers a state holds."""
    digest = blake2b(sys.version.encode(), digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    for library in ("numpy", "scipy", "rapidfuzz"):
        digest.update(version(library).encode())
    return digest.hexdigest()


def save_state(state: MatchState, path: Path) -> None:
    """Write the state beside `path` and put it in place as a whole."""
    arrays = dict(_arrays(state))
    layout, begin = [], 0
    for name, array in arrays.items():
        layout.append([name, array.dtype.str, list(array.shape), begin])
        begin += -(-array.nbytes // _ALIGNED) * _ALIGNED
    texts = {"rule_version": state.rule_version, "sources": state.catalogue.sources, "stamp": state.stamp}
    checksum, beside = 0, path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("wb") as file:
        head = json.dumps({"code": code_version(), "layout": layout, "bytes": begin, **texts}).encode()
        file.write(_MAGIC + len(head).to_bytes(8, "big") + head)
        for array in arrays.values():
            for data in (array.reshape(-1).view(np.uint8).data, bytes(-array.nbytes % _ALIGNED)):
                checksum = zlib.crc32(data, checksum)
                file.write(data)
        file.write(zlib.crc32(head, checksum).to_bytes(4, "big"))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load_state(path: Path, rule_version: str) -> MatchState | None:
    """The state in a file; None when there is none, when it is damaged, or when other rules or other code made it."""
    try:
        # as a plain array: every slice of a memmap would come with a Python object that does nothing here
        whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r")) if path.stat().st_size else np.empty(0, np.uint8)
    except OSError:
        return None
    start = len(_MAGIC) + 8
    if bytes(whole[: len(_MAGIC)]) != _MAGIC or len(whole) < start:
        return None
    end = start + int.from_bytes(bytes(whole[len(_MAGIC) : start]), "big")
    body, head = whole[end:-4], bytes(whole[start:end])
    if len(whole) < end + 4 or zlib.crc32(head, zlib.crc32(body.data)) != int.from_bytes(bytes(whole[-4:]), "big"):
        return None
    told = json.loads(head)
    if told["code"] != code_version() or told["rule_version"] != rule_version:
        return None
    return _state(told, {name: _view(body, *place) for name, *place in told["layout"]})


def _view(body: NDArray[np.uint8], dtype: str, shape: list[int], begin: int) -> NDArray[Any]:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return body[begin : begin + size].view(dtype).reshape(shape)


_APART = ("names", "sources", "texts", "claims", "relations", "vectors")
_CATALOGUE = tuple(field.name for field in fields(Catalogue) if field.name not in _APART)
_BESIDE = ("rule_version", "catalogue", "lists", "stamp")
_PAIRS = tuple(field.name for field in fields(MatchState) if field.name not in _BESIDE)


def _arrays(state: MatchState) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array of the state with its name in the file."""
    catalogue = state.catalogue
    for name in _CATALOGUE:
        yield f"catalogue.{name}", np.ascontiguousarray(getattr(catalogue, name))
    for name in ("claimer", "target", "target_source"):
        yield f"claims.{name}", np.ascontiguousarray(getattr(catalogue.claims, name))
    for name in ("teller", "target", "kind"):
        yield f"relations.{name}", np.ascontiguousarray(getattr(catalogue.relations, name))
    names = texts_of("\x1f".join(name) for name in catalogue.names)
    for name, texts in (("names", names), ("texts", catalogue.texts)):
        yield f"{name}.data", texts.data
        yield f"{name}.ends", texts.ends
    for name in ("data", "indices", "indptr"):
        yield f"vectors.{name}", getattr(catalogue.vectors, name)
    for name in ("one", "two", "cosine"):
        yield f"lists.{name}", np.ascontiguousarray(getattr(state.lists, name))
    for name in _PAIRS:
        yield name, np.ascontiguousarray(getattr(state, name))


def _state(told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> MatchState:
    """The state that the arrays of a file make up."""
    names = Texts(arrays["names.data"], arrays["names.ends"]).all()
    vectors = tuple(arrays[f"vectors.{name}"] for name in ("data", "indices", "indptr"))
    catalogue = Catalogue(
        names=[_name(line) for line in names],
        sources=tuple(told["sources"]),
        texts=Texts(arrays["texts.data"], arrays["texts.ends"]),
        claims=Claims(*(arrays[f"claims.{name}"] for name in ("claimer", "target", "target_source"))),
        relations=Relations(*(arrays[f"relations.{name}"] for name in ("teller", "target", "kind"))),
        vectors=scipy.sparse.csr_matrix(vectors, shape=(len(vectors[2]) - 1, TRIPLES)),
        **{name: arrays[f"catalogue.{name}"] for name in _CATALOGUE},
    )
    return MatchState(
        rule_version=told["rule_version"],
        catalogue=catalogue,
        lists=Links(*(arrays[f"lists.{name}"] for name in ("one", "two", "cosine"))),
        stamp=told["stamp"],
        **{name: arrays[name] for name in _PAIRS},
    )


def _name(line: str) -> tuple[str, str]:
    source, _, ident = line.partition("\x1f")
    return source, ident

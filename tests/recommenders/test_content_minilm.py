"""Content by meaning: similar in sense without a word in common, offline, verified."""

from pathlib import Path

import numpy as np
import pytest

from recommenders.content_minilm import ContentMinilm, dense_nearest, descriptions
from recommenders.errors import MissingDependencyError, MissingFeaturesError, ModelDamagedError
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.minilm import EmbeddingCache, embedded, require, verified

NOBODY = Interactions.from_arrays([], [], [], user_keys=[1], item_keys=range(4))
SYNOPSES = [
    "A detective hunts a murderer through the rainy city.",
    "Policemen investigate a series of killings.",
    "Pupils found a rock band and play at the summer festival.",
    "",
]


def about(synopses: list[str]) -> ItemFeatures:
    """Items that only synopses describe."""
    none: list[list[str]] = [[] for _ in synopses]
    return ItemFeatures(np.arange(len(synopses), dtype=np.int64), [""] * len(synopses), synopses, none, none, none)


def test_a_description_starts_with_what_tells_most_and_leaves_out_what_is_unknown() -> None:
    """Title, then labels, then synopsis."""
    features = ItemFeatures(
        np.arange(2, dtype=np.int64), ["Akira", ""], ["Tokyo.", ""], [["Action"], []], [["Bikes"], []], [[], []]
    )
    assert descriptions(features) == ["Akira. Action, Bikes. Tokyo.", ""]


def test_the_nearest_items_are_exact_and_never_the_item_itself() -> None:
    """At right angles there is no neighbour, nor for an item without a vector."""
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 0]], dtype=np.float32)
    np.testing.assert_allclose(
        dense_nearest(vectors, 1).toarray(), [[0, 0.6, 0, 0], [0, 0, 0.8, 0], [0, 0.8, 0, 0], [0, 0, 0, 0]]
    )


def test_a_missing_library_is_named_with_the_extra_that_brings_it() -> None:
    """The message is the remedy."""
    with pytest.raises(MissingDependencyError, match=r"content_minilm needs no_such_library.*\.\[embed\]"):
        require("content_minilm", "numpy", "no_such_library")


def test_weights_of_another_make_are_refused(tmp_path: Path) -> None:
    """A file whose SHA-256 differs is not opened."""
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelDamagedError, match="SHA-256"):
        verified(tmp_path)


def test_stories_of_one_kind_are_neighbours_without_a_word_in_common() -> None:
    """Of three stories the two crime stories are nearest to each other; an item without a word is near to nothing."""
    pytest.importorskip("transformers", reason="the extra `embed` is not installed")
    near = ContentMinilm().fit(NOBODY, about(SYNOPSES)).similar(1)
    assert near is not None
    assert near.items[:2, 0].tolist() == [1, 0]
    assert near.items[3, 0] == -1
    with pytest.raises(MissingFeaturesError, match="not one word"):
        ContentMinilm().fit(NOBODY, about([""] * 4))


def test_embedded_texts_are_kept_and_a_broken_cache_is_made_anew(tmp_path: Path) -> None:
    """The second time vectors come from the file; a damaged file costs time and nothing else."""
    pytest.importorskip("transformers", reason="the extra `embed` is not installed")
    stored = EmbeddingCache(tmp_path / "embeddings")
    first = embedded(SYNOPSES, 32, stored)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), [1, 1, 1, 0], atol=1e-6)
    stored.write({key: -vector for key, vector in stored.read().items()})
    assert embedded(SYNOPSES, 32, stored).tolist() == (-first).tolist()
    next(stored.directory.iterdir()).write_bytes(b"cut off")
    assert embedded(SYNOPSES, 32, stored).tolist() == first.tolist()

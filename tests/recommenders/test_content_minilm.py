"""Content by meaning: similar in sense without a word in common, offline, verified."""

from pathlib import Path

import numpy as np
import pytest

from recommenders import minilm
from recommenders.content_minilm import ContentMinilm, dense_nearest, descriptions
from recommenders.contributions import Floats
from recommenders.errors import MissingDependencyError, MissingFeaturesError, ModelDamagedError
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.minilm import SIZE, EmbeddingCache, embedded, require, verified

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


def vectors_of(*keys: str) -> dict[str, Floats]:
    """A vector for each key."""
    return {key: np.full(SIZE, place, dtype=np.float32) for place, key in enumerate(keys)}


def test_vectors_are_kept_file_by_file_until_they_are_brought_together(tmp_path: Path) -> None:
    """All files are read; afterwards there is one, with what is wanted and nothing else."""
    stored = EmbeddingCache(tmp_path / "embeddings")
    assert stored.read() == {}
    stored.add(vectors_of("a", "b"))
    stored.add(vectors_of("c"))
    known = stored.read()
    assert {key: vector[0] for key, vector in known.items()} == {"a": 0, "b": 1, "c": 0}
    stored.keep({key: known[key] for key in ("b", "c")})
    assert len(list(stored.directory.iterdir())) == 1
    assert sorted(stored.read()) == ["b", "c"]
    stored.keep(stored.read())
    assert sorted(stored.read()) == ["b", "c"]


def test_a_damaged_file_costs_what_was_in_it_and_nothing_else(tmp_path: Path) -> None:
    """Nor does what a killed process was writing count for anything."""
    stored = EmbeddingCache(tmp_path)
    stored.add(vectors_of("a"))
    (damaged,) = tmp_path.iterdir()
    damaged.write_bytes(b"cut off")
    (tmp_path / f"{damaged.stem}.1234.partial").write_bytes(b"half a file")
    stored.add(vectors_of("b"))
    assert list(stored.read()) == ["b"]


def test_the_second_time_nothing_is_computed(tmp_path: Path) -> None:
    """Vectors come from the file, whatever stands there; without the file they are what they were."""
    pytest.importorskip("transformers", reason="the extra `embed` is not installed")
    stored, heard = EmbeddingCache(tmp_path / "embeddings"), list[tuple[int, int]]()
    first = embedded(SYNOPSES, 32, stored, lambda done, of: heard.append((done, of)))
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), [1, 1, 1, 0], atol=1e-6)
    assert heard == [(0, 3), (3, 3)]
    stored.keep({key: -vector for key, vector in stored.read().items()})
    assert embedded(SYNOPSES, 32, stored).tolist() == (-first).tolist()
    next(stored.directory.iterdir()).unlink()
    assert embedded(SYNOPSES, 32, stored).tolist() == first.tolist()


def test_what_is_cut_off_goes_on_where_it_stopped_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five texts in batches of two, the first four are there after a stop in the second block; one is left."""
    pytest.importorskip("transformers", reason="the extra `embed` is not installed")
    monkeypatch.setattr(minilm, "BATCH", 2)
    monkeypatch.setattr(minilm, "BLOCK", 2)
    texts = [f"{'A very long story. ' * length}The end." for length in range(5)]
    stored, heard = EmbeddingCache(tmp_path), list[int]()

    def stop(done: int, of: int) -> None:
        if done == 4:
            raise InterruptedError(f"{done} of {of}")

    with pytest.raises(InterruptedError, match="4 of 5"):
        embedded(texts, 32, stored, stop)
    assert len(stored.read()) == 4
    resumed = embedded(texts, 32, stored, lambda done, _: heard.append(done))
    assert heard == [4, 5]
    assert resumed.tobytes() == embedded(texts, 32).tobytes()
    assert len(list(tmp_path.iterdir())) == 1


def test_new_and_changed_texts_alone_are_embedded_and_old_ones_dropped(tmp_path: Path) -> None:
    """One synopsis of three is rewritten: one vector is computed, and there are three again."""
    pytest.importorskip("transformers", reason="the extra `embed` is not installed")
    stored, heard = EmbeddingCache(tmp_path), list[int]()
    embedded(SYNOPSES, 32, stored)
    before = set(stored.read())
    embedded([*SYNOPSES[:2], "Nothing happens.", ""], 32, stored, lambda done, _: heard.append(done))
    assert heard == [2, 3]
    assert len(before & set(stored.read())) == 2
    assert len(stored.read()) == 3

"""The shipped numbers."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from matching.errors import WeightsError
from matching.rarity import TRIPLES, WORDS
from matching.scoring import probability
from matching.weights import load_weights, rule_version, save_weights


def test_the_shipped_weights_load_and_name_themselves():
    """Twelve digits, the same each time."""
    weights = load_weights()
    assert len(weights.rule_version) == 12
    assert load_weights().as_json() == weights.as_json()
    assert probability(np.array([weights.review, weights.accept])).round(1).tolist() == [0.1, 0.4]


def test_weights_survive_their_file_and_change_their_name_with_their_content(tmp_path):
    """Saved and loaded they are equal; another threshold is another version."""
    weights = load_weights()
    save_weights(weights, tmp_path / "w.json")
    assert load_weights(tmp_path / "w.json").as_json() == weights.as_json()
    assert rule_version(replace(weights, accept=9.0).as_json()) != weights.rule_version


def test_missing_and_damaged_files_are_named(tmp_path):
    """The message says which file, and what to do."""
    with pytest.raises(WeightsError, match=r"none\.json"):
        load_weights(tmp_path / "none.json")
    (tmp_path / "w.json").write_text("{")
    with pytest.raises(WeightsError, match="train again"):
        load_weights(tmp_path / "w.json")
    for damaged in ({}, {"first": []}):
        (tmp_path / "w.json").write_text(json.dumps(damaged))
        with pytest.raises(WeightsError):
            load_weights(tmp_path / "w.json")


def test_the_shipped_weights_hold_numbers_only():
    """No title and no id: every text is the name of a feature, apart from two packed tables of numbers."""
    weights = load_weights()

    def texts(data):
        if isinstance(data, str):
            yield data
        elif isinstance(data, list | dict):
            for item in data.values() if isinstance(data, dict) else data:
                yield from texts(item)

    written = weights.as_json()
    tables = written.pop("rarity")
    assert set(texts(written)) == set(weights.second.features)
    assert [len(zlib.decompress(base64.b85decode(tables[name]))) for name in ("triples", "words")] == [TRIPLES, WORDS]

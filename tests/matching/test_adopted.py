"""The last training counts, until it is taken back."""

import json

import pytest

from matching.adopted import weights_in_force
from matching.errors import WeightsError
from matching.weights import load_weights


def event(weights: str, day: int = 1) -> dict[str, object]:
    """A training of that day."""
    return {
        "trained_at": f"2026-03-{day:02d}",
        "rule_version": "as landed",
        "weights": weights,
        "labelled_pairs": 100,
        "figures": "{}",
    }


def other_weights() -> dict[str, object]:
    """The shipped weights with another demand for confidence."""
    return load_weights().as_json() | {"accept": 3.5}


def test_without_a_training_the_shipped_weights_are_in_force():
    """They come with the project."""
    assert weights_in_force([]).as_json() == load_weights().as_json()


def test_the_last_training_is_in_force():
    """The earlier one is history."""
    later = json.dumps(other_weights())
    found = weights_in_force([event(json.dumps(load_weights().as_json())), event(later, 2)])
    assert found.accept == 3.5
    assert found.rule_version != load_weights().rule_version


def test_a_training_that_was_taken_back_leaves_the_shipped_weights():
    """Blank weights mean those."""
    found = weights_in_force([event(json.dumps(other_weights())), event("", 2)])
    assert found.as_json() == load_weights().as_json()


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"first": {}})])
def test_weights_that_cannot_be_used_are_said_with_the_remedy(text):
    """Garbled, or made for other features."""
    with pytest.raises(WeightsError, match=r"trained at 2026-03-01 .*--reset"):
        weights_in_force([event(text)])

"""Which weights are in force: the shipped ones, or those that the last training on the data at hand has left.

The one rule: a training is an event, and the last event counts. Weights change with it and with nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from matching.errors import WeightsError
from matching.weights import Weights, load_weights, weights_from_json

#: the log in which trainings are kept; an event has trained_at, rule_version, weights (JSON text; '' takes up the
#: shipped ones again), labelled_pairs and figures (JSON text)
LOG = "matcher"

#: between any two of these sources known works have taught the shipped weights
TAUGHT_SOURCES = frozenset(("anilist", "kitsu", "myanimelist"))

Event = Mapping[str, Any]


def training_in_force(events: Sequence[Event]) -> Event | None:
    """The training that the last of the events stands for; None when the shipped weights are in force."""
    return events[-1] if events and events[-1]["weights"] else None


def weights_in_force(events: Sequence[Event]) -> Weights:
    """The weights that the last of the events names; the shipped ones without any.

    Raises:
        WeightsError: they are damaged, or were learned for the features of another version.
    """
    training = training_in_force(events)
    if training is None:
        return load_weights()
    try:
        return weights_from_json(json.loads(str(training["weights"])))
    except (WeightsError, ValueError) as problem:
        raise WeightsError(
            f"the matcher trained at {training['trained_at']} cannot be used by this version: {problem}. "
            "`osusume models train-matcher` trains it again, with --reset the shipped one is taken"
        ) from problem

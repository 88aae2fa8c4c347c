"""The configuration that each model has in this HOME: a person's choice, what tuning found, or the default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assets import registry
from recommenders.config import ModelConfig
from recommenders.discovery import all_models
from warehouse.home import Home
from warehouse.landing import read_events

LOG = "tunings"


def tuned_config(home: Home, name: str, seed: int) -> ModelConfig:
    """The configuration that the model is evaluated and taught with in this HOME.

    A person's promotion goes first, then the last finished search that found something better than the default,
    then the default. Only fields that are searched are taken from there; all others are those of the code.

    Args:
        home: whose logs are read; nothing is opened for writing.
        name: the model's.
        seed: of everything random in it.
    """
    default = all_models()[name].Config(seed=seed)
    chosen: Mapping[str, Any] | None = registry.held_parameters(home, name)
    if chosen is None:
        chosen = adopted(home).get(name, {})
    fields = {field: value for field, value in chosen.items() if field in default.search_space}
    return replace(default, **fields)


def adopted(home: Home) -> dict[str, dict[str, Any]]:
    """Of each model whose last finished search found something better than the default: these parameters."""
    last = {str(one["model_type"]): one for one in read_events(home, LOG)}
    return {name: _parameters(one["parameters"]) for name, one in last.items() if one["is_adopted"]}


def _parameters(text: object) -> dict[str, Any]:
    """Parameters as they were landed."""
    return dict(json.loads(str(text)))

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
    held = registry.held_parameters(home, name)
    return _with(all_models()[name].Config(seed=seed), adopted(home).get(name, {}) if held is None else held)


def config_of(home: Home, name: str, version_id: str, seed: int) -> ModelConfig:
    """The configuration that this version was evaluated with; of one that never was, as `tuned_config`."""
    version = registry.versions(home).get(version_id)
    if version is None:
        return tuned_config(home, name, seed)
    return _with(all_models()[name].Config(seed=seed), version["parameters"])


def adopted(home: Home) -> dict[str, dict[str, Any]]:
    """Of each model whose last finished search found something better than the default: these parameters."""
    last = {str(one["model_type"]): one for one in read_events(home, LOG)}
    return {name: _parameters(one["parameters"]) for name, one in last.items() if one["is_adopted"]}


def _with(default: ModelConfig, parameters: Mapping[str, Any]) -> ModelConfig:
    """The default with these parameters, as far as they are searched."""
    return replace(default, **{name: value for name, value in parameters.items() if name in default.search_space})


def _parameters(text: object) -> dict[str, Any]:
    """Parameters as they were landed."""
    return dict(json.loads(str(text)))

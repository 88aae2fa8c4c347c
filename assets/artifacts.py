"""Stored models: taught where they are missing or damaged, stamped with what they were made of, kept for a while."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

from assets import registry
from assets.model_inputs import TrainingInputs
from assets.teaching import LIST_LENGTH, MODELS, new_model
from assets.tuned import config_of
from recommenders.base import Recommender
from recommenders.discovery import load_model
from recommenders.errors import StoreError
from recommenders.promotion import Cost
from recommenders.ranking import recommend
from warehouse.home import Home

KEPT_BESIDE = 3
"""So many stored models are kept beside those that must be: what an experiment or a person may want next."""
TIMED_USERS = 200
_VERSION = re.compile(r"\w+-[0-9a-f]{12}")


def taught_model(
    home: Home, name: str, version_id: str, learned: Callable[[], TrainingInputs], seed: int
) -> Recommender:
    """The stored model of this version, taught on everything and stored now if it is not there or damaged.

    Args:
        home: whose models.
        name: the model's.
        version_id: its version.
        learned: gives what it learns from; asked only where it has to be taught.
        seed: of everything random in it.
    """
    directory = home.models / version_id
    try:
        return load_model(directory)
    except StoreError:
        config = config_of(home, name, version_id, seed)
        inputs = learned()
        model = new_model(home, name, config).fit(inputs.interactions, inputs.features)
        model.save(directory, _stamp(home, version_id, inputs.versions.of(MODELS[name]), inputs.versions.code))
        return model


def cost_of(home: Home, name: str, version_id: str, inputs: TrainingInputs, seed: int) -> Cost:
    """What serving this version takes, measured on its stored model; it is taught now if it is not there."""
    model = taught_model(home, name, version_id, lambda: inputs, seed)
    rows = inputs.interactions.take(np.arange(min(TIMED_USERS, inputs.interactions.n_users)))
    # what is loaded and compiled once in a process is no user's cost; for a single user not all of it would be
    recommend(model, rows, LIST_LENGTH, inputs.recommendable)
    started = time.process_time()
    recommend(model, rows, LIST_LENGTH, inputs.recommendable)
    seconds = (time.process_time() - started) / max(1, rows.n_users)
    return Cost(seconds, sum(path.stat().st_size for path in (home.models / version_id).iterdir()))


def kept_versions(home: Home, keep_snapshots: int) -> set[str]:
    """The versions whose stored models must stay: those of every published snapshot that may be kept.

    That is the active one and, before it, the last that were active: at least one, and one for each older snapshot.
    """
    newest_first = list(dict.fromkeys(reversed(registry.promotions(home))))
    return set(newest_first[: 1 + max(1, keep_snapshots)])


def prune(home: Home, keep: Collection[str], beside: int = KEPT_BESIDE) -> list[str]:
    """Remove the stored models that nobody will ask for; returns their versions.

    Args:
        home: whose models.
        keep: versions that stay.
        beside: of the others so many stay, those that were stored last.
    """
    stored = [path for path in _stored(home) if path.name not in keep]
    stored.sort(key=lambda path: (path.stat().st_mtime, path.name), reverse=True)
    gone = stored[beside:]
    for path in gone:
        # renamed first: a removal that is cut off leaves nothing that looks like a model
        leaving = path.with_name(f".removed-{path.name}")
        path.rename(leaving)
        shutil.rmtree(leaving)
    return sorted(path.name for path in gone)


def _stored(home: Home) -> list[Path]:
    """The folders of stored models."""
    if not home.models.is_dir():
        return []
    for leftover in home.models.glob(".removed-*"):
        shutil.rmtree(leftover)
    return [path for path in home.models.iterdir() if path.is_dir() and _VERSION.fullmatch(path.name)]


def _stamp(home: Home, version_id: str, data_version: str, code_version: str) -> dict[str, Any]:
    """What is kept with a model beside its configuration and checksums: what it was made of and what it scored."""
    metrics = registry.versions(home).get(version_id, {}).get("metrics")
    return {"data_version": data_version, "code_version": code_version, "metrics": metrics}

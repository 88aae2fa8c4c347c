"""Models of a HOME: which there are, what a version of one is called, and how one is taught with something hidden."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from assets.model_inputs import DataVersions, TrainingInputs
from recommenders.base import Recommender
from recommenders.config import ModelConfig
from recommenders.discovery import all_models, load_model
from recommenders.errors import RecommenderError, StoreError
from recommenders.interactions import Interactions
from recommenders.ranking import Recommendations, recommend
from recommenders.versions import model_version_id
from warehouse.home import Home

LIST_LENGTH = 100
EVALUATED = "evaluated"
"""The folder beside the stored models for those that were taught without what is hidden."""
MODELS = all_models()
PARTS = frozenset(component for model in MODELS.values() for component in model.components)
"""Models that others are made of."""


def new_model(home: Home, name: str, config: ModelConfig, told: Callable[[str], None] = lambda _: None) -> Recommender:
    """The model in this configuration, not taught yet, with a place for what it computes once.

    Args:
        home: whose place.
        name: of the model.
        config: its configuration.
        told: hears how far it is, where teaching it may take minutes.
    """
    model = MODELS[name](config)
    model.workspace, model.told = home.models / "embeddings", told
    return model


def known_components(home: Home, name: str, data: DataVersions, seed: int) -> dict[str, Recommender]:
    """The parts of a model as they were taught when they were evaluated themselves; what is not there it teaches."""
    found: dict[str, Recommender] = {}
    for part in MODELS[name].components:
        version_id = version_of(part, data, MODELS[part].Config(seed=seed))
        # a part that is missing or damaged is taught again by the model that needs it
        with suppress(StoreError):
            found[part] = load_model(home.models / EVALUATED / version_id)
    return found


def keep_for_others(home: Home, model: Recommender, version_id: str, result: Evaluated) -> None:
    """Store a model, taught without what is hidden, in the place of its last version, if others are made of it."""
    if model.name not in PARTS or result.skipped:
        return
    folder = home.models / EVALUATED
    model.save(folder / version_id)
    for older in folder.glob(f"{model.name}-*"):
        if older.name != version_id:
            shutil.rmtree(older)


def version_of(name: str, data: DataVersions, config: ModelConfig) -> str:
    """The id of this model in this configuration, on this data, with this code."""
    return model_version_id(name, config, data.of(MODELS[name]), data.code)


@dataclass(frozen=True)
class Evaluated:
    """What a model did when something was hidden from it.

    Attributes:
        lists: of the users who have something hidden; none where the model could not be taught.
        passes: how training went, for models that learn in passes.
        skipped: why it could not be taught; None where it could.
        fit_seconds: processor time of teaching.
        rank_seconds: processor time of scoring and ranking.
    """

    lists: Recommendations
    passes: tuple[float, ...]
    skipped: str | None
    fit_seconds: float = 0.0
    rank_seconds: float = 0.0

    def told(self) -> dict[str, Any]:
        """The same for the UI."""
        return {"skipped_because": self.skipped or "-"} | self.seconds()

    def seconds(self) -> dict[str, float]:
        """What it took; {} where it could not be taught."""
        if self.skipped:
            return {}
        return {"fit_seconds": round(self.fit_seconds, 2), "rank_seconds": round(self.rank_seconds, 2)}


def evaluation_lists(model: Recommender, known: TrainingInputs, rows: Interactions) -> Evaluated:
    """Top lists of the users who are asked, by a model that is taught here with what is known.

    Args:
        model: not taught yet.
        known: what it may know.
        rows: what it is told of the users who are asked.
    """
    started = time.process_time()
    try:
        taught = model.fit(known.interactions, known.features)
        learned = time.process_time()
        lists = recommend(taught, rows, LIST_LENGTH, known.recommendable)
    except RecommenderError as problem:
        nobody = np.zeros((0, LIST_LENGTH))
        none = Recommendations(rows.user_keys[:0], nobody.astype(np.int32), nobody.astype(np.float32))
        return Evaluated(none, (), str(problem))
    return Evaluated(lists, taught.training, None, learned - started, time.process_time() - learned)

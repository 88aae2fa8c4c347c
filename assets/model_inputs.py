"""What models are given, read in one go, so that no connection is held while they learn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets.conversions import column
from recommenders.base import Recommender
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.versions import code_version, data_version
from warehouse.build import fetch

EVERYTHING = "inputs/interactions"
WITHOUT_HIDDEN = "inputs/evaluation_interactions"


@dataclass(frozen=True)
class ModelInputs:
    """Users, items and what the former have of the latter.

    Attributes:
        interactions: one row for every user, one column for every anime.
        features: what the anime are about, in the order of the columns.
        recommendable: bool (n_items,), False for stub anime.
        adult: bool (n_items,).
        wants_adult: bool (n_users,), whether adult titles may be shown to the user.
        cohorts: the users' cohort ids, in the order of the rows.
    """

    interactions: Interactions
    features: ItemFeatures
    recommendable: NDArray[np.bool_]
    adult: NDArray[np.bool_]
    wants_adult: NDArray[np.bool_]
    cohorts: NDArray[Any]

    def data_version(self, model: type[Recommender]) -> str:
        """Hash of everything that models of this class learn from, and of what they may recommend.

        A new synopsis makes no model another one that does not read what anime are about.
        """
        return self._described_version if model.needs_items or model.reads_items else self._rated_version

    @cached_property
    def _described_version(self) -> str:
        return data_version(self.interactions, self.features, self.recommendable)

    @cached_property
    def _rated_version(self) -> str:
        return data_version(self.interactions, recommendable=self.recommendable)

    @cached_property
    def code_version(self) -> str:
        """Hash of the code that models consist of."""
        return code_version()


def read_inputs(connection: Any) -> ModelInputs:
    """Everything models are given."""
    items, users = fetch(connection, "inputs/items"), fetch(connection, "inputs/users")
    user_keys, item_keys = column(users, "user_key"), column(items, "anime_key")
    return ModelInputs(
        interactions=_interactions(connection, EVERYTHING, user_keys, item_keys),
        features=_features(items),
        recommendable=column(items, "is_recommendable").astype(bool),
        adult=column(items, "is_adult").astype(bool),
        wants_adult=column(users, "wants_adult").astype(bool),
        cohorts=column(users, "cohort_id"),
    )


def without_hidden(connection: Any, everything: ModelInputs) -> ModelInputs:
    """The same users and items with what may be known while models are evaluated: only ml.evaluation_input is read."""
    keys = everything.interactions
    return replace(everything, interactions=_interactions(connection, WITHOUT_HIDDEN, keys.user_keys, keys.item_keys))


def _interactions(
    connection: Any, entries: str, user_keys: NDArray[np.int64], item_keys: NDArray[np.int64]
) -> Interactions:
    """The lists' entries that a file of sql/inputs gives, one row for every user, one column for every anime."""
    listed = fetch(connection, entries)
    return Interactions.from_arrays(
        column(listed, "user_key"),
        column(listed, "anime_key"),
        column(listed, "rating"),
        rated_at=_times(column(listed, "rated_at")),
        user_keys=user_keys,
        item_keys=item_keys,
    )


def _times(days: NDArray[Any]) -> NDArray[np.float64] | None:
    """Days since 1970, nan where unknown; None where no entry says when it was made."""
    times = np.asarray(days, dtype=np.float64)
    return None if np.isnan(times).all() else times


def _features(items: pa.Table) -> ItemFeatures:
    return ItemFeatures(
        item_keys=column(items, "anime_key").astype(np.int64),
        titles=items.column("titles").to_pylist(),
        synopses=items.column("synopsis").to_pylist(),
        genres=items.column("genres").to_pylist(),
        tags=items.column("tags").to_pylist(),
        studios=items.column("studios").to_pylist(),
        formats=items.column("format").to_pylist(),
        started=column(items, "started").astype(np.float64),
        episodes=column(items, "episodes").astype(np.float64),
        franchise=column(items, "franchise").astype(np.int64),
        universe=column(items, "universe").astype(np.int64),
    )

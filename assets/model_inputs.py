"""What models are given, read in one go, so that no connection is held while they learn.

They learn from `TrainingInputs`, which stay as they are while little changes; they are asked for everybody of today
with `ServingInputs`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets.conversions import column
from recommenders.base import Recommender
from recommenders.beyond_accuracy import subjects
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions, Keys
from recommenders.measuring import Known
from recommenders.versions import code_version
from warehouse.build import fetch
from warehouse.catalogue import table_exists
from warehouse.checks import column_frame
from warehouse.errors import CheckError

ENTRY = ("user_key", "anime_key", "rating", "rated_at")
ITEM = (
    "anime_key", "lasting_id", "titles", "is_recommendable", "synopsis", "genres", "tags", "studios", "format",
    "started", "episodes", "franchise", "universe",
)  # fmt: skip
_MICROSECONDS = 1e6
_DAY = 86400


@dataclass(frozen=True)
class DataVersions:
    """What stands for the data that models learn from in the ids of their versions.

    Attributes:
        described: for models that look at what anime are about.
        rated: for those that look at the lists alone.
    """

    described: str
    rated: str

    def of(self, model: type[Recommender]) -> str:
        """The hash of everything that models of this class learn from, and of what they may recommend.

        A new synopsis makes no model another one that does not read what anime are about.
        """
        return self.described if model.learns_from_items() else self.rated

    @cached_property
    def code(self) -> str:
        """Hash of the code that models consist of."""
        return code_version()


@dataclass(frozen=True)
class TrainingInputs:
    """Users, items and what the former have of the latter, as of the day on which models were taught.

    Attributes:
        interactions: one row for every user with a list, one column for every anime.
        features: what the anime are about, in the order of the columns.
        recommendable: bool (n_items,), False for stub anime.
        versions: what names all this.
    """

    interactions: Interactions
    features: ItemFeatures
    recommendable: NDArray[np.bool_]
    versions: DataVersions


@dataclass(frozen=True)
class ServingInputs:
    """Everybody of today, whoever models were taught on.

    Attributes:
        interactions: one row for every user, one column for every anime.
        recommendable: bool (n_items,), False for stub anime.
        adult: bool (n_items,).
        exists: bool (n_items,), False for keys of the past.
        wants_adult: bool (n_users,), whether adult titles may be shown to the user.
        cohorts: the users' cohort ids, in the order of the rows.
    """

    interactions: Interactions
    recommendable: NDArray[np.bool_]
    adult: NDArray[np.bool_]
    exists: NDArray[np.bool_]
    wants_adult: NDArray[np.bool_]
    cohorts: NDArray[Any]

    def for_items(self, item_keys: Keys) -> ServingInputs:
        """The same people over the anime that a model knows: what it does not know is left out.

        Anime that have lost their key since (one that became part of another) exist no longer.
        """
        own = self.interactions.item_keys
        kept = np.flatnonzero(np.isin(item_keys, own[self.exists]))
        places = np.searchsorted(own, item_keys[kept])

        def over_these(of_today: NDArray[np.bool_]) -> NDArray[np.bool_]:
            mark = np.zeros(len(item_keys), dtype=bool)
            mark[kept] = of_today[places]
            return mark

        return replace(
            self,
            interactions=self.interactions.aligned_to(item_keys),
            recommendable=over_these(self.recommendable),
            adult=over_these(self.adult),
            exists=over_these(self.exists),
        )


def known_of(inputs: TrainingInputs) -> Known:
    """What segments and metrics need to know of the anime."""
    return Known(inputs.recommendable, inputs.features.franchise, subjects(inputs.features))


def read_versions(connection: Any) -> DataVersions:
    """What names the data that models learn from.

    Raises:
        CheckError: it was never made, or left unfinished.
    """
    names = ("described_version", "rated_version")
    there = table_exists(connection, "ml.training_data")
    found = column_frame(connection, "ml.training_data", names).to_pylist() if there else []
    if not found:
        raise CheckError("ml.training_data names nothing that models could learn from: materialise training_data")
    return DataVersions(found[0]["described_version"], found[0]["rated_version"])


def read_training(connection: Any) -> TrainingInputs:
    """Everything that models learn from."""
    return TrainingInputs(*learned_from(connection), read_versions(connection))


def learned_from(connection: Any) -> tuple[Interactions, ItemFeatures, NDArray[np.bool_]]:
    """Lists, what the anime are about, and which may be recommended: what the data's names are made of."""
    items = column_frame(connection, "ml.training_item", ITEM)
    entries = column_frame(connection, "ml.training_entry", ENTRY)
    users = np.unique(column(entries, "user_key"))
    lists = _interactions(entries, users, column(items, "anime_key"), column(items, "lasting_id").astype(np.int64))
    return lists, _features(items), column(items, "is_recommendable").astype(bool)


def without_hidden(connection: Any, everything: TrainingInputs) -> TrainingInputs:
    """The same users and items with what may be known while models are evaluated: only ml.evaluation_input is read."""
    keys = everything.interactions
    entries = column_frame(connection, "ml.evaluation_input", ENTRY)
    known = _interactions(entries, keys.user_keys, keys.item_keys, keys.item_ids)
    return replace(everything, interactions=known)


def read_asked(connection: Any) -> Keys:
    """The users of whom something is hidden that is to be found again, ascending."""
    hidden = column_frame(connection, "ml.evaluation_holdout", ("user_key", "is_target"))
    return np.unique(column(hidden, "user_key")[column(hidden, "is_target").astype(bool)])


def read_serving(connection: Any) -> ServingInputs:
    """Everybody of today."""
    items, users = fetch(connection, "inputs/items"), fetch(connection, "inputs/users")
    entries = fetch(connection, "ml/training_entry")
    return ServingInputs(
        interactions=_interactions(entries, column(users, "user_key"), column(items, "anime_key")),
        recommendable=column(items, "is_recommendable").astype(bool),
        adult=column(items, "is_adult").astype(bool),
        exists=np.ones(items.num_rows, dtype=bool),
        wants_adult=column(users, "wants_adult").astype(bool),
        cohorts=column(users, "cohort_id"),
    )


def _interactions(entries: pa.Table, user_keys: Keys, item_keys: Keys, item_ids: Keys | None = None) -> Interactions:
    """Entries of lists as matrices, one row for every user, one column for every anime, whose keys ascend."""
    lists = Interactions.from_arrays(
        column(entries, "user_key"),
        column(entries, "anime_key"),
        column(entries, "rating"),
        rated_at=_times(entries),
        user_keys=user_keys,
        item_keys=item_keys,
    )
    return replace(lists, item_ids=item_ids)


def _times(entries: pa.Table) -> NDArray[np.float64] | None:
    """Days since 1970, nan where unknown; None where no entry says when it was made."""
    moments = entries.column("rated_at")
    if moments.null_count == len(moments):
        return None
    since = moments.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return np.asarray(since, dtype=np.float64) / _MICROSECONDS / _DAY


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

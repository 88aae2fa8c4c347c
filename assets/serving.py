"""Whom a model serves, and whose list has to be made anew.

The one rule: a list follows from the model, from what may be recommended and from the user's entries. While these are
as they were it stands, and only the lists of the others are worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assets.artifacts import taught_model
from assets.conversions import column
from assets.model_inputs import ServingInputs, TrainingInputs, read_serving, read_training
from assets.resources import WarehouseResource
from assets.results import code_of_assets
from assets.steps import Made, telling, with_checks
from assets.tables import stands
from assets.teaching import LIST_LENGTH
from recommenders.base import Recommender
from recommenders.versions import code_version, list_hashes
from warehouse.build import build, fetch, patch
from warehouse.checks import column_frame
from warehouse.made import is_made, note_made
from warehouse.sqlfiles import SqlFile

BLOCK_USERS = 1000


@dataclass(frozen=True)
class Serving:
    """A taught model and everybody of today, over the anime that it knows."""

    model: Recommender
    version_id: str
    inputs: ServingInputs


@dataclass(frozen=True)
class Group:
    """Users who are served alike.

    Attributes:
        serving: by whom.
        users: their rows in the inputs, int64, ascending.
        allowed: bool (n_items,), what may be recommended to them.
    """

    serving: Serving
    users: NDArray[np.int64]
    allowed: NDArray[np.bool_]

    def keys(self) -> NDArray[np.int64]:
        """The users' keys, in their order."""
        return np.asarray(self.serving.inputs.interactions.user_keys[self.users])

    def made_from(self) -> dict[int, str]:
        """What stands for all that each user's list follows from, by the user's key: 16 hex digits each."""
        shared = sha256(f"{self.serving.version_id} {code_version()} {code_of_assets()} ".encode())
        shared.update(np.packbits(self.allowed).tobytes())
        common = np.uint64(int.from_bytes(shared.digest()[:8]))
        hashes = list_hashes(self.serving.inputs.interactions.take(self.users)) ^ common
        return {key: f"{one:016x}" for key, one in zip(self.keys().tolist(), hashes.tolist(), strict=True)}

    def blocks(self) -> list[Group]:
        """The same users, some at a time; of nobody one empty block."""
        starts = range(0, max(1, len(self.users)), BLOCK_USERS)
        return [replace(self, users=self.users[start : start + BLOCK_USERS]) for start in starts]


def active_model(warehouse: WarehouseResource, seed: int, place: int = 0) -> Serving:
    """The active model, or with `place` the one that many places behind it, and whom it serves."""
    opened = warehouse.open()
    with opened.writer("read for recommendations") as connection:
        today = read_serving(connection)
        ranked = fetch(connection, "inputs/active_models").to_pylist()
    chosen = ranked[min(place, len(ranked) - 1)]
    version_id = chosen["model_version_id"]
    model = taught_model(opened.home, chosen["model_type"], version_id, lambda: learned(warehouse), seed)
    return Serving(model, version_id, today.for_items(model.item_keys))


def learned(warehouse: WarehouseResource) -> TrainingInputs:
    """What models learn from."""
    with warehouse.open().writer("read what models learn from") as connection:
        return read_training(connection)


def serve(
    warehouse: WarehouseResource,
    file: SqlFile,
    groups: Sequence[Group],
    rows_of: Callable[[Group], pa.Table],
    run_id: str,
) -> Made:
    """Bring the table of everybody's lists up to date, and check it; what Dagster is told of it.

    Args:
        warehouse: where it lies.
        file: of the table, which has `user_key`, `rank` and `made_from`.
        groups: everybody, each user once.
        rows_of: the lists of some users as rows, without `made_from`.
        run_id: of the run that makes them.
    """
    opened = warehouse.open()
    with opened.writer(f"read {file.name}") as connection:
        standing = standing_lists(connection, file)
    wanted = {key: word for group in groups for key, word in group.made_from().items()}
    due = [still_due(group, wanted, standing) for group in groups]
    rows = pa.concat_tables([lists_of(block, wanted, rows_of) for group in due for block in group.blocks()])
    today, made = (np.concatenate([group.keys() for group in part]) for part in (groups, due))
    gone = np.setdiff1d(np.array(list(standing), dtype=np.int64), today)
    with opened.writer(file.name) as connection:
        if len(made) == len(today):
            report = build(connection, file, computed=rows, run_id=run_id)
        else:
            report = patch(connection, file, computed=rows, removed=whole_lists(np.concatenate([made, gone])))
        note_made(connection, file)
        result = with_checks(connection, opened, stands(connection, file, report), run_id)
    return telling(result, {"lists_made": len(made), "lists_that_stand": len(today) - len(made)})


def standing_lists(connection: Any, file: SqlFile) -> dict[int, str]:
    """What the lists in the table were made from, by user; {} when none can be taken over."""
    if not is_made(connection, file):
        return {}
    table = column_frame(connection, f"{file.schema}.{file.name}", ("user_key", "rank", "made_from"))
    first = table.filter(pc.equal(table["rank"], 1))
    return dict(zip(first["user_key"].to_pylist(), first["made_from"].to_pylist(), strict=True))


def still_due(group: Group, wanted: Mapping[int, str], standing: Mapping[int, str]) -> Group:
    """Those of the group whose lists follow from something else than those that stand."""
    due = np.array([standing.get(key) != wanted[key] for key in group.keys().tolist()], dtype=bool)
    return replace(group, users=group.users[due])


def lists_of(group: Group, wanted: Mapping[int, str], rows_of: Callable[[Group], pa.Table]) -> pa.Table:
    """The group's lists as rows, each with what its list is made from."""
    rows = rows_of(group)
    keys = group.keys()
    if not len(keys):
        return rows.append_column("made_from", pa.array([], pa.string()))
    order = np.argsort(keys, kind="stable")
    places = order[np.searchsorted(keys[order], column(rows, "user_key"))]
    words = np.array([wanted[key] for key in keys.tolist()])
    return rows.append_column("made_from", pa.array(words[places]))


def whole_lists(user_keys: NDArray[np.int64]) -> pa.Table:
    """The keys of all rows that these users can have."""
    ranks = np.arange(1, LIST_LENGTH + 1)
    return pa.table({"user_key": np.repeat(user_keys, LIST_LENGTH), "rank": np.tile(ranks, len(user_keys))})

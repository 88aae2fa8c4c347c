"""The compared pairs kept up to date: what changed is matched again, and only its rows are written.

The one rule: the file that the run before left in HOME/matching counts only with the very table that was made of it.
Whatever does not fit (other weights, other code, another table, a run that was killed) leads to a full run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.pictures import picture_metadata, picture_rows
from assets.steps import Made, telling, with_checks
from assets.tables import stands
from assets.telling import counted
from matching.overrides import Name, Override
from matching.records import AnimeRecord
from matching.state import MatchState, empty_state, load_state, save_state
from matching.update import Update, diff, rematch
from matching.weights import Weights
from warehouse.build import build, fetch, patch, table_exists
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.sqlfiles import sql_file

TABLE = "core/fact_match_candidate"


@dataclass(frozen=True)
class Rematched:
    """What matching found, what it leaves for the next run, and how many records it had to look at."""

    update: Update
    state: MatchState
    changed: int
    gone: int

    def __str__(self) -> str:
        """How it was done, in a sentence for the log."""
        pairs = counted(len(self.update.everything["score"]), "pair")
        records = counted(len(self.update.method), "record")
        if self.update.is_full:
            return f"Matched all {records}: {pairs}."
        which = f"{self.changed:,} new or changed and {self.gone:,} vanished of {records}"
        rows, gone = len(self.update.pairs["score"]), len(self.update.removed)
        return f"Matched {which}: {rows:,} of {pairs} new or told otherwise, {gone:,} gone."


def state_file(home: Home) -> Path:
    """Where the run before left what it found out."""
    return home.matching / "state"


def match_again(
    home: Home,
    stamp: str,
    records: Sequence[AnimeRecord],
    decisions: Sequence[Override],
    weights: Weights,
    today: date,
) -> Rematched:
    """The anime that all of today's records make up, with the least work; `stamp` is that of the present table."""
    state = load_state(state_file(home), weights.rule_version)
    if state is None or not stamp or state.stamp != stamp:
        state = empty_state(weights.rule_version)
    changed, gone = diff(state, records)
    update, after = rematch(state, changed, gone, decisions, on=today, weights=weights)
    return Rematched(update, after, len(changed), len(gone))


def without_decisions(found: Rematched, weights: Weights) -> Sequence[Sequence[Name]]:
    """The anime that the same records would be if nobody had decided anything."""
    return rematch(found.state, (), weights=weights)[0].clusters


def table_stamp(warehouse: Warehouse) -> str:
    """What stands in the table, and the file it is made by, as a text; '' without the table."""
    file = sql_file(TABLE)
    with warehouse.writer("compare the pairs with those of the last matching") as connection:
        return _stamp(connection) if table_exists(connection, f"{file.schema}.{file.name}") else ""


def _stamp(connection: Any) -> str:
    rows = fetch(connection, "inputs/match_candidate_stamp").to_pylist()
    pairs = rows[0]["stamp"] if rows else "none"
    return f"{blake2b(sql_file(TABLE).body.encode(), digest_size=8).hexdigest()} {pairs}"


def write_candidates(warehouse: Warehouse, found: Rematched, rows: pa.Table, run_id: str) -> Made:
    """Bring the table up to date by the pairs to tell of, then keep what was found out; what Dagster is told of it."""
    file, update = sql_file(TABLE), found.update
    with warehouse.writer(file.name) as connection:
        if update.is_full:
            report = build(connection, file, computed=rows, run_id=run_id)
        else:
            report = patch(connection, file, computed=rows, removed=_keys(update.removed, file.keys))
        drawn_from = picture_rows(connection, file.name)
        stamp = _stamp(connection)
        result = with_checks(connection, warehouse, stands(connection, file, report), run_id)
    # a run killed before this line leaves a state whose stamp is not the table's
    save_state(replace(found.state, stamp=stamp), state_file(warehouse.home))
    return telling(result, picture_metadata(file.name, drawn_from))


def _keys(pairs: Sequence[Sequence[str]], names: Sequence[str]) -> pa.Table:
    """Names of pairs as a column for each part, named as the table's keys."""
    return pa.table({name: pa.array([pair[at] for pair in pairs], pa.string()) for at, name in enumerate(names)})

"""Arrow tables from the warehouse as the plain values that matching and recommenders know, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from matching.records import AnimeRecord, record_from_row
from matching.unbegun import with_year_of_asking
from recommenders.ranking import Recommendations


def match_records(table: pa.Table) -> list[AnimeRecord]:
    """The rows of `inputs/match_records` as records, in their order."""
    return with_year_of_asking([record_from_row(row) for row in table.to_pylist()])


def column(table: pa.Table, name: str) -> np.ndarray[Any, Any]:
    """One column as a NumPy array; nulls of a float column become NaN."""
    return np.asarray(table.column(name).to_numpy(zero_copy_only=False))


def list_columns(lists: Recommendations, item_keys: np.ndarray[Any, Any], version_id: str) -> dict[str, Any]:
    """Ranked lists as the columns that every table of lists has, one row for each listed anime."""
    columns: dict[str, Any] = dict(lists.columns(item_keys))
    columns["anime_key"] = columns.pop("item_key")
    columns["model_version_id"] = pa.repeat(version_id, len(columns["user_key"]))
    return columns


def arrow(columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> pa.Table:
    """Columns by name as an Arrow table."""
    return pa.table(dict(columns))

"""Arrow tables from the warehouse as the plain values that matching and recommenders know, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from matching.errors import OverrideError
from matching.overrides import Override
from matching.records import AnimeRecord
from recommenders.ranking import Recommendations

#: The columns of a decision that are days or blank.
DAYS = ("decided_at", "valid_until")


def match_records(table: pa.Table) -> list[AnimeRecord]:
    """The rows of `inputs/match_records` as records, in their order."""
    return [_record(row) for row in table.to_pylist()]


def _record(row: Mapping[str, Any]) -> AnimeRecord:
    claims = (("myanimelist", row["claimed_myanimelist_id"]), ("anilist", row["claimed_anilist_id"]))
    return AnimeRecord(
        source=row["source"],
        source_id=row["source_id"],
        titles=tuple(dict.fromkeys(row["titles"])),
        native_titles=tuple(row["native_titles"]),
        slug=row["slug"],
        format=row["format"],
        episodes=row["episodes"],
        duration_minutes=row["duration_minutes"],
        start_year=row["start_year"],
        start_date=row["start_date"],
        start_date_precision=row["start_date_precision"],
        season=row["season"],
        studios=tuple(row["studios"]),
        source_material=row["source_material"],
        claimed=tuple((source, source_id) for source, source_id in claims if source_id is not None),
        related=tuple(row["related"]),
        popularity=row["popularity"],
    )


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


def overrides(rows: Iterable[Mapping[str, str]]) -> list[Override]:
    """The lines of sql/seeds/match_overrides.csv as decisions.

    Raises:
        OverrideError: naming line, value and what it may be.
    """
    return [_override(number, row) for number, row in enumerate(rows, start=2)]


def _override(line: int, row: Mapping[str, str]) -> Override:
    where = f"sql/seeds/match_overrides.csv:{line}"
    if row["decision"] not in ("same", "different"):
        raise OverrideError(f"{where}: decision is {row['decision']!r}, expected same or different")
    try:
        decided_on, until = (date.fromisoformat(row[name]) if row[name] else None for name in DAYS)
    except ValueError as problem:
        raise OverrideError(f"{where}: {problem}; expected days such as 2026-01-31") from problem
    return Override(
        left=(row["left_source"], row["left_source_id"]),
        right=(row["right_source"], row["right_source_id"]),
        same=row["decision"] == "same",
        reason=row["reason"],
        decided_by=row["decided_by"],
        decided_on=decided_on,
        until=until,
    )

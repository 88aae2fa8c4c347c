"""The tables of the report and the sentences around them, as plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from reports.pictures import Tables
from reports.words import counted, percentage, share

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Listing:
    """A table of words: title, column headings, rows; numbers are right-aligned by the page.

    Attributes:
        title: above it.
        header: column headings.
        rows: as many words each.
        folds: whether the page folds it up when it is long.
    """

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    folds: bool = True


def listing(title: str, found: pd.DataFrame, columns: Mapping[str, str]) -> Listing:
    """The named columns of the rows as words, under the given headings."""
    rows = [tuple(word(row[name]) for name in columns) for row in found.to_dict("records")]
    return Listing(title, tuple(columns.values()), rows)


def word(value: Any) -> str:
    """A value as it stands in a cell: 12,345, 0.12, a day, or nothing for what is not known."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC" if value.hour or value.minute else f"{value:%Y-%m-%d}"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def overview(tables: Tables, world: str) -> list[tuple[str, str]]:
    """What the run came to, in a few pairs of name and value."""
    checks, refused = tables["checks_by_table"], tables["quarantine_counts"]
    broken = int(checks["errors"].sum() + checks["warnings"].sum()) if len(checks) else 0
    made = int(checks["checks"].sum()) if len(checks) else 0
    facts = [("input", world)]
    for row in tables["published"].to_dict("records"):
        facts += [
            ("published", f"{row['published_at']:%Y-%m-%d %H:%M:%S} UTC"),
            ("snapshot", str(row["snapshot_id"])),
            ("run", str(row["run_id"])),
            ("stored", f"{counted(row['stored_rows'], 'row')} in {counted(row['tables'], 'table')}"),
        ]
    facts += [
        ("checks", f"{made - broken:,} of {made:,} hold"),
        ("quarantine", counted(refused["refused"].sum() if len(refused) else 0, "row was", "rows were") + " refused"),
    ]
    active = tables["model_versions"]
    active = active[active["is_active"].astype(bool)] if len(active) else active
    named = ", ".join(f"{row['model_type']} ({row['model_version_id']})" for row in active.to_dict("records"))
    return [*facts, ("active model", named or "none could be taught")]


def rating_words(found: pd.DataFrame) -> str:
    """The ratings in a sentence or two."""
    if found.empty or not found["entries"].iloc[0]:
        return "There are no list entries."
    row = found.iloc[0]
    return (
        f"{counted(row['all_users'], 'user')} have {counted(row['entries'], 'list entry', 'list entries')}, "
        f"{row['ratings']:,} of them with a score, about {counted(row['anime'], 'anime', 'anime')} "
        f"({row['known_anime']:,} of the {row['catalogue_anime']:,} in the catalogues). "
        f"Half of those who rate have given {row['median_ratings']:,.0f} or more scores, "
        f"the busiest {row['most_ratings']:,}. "
        f"{share(row['positives'], row['ratings'])} of the scores are 7 or more, which is what counts as liked."
    )


def check_words(found: pd.DataFrame) -> str:
    """How the checks went, in a sentence."""
    if found.empty:
        return "No check was recorded."
    broken = found[(found["errors"] > 0) | (found["warnings"] > 0)]
    total, tables = int(found["checks"].sum()), len(found)
    if broken.empty:
        return f"All {total:,} checks of {counted(tables, 'table')} hold."
    rows = int(broken["failing_rows"].sum())
    breaking = counted(len(broken), f"of {counted(tables, 'table')} breaks", f"of {counted(tables, 'table')} break")
    return f"{breaking} a rule, in {counted(rows, 'row')} altogether."


def refused_words(found: pd.DataFrame, records: pd.DataFrame) -> str:
    """How much was refused, in a sentence."""
    if found.empty:
        return "No row was refused."
    total = int(found["refused"].sum())
    kept = int(records["records"].sum()) if len(records) else 0
    return (
        f"{counted(total, 'row was', 'rows were')} refused for {counted(len(found), 'reason')}; "
        f"{counted(kept, 'catalogue record')} were kept."
    )


#: How a figure of identity is written: as a share, or as a count.
_FIGURES: dict[bool, Callable[[float], str]] = {True: percentage, False: lambda value: f"{value:,.0f}"}


def match_figures(found: pd.DataFrame) -> Listing:
    """The figures of identity, each with what it was counted from."""
    rows: list[tuple[str, ...]] = []
    for row in found.to_dict("records"):
        is_share = not isnan(row["denominator"])
        counts = f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if is_share else ""
        value = "" if isnan(row["value"]) else _FIGURES[is_share](row["value"])
        rows.append((str(row["metric"]).replace("_", " "), value, counts))
    return Listing("Figures of identity", ("figure", "value", "counted"), rows)

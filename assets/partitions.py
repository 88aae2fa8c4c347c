"""The partitions of the landing assets: the parts in which catalogues can be read, and ratings are recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import dagster as dg

from adapters.base import Parts
from adapters.recordings import FIRST_MONTH
from adapters.services import SERVICES

#: The sources whose catalogues are read in parts too, with what these are.
PARTED: dict[str, Parts] = {
    name: source.streams["anime"].parts for name, source in SERVICES.items() if source.streams["anime"].parts
}
#: The months of ratings, as 2024-04 (UTC), up to the current one, which can be landed again as often as it changes.
MONTHS = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, fmt="%Y-%m", end_offset=1)


def landing_name(source: str, stream: str = "anime") -> str:
    """What the asset of what is landed of a source in partitions is called."""
    return f"landing_{source}__{stream}"


def partitions_of(source: str, today: date | None = None) -> dg.StaticPartitionsDefinition:
    """The partitions of a source's catalogue.

    A new year brings new ones when the code location is loaded next; the old ones keep their names.

    Args:
        source: whose.
        today: the day; None = the real one.
    """
    return dg.StaticPartitionsDefinition(PARTED[source].keys(today or datetime.now(UTC).date()))

"""The partitions of the landing assets: the parts in which a source's catalogue can really be read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import dagster as dg

from adapters.base import Parts
from adapters.services import SERVICES

#: The sources whose catalogues are read in parts too, with what these are.
PARTED: dict[str, Parts] = {
    name: source.streams["anime"].parts for name, source in SERVICES.items() if source.streams["anime"].parts
}


def landing_name(source: str) -> str:
    """What the asset of a source's landed catalogue is called."""
    return f"landing_{source}__anime"


def partitions_of(source: str, today: date | None = None) -> dg.StaticPartitionsDefinition:
    """The partitions of a source's catalogue.

    A new year brings new ones when the code location is loaded next; the old ones keep their names.

    Args:
        source: whose.
        today: the day; None = the real one.
    """
    return dg.StaticPartitionsDefinition(PARTED[source].keys(today or datetime.now(UTC).date()))

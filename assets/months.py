"""One partitioned asset per source whose ratings are recorded by month: a month's file is landed, and nothing else.

The one rule: a month is landed exactly as its file says; raw, which loads it, then holds nothing else of that month.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from adapters.recordings import SOURCES, read_month
from assets.partitions import MONTHS, landing_name
from assets.parts import land_partitions
from assets.resources import RecordingsInput, WarehouseResource
from assets.results import OWNERS, plain_metadata
from warehouse.home import Home
from warehouse.landing import land_file


def months_asset(source: str) -> dg.AssetsDefinition:
    """The asset `landing_<source>__ratings`: the source's ratings by the month of their last change."""
    name = landing_name(source, "ratings")

    @dg.asset(
        name=name,
        # Without a backfill policy the UI offers both: a run for each partition, or one run for a range.
        partitions_def=MONTHS,
        group_name="ingestion",
        kinds={"gzip"},
        owners=OWNERS,
        description="Rows: the entries of users' lists that were changed last in a month. Grain: one line of the "
        f"month's file, verbatim. Source: ratings/{source}/<YYYYMM>.csv.gz of the run's input, landed under "
        f"landing/{source}/ratings in a file that names its month. raw_{source}__ratings loads it. Materialising a "
        "month again lands its file as it is now, which replaces what was landed of that month before, everywhere but "
        "in the landing.",
    )
    def landing(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, recordings_input: RecordingsInput
    ) -> dg.MaterializeResult[None]:
        if recordings_input.directory is None:
            raise dg.Failure(description=_no_directory(name, source), allow_retries=False)
        home, directory = warehouse.open().home, Path(recordings_input.directory)
        land_partitions(context, name, lambda month: _land(home, directory, source, month))
        return dg.MaterializeResult()

    return landing


def _land(home: Home, directory: Path, source: str, month: str) -> Mapping[str, Any]:
    """Land the file of one month; returns what the UI shows of it.

    Raises:
        RecordingError, LandingError: when it was not landed.
    """
    found = read_month(directory, source, month)
    landed = land_file(home, source, found.stream, found.path, found.captured_at, partition=month)
    return plain_metadata(
        {
            "dagster/partition_row_count": found.lines,
            "file_landed": landed.path if landed else None,
            "unchanged": None if landed else "The file is the one that was landed of this month last.",
        }
    )


def _no_directory(name: str, source: str) -> str:
    """What to say where the run has no directory to land from."""
    return (
        f"{name} lands ratings/{source}/<YYYYMM>.csv.gz of a recordings directory, and the input of this run "
        "(OSUSUME_INPUT) is none. Name one: OSUSUME_INPUT=DIR for `osusume dev`, `osusume backfill ratings --input DIR`"
    )


MONTH_ASSETS = [months_asset(source) for source in SOURCES]

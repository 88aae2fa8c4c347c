"""One partitioned asset per catalogue that can be read in parts: a partition is crawled and landed, and nothing else.

The one rule: no connection to the warehouse is open while a service is asked.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from adapters.base import Plan
from adapters.errors import Outage, Refused
from assets.crawlfacts import crawl_facts
from assets.crawling import Crawled, Crawling, Planned, read_asked
from assets.ingest import load_stream
from assets.partitions import PARTED, landing_name, partitions_of
from assets.parts import land_partitions
from assets.plans import plan_parts
from assets.resources import WarehouseResource
from assets.results import OWNERS, plain_metadata
from assets.telling import counted
from warehouse.connection import Warehouse
from warehouse.errors import WarehouseError

#: What the partitions of a source are.
_CUTS = {
    "anilist": "years in which titles started (those before 1960 and those to come together), and what has no date",
    "kitsu": "blocks of 1,000 rows of the list by id",
    "myanimelist": "ten pages of a ranking, seasons, and what only other catalogues' ids lead to",
}
#: After these the service will not answer for the next partition either.
_ENDS_THE_RUN = (Outage, Refused, WarehouseError)
_RESUMES = ", and a crawl that has begun goes on where it stopped"


def landing_asset(source: str) -> dg.AssetsDefinition:
    """The asset `landing_<source>__anime`: the source's catalogue, landed partition by partition."""

    @dg.asset(
        name=landing_name(source),
        # Without a backfill policy the UI offers both: a run for each partition, or one run for a range.
        partitions_def=partitions_of(source),
        group_name="ingestion",
        kinds={"gzip"},
        owners=OWNERS,
        description=f"Rows: one for each answer of {source} to the crawl of a partition. Grain: one HTTP response, "
        f"verbatim. Source: the service itself, in parts: {_CUTS[source]}; landed under landing/{source}/anime in a "
        f"file for each crawl that names its partition. raw_{source}__anime loads it. Materialising a partition again "
        "reads it again: what the service tells now replaces what it told before, everywhere but in the landing.",
    )
    def landing(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, crawling: dg.ResourceParam[Crawling]
    ) -> dg.MaterializeResult[None]:
        _land_parts(context, warehouse.open(), crawling, source)
        return dg.MaterializeResult()

    return landing


def _land_parts(context: dg.AssetExecutionContext, opened: Warehouse, crawling: Crawling, source: str) -> None:
    """Land every partition of the run, one after the other.

    Raises:
        dg.Failure: naming the partitions that were not landed, when there are any; the others count as landed.
    """
    if source not in crawling.services:
        raise dg.Failure(description=_nobody(source), allow_retries=False)
    planned: dict[str, Planned] = {}

    def land(key: str) -> Mapping[str, Any]:
        if not planned or key == PARTED[source].rest:
            planned.update(_plan(opened, crawling, source, context.partition_keys))
        return _land(context, opened, crawling, source, planned[key])

    land_partitions(context, landing_name(source), land, _ENDS_THE_RUN, _RESUMES)


def _plan(opened: Warehouse, crawling: Crawling, source: str, keys: list[str]) -> Mapping[str, Planned]:
    """The crawls of some partitions, from what is known by now."""
    with opened.writer(f"plan of {landing_name(source)}") as connection:
        # What was landed lately is known only once it is loaded.
        load_stream(connection, opened, source, "anime")
        return plan_parts(connection, source, keys, crawling.now().date())


def _land(
    context: dg.AssetExecutionContext, opened: Warehouse, crawling: Crawling, source: str, planned: Planned
) -> Mapping[str, Any]:
    """Crawl one partition into the landing; returns what the UI shows of it.

    Raises:
        AdapterError, WarehouseError: when it was not landed.
    """
    key = planned.plan.partition if planned.plan else ""
    context.log.info(f"{key}: about {counted(planned.forecast, 'request')}")
    crawled = read_asked(opened.home, crawling, source, "anime", planned, _of_a_day_before, context.log.info)
    if crawled.outage:
        raise Outage(crawled.outage)
    return plain_metadata(_facts(crawled))


def _of_a_day_before(ended: Plan, planned: Plan) -> str:
    """What the crawl that ended was where the partition is to be read as it is now; '' = it was."""
    return f"of {ended.today}; reading it as it is now" if ended.today < planned.today else ""


def _facts(crawled: Crawled) -> dict[str, Any]:
    """What the UI shows of a partition."""
    records = crawled.ended.progress.records if crawled.ended else 0
    return {"dagster/partition_row_count": records, **crawl_facts(crawled)}


def _nobody(source: str) -> str:
    """What to say where the run has no service to ask."""
    return (
        f"{landing_name(source)} asks {source} itself, and the input of this run (OSUSUME_INPUT) has no {source} to "
        f"ask: recordings and landed files are loaded by raw_{source}__anime. Use OSUSUME_INPUT=live with {source} "
        "among OSUSUME_SOURCES, or the demo's stand-ins: `osusume dev`, `osusume backfill`"
    )


LANDING_ASSETS = [landing_asset(source) for source in PARTED]

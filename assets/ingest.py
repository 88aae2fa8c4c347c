"""One raw asset per source and stream: recordings and answers are landed verbatim, then loaded record by record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from adapters.base import Plan
from adapters.errors import AdapterError
from adapters.services import SERVICES
from assets.crawlfacts import crawl_facts, crawl_told
from assets.crawling import Crawled, Crawling, Planned, read_asked
from assets.downloads import FILES, download
from assets.partitions import PARTED, landing_name
from assets.plans import plan_crawl
from assets.resources import RecordingsInput, WarehouseResource
from assets.results import OWNERS, column_schema, markdown_table, plain_metadata
from assets.steps import Made, table_step, telling, with_checks
from assets.telling import counted
from warehouse.build import preview
from warehouse.catalogue import columns_of
from warehouse.connection import Warehouse
from warehouse.landing import land_file
from warehouse.load import LoadReport, load_new_files
from warehouse.names import relation
from warehouse.schema import RAW_STREAMS

#: What one row of a raw table is, by stream.
GRAINS = {
    "anime": "one catalogue record as the source gave it, with the landing file and line it stands in",
    "ratings": "one line of the source's ratings, verbatim, with the landing file and line it stands in",
    "lists": "one entry of a user's list as the source gave it; users are called by their salted hash",
    "reviews": "one review as the source gave it; authors are called by their salted hash",
}
#: The streams of each source, in the order of the data's way: what only recordings give comes with the rest.
STREAMS = {source: streams for source, streams in RAW_STREAMS.items() if source in SERVICES}
#: These two are asked for the ids that other catalogues name.
_AFTER = {
    "myanimelist": ("raw_anilist__anime", "raw_kitsu__anime"),
    "jikan": ("raw_anilist__anime", "raw_kitsu__anime"),
}


@dataclass(frozen=True)
class Intake:
    """What one run took in of a stream."""

    landed: list[str]
    loaded: LoadReport
    table: Made
    crawled: Crawled = field(default_factory=Crawled)


def raw_asset(source: str, stream: str) -> dg.AssetsDefinition:
    """The asset `raw_<source>__<stream>`: new recordings and answers of the stream, landed and loaded."""
    name = f"raw_{source}__{stream}"

    spec = _spec(
        name,
        _upstream(source, stream),
        f"Rows: everything {source} has told so far. Grain: {GRAINS[stream]}. Source: recordings "
        f"and, where the run may ask it, the service itself; both landed under landing/{source}/{stream}. "
        "A loaded file is not read again.",
    )

    @table_step(name, [spec])
    def raw(
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        recordings_input: RecordingsInput,
        crawling: dg.ResourceParam[Crawling],
    ) -> Made:
        opened = warehouse.open()
        return _result(take_in(context, opened, recordings_input, crawling, source, stream))

    return raw


def _spec(name: str, deps: Sequence[str], description: str) -> dg.AssetSpec:
    """The asset of a raw table."""
    return dg.AssetSpec(
        key=name,
        deps=deps,
        group_name="ingestion",
        kinds={"duckdb", "gzip"},
        owners=OWNERS,
        metadata={"dagster/table_name": f"raw.{name}"},
        description=description,
    )


def _upstream(source: str, stream: str) -> tuple[str, ...]:
    """What a raw table is made after: its landed partitions and, for a catalogue, those that name its ids."""
    if stream == "ratings":
        return (landing_name(source, stream),)
    if stream != "anime":
        return ()
    return (*([landing_name(source)] if source in PARTED else []), *_AFTER.get(source, ()))


def take_in(
    context: dg.AssetExecutionContext,
    opened: Warehouse,
    recordings_input: RecordingsInput,
    crawling: Crawling,
    source: str,
    stream: str,
) -> Intake:
    """Land recordings, ask the service where the run may, load what is new.

    Raises:
        dg.Failure: when the service refuses us, or is out and nothing of its catalogue was ever landed.
    """
    name = f"raw_{source}__{stream}"
    found = recordings_input.recordings(source, stream)
    files = [land_file(opened.home, source, stream, one.path, one.captured_at, partition=one.month) for one in found]
    landed = [file.path for file in files if file is not None]
    asked = crawling.asks(source, stream)
    with opened.writer(name) as connection:
        loaded = load_stream(connection, opened, source, stream)
        if not asked:
            return Intake(landed, loaded, _stands(connection, opened, name, context.run_id))
        planned = plan_crawl(connection, opened.home, crawling, source, stream)
    crawled = _ask(context, opened, crawling, source, stream, planned)
    if crawled.ended:
        context.log.info(crawl_told(source, stream, crawled))
    if crawled.outage:
        _weigh_outage(context, crawled, name, loaded, is_catalogue=stream == "anime")
    with opened.writer(name) as connection:
        loaded = _together(loaded, load_stream(connection, opened, source, stream))
        return Intake(landed, loaded, _stands(connection, opened, name, context.run_id), crawled)


def _ask(
    context: dg.AssetExecutionContext,
    opened: Warehouse,
    crawling: Crawling,
    source: str,
    stream: str,
    planned: Planned,
) -> Crawled:
    """Crawl the stream; what only a person can put right fails the asset in one message."""
    if planned.plan is not None:
        context.log.info(f"{source} {stream}: {planned.plan.kind} crawl, about {counted(planned.forecast, 'request')}")
    try:
        return read_asked(opened.home, crawling, source, stream, planned, _other_than_years, context.log.info)
    except AdapterError as problem:
        raise dg.Failure(description=str(problem), allow_retries=False) from problem


def _other_than_years(ended: Plan, planned: Plan) -> str:
    """What the crawl that ended was where a backfill's years are still to be read; '' = none are.

    What is merely due can wait for the next run; years that somebody has asked for would never be read.
    """
    is_other = planned.kind == "range" and (ended.kind, ended.years) != (planned.kind, planned.years)
    return "another crawl; reading the years asked for" if is_other else ""


def _weigh_outage(
    context: dg.AssetExecutionContext, crawled: Crawled, name: str, loaded: LoadReport, *, is_catalogue: bool
) -> None:
    """Go on with what was landed before; where there is nothing of a catalogue, there is nothing to go on with."""
    if is_catalogue and not loaded.total_rows:
        raise dg.Failure(description=crawled.outage, allow_retries=False)
    rows = counted(loaded.total_rows, "row")
    context.log.warning(f"{crawled.outage}. Going on with the {rows} of {name} landed before")


def load_stream(connection: Any, opened: Warehouse, source: str, stream: str) -> LoadReport:
    """Load the stream's new files, unpacking answers as its adapter does."""
    streams = SERVICES[source].streams
    unpack = streams[stream].records if stream in streams else None
    return load_new_files(connection, opened.home, source, stream, unpack)


def _together(first: LoadReport, second: LoadReport) -> LoadReport:
    """Two loads of one stream as one."""
    return LoadReport(first.files + second.files, first.rows + second.rows, second.total_rows)


def _stands(connection: Any, opened: Warehouse, name: str, run_id: str) -> Made:
    """A raw table's columns and first rows, for the UI, with its checks."""
    schema = column_schema(columns_of(connection, relation(f"raw.{name}")))
    rows = preview(connection, f"raw.{name}")
    first = {"preview": dg.MetadataValue.md(markdown_table(rows))} if rows else {}
    result = dg.MaterializeResult[None](asset_key=name, metadata={"dagster/column_schema": schema, **first})
    return with_checks(connection, opened, result, run_id)


def _result(intake: Intake) -> Made:
    """What the UI shows of a raw table and of the crawl that filled it."""
    facts = {
        "dagster/row_count": intake.loaded.total_rows,
        "rows_loaded": intake.loaded.rows,
        "files_loaded": intake.loaded.files,
        "files_landed": ", ".join(intake.landed) or None,
        **crawl_facts(intake.crawled),
    }
    return telling(intake.table, plain_metadata(facts))


def imdb_asset(stream: str) -> dg.AssetsDefinition:
    """The asset `raw_imdb__<stream>`: the newest of IMDb's daily files, as far as it is about animation."""
    name = f"raw_imdb__{stream}"
    basics = "raw_imdb__title_basics"

    spec = _spec(
        name,
        () if name == basics else (basics,),
        "Rows: animated titles that are no single episodes. Grain: one line of IMDb's file "
        f"{FILES[stream]}. Source: the daily file, landed whole under landing/imdb; only the newest one is loaded. "
        "Information courtesy of IMDb (https://www.imdb.com). Used with permission.",
    )

    @table_step(name, [spec])
    def raw(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, crawling: dg.ResourceParam[Crawling]
    ) -> Made:
        opened = warehouse.open()
        try:
            landed = download(opened.home, crawling, stream, context.log.info)
        except AdapterError as problem:
            raise dg.Failure(description=str(problem), allow_retries=False) from problem
        with opened.writer(name) as connection:
            loaded = load_new_files(connection, opened.home, "imdb", stream)
            intake = Intake([landed] if landed else [], loaded, _stands(connection, opened, name, context.run_id))
        return _result(intake)

    return raw


RAW_ASSETS = [
    *(raw_asset(source, stream) for source, streams in STREAMS.items() for stream in streams),
    *(imdb_asset(stream) for stream in FILES),
]

"""One raw asset per source and stream: recordings and answers are landed verbatim, then loaded record by record."""

from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from adapters.errors import AdapterError
from adapters.services import SERVICES
from assets.crawling import Crawled, Crawling, Planned, read_service
from assets.downloads import FILES, download
from assets.partitions import PARTED, landing_name
from assets.plans import plan_crawl
from assets.resources import RecordingsInput, WarehouseResource
from assets.results import OWNERS, PREVIEW_ROWS, column_schema, markdown_table, plain_metadata
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
    shown: dict[str, Any]
    crawled: Crawled = field(default_factory=Crawled)


def raw_asset(source: str, stream: str) -> dg.AssetsDefinition:
    """The asset `raw_<source>__<stream>`: new recordings and answers of the stream, landed and loaded."""
    name = f"raw_{source}__{stream}"

    @dg.asset(
        name=name,
        deps=_upstream(source, stream),
        group_name="ingestion",
        kinds={"duckdb", "gzip"},
        owners=OWNERS,
        metadata={"dagster/table_name": f"raw.{name}"},
        description=f"Rows: everything {source} has told so far. Grain: {GRAINS[stream]}. Source: recordings "
        f"and, where the run may ask it, the service itself; both landed under landing/{source}/{stream}. "
        "A loaded file is not read again.",
    )
    def raw(
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        recordings_input: RecordingsInput,
        crawling: dg.ResourceParam[Crawling],
    ) -> dg.MaterializeResult[None]:
        opened = warehouse.open()
        intake = take_in(context, opened, recordings_input, crawling, source, stream)
        return dg.MaterializeResult(metadata=_metadata(intake))

    return raw


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
            return Intake(landed, loaded, _shown(connection, name))
        planned = plan_crawl(connection, opened.home, crawling, source, stream)
    crawled = _ask(context, opened, crawling, source, stream, planned)
    if crawled.ended:
        context.log.info(_told(source, stream, crawled))
    if crawled.outage:
        _weigh_outage(context, crawled, name, loaded, is_catalogue=stream == "anime")
    with opened.writer(name) as connection:
        loaded = _together(loaded, load_stream(connection, opened, source, stream))
        return Intake(landed, loaded, _shown(connection, name), crawled)


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
        context.log.info(f"{source} {stream}: {planned.plan.kind} crawl, about {planned.forecast:,} requests")
    try:
        return read_service(opened.home, crawling, source, stream, planned, context.log.info)
    except AdapterError as problem:
        raise dg.Failure(description=str(problem), allow_retries=False) from problem


def _told(source: str, stream: str, crawled: Crawled) -> str:
    """A crawl that came to its end, in a line."""
    if crawled.ended is None:
        return ""
    done = crawled.ended.progress
    extras = [
        f"{number:,} {words}"
        for number, words in (
            (done.replayed, "of them kept from before"),
            (done.refused, "replies asked for again"),
            (done.missing, "not there or private"),
        )
        if number
    ]
    read = f"{source} {stream}: {done.answered:,} requests answered, {done.records:,} records in {done.seconds:.0f} s"
    return ", ".join([read, *extras])


def _weigh_outage(
    context: dg.AssetExecutionContext, crawled: Crawled, name: str, loaded: LoadReport, *, is_catalogue: bool
) -> None:
    """Go on with what was landed before; where there is nothing of a catalogue, there is nothing to go on with."""
    if is_catalogue and not loaded.total_rows:
        raise dg.Failure(description=crawled.outage, allow_retries=False)
    context.log.warning(f"{crawled.outage}. Going on with the {loaded.total_rows:,} rows of {name} landed before")


def load_stream(connection: Any, opened: Warehouse, source: str, stream: str) -> LoadReport:
    """Load the stream's new files, unpacking answers as its adapter does."""
    streams = SERVICES[source].streams
    unpack = streams[stream].records if stream in streams else None
    return load_new_files(connection, opened.home, source, stream, unpack)


def _together(first: LoadReport, second: LoadReport) -> LoadReport:
    """Two loads of one stream as one."""
    return LoadReport(first.files + second.files, first.rows + second.rows, second.total_rows)


def _shown(connection: Any, name: str) -> dict[str, Any]:
    """The columns and first rows of a raw table, for the UI."""
    rows = preview(connection, f"raw.{name}", PREVIEW_ROWS)
    return {
        "dagster/column_schema": column_schema(columns_of(connection, relation(f"raw.{name}"))),
        "preview": dg.MetadataValue.md(markdown_table(rows)) if rows else None,
    }


def _metadata(intake: Intake) -> dict[str, Any]:
    """What the UI shows of a raw table and of the crawl that filled it."""
    return plain_metadata(
        {
            "dagster/row_count": intake.loaded.total_rows,
            **intake.shown,
            "rows_loaded": intake.loaded.rows,
            "files_loaded": intake.loaded.files,
            "files_landed": ", ".join(intake.landed) or None,
            **crawl_facts(intake.crawled),
        }
    )


def crawl_facts(crawled: Crawled) -> dict[str, Any]:
    """What a crawl did, as plain metadata; empty where none was made."""
    facts: dict[str, Any] = {"http_requests": crawled.requests or None, "outage": crawled.outage or None}
    if crawled.ended is not None:
        progress, end = crawled.ended.progress, crawled.ended.end
        facts |= {
            "crawl": crawled.ended.plan.kind,
            "partition": crawled.ended.plan.partition,
            "answers": progress.answered,
            "answers_from_the_interrupted_crawl": progress.replayed or None,
            "replies_asked_for_again": progress.refused,
            "records_read": progress.records,
            "not_there_or_private": progress.missing or None,
            "gone": len(end.gone) or None,
            "crawl_seconds": round(progress.seconds, 1),
        }
        facts |= {f"crawl_{name}": value for name, value in end.notes.items()}
    return facts


def imdb_asset(stream: str) -> dg.AssetsDefinition:
    """The asset `raw_imdb__<stream>`: the newest of IMDb's daily files, as far as it is about animation."""
    name = f"raw_imdb__{stream}"
    basics = "raw_imdb__title_basics"

    @dg.asset(
        name=name,
        deps=() if name == basics else (basics,),
        group_name="ingestion",
        kinds={"duckdb", "gzip"},
        owners=OWNERS,
        metadata={"dagster/table_name": f"raw.{name}"},
        description="Rows: animated titles that are no single episodes. Grain: one line of IMDb's file "
        f"{FILES[stream]}. Source: the daily file, landed whole under landing/imdb; only the newest one is loaded. "
        "Information courtesy of IMDb (https://www.imdb.com). Used with permission.",
    )
    def raw(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, crawling: dg.ResourceParam[Crawling]
    ) -> dg.MaterializeResult[None]:
        opened = warehouse.open()
        try:
            landed = download(opened.home, crawling, stream, context.log.info)
        except AdapterError as problem:
            raise dg.Failure(description=str(problem), allow_retries=False) from problem
        with opened.writer(name) as connection:
            loaded = load_new_files(connection, opened.home, "imdb", stream)
            intake = Intake([landed] if landed else [], loaded, _shown(connection, name))
        return dg.MaterializeResult(metadata=_metadata(intake))

    return raw


RAW_ASSETS = [
    *(raw_asset(source, stream) for source, streams in STREAMS.items() for stream in streams),
    *(imdb_asset(stream) for stream in FILES),
]

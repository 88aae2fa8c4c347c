"""One raw asset per source and stream: recordings are landed verbatim, then loaded line by line."""

import dagster as dg

from adapters.recordings import SOURCES
from assets.resources import RecordingsInput, WarehouseResource
from assets.results import OWNERS, PREVIEW_ROWS, column_schema, markdown_table, plain_metadata
from warehouse.build import preview
from warehouse.catalogue import columns_of
from warehouse.landing import land_file
from warehouse.load import load_new_files
from warehouse.names import relation

STREAMS = {
    "anime": "one line of the source's catalogue, verbatim, with the landing file and line it stands in",
    "ratings": "one line of the source's ratings, verbatim, with the landing file and line it stands in",
}


def raw_asset(source: str, stream: str) -> dg.AssetsDefinition:
    """The asset `raw_<source>__<stream>`: new recordings of the stream, landed and loaded."""
    name = f"raw_{source}__{stream}"

    @dg.asset(
        name=name,
        group_name="ingestion",
        kinds={"duckdb", "gzip"},
        owners=OWNERS,
        metadata={"dagster/table_name": f"raw.{name}"},
        description=f"Rows: everything {source} has told so far. Grain: {STREAMS[stream]}. "
        f"Source: recordings, landed under landing/{source}/{stream}. A loaded file is not read again.",
    )
    def raw(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, recordings_input: RecordingsInput
    ) -> dg.MaterializeResult[None]:
        opened = warehouse.open()
        found = recordings_input.recordings(source, stream)
        landed = [land_file(opened.home, source, stream, one.path, one.captured_at) for one in found]
        with opened.writer(name) as connection:
            report = load_new_files(connection, opened.home, source, stream)
            columns = columns_of(connection, relation(f"raw.{name}"))
            rows = preview(connection, f"raw.{name}", PREVIEW_ROWS)
        new_files = [file.path for file in landed if file is not None]
        context.log.info("%s: %d new files, %d rows in all", name, len(new_files), report.total_rows)
        return dg.MaterializeResult(
            metadata=plain_metadata(
                {
                    "dagster/row_count": report.total_rows,
                    "dagster/column_schema": column_schema(columns),
                    "preview": dg.MetadataValue.md(markdown_table(rows)) if rows else None,
                    "rows_loaded": report.rows,
                    "files_loaded": report.files,
                    "files_landed": ", ".join(new_files) or None,
                }
            )
        )

    return raw


RAW_ASSETS = [raw_asset(source, stream) for source in SOURCES for stream in STREAMS]

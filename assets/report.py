"""The HTML report of what was published: written after publishing, so that its failure costs nothing but itself."""

import json
from typing import Any

import dagster as dg

from assets.resources import WarehouseResource
from assets.results import OWNERS, plain_metadata
from reports.page import QUERIES, render
from warehouse.build import fetch
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.shelf import keep_report

DEMO_NOTE = "The demo world is generated: its figures say nothing about real anime, real people or real quality."


@dg.asset(
    name="quality_report",
    deps=["published_snapshot"],
    group_name="monitoring",
    kinds={"html"},
    owners=OWNERS,
    description="One HTML page about the published snapshot, reports/latest/index.html: catalogue, identity, ratings, "
    "data quality, models and recommendations in pictures, tables and sentences. It opens without a server. Grain: one "
    "page a run, the newest few are kept. Source: the snapshot, through sql/reports.",
)
def quality_report(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """The page of this run in its folder, and `latest` on it; users are not named in it."""
    opened = warehouse.open()
    tables = report_tables(opened)
    world, note = world_words(opened.home)
    page = render(tables, world, note)
    path = keep_report(opened.home, context.run_id, page)
    return dg.MaterializeResult(
        metadata=plain_metadata({"path": dg.MetadataValue.path(str(path.absolute())), "bytes": len(page.encode())})
    )


def report_tables(warehouse: Warehouse) -> dict[str, Any]:
    """What the page is made of, as frames by query, read from the published snapshot: no writer waits for it.

    Raises:
        NothingPublished: when there is no snapshot yet.
    """
    with warehouse.reader() as connection:
        tables = {name: fetch(connection, f"reports/{name}").to_pandas() for name in QUERIES}
        return tables | {"quarantine_counts": fetch(connection, "serving/quarantine_counts").to_pandas()}


def world_words(home: Home) -> tuple[str, str]:
    """What this HOME holds, in words, and what to warn of; by its marker, which a HOME of tests may lack."""
    if not home.marker.is_file():
        return "not stated", ""
    marker = json.loads(home.marker.read_text(encoding="utf-8"))
    if marker.get("world") == "demo":
        return f"the generated demo world, seed {marker.get('seed')}", DEMO_NOTE
    return "real catalogues and ratings", ""

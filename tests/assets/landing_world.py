"""A HOME that lands partitions from services on loopback, and what it then knows of a catalogue."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from assets.crawling import Crawling, ServiceAccess
from assets.ingest import RAW_ASSETS
from assets.landing import LANDING_ASSETS
from assets.partitions import landing_name, partitions_of
from assets.resources import RecordingsInput, WarehouseResource
from assets.tables import SQL_ASSETS
from demo.services.make import CLIENT_ID, make_services
from demo.services.overlay import Overlay
from demo.services.server import Services
from demo.world import World
from orchestration.demoworld import DEMO_TODAY
from warehouse.segments import read_segment

SOURCES = ("anilist", "kitsu", "myanimelist")
_STAGING = {
    source: [f"stg_{source}__anime_records", f"stg_{source}__anime", *extra]
    for source, extra in (("anilist", []), ("kitsu", ["stg_kitsu__anime_included"]), ("myanimelist", []))
}
#: Columns that say where and when a record was read, not what it says.
PLACE = "captured_at, payload_path, payload_line, payload_item"


@dataclass
class Lander:
    """A HOME that asks services on loopback.

    Attributes:
        home: where everything lies.
        services: whom it asks.
        overlay: what has happened to their catalogues.
        instance: the Dagster instance of its runs.
    """

    home: Path
    services: Services
    overlay: Overlay
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    def crawling(self, **changes: object) -> Crawling:
        """What its runs may ask: everything, a thousand times as fast as the real services."""
        services = {
            name: ServiceAccess(url, 60_000, CLIENT_ID if name == "myanimelist" else None)
            for name, url in self.services.urls.items()
        }
        words = {"services": services, "salt_file": self.home / "salt", "hurry": 1000.0, "today": DEMO_TODAY}
        return Crawling(**(words | changes))

    def land(self, source: str, first: str, last: str | None = None, **changes: object) -> dg.ExecuteInProcessResult:
        """One run that lands one partition, or a range of them."""
        chosen = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last or first}
        return self._run([landing_name(source)], chosen, self.crawling(**changes))

    def land_all(self, source: str) -> dg.ExecuteInProcessResult:
        """One run that lands every partition of a source."""
        keys = partitions_of(source, DEMO_TODAY).get_partition_keys()
        return self.land(source, keys[0], keys[-1])

    def load(self, source: str) -> dg.ExecuteInProcessResult:
        """What was landed, as a staging table; nobody is asked."""
        return self._run([f"raw_{source}__anime", *_STAGING[source]], {}, self.crawling(refreshes=False))

    def crawl(self, source: str) -> dg.ExecuteInProcessResult:
        """The raw asset's own crawl, as a staging table."""
        return self._run([f"raw_{source}__anime", *_STAGING[source]], {}, self.crawling())

    def _run(self, names: list[str], tags: dict[str, str], crawling: Crawling) -> dg.ExecuteInProcessResult:
        chosen = {dg.AssetKey(name) for name in names}
        return dg.materialize(
            [one for one in (*LANDING_ASSETS, *RAW_ASSETS, *SQL_ASSETS) if not chosen.isdisjoint(one.keys)],
            resources={
                "warehouse": WarehouseResource(home=str(self.home), memory_limit="500MB", threads=1),
                "recordings_input": RecordingsInput(),
                "crawling": crawling,
            },
            instance=self.instance,
            tags=tags,
            raise_on_error=False,
        )

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What a query on the warehouse gives."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(statement).fetchall()

    def staged(self, source: str, where: str = "true") -> list[tuple[object, ...]]:
        """The records of a catalogue, without when and where they were read."""
        return self.rows(f"select * exclude ({PLACE}) from staging.stg_{source}__anime where {where} order by all")

    def crawls(self, source: str) -> list[list[dict[str, object]]]:
        """The lines of every landed crawl of a catalogue, oldest first."""
        files = sorted((self.home / "landing" / source / "anime").glob("*.responses.jsonl.gz"))
        return [[line for _, line in read_segment(file)] for file in files]

    def origins(self, source: str) -> list[str]:
        """What the manifests say of where the landed files came from."""
        files = sorted((self.home / "landing" / source / "anime").glob("*.manifest.json"))
        return [json.loads(file.read_text())["origin"] for file in files]

    def landed(self, source: str) -> set[str]:
        """The partitions that Dagster holds for materialised."""
        return self.instance.get_materialized_partitions(dg.AssetKey(landing_name(source)))


@contextmanager
def lander(world: World, root: Path) -> Iterator[Lander]:
    """Services without faults, and a HOME that has read nothing."""
    overlay = Overlay(world)
    with make_services(world, SOURCES, rate_scale=5_000, overlay=overlay, client_id=CLIENT_ID) as services:
        yield Lander(root / "home", services, overlay)

"""A recordings directory with months of ratings, and a HOME that lands them in Dagster, in process."""

import gzip
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from assets.crawling import Crawling
from assets.ingest import RAW_ASSETS
from assets.months import MONTH_ASSETS
from assets.partitions import landing_name
from assets.resources import RecordingsInput, WarehouseResource
from tests.sql.building import prepared_file
from warehouse.home import Home


@dataclass
class Recorder:
    """A directory in which months of ratings are recorded, and the HOME that reads it.

    Attributes:
        root: holds both.
        instance: the Dagster instance of its runs.
    """

    root: Path
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @property
    def directory(self) -> Path:
        """The recordings."""
        return self.root / "recordings"

    @property
    def home(self) -> Home:
        """Where they are landed."""
        return Home(self.root / "home")

    def file(self, source: str, month: str) -> Path:
        """The file of a month, written 2024-04."""
        return self.directory / "ratings" / source / f"{month.replace('-', '')}.csv.gz"

    def record(self, source: str, month: str, *users: str) -> None:
        """Record a month in which these users have changed what they think of anime 1."""
        lines = [f"user_id,{source}_id,score,updated_at", *(f"{user},1,8,{month}-03T00:00:00Z" for user in users)]
        path = self.file(source, month)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))

    def land(
        self, source: str, first: str, last: str | None = None, **changes: str | None
    ) -> dg.ExecuteInProcessResult:
        """One run that lands one month, or a range of them."""
        chosen = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last or first}
        return self._run(landing_name(source, "ratings"), chosen, **changes)

    def load(self, source: str, **changes: str | None) -> dg.ExecuteInProcessResult:
        """One run of the raw asset."""
        if not self.home.warehouse_file.exists():
            self.home.root.mkdir(exist_ok=True)
            shutil.copyfile(prepared_file(), self.home.warehouse_file)
        return self._run(f"raw_{source}__ratings", {}, **changes)

    def _run(self, name: str, tags: dict[str, str], **changes: str | None) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [one for one in (*MONTH_ASSETS, *RAW_ASSETS) if one.key == dg.AssetKey(name)],
            resources={
                "warehouse": WarehouseResource(home=str(self.home.root), memory_limit="500MB", threads=1),
                "recordings_input": RecordingsInput(**({"directory": str(self.directory)} | changes)),
                "crawling": Crawling(),
            },
            instance=self.instance,
            tags=tags,
            raise_on_error=False,
        )

    def landed(self, source: str) -> set[str]:
        """The months that Dagster holds for materialised."""
        return self.instance.get_materialized_partitions(dg.AssetKey(landing_name(source, "ratings")))

    def loaded(self, source: str) -> list[tuple[str, str]]:
        """Month and user of what is loaded."""
        with duckdb.connect(str(self.home.warehouse_file), read_only=True) as con:
            return con.execute(f"select month, user_id from raw.raw_{source}__ratings order by all").fetchall()

"""A backfill of many partitions as the UI makes it, with readers beside it: `python -m benchmarks.backfills`.

A small demo world was taken in. `osusume dev` (webserver, daemon, stand-in services) is asked through its API for
AniList's years and MyAnimeList's seasons once more, a run in a process of its own for each. Meanwhile one process
publishes, one reads the snapshot in a loop, and one runs `osusume sql` in a loop. A copy of the HOME is asked for the
same partitions in one run for each source. What an ordinary run then makes of both must be the same tables.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.partitions import PARTED, landing_name
from benchmarks.contention import FORKED, Seen, publishing, tell, until_over
from benchmarks.devapi import Api, dev
from benchmarks.snapshots import OF_THE_RUN, Tables, differing
from tests.end_to_end.runs import RUN_TIMES
from tests.orphans import end_with_parent
from warehouse.catalogue import row_count, types_of
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.names import relation
from warehouse.publish import current_snapshot

ENVIRONMENT = {
    "OSUSUME_DEMO_ANIME": "300",
    "OSUSUME_DEMO_USERS": "60",
    "OSUSUME_DEMO_RATINGS": "900",
    "OSUSUME_MODELS": "popularity,item_knn",
    "OSUSUME_MLFLOW_URI": "off",
}
#: When something was asked and written, and its place in what was landed, which two crawls cannot have in common: a
#: service that stumbled has a line more in its file, and lists come in an order that moves.
OF_THE_CRAWL = {*OF_THE_RUN, *RUN_TIMES, "captured_at", "payload_path", "payload_line", "payload_item"}
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "osusume"}
BACKFILL = """mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}"""
BACKFILLED = """query($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill {
      status
      assetBackfillData {
        assetBackfillStatuses {
          ... on AssetPartitionsStatusCounts { numPartitionsMaterialized numPartitionsFailed }
        }
      }
    }
  }
}"""
LAUNCH = """mutation($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


def main() -> int:
    """Play the scene once; the exit status is 1 when anything went wrong or the tables differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--partitions", type=int, default=120, help="how many (default 120)")
    arguments = parser.parse_args()
    keys = chosen(arguments.partitions)
    with tempfile.TemporaryDirectory(prefix="osusume-backfills-") as directory:
        root = Path(directory)
        parallel, single = root / "parallel", root / "single"
        osusume(parallel, "run")
        shutil.copytree(parallel, single)
        began = time.monotonic()
        scene = in_many_runs(parallel, keys)
        took = time.monotonic() - began
        scene["single"] = in_one_run_each(single, keys)
        for home in (parallel, single):
            osusume(home, "run")
        differ = differing(landed_alike(parallel), landed_alike(single))
    return tell(scene, took, [f"{name} {rows}" for name, rows in differ.items()], "from their launch to their end")


def chosen(partitions: int) -> dict[str, list[str]]:
    """AniList's years from 1960 on and, where they do not suffice, MyAnimeList's seasons, newest first."""
    today = datetime.now(UTC).date()
    years = PARTED["anilist"].of_years(1960, today.year + 1, today)[:partitions]
    seasons = PARTED["myanimelist"].of_years(1980, today.year, today)[::-1]
    wanted = {"anilist": list(years), "myanimelist": list(seasons[: partitions - len(years)])}
    return {source: keys for source, keys in wanted.items() if keys}


def osusume(home: Path, *words: str, more: Mapping[str, str] = ENVIRONMENT) -> None:
    """One command to its end; the benchmark ends when it fails."""
    command = [sys.executable, "-m", "orchestration", "--home", str(home), *words]
    environment = {**os.environ, **more}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"osusume {' '.join(words)} failed ({ended.returncode}):\n{ended.stderr[-3000:]}")


def in_many_runs(home: Path, keys: Mapping[str, Sequence[str]]) -> dict[str, Seen]:
    """A backfill for each source, a run for each of its partitions, with the others beside it until the last ends."""
    over = home / "over"
    with FORKED.Pool(3, end_with_parent) as others, dev(home, ENVIRONMENT) as api:
        beside = {
            work.__name__: others.apply_async(until_over, (work, home, over)) for work in (publishing, reading, asking)
        }
        try:
            scene = {source: backfilled(api, source, wanted) for source, wanted in keys.items()}
        finally:
            over.touch()
        scene |= {name: task.get() for name, task in beside.items()}
        others.close()
        others.join()
    return scene


def backfilled(api: Api, source: str, keys: Sequence[str]) -> Seen:
    """One backfill to its end, as its counts tell; seconds are those from its launch to its end."""
    began = time.monotonic()
    params = {"assetSelection": [{"path": [landing_name(source)]}], "partitionNames": list(keys)}
    launched = api.ask(BACKFILL, params=params).get("launchPartitionBackfill", {})
    if "backfillId" not in launched:
        return Seen(errors=[f"{source}: {launched}"])
    told: dict[str, Any] = {}

    def ended() -> bool:
        told.update(api.ask(BACKFILLED, id=launched["backfillId"]).get("partitionBackfillOrError", {}))
        return str(told.get("status", "REQUESTED")) not in ("REQUESTED", "CANCELING")

    api.wait(ended)
    counts = told["assetBackfillData"]["assetBackfillStatuses"][0]
    done, failed = counts["numPartitionsMaterialized"], counts["numPartitionsFailed"]
    missed = [] if done == len(keys) else [f"{source}: {done} of {len(keys)} landed, {failed} failed: {told['status']}"]
    return Seen(done, [time.monotonic() - began], missed)


def in_one_run_each(home: Path, keys: Mapping[str, Sequence[str]]) -> Seen:
    """The same partitions in one run for each unbroken range of a source."""
    seen = Seen()
    with dev(home, ENVIRONMENT) as api:
        for source, wanted in keys.items():
            order = PARTED[source].keys(datetime.now(UTC).date())
            places = sorted(order.index(key) for key in wanted)
            tags = [
                {"key": "dagster/asset_partition_range_start", "value": order[places[0]]},
                {"key": "dagster/asset_partition_range_end", "value": order[places[-1]]},
            ]
            selector = {**REPOSITORY, "pipelineName": f"backfill_{source}"}
            params = {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags}}
            began = time.monotonic()
            run_id = api.ask(LAUNCH, params=params)["launchRun"]["run"]["runId"]
            api.wait(lambda run_id=run_id: status(api, run_id) in ("SUCCESS", "FAILURE", "CANCELED"))  # type: ignore[misc]
            seen.turns += 1
            seen.waited_s.append(time.monotonic() - began)
            if status(api, run_id) != "SUCCESS":
                seen.errors.append(f"one run of {source}: {status(api, run_id)}")
    return seen


def landed_alike(home: Path) -> Tables:
    """Every row of main and ml and of the quarantine, but for what is of the crawl."""
    current, tables = current_snapshot(Home(home)), {}
    with Warehouse(Home(home)).reader() as connection:
        for name in current.rows if current else ():
            if name.startswith(("main.", "ml.")) or name == "quality.quarantine":
                target = relation(name)
                kept = ", ".join(
                    f'"{column}"' for column, _ in types_of(connection, target) if column not in OF_THE_CRAWL
                )
                tables[name] = connection.execute(f"select {kept} from {target.sql} order by all").fetchall()  # noqa: S608
    return tables


def status(api: Api, run_id: str) -> str:
    """How a run is; '' while nobody answers."""
    return str(api.ask(STATUS, id=run_id).get("runOrError", {}).get("status", ""))


def reading(home: Path) -> None:
    """The snapshot as it is now holds as many rows in each table as it says of itself."""
    before = current_snapshot(Home(home))
    with Warehouse(Home(home)).reader() as connection:
        after = current_snapshot(Home(home))
        if before is None or before != after:
            return  # it was just replaced: which of the two is open cannot be told
        for name, rows in before.rows.items():
            found = row_count(connection, name)
            if found != rows:
                raise RuntimeError(f"{name} of {before.snapshot_id} holds {found} rows and says {rows}")
    time.sleep(0.05)


def asking(home: Path) -> None:
    """`osusume sql` in a process of its own."""
    words = [sys.executable, "-m", "orchestration", "--home", str(home), "sql", "--format", "csv"]
    words += ["select count(*) - count(distinct anime_key) as doubled from dim_anime"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode or ended.stdout.split()[-1:] != ["0"]:
        raise RuntimeError(f"exit status {ended.returncode}, {ended.stdout[-100:]}: {ended.stderr}")
    time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

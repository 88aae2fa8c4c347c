"""Many runs, readers and publishers on one HOME at once: `python -m benchmarks.contention`.

Each partition is a Dagster run in a process of its own: it lands a file of AniList records, loads it into the raw
table, rebuilds two staging tables from it, and replaces its partition of two tables in main, which must always agree.
Meanwhile one process publishes, one reads the snapshot in a loop, and one runs `osusume sql` in a loop. In the end all
tables must be those of the same partitions run one after the other.
"""

# No `from __future__ import annotations`: Dagster looks at the annotations of assets.

import argparse
import gzip
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from assets.resources import WarehouseResource
from benchmarks.snapshots import warehouse_tables
from orchestration.cli.instance import open_instance
from tests.orphans import end_with_parent
from warehouse.build import build
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.load import load_new_files
from warehouse.publish import current_snapshot, publish
from warehouse.sqlfiles import sql_file
from warehouse.transaction import transaction

RECORDS = 20
CAPTURED_AT = datetime(2026, 7, 2, tzinfo=UTC)
REBUILT = ("staging/stg_anilist__anime_records", "staging/stg_anilist__anime")
TORN = """
select count(*) from partition_stated as stated
where stated.records <> (select count(*) from partition_record as held where held.part = stated.part)
"""
WAITS = "waited for the writers' lock"
QUERY = "select count(*) as records from partition_record"
#: A pool replaces its workers from a thread: forked there, one could inherit a lock that nobody ever opens again.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["__main__"])


@dataclass
class Seen:
    """What one process saw: how often it did its work, how long it waited each time, and what went wrong."""

    turns: int = 0
    waited_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main() -> int:
    """Run the scene once; the exit status is 1 when anything went wrong or the tables differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--partitions", type=int, default=120, help="how many runs (default 120)")
    parser.add_argument("--at-once", type=int, default=4, help="how many of them at once (default 4)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="osusume-contention-") as directory:
        root = Path(directory)
        files = prepared(root / "windows", arguments.partitions)
        began = time.monotonic()
        scene = play(root / "parallel", files, arguments.at_once)
        took = time.monotonic() - began
        begin(root / "single")
        single = [run_partition(root / "single", number, file) for number, file in enumerate(files)]
        scene["single"] = Seen(len(single), errors=[error for seen in single for error in seen.errors])
        differ = differing(root / "parallel", root / "single")
    return tell(scene, took, differ)


def prepared(directory: Path, partitions: int) -> list[Path]:
    """One file of AniList records for each partition; no two share an id."""
    directory.mkdir()
    files = []
    for part in range(partitions):
        lines = [
            json.dumps(
                {"id": 1_000_000 + part * RECORDS + one, "title": {"romaji": f"Part {part} {one}"}, "format": "TV"}
            )
            for one in range(RECORDS)
        ]
        files.append(directory / f"{part:04d}.jsonl.gz")
        files[-1].write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    return files


def run_partition(home: Path, part: int, file: Path) -> Seen:
    """One Dagster run of one partition in this process."""
    seen = Seen()

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition([str(part)]))
    def contended(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[WarehouseResource]) -> None:
        opened = warehouse.open()
        land_file(opened.home, "anilist", "anime", file, CAPTURED_AT)
        asked = time.monotonic()
        with opened.writer(f"partition {part}") as connection:
            seen.waited_s.append(time.monotonic() - asked)
            load_new_files(connection, opened.home, "anilist", "anime")
            for name in REBUILT:
                build(connection, sql_file(name), run_id=context.run_id)
            replace_partition(connection, part)

    try:
        with open_instance(Home(home)) as instance:
            resources = {"warehouse": WarehouseResource(home=str(home))}
            dg.materialize([contended], partition_key=str(part), instance=instance, resources=resources)
        seen.turns += 1
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what is counted here
        seen.errors.append(f"partition {part}: {type(problem).__name__}: {problem}")
    return seen


def replace_partition(connection: Any, part: int) -> None:
    """The partition in two tables that state the same, in one transaction."""
    with transaction(connection):
        connection.execute("create table if not exists main.partition_stated (part integer, records integer)")
        connection.execute("create table if not exists main.partition_record (part integer, record integer)")
        for table in ("partition_stated", "partition_record"):
            connection.execute(f"delete from main.{table} where part = ?", [part])  # noqa: S608 - our own names
        connection.execute("insert into main.partition_record select ?, range from range(?)", [part, RECORDS])
        connection.execute("insert into main.partition_stated values (?, ?)", [part, RECORDS])


def begin(home: Path) -> None:
    """A HOME with one partition published."""
    warehouse = Warehouse(Home(home))
    with warehouse.writer("first partition") as connection:
        replace_partition(connection, 0)
    publish(warehouse, "contention", "")


def play(home: Path, files: list[Path], at_once: int) -> dict[str, Seen]:
    """All partitions, a few at once, with the others working beside them until the last has come to its end."""
    begin(home)
    over = home / "over"
    with FORKED.Pool(at_once, end_with_parent, maxtasksperchild=1) as runs, FORKED.Pool(3, end_with_parent) as others:
        beside = {
            work.__name__: others.apply_async(until_over, (work, home, over)) for work in (publishing, reading, asking)
        }
        tasks = [runs.apply_async(run_partition, (home, number, file)) for number, file in enumerate(files)]
        results = [task.get() for task in tasks]
        over.touch()
        scene = {name: task.get() for name, task in beside.items()}
        for pool in (runs, others):  # left to end by themselves: a worker that is killed may hold the pool's lock
            pool.close()
            pool.join()
    scene["runs"] = Seen(
        sum(one.turns for one in results),
        [waited for one in results for waited in one.waited_s],
        [error for one in results for error in one.errors],
    )
    return scene


def until_over(work: Callable[[Path], None], home: Path, over: Path) -> Seen:
    """Do the work again and again until the file is there; each turn's seconds are noted as waited."""
    seen = Seen()
    while not over.exists():
        began = time.monotonic()
        try:
            work(home)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is what is counted here
            seen.errors.append(f"{work.__name__}: {type(problem).__name__}: {problem}")
        seen.turns += 1
        seen.waited_s.append(time.monotonic() - began)
    return seen


def publishing(home: Path) -> None:
    """A new snapshot, then a rest."""
    publish(Warehouse(Home(home)), "contention", "")
    time.sleep(2)


def reading(home: Path) -> None:
    """The snapshot as it is now: partitions are whole, and it holds as many rows as it says of itself."""
    with Warehouse(Home(home)).reader() as connection:
        torn = connection.execute(TORN).fetchall()[0][0]
        if torn:
            raise RuntimeError(f"{torn} partitions are torn")
        stated = connection.execute("select count(*), sum(records) from partition_stated").fetchall()[0]
        if stated[0] * RECORDS != stated[1]:
            raise RuntimeError(f"{stated[0]} partitions state {stated[1]} records")
    current = current_snapshot(Home(home))
    if current is None or current.rows["main.partition_record"] != current.rows["main.partition_stated"] * RECORDS:
        raise RuntimeError(f"the snapshot says of itself: {current}")
    time.sleep(0.05)


def asking(home: Path) -> None:
    """`osusume sql` in a process of its own."""
    words = [sys.executable, "-m", "orchestration", "--home", str(home), "sql", QUERY, "--format", "csv"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    found = ended.stdout.split()
    if ended.returncode or int(found[-1]) % RECORDS:
        raise RuntimeError(f"exit status {ended.returncode}, {found[-1:]}: {ended.stderr}")
    time.sleep(1)


def differing(one: Path, other: Path) -> list[str]:
    """The tables that do not hold the same rows in both warehouses."""
    left, right = warehouse_tables(one), warehouse_tables(other)
    return sorted(name for name in left | right if left.get(name) != right.get(name))


def tell(scene: dict[str, Seen], took: float, differ: list[str], of_runs: str = WAITS) -> int:
    """Print what happened, and what the seconds of runs are; 1 when something went wrong."""
    print(f"{'who':<12} {'turns':>6} {'median s':>9} {'max s':>8} {'errors':>7}")
    for name, seen in scene.items():
        waits = seen.waited_s or [0.0]
        print(f"{name:<12} {seen.turns:>6} {statistics.median(waits):>9.2f} {max(waits):>8.2f} {len(seen.errors):>7}")
    errors = [error for seen in scene.values() for error in seen.errors]
    print(f"{took:.0f} s; seconds of runs are those {of_runs}, of the others those of a turn")
    print("tables that differ from those of a single run:", ", ".join(differ) or "none")
    for error in errors[:20]:
        print(error, file=sys.stderr)
    return 1 if errors or differ else 0


if __name__ == "__main__":
    sys.exit(main())

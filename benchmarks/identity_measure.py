"""One measured process of the identity benchmark: loads records, matches them once, prints its figures as JSON.

Every measurement is a process of its own, since a peak of memory cannot be taken back. `benchmarks.identity` starts it:
`python -m benchmarks.identity_measure match|splink|update DIR`.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import scipy.optimize  # matching imports both when it first needs them: not while it is measured
import scipy.sparse.csgraph  # noqa: F401

from benchmarks.clock import clock_parts, memory
from benchmarks.identity_world import read_records
from matching import match as matching_room
from matching.measure import Truth
from matching.records import AnimeRecord

Clusters = Iterable[Sequence[tuple[str, str]]]


@dataclass
class Figures:
    """What one process measured.

    Seconds (`wall`, `cpu` over all threads) are those of matching alone, records in memory to clusters in memory;
    `parts` splits the CPU seconds. Memory in MiB: `loaded` with libraries and records at hand, `peak` the most there
    ever was. `pairs` counts the pairs the method told of, `f1` is over the pairs of the known works, `over_merged`
    counts clusters that hold two of them.
    """

    wall: float = 0.0
    cpu: float = 0.0
    loaded: float = 0.0
    peak: float = 0.0
    pairs: int = 0
    f1: float = 0.0
    false_pairs: int = 0
    over_merged: int = 0
    parts: dict[str, float] = field(default_factory=dict)


def main(arguments: Sequence[str]) -> int:
    """Measure one method on the records of a folder that `benchmarks.identity` filled."""
    method, folder, figures = arguments[0], Path(arguments[1]), Figures()
    run = {"match": _match, "splink": _splink, "update": _update}[method](figures, folder)
    records = read_records(folder / "records.jsonl")
    gc.collect()
    figures.loaded = memory("VmRSS")
    began, began_cpu = time.perf_counter(), time.process_time()
    clusters = run(records)
    figures.wall, figures.cpu = time.perf_counter() - began, time.process_time() - began_cpu
    figures.peak = memory("VmHWM")
    right = Truth(json.loads((folder / "works.json").read_text(encoding="utf-8"))).measure(clusters)
    figures.f1, figures.false_pairs, figures.over_merged = right.f1, right.wrong, right.over_merged
    print(json.dumps(asdict(figures)))
    return 0


def _match(figures: Figures, _folder: Path) -> Callable[[list[AnimeRecord]], Clusters]:
    """Matching as the project does it, with the shipped weights."""
    figures.parts = clock_parts(matching_room)

    def run(records: list[AnimeRecord]) -> Clusters:
        result = matching_room.match(records)
        figures.pairs = len(result.pairs["score"])
        return result.clusters

    return run


def _splink(figures: Figures, _folder: Path) -> Callable[[list[AnimeRecord]], Clusters]:
    """Splink on the same records; imported before the clock starts, as the project's own modules are."""
    from benchmarks.identity_splink import link

    def run(records: list[AnimeRecord]) -> Clusters:
        clusters, figures.pairs = link(records, figures.parts)
        return clusters

    return run


def _update(figures: Figures, folder: Path) -> Callable[[list[AnimeRecord]], Clusters]:
    """Matching anew against the state of the day before."""
    from benchmarks.identity_update import STATE, update

    def run(records: list[AnimeRecord]) -> Clusters:
        found = update(records, folder / STATE, figures.parts)
        figures.pairs = len(found.pairs["score"])
        return found.clusters

    return run


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

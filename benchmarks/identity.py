"""How matching grows with the number of records: `python -m benchmarks.identity [--splink] [--incremental]`.

Every measurement is a process of its own (`benchmarks.identity_measure`). For each size one catalogue is made, and
all methods are measured on it in turn, run after run, so that a slow spell of the machine falls on all of them; figures
are medians over the runs. Catalogues are generated (`benchmarks.identity_world`), or taken from a recordings directory
with known works and, beyond the records it holds, respelled copies of them.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median

from benchmarks.identity_measure import Figures
from benchmarks.identity_update import BEFORE, two_days
from benchmarks.identity_world import World, generated, recorded, write_records

SIZES = (5_000, 10_000, 20_000, 40_000, 100_000, 200_000)
#: records that differ between two days
TOUCHED = 100
#: a part that takes a smaller share of the time at every size is not listed
SMALL_PART = 0.01


@dataclass(frozen=True)
class Measured:
    """The runs of one method on one catalogue."""

    method: str
    records: int
    runs: tuple[Figures, ...]

    def middle(self, value: Callable[[Figures], float]) -> float:
        """The median of a value over the runs."""
        return median(map(value, self.runs))


def main() -> int:
    """Measure every size and print the tables in Markdown; progress goes to stderr."""
    arguments = _arguments()
    methods = ["match"] + ["splink"] * arguments.splink
    measured: list[Measured] = []
    for size in arguments.sizes:
        world = make_world(arguments.input, size, cross_ids=arguments.cross_ids)
        with tempfile.TemporaryDirectory(prefix="osusume-identity-") as folder:
            save(world, Path(folder))
            measured += measure(methods, Path(folder), size, arguments.runs)
        if arguments.incremental:
            measured += measure_update(arguments, size)
    print(growth_table(measured))
    for method in dict.fromkeys(one.method for one in measured):
        print(f"\n{method}: {growth_sentence([one for one in measured if one.method == method])}\n")
        print(parts_table([one for one in measured if one.method == method]))
    if arguments.splink:
        print(f"\n{comparison(measured)}")
    if arguments.incremental:
        print(f"\nAt every size the update of {TOUCHED} records gave the clusters, scores and decisions of a full run.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="numbers of records, separated by commas")
    parser.add_argument("--input", type=Path, help="a recordings directory with identity/truth.csv; default: generated")
    parser.add_argument("--runs", type=int, default=3, help="processes per size and method (default 3)")
    parser.add_argument("--cross-ids", action="store_true", help="let records claim to be others, as AniList's do")
    parser.add_argument("--splink", action="store_true", help="measure splink beside (pip install -e '.[bench]')")
    parser.add_argument("--incremental", action="store_true", help=f"measure an update of {TOUCHED} records beside")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def make_world(directory: Path | None, size: int, *, cross_ids: bool) -> World:
    """A generated catalogue, or one from recordings."""
    if directory is None:
        return generated(size, cross_ids=cross_ids)
    return recorded(directory, size, cross_ids=cross_ids)


def save(world: World, folder: Path) -> None:
    """Put the catalogue where measured processes read it."""
    write_records(world.records, folder / "records.jsonl")
    (folder / "works.json").write_text(json.dumps(world.works), encoding="utf-8")


def measure(methods: Sequence[str], folder: Path, size: int, runs: int) -> list[Measured]:
    """Every method in turn, run after run, on the catalogue in the folder."""
    found: dict[str, list[Figures]] = {method: [] for method in methods}
    for run in range(1, runs + 1):
        for method, figures in found.items():
            last = measure_once(method, folder)
            figures.append(last)
            told = f"{method}, {size:,} records, run {run} of {runs}: {last.wall:.1f} s, CPU {last.cpu:.1f} s, "
            print(f"{told}{last.peak:.0f} MiB, F1 {last.f1:.4f}", file=sys.stderr, flush=True)
    return [Measured(method, size, tuple(figures)) for method, figures in found.items()]


def measure_update(arguments: argparse.Namespace, size: int) -> list[Measured]:
    """An update of that many records, and proof that a full run would say the same."""
    world = make_world(arguments.input, size + TOUCHED // 3, cross_ids=arguments.cross_ids)
    days = two_days(world, TOUCHED)
    with tempfile.TemporaryDirectory(prefix="osusume-identity-") as folder:
        write_records(days.before, Path(folder) / BEFORE)
        save(World(days.after, days.works), Path(folder))
        start("benchmarks.identity_update", "prepare", folder)
        measured = measure(["update"], Path(folder), size, arguments.runs)
        start("benchmarks.identity_update", "check", folder)
    return measured


def measure_once(method: str, folder: Path) -> Figures:
    """One process."""
    return Figures(**json.loads(start("benchmarks.identity_measure", method, str(folder))))


def start(*command: str) -> str:
    """What a module prints that runs as a process of its own.

    Raises:
        SystemExit: it failed; its own message has gone to stderr.
    """
    root = Path(__file__).parent.parent
    process = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=root, check=False)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit status {process.returncode}; its message stands above")
    return process.stdout


def growth_table(measured: Sequence[Measured]) -> str:
    """Time, memory and rightness by size, a row for each method and size."""
    rows = [
        [
            one.method,
            f"{one.records:,}",
            f"{one.runs[0].pairs:,}",
            f"{one.middle(lambda run: run.wall):.1f}",
            f"{one.middle(lambda run: run.cpu):.1f}",
            f"{one.middle(lambda run: run.peak - run.loaded):.0f}",
            f"{one.middle(lambda run: run.peak):.0f}",
            f"{one.runs[0].f1:.4f}",
            f"{one.runs[0].false_pairs}",
            f"{one.runs[0].over_merged}",
        ]
        for one in measured
    ]
    head = ["method", "records", "pairs", "wall s", "CPU s", "MiB above records", "peak MiB", "F1", "false pairs"]
    return markdown([*head, "over-merged"], rows)


def parts_table(measured: Sequence[Measured]) -> str:
    """CPU seconds of each part of one method by size."""
    names = list(dict.fromkeys(name for one in measured for name in one.runs[0].parts))
    seconds = {name: [part_seconds(one, name) for one in measured] for name in names}
    whole = [one.middle(lambda run: run.cpu) for one in measured]
    rest = [total - sum(values) for total, values in zip(whole, zip(*seconds.values(), strict=True), strict=True)]
    rows = [
        [name, *(f"{value:.2f}" for value in values)]
        for name, values in [*seconds.items(), ("everything else", rest)]
        if any(value > SMALL_PART * total for value, total in zip(values, whole, strict=True))
    ]
    return markdown(["CPU seconds in", *(f"{one.records:,}" for one in measured)], rows)


def part_seconds(measured: Measured, name: str) -> float:
    """The median CPU seconds of one part."""
    return measured.middle(lambda run: run.parts.get(name, 0.0))


def growth_sentence(measured: Sequence[Measured]) -> str:
    """The power of the number of records with which CPU time grows, over all sizes and over the last step."""
    if len(measured) < 2:
        return "one size says nothing about growth"
    overall, last = exponent(measured), exponent(measured[-2:])
    return f"CPU time grows with records to the power {overall:.2f} (from the last size but one: {last:.2f})"


def exponent(measured: Sequence[Measured]) -> float:
    """The slope of the logarithm of CPU time over that of records."""
    sizes = [math.log(one.records) for one in measured]
    return linear_regression(sizes, [math.log(one.middle(lambda run: run.cpu)) for one in measured]).slope


def comparison(measured: Sequence[Measured]) -> str:
    """Ratios of splink to matching, run by run, and what each gets wrong."""
    rows = []
    for size in dict.fromkeys(one.records for one in measured):
        ours, theirs = (next(one for one in measured if (one.method, one.records) == (m, size)) for m in _PAIR)
        runs = list(zip(ours.runs, theirs.runs, strict=True))
        ratios = [median(value(b) / value(a) for a, b in runs) for value in (_wall, _cpu, _peak)]
        rows.append([f"{size:,}", *(f"{ratio:.2f}" for ratio in ratios), f"{ours.runs[0].f1 - theirs.runs[0].f1:+.4f}"])
    return markdown(["records", "splink / match, wall", "CPU", "peak memory", "F1 of match minus splink"], rows)


_PAIR = ("match", "splink")


def _wall(run: Figures) -> float:
    return run.wall


def _cpu(run: Figures) -> float:
    return run.cpu


def _peak(run: Figures) -> float:
    return run.peak


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures, aligned to be read as it is, too."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [[cell.ljust(widths[0]) if not at else cell.rjust(widths[at]) for at, cell in enumerate(r)] for r in rows]
    top = [cell.ljust(widths[0]) if not at else cell.rjust(widths[at]) for at, cell in enumerate(head)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (top, rule, *lines))


if __name__ == "__main__":
    sys.exit(main())

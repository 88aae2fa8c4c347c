"""Seconds and peak memory of `osusume run`, per stage: `python benchmarks/pipeline.py [--input demo|DIR]`.

The command runs as a process of its own, as users run it; its resident memory is read from /proc every
20 ms, and the start and end of each step from the run's own event log. Steps of one stage run one after the
other, so a stage's seconds are the sum over its steps, its peak the largest memory seen during any of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster import AssetKey, DagsterEventType, DagsterInstance

SAMPLE_EVERY_S = 0.02


@dataclass(frozen=True)
class Step:
    """One step of the run: its stage, and when it began and ended (seconds since the epoch)."""

    stage: str
    name: str
    began: float
    ended: float


def main() -> int:
    """Run the pipeline once in an empty HOME and print the table; the exit status is the pipeline's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", default="demo", help="demo, or a recordings directory")
    parser.add_argument("--steps", action="store_true", help="print every step, not only the stages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="osusume-benchmark-") as home:
        command = [sys.executable, "-m", "orchestration", "--home", home, "run", "--input", arguments.input]
        began = time.time()
        samples, status = watch(command)
        ended = time.time()
        if status:
            print(f"the run failed with exit status {status}", file=sys.stderr)
            return status
        steps = sorted(recorded_steps(Path(home)), key=lambda step: step.began)
    print_table(steps, samples, ended - began, by_step=arguments.steps)
    return 0


def watch(command: list[str]) -> tuple[list[tuple[float, int]], int]:
    """The process's resident memory over time as (seconds since the epoch, KiB), and its exit status."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    samples = []
    while process.poll() is None:
        memory = resident(process.pid)
        if memory is not None:
            samples.append((time.time(), memory))
        time.sleep(SAMPLE_EVERY_S)
    return samples, process.returncode


def resident(pid: int) -> int | None:
    """Resident memory of a process in KiB; None once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), None)


def recorded_steps(home: Path) -> Iterator[Step]:
    """The steps of the one run in HOME's Dagster instance."""
    from orchestration.definitions import defs

    groups = {key: spec.group_name for spec in defs.resolve_all_asset_specs() for key in [spec.key]}
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        stages: dict[str, str] = {}
        for record in instance.all_logs(run.run_id):
            event = record.dagster_event
            if event is None or event.step_key is None:
                continue
            if event.event_type == DagsterEventType.ASSET_MATERIALIZATION and event.asset_key is not None:
                stages[event.step_key] = groups.get(AssetKey(event.asset_key.path)) or "other"
        for stats in instance.get_run_step_stats(run.run_id):
            if stats.start_time and stats.end_time:
                stage = stages.get(stats.step_key, "checks")
                yield Step(stage, stats.step_key, stats.start_time, stats.end_time)


def print_table(steps: list[Step], samples: list[tuple[float, int]], total: float, *, by_step: bool) -> None:
    """Seconds and peak memory per stage in the order in which stages began, then the whole process."""
    rows: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        rows[step.name if by_step else step.stage].append(step)
    print(f"{'stage':<40} {'steps':>5} {'seconds':>8} {'peak MiB':>9}")
    for name, members in rows.items():
        seconds = sum(step.ended - step.began for step in members)
        inside = [kib for at, kib in samples if any(step.began <= at <= step.ended for step in members)]
        peak = f"{max(inside) / 1024:9.0f}" if inside else f"{'-':>9}"
        print(f"{name:<40} {len(members):>5} {seconds:>8.1f} {peak}")
    working = sum(step.ended - step.began for step in steps)
    print(f"{'start, orchestration, end':<40} {'':>5} {total - working:>8.1f}")
    print(f"{'whole process':<40} {len(steps):>5} {total:>8.1f} {max(kib for _, kib in samples) / 1024:9.0f}")


if __name__ == "__main__":
    sys.exit(main())

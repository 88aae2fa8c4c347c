"""Kills the process that writes at random moments and looks at what is left: `python -m benchmarks.kills`.

Each kill happens in a fresh copy of one HOME that has a first day published, while a run takes in the second day. The
moment is drawn: so many steps done, and then a part of the time that the next one took in the run that nobody
disturbed. After the kill the snapshot must open, hold the first day's or the second day's tables and nothing in
between, and break no rule of severity error; then an ordinary run must end with the tables of the undisturbed run.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.snapshots import Tables, broken_rules, differing, published_tables
from tests.end_to_end import worlds

#: A line of progress: `[ 7/95] dim_anime ...` once the asset is made and checked.
STEP_DONE = re.compile(r"^\[ *\d+/\d+\] ")


@dataclass(frozen=True)
class Watched:
    """One run.

    Attributes:
        status: its exit status; negative = killed by that signal.
        done_at: when each of its steps was done, in seconds from its start.
        told: what it said.
    """

    status: int
    done_at: list[float]
    told: str


def main() -> int:
    """Kill as often as asked; the exit status is 1 when anything was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="how many (default 50)")
    parser.add_argument("--seed", type=int, default=42, help="of the moments (default 42)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="osusume-kills-") as directory:
        bad = kill_often(Path(directory), arguments.kills, arguments.seed)
    print(f"{arguments.kills} kills, {bad} with a finding")
    return 1 if bad else 0


def kill_often(root: Path, kills: int, seed: int) -> int:
    """How many of the kills left something that should not be; a line is printed for each."""
    one, two = inputs(root)
    base, undisturbed = root / "base", root / "undisturbed"
    finish(base, one)
    shutil.copytree(base, undisturbed)
    reference = finish(undisturbed, two)
    before, after = published_tables(base), published_tables(undisturbed)
    drawn = random.Random(seed)  # noqa: S311 - repeatable moments, no secrets
    bad = 0
    for number in range(1, kills + 1):
        home = root / f"killed-{number}"
        shutil.copytree(base, home)
        steps, wait_s = moment(reference.done_at, drawn)
        killed = run_until(command(home, two), steps, wait_s)
        findings = [*left_over(home, before, after), *ending(home, two, after)]
        came = "killed" if killed.status == -signal.SIGKILL else "ended first"
        outcome = "; ".join(findings) or "ok"
        print(f"{number:>3} {came} {wait_s:5.2f} s after step {steps:>2}: {outcome}", flush=True)
        bad += bool(findings)
        shutil.rmtree(home)
    return bad


def inputs(root: Path) -> tuple[Path, Path]:
    """Recordings of a first day, and the same with a second day and ratings."""
    world = worlds.make_small_world(root / "world")
    return worlds.first_day(world, root / "one"), worlds.second_day(world, root / "two")


def moment(done_at: list[float], drawn: random.Random) -> tuple[int, float]:
    """After how many steps, and how many seconds after the last of them, the kill comes."""
    steps = drawn.randrange(len(done_at))
    began = done_at[steps - 1] if steps else 0.0
    return steps, drawn.uniform(0, done_at[steps] - began)


def command(home: Path, source: Path) -> list[str]:
    """The run of an input in a process of its own."""
    return [sys.executable, "-m", "orchestration", "--home", str(home), "run", "--input", str(source)]


def run_until(words: list[str], steps: int | None = None, wait_s: float = 0.0) -> Watched:
    """The run, with its whole process group killed at the moment; to its end when `steps` is None."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSUSUME_")}
    started, done_at, told = time.monotonic(), [], []
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        if steps == 0:
            kill(process, wait_s)
        for line in process.stderr or ():
            told.append(line)
            if STEP_DONE.match(line):
                done_at.append(time.monotonic() - started)
                if len(done_at) == steps:
                    kill(process, wait_s)
    return Watched(process.returncode, done_at, "".join(told))


def kill(process: subprocess.Popen[str], wait_s: float) -> None:
    """Kill the process and its children with SIGKILL after a while, if they have not ended by then."""
    time.sleep(wait_s)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def finish(home: Path, source: Path) -> Watched:
    """An undisturbed run; the benchmark ends when it fails."""
    ended = run_until(command(home, source))
    if ended.status:
        raise SystemExit(f"the undisturbed run on {source} failed ({ended.status}):\n{ended.told[-3000:]}")
    return ended


def left_over(home: Path, before: Tables, after: Tables) -> list[str]:
    """What is wrong with the snapshot that readers see after the kill; [] = nothing."""
    seen = published_tables(home)
    torn = [] if seen in (before, after) else [f"the snapshot is neither day's: {differing(before, seen)}"]
    return torn + [f"the snapshot breaks {rule}" for rule in broken_rules(home)]


def ending(home: Path, source: Path, after: Tables) -> list[str]:
    """What is wrong with the next run and the tables it publishes; [] = nothing."""
    ended = run_until(command(home, source))
    if ended.status:
        return [f"the next run failed with exit status {ended.status}: {ended.told[-1500:]}"]
    differences = differing(after, published_tables(home))
    return [f"the next run ends with other tables: {differences}"] if differences else []


if __name__ == "__main__":
    sys.exit(main())

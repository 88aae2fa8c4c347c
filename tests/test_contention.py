"""Several runs, a publisher, a reader and `osusume sql` on one HOME at once."""

import subprocess
import sys


def test_parallel_runs_meet_no_error_and_make_the_tables_of_a_single_run() -> None:
    """Three runs at once, beside three other processes: no error, no torn read, and the tables of a single run."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.contention", "--partitions", "3", "--at-once", "3"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    assert "tables that differ from those of a single run: none" in ended.stdout
    turns = {line.split()[0]: int(line.split()[1]) for line in ended.stdout.splitlines()[1:6]}
    assert turns["runs"] == turns["single"] == 3
    assert min(turns.values()) > 0

"""Processes whose wall clock is ahead, so that a real daemon sees the time of a schedule come."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path


def clock_ahead(directory: Path, seconds: int) -> dict[str, str]:
    """The environment of such processes; {} where no C compiler makes the clock.

    Args:
        directory: where the compiled clock may lie.
        seconds: how far it is ahead.
    """
    compiler = shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return {}
    library = directory / "aheadclock.so"
    source = Path(__file__).with_suffix(".c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "OSUSUME_AHEAD_S": str(seconds)}


def next_at(hour: int, now: datetime) -> datetime:
    """The next time that it is this hour sharp, later than now."""
    sharp = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return sharp if sharp > now else sharp + timedelta(days=1)

"""What the benchmark of automation prints, sends out and sets."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.webhook import post
from benchmarks.aheadclock import clock_ahead, next_at
from benchmarks.automation import lines
from benchmarks.daemonapi import BY_HAND, Ran
from benchmarks.webhook import webhook


def test_a_run_is_shown_with_the_time_since_what_it_followed() -> None:
    """The first follows nothing; what ended after a run was asked for is not what it followed."""
    landed = Ran("1", "backfill_anilist", BY_HAND, "SUCCESS", 100.0, 110.0, 1)
    refreshed = Ran("2", "refresh_catalogue", "refresh_after_landing", "FAILURE", 140.5, 200.0, 70)
    beside = Ran("3", "publish", BY_HAND, "STARTED", 150.0, None, 0)
    assert [line.split()[-5:] for line in lines([landed, refreshed, beside])] == [
        ["backfill_anilist", "1", "-", "10.0", "SUCCESS"],
        ["refresh_catalogue", "70", "30.5", "59.5", "FAILURE"],
        ["publish", "0", "40.0", "-", "STARTED"],
    ]


def test_the_webhook_keeps_what_the_project_posts() -> None:
    """An error is found by its kind and name, from a moment on."""
    with webhook() as hook:
        warned = {"kind": "check", "name": "dim_anime", "severity": "warn"}
        failed = {"kind": "run", "name": "publish", "severity": "error"}
        post(hook.address, {"text": "", "failures": [warned, failed]})
        found = hook.found("run", "publish", 0.0)
        assert found is not None
        assert found[1] == failed
        assert hook.found("check", "dim_anime", 0.0) is None, "it only warns"
        assert hook.found("check", "publish", 0.0) is None
        assert hook.found("run", "publish", time.time() + 1) is None


def test_the_next_time_of_an_hour_is_today_or_tomorrow() -> None:
    """At the hour itself it is tomorrow's."""
    due = datetime(2026, 11, 27, 3, tzinfo=UTC)
    assert next_at(3, datetime(2026, 11, 27, 2, 59, tzinfo=UTC)) == due
    assert next_at(3, datetime(2026, 11, 26, 3, 0, tzinfo=UTC)) == due


def test_a_clock_ahead_moves_the_time_of_day_and_leaves_waiting_alone(tmp_path: Path) -> None:
    """A process sees a later time, and its limits hold as long as before."""
    clock = clock_ahead(tmp_path, 7_200)
    if not clock:
        pytest.skip("no gcc here")
    code = "import threading, time; threading.Event().wait(0.2); print(time.time())"
    asked = time.time()
    seen = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **clock},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert 7_200 <= float(seen.stdout) - asked < 7_260

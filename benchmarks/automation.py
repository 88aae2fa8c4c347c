"""Schedules, sensors, automation and alerts under a running daemon: `python -m benchmarks.automation`.

A tiny demo world, taken in by `osusume run`. `osusume dev` (webserver, daemon, stand-in services) is told through its
API to start sensors, and to land or load something; nobody asks for what follows. A scene is over when nothing runs
and every sensor has looked since and wants nothing. Failures go to a webhook of the benchmark's own. In the end
`osusume dev` runs with a clock that is ahead, shortly before the time of a schedule.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from adapters.recordings import month_file
from benchmarks.aheadclock import clock_ahead, next_at
from benchmarks.backfills import REPOSITORY, osusume
from benchmarks.daemonapi import BY_HAND, Ran, launch, runs, settle, switch_on
from benchmarks.devapi import Api, dev
from benchmarks.webhook import Webhook, webhook
from warehouse.connection import Warehouse
from warehouse.home import Home

ENVIRONMENT = {
    "OSUSUME_DEMO_ANIME": "80",
    "OSUSUME_DEMO_USERS": "60",
    "OSUSUME_DEMO_RATINGS": "350",
    "OSUSUME_MODELS": "popularity,item_knn",
    "OSUSUME_MLFLOW_URI": "off",
}
TABLES, RESULTS, ALERTS = "tables_follow_raw", "recommendations_follow_tables", "tell_failures"
LANDED, MONTH_LANDED = "refresh_after_landing", "refresh_ratings_after_landing"
SENSORS = (LANDED, MONTH_LANDED, TABLES, RESULTS, ALERTS)
SCENES = ("unchanged", "news", "failures", "schedule")
SCHEDULE, HOUR = "refresh_catalogue_daily", 3
MONTHS_JOB = "backfill_kitsu_ratings"
#: How long before its time the clock is set: `osusume dev` takes about 20 s to start.
AHEAD_OF_TIME_S = 60
START = """mutation($selector: ScheduleSelector!) {
  startSchedule(scheduleSelector: $selector) { __typename ... on PythonError { message } }
}"""
DRY_RUN = """mutation($selector: ScheduleSelector!, $at: Float) {
  scheduleDryRun(selectorData: $selector, timestamp: $at) {
    ... on DryRunInstigationTick { evaluationResult { runRequests { jobName } error { message } } }
  }
}"""
Wanted = Sequence[tuple[str, str]]


@dataclass
class Told:
    """What has been found, and what is missing."""

    missing: list[str] = field(default_factory=list)

    def note(self, holds: bool, what: str) -> None:
        """Print a finding."""
        print(f"  {'seen' if holds else 'MISSING'}: {what}", flush=True)
        if not holds:
            self.missing.append(what)


def main() -> int:
    """Play the scenes; the exit status is 1 when anything did not follow as it should."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", nargs="+", choices=SCENES, default=SCENES, help="which (default: all)")
    scenes = parser.parse_args().scenes
    told = Told()
    with tempfile.TemporaryDirectory(prefix="osusume-automation-") as directory, webhook() as hook:
        home = Path(directory) / "home"
        osusume(home, "run", more=ENVIRONMENT)
        settings = ENVIRONMENT | {"OSUSUME_ALERT_WEBHOOK": hook.address}
        print(f"{'started by':<30} {'job':<24} {'steps':>5} {'after s':>8} {'took s':>7} ended")
        with dev(home, settings) as api:
            switch_on(api, SENSORS)
            if "unchanged" in scenes:
                nothing_new(api, told)
            if "news" in scenes:
                news(api, home, told)
            if "failures" in scenes:
                failures(api, home, hook, told)
        if "schedule" in scenes:
            daily(home, settings, Path(directory), told)
    print("missing:", "; ".join(told.missing) or "nothing")
    return 1 if told.missing else 0


def scene(api: Api, title: str, act: Callable[[], None], wanted: Wanted, told: Told) -> list[Ran]:
    """Do something, wait until nothing follows any more, and print the runs; returns them.

    Args:
        api: of the daemon.
        title: what is done.
        act: does it.
        wanted: who has to ask for a run, and how that has to end.
        told: where what is missing is noted.
    """
    before = {one.run_id for one in runs(api)}
    print(title, flush=True)
    act()
    settle(api, SENSORS)
    new = [one for one in runs(api) if one.run_id not in before]
    for line in lines(new):
        print(line, flush=True)
    for by, status in wanted:
        if not any((one.by, one.status) == (by, status) for one in new):
            told.note(False, f"{title}: a run by {by} that ends as {status}")
    return new


def lines(found: Sequence[Ran]) -> list[str]:
    """A line for each run: `after` is the time since the newest run before it had ended, `took` includes its start."""
    told = []
    for one in found:
        ends = [other.ended for other in found if other.ended is not None and other.ended <= one.created]
        after = f"{one.created - max(ends):.1f}" if ends else "-"
        took = f"{one.ended - one.created:.1f}" if one.ended is not None else "-"
        told.append(f"{one.by:<30} {one.job:<24} {one.steps:>5} {after:>8} {took:>7} {one.status}")
    return told


def nothing_new(api: Api, told: Told) -> None:
    """A year of AniList that says what it said before."""
    wanted = [(BY_HAND, "SUCCESS"), (LANDED, "SUCCESS")]
    new = scene(api, "a year of AniList is landed again", lambda: launch(api, "backfill_anilist", "2015"), wanted, told)
    told.note(
        all(one.by != RESULTS or not one.assets & {"training_data", "fact_recommendation"} for one in new),
        "no anime is other than before, and neither models nor recommendations are asked for",
    )


def news(api: Api, home: Path, told: Told) -> None:
    """A month of ratings is landed, another is only loaded: each brings somebody new, whom the snapshot must serve."""
    write_month(home, "2024-01", "newcomer1", range(2, 8))
    wanted = [(BY_HAND, "SUCCESS"), (MONTH_LANDED, "SUCCESS"), (RESULTS, "SUCCESS")]
    new = scene(api, "a new month is landed", lambda: launch(api, MONTHS_JOB, "2024-01"), wanted, told)
    served(home, "newcomer1", new, told)
    write_month(home, "2024-02", "newcomer2", range(2, 8))
    wanted = [(BY_HAND, "SUCCESS"), (TABLES, "SUCCESS"), (RESULTS, "SUCCESS")]
    load = "raw_kitsu__ratings alone is made again, with another new month"
    new = scene(api, load, lambda: launch(api, "refresh_ratings", asset="raw_kitsu__ratings"), wanted, told)
    served(home, "newcomer2", new, told)


def failures(api: Api, home: Path, hook: Webhook, told: Told) -> None:
    """A month of impossible scores, which is put right afterwards, and a month whose file is damaged."""
    since = time.time()
    write_month(home, "2024-03", "newcomer3", [*range(2, 8), *[90] * 150])
    wanted = [(BY_HAND, "SUCCESS"), (MONTH_LANDED, "FAILURE")]
    new = scene(api, "a month of impossible scores is landed", lambda: launch(api, MONTHS_JOB, "2024-03"), wanted, told)
    posted(hook, ("check", "stg_kitsu__ratings"), since, new, told)
    posted(hook, ("run", "refresh_ratings"), since, new, told)
    told.note(recommended(home, "newcomer3") == 0, "the published snapshot knows nothing of it")
    write_month(home, "2024-03", "newcomer3", range(2, 8))
    wanted = [(BY_HAND, "SUCCESS"), (MONTH_LANDED, "SUCCESS"), (RESULTS, "SUCCESS")]
    new = scene(
        api, "the month is put right and landed again", lambda: launch(api, MONTHS_JOB, "2024-03"), wanted, told
    )
    served(home, "newcomer3", new, told)
    since, file = time.time(), write_month(home, "2024-04", "newcomer4", range(2, 8))
    file.write_bytes(file.read_bytes()[:-20])
    wanted = [(BY_HAND, "FAILURE")]
    new = scene(api, "a month's file is damaged", lambda: launch(api, MONTHS_JOB, "2024-04"), wanted, told)
    posted(hook, ("run", MONTHS_JOB), since, new, told, why=file.name)
    file.unlink()


def daily(home: Path, settings: Mapping[str, str], directory: Path, told: Told) -> None:
    """The schedule under a daemon whose clock shows a minute before its time, or its tick tried out where none can."""
    now = datetime.now(UTC)
    due = next_at(HOUR, now)
    clock = clock_ahead(directory, int((due - now).total_seconds()) - AHEAD_OF_TIME_S)
    selector = REPOSITORY | {"scheduleName": SCHEDULE}
    with dev(home, {**settings, **clock}) as api:
        if not clock:
            answer = api.ask(DRY_RUN, selector=selector, at=due.timestamp())
            told.note("refresh_catalogue" in str(answer), f"only tried out, for want of gcc: {answer}")
            return

        def until_due() -> None:
            api.ask(START, selector=selector)
            api.wait(lambda: any(one.by == SCHEDULE for one in runs(api)))

        title = f"the clock of all processes is set to {AHEAD_OF_TIME_S} s before {due:%H:%M} UTC"
        new = scene(api, title, until_due, [(SCHEDULE, "SUCCESS")], told)
        late = min((one.created for one in new if one.by == SCHEDULE), default=0.0) - due.timestamp()
        told.note(0 <= late <= AHEAD_OF_TIME_S, f"{SCHEDULE} asked for its run {late:.1f} s after {due:%H:%M:%S}")


def write_month(home: Path, month: str, user: str, scores: Iterable[int]) -> Path:
    """A month of Kitsu's ratings in the demo's recordings, of one user more for each ten anime; returns the file."""
    (directory,) = (home / "demo").iterdir()
    listed = gzip.decompress((directory / "ratings" / "kitsu_ratings.csv.gz").read_bytes()).decode().split()[1:]
    anime = sorted({line.split(",")[1] for line in listed if line.split(",")[1].isdecimal()}, key=int)[:10]
    rows = ["user_id,kitsu_id,score,status,updated_at"]
    for place, score in enumerate(scores):
        more, which = divmod(place, len(anime))
        rows.append(f"{user}{'x' * more},{anime[which]},{score},completed,{month}-15T12:00:{which:02d}Z")
    file = month_file(directory, "kitsu", month)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode(), mtime=0))
    return file


def recommended(home: Path, user: str) -> int:
    """How many recommendations the published snapshot has for somebody at Kitsu."""
    query = "select count(*) from vw_recommendations where source = 'kitsu' and user_id = ?"
    with Warehouse(Home(home)).reader() as connection:
        return int(connection.execute(query, [user]).fetchall()[0][0])


def served(home: Path, user: str, new: Sequence[Ran], told: Told) -> None:
    """Note whether somebody new is recommended something, and after how long."""
    found = recommended(home, user)
    took = max(one.ended or 0.0 for one in new) - min(one.created for one in new)
    told.note(found > 0, f"the published snapshot has {found} recommendations for {user}, {took:.0f} s after the start")


def posted(hook: Webhook, about: tuple[str, str], since: float, new: Sequence[Ran], told: Told, why: str = "") -> None:
    """Note whether a failure was posted with what to do, and where there is a word for that with why."""
    found = hook.found(*about, since)
    if found is None:
        told.note(False, f"a message about the {' '.join(about)}")
        return
    at, failure = found
    failed = next((one.ended for one in new if one.run_id == failure["run_id"] and one.ended is not None), at)
    what = f"{' '.join(about)} {failure['check']} ({failure['severity']})".replace("  ", " ")
    told.note(bool(failure["what_to_do"]), f"posted {at - failed:.0f} s after the end of its run: {what}")
    print(f"    what to do: {failure['what_to_do'][:400]}", flush=True)
    said = [f"{one['step']}: {one['error']}" for one in failure["why"]]
    if why:
        told.note(any(why in one for one in said), f"it names {why}: {' '.join(said)[:400]}")


if __name__ == "__main__":
    sys.exit(main())

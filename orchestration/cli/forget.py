"""`osusume forget-user`: one user out of landing files, tables, models, snapshots and the runs' log."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.privacy import Hasher, read_salt
from orchestration.chosenmodels import chosen_models
from orchestration.cli.console import Console, counted, out, seconds
from orchestration.cli.run import conclude, execute_pipeline, last_failure, load_pipeline
from orchestration.cli.runlock import run_lock
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import RunError, UsageError
from orchestration.fingerprint import base_fingerprint
from orchestration.inputs import RunInput, read_marker
from orchestration.settings import Settings
from warehouse.connection import Warehouse
from warehouse.errors import PublishError
from warehouse.forget import forget, is_forgotten
from warehouse.home import Home
from warehouse.liveruns import none_alive
from warehouse.publish import drop_older_snapshots, publish
from warehouse.purge import discard, purge

#: Sources that have users.
USER_SOURCES = ("anilist", "kitsu", "myanimelist")


def run_forget(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Remove the user everywhere and train the models anew without them; returns the exit status of that run.

    Raises:
        UsageError: when the user is not named as `source:user`, HOME holds nothing, or the tables could not be built
            anew with these settings; nothing was removed then.
        RunError: when another run did not finish in time.
    """
    source, colon, name = args.user.partition(":")
    if not colon or source not in USER_SOURCES or not name:
        raise UsageError(f"{args.user!r} names no user: give SOURCE:USER with one of {', '.join(USER_SOURCES)}")
    home = Home(settings.home)
    if not home.landing.is_dir():
        raise UsageError(f"nothing was landed in {home.root}: there is nobody to forget. Name a HOME with --home")
    with run_lock(home, console, settings.lock_timeout, "forget-user"):
        _refuse_unready(settings, home)
        with _no_run_beside(home, settings.lock_timeout, console):
            tables_are_due = _forget(settings, home, source, name, console)
        return _rebuild(settings, home, console) if tables_are_due else 0


def identities(home: Home, source: str, name: str) -> tuple[str, ...]:
    """All ways in which a HOME may call a user: the hash of the name, the name, and Jikan's hash of it."""
    if not home.salt.is_file():
        return (name,)
    salt = read_salt(home.salt)
    others = [Hasher("jikan", salt).subject(name)] if source == "myanimelist" else []
    return (Hasher(source, salt).subject(name), name, *others)


@contextmanager
def _no_run_beside(home: Home, timeout_s: float, console: Console) -> Iterator[None]:
    """Inside, no run of the UI is under way: what it has read of the user it would write after they are forgotten."""
    told: list[str] = []

    def tell(living: list[str], waited: float) -> None:
        if living != told:
            told[:] = living
            console.say(f"waiting for run {', '.join(one[:8] for one in living)} to finish ({seconds(waited)})")

    try:
        with none_alive(home, timeout_s, tell):
            yield
    except TimeoutError as late:
        raise RunError(
            f"run {str(late)[:8]} is still under way in this HOME after {seconds(timeout_s)}, and may have read what "
            "is to be forgotten. Let it finish, or end it in the UI; nothing was changed. OSUSUME_LOCK_TIMEOUT is how "
            "long to wait, in seconds"
        ) from late


def _forget(settings: Settings, home: Home, source: str, name: str, console: Console) -> bool:
    """Landing first, so that nothing comes back, then what readers see; returns whether tables are to be made again."""
    subject, *names = identities(home, source, name)
    begun_before = is_forgotten(home, source, subject)
    report = forget(home, source, subject, names)
    out(f"Landing: {counted(report.rows, 'row')} removed, {counted(len(report.files), 'file')} rewritten.")
    if not report.rows and not begun_before:
        # Tables, models and snapshots are made of what was landed, and nothing of that was about this user.
        out(f"Nothing that was landed here is of {source}:{name}, so that nothing else is changed; is the name right?")
        out("Should the user ever be met under this name, nothing of them will be landed.")
        return False
    warehouse = writable_warehouse(settings, console)
    if home.snapshot.is_file() and home.warehouse_file.is_file():
        _publish_without(warehouse, source, (subject, *names), console)
    discard(warehouse)
    shutil.rmtree(home.models, ignore_errors=True)
    shutil.rmtree(home.reports, ignore_errors=True)
    _forget_runs(home)
    if not home.snapshot.is_file():
        out("The user is forgotten; the next `osusume run` builds the tables without them.")
        return False
    return True


def _publish_without(warehouse: Warehouse, source: str, called: tuple[str, ...], console: Console) -> None:
    """Give readers at once what there is without the user, where the warehouse is whole and sound enough for that."""
    from dagster import Failure

    from assets.snapshot import refuse_unsound

    with warehouse.writer("forget a user") as connection:
        purged = purge(connection, source, called[0], called[1:])
    try:
        publish(warehouse, "forget-user", "", approve=refuse_unsound)
    except PublishError:
        # A run that was killed has left it half built; it is built anew in any case.
        console.say("the warehouse is half built: readers see the old snapshot until it is whole")
        return
    except Failure as refused:
        console.say(f"{refused.description}. Readers see it, with the user, until the rebuild is whole")
        return
    out(f"Snapshots: {counted(sum(purged.values()), 'row')} removed from {counted(len(purged), 'table')}, and")
    out(f"{counted(drop_older_snapshots(warehouse.home), 'older snapshot')} deleted.")


def _refuse_unready(settings: Settings, home: Home) -> None:
    """Raise unless the run that follows can be: found out afterwards, tables and models would be gone for nothing."""
    from orchestration.cli.instance import wanted_config

    landed = _of_what_is_landed(settings, home)
    chosen_models(landed)
    base_fingerprint(landed)
    wanted_config(home)


def _of_what_is_landed(settings: Settings, home: Home) -> Settings:
    """The settings of a run that asks nobody."""
    return settings.model_copy(update={"input": str(home.root.absolute())})


def _rebuild(settings: Settings, home: Home, console: Console) -> int:
    """A run on what is landed; asks nobody."""
    console.say("building and training everything anew without this user")
    chosen = RunInput("home", None, home, read_marker(home) or {"world": "recordings"})
    landed = _of_what_is_landed(settings, home)
    pipeline = load_pipeline(landed, None, base_fingerprint(landed))
    outcome = execute_pipeline(home, console, chosen, None, pipeline)
    status = conclude(landed, chosen, outcome)
    if status == 0:
        drop_older_snapshots(home)
        out("The user is forgotten.")
    return status


def _forget_runs(home: Home) -> None:
    """Delete the records of earlier runs: previews, captured output and the last failure show rows of tables."""
    from orchestration.cli.instance import open_instance

    last_failure(home).unlink(missing_ok=True)
    # Whatever lies here was written by a run that is deleted below, or was before.
    shutil.rmtree(home.dagster / "storage", ignore_errors=True)
    if not (home.dagster / "dagster.yaml").is_file():
        return
    with open_instance(home) as instance:
        for run in instance.get_runs():
            instance.delete_run(run.run_id)
        for key in instance.all_asset_keys():
            instance.wipe_assets([key])

"""`osusume prepare`: makes a HOME ready for a webserver, a daemon and a code location that are started on their own."""

from __future__ import annotations

from orchestration.chosenmodels import chosen_models
from orchestration.cli.console import Console, counted, out
from orchestration.fingerprint import decisions_of_people
from orchestration.inputs import read_input, refuse_other_world, resolve_own_input, write_marker
from orchestration.settings import Settings
from warehouse.home import Home


def run_prepare(settings: Settings, console: Console) -> int:
    """Check what the processes will need, write their dagster.yaml, make Dagster's tables; returns 0.

    It can be run any number of times, and beside running processes. The last line on stdout is the directory that they
    want as DAGSTER_HOME.

    Raises:
        UsageError: when input, HOME, models, people's decisions, sources or PostgreSQL cannot be used.
    """
    from orchestration.cli.instance import open_instance
    from orchestration.crawling import refuse_unready
    from orchestration.demoworld import make_demo

    home = Home(settings.home)
    chosen = resolve_own_input(settings)
    refuse_other_world(home, chosen)
    chosen_models(settings)
    decisions_of_people(home, chosen.other)
    refuse_unready(settings)
    with open_instance(home) as instance:
        console.say(f"Dagster's history answers: {counted(instance.get_runs_count(), 'run')} so far")
    if chosen.kind == "demo" and chosen.directory is not None and not chosen.directory.is_dir():
        make_demo(chosen, lambda message: console.say(f"  {message}"))
    read_input(chosen)
    write_marker(home, chosen)
    console.say(f"Runs of these processes will read {chosen.label}.")
    out(f"DAGSTER_HOME={home.dagster.absolute()}")
    return 0

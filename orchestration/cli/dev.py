"""`osusume dev`: the Dagster webserver and daemon on this machine, with this HOME's instance."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys

from orchestration.cli.console import Console
from orchestration.errors import UsageError
from orchestration.inputs import (
    RunInput,
    read_input,
    refuse_other_world,
    resolve_own_input,
    write_marker,
)
from orchestration.settings import Settings, child_environment
from warehouse.home import Home

_HOST = "127.0.0.1"
_HIGHEST_PORT = 65_535


def run_dev(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Become `dagster dev`; comes back only if that cannot be started.

    Raises:
        UsageError: when the port is taken, or input and HOME do not fit.
    """
    from orchestration.cli.instance import code_location, refresh_config
    from orchestration.crawling import refuse_unready

    home = Home(settings.home)
    chosen = resolve_own_input(settings)
    refuse_other_world(home, chosen)
    refuse_unready(settings)
    _refuse_taken_port(args.port)
    if chosen.kind == "demo":
        settings = _with_standins(settings, chosen, console)
    read_input(chosen)
    write_marker(home, chosen)
    absolute = settings.model_copy(update={"home": home.root.absolute(), "input": chosen.setting})
    # Python's safe path: files of the directory somebody happens to stand in are no modules of the UI.
    own = {"DAGSTER_HOME": str(refresh_config(home)), "PYTHONSAFEPATH": "1"}
    environment = child_environment(absolute, own)
    console.say(f"Its runs read {chosen.label}.")
    console.say(f"The Dagster UI will be at http://{_HOST}:{args.port} in about 20 seconds; Ctrl-C ends it.")
    console.say("In it: Assets > View lineage shows the graph, Jobs > refresh_all > Materialize all runs it.")
    # Dagster warns that `dg dev` is newer; that one needs a package of its own and does nothing more here.
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev"]
    command += [*code_location(), "--host", _HOST, "--port", str(args.port)]
    # A script's `osusume dev &` hands down an ignored SIGINT, for which Dagster would ignore SIGTERM as well.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter


def _with_standins(settings: Settings, chosen: RunInput, console: Console) -> Settings:
    """The demo's files made if need be, and its stand-ins started: a partition can be read again at any time.

    They run in a process of their own, which ends with this one.
    """
    from orchestration.cli.standins import start_beside
    from orchestration.demoworld import make_demo

    if chosen.directory is not None and not chosen.directory.is_dir():
        console.say(f"making {chosen.label}")
        make_demo(chosen, lambda message: console.say(f"  {message}"))
    console.say("starting the stand-in services of the demo world on 127.0.0.1")
    return settings.model_copy(update={f"{name}_url": url for name, url in start_beside(settings).items()})


def _refuse_taken_port(port: int) -> None:
    """Raise UsageError unless the port is free."""
    if not 0 < port <= _HIGHEST_PORT:
        raise UsageError(f"--port {port}: a port is a number from 1 to {_HIGHEST_PORT}, e.g. --port 3001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as problem:
            raise UsageError(
                f"--port {port} cannot be used ({problem.strerror}); another UI may be open already at "
                f"http://{_HOST}:{port}. Choose another one, e.g. --port {port % _HIGHEST_PORT + 1}"
            ) from problem

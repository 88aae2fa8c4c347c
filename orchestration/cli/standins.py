"""`osusume demo-services`: the demo world's stand-in services on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from orchestration.cli.console import Console, counted, out
from orchestration.cli.parent import is_gone
from orchestration.errors import RunError, UsageError
from orchestration.settings import DEMO, Settings, child_environment
from orchestration.sourcesettings import LIVE_SOURCES, MOST_PER_MINUTE

_CHECK_PARENT_EVERY_S = 1.0


def run_standins(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Serve until Ctrl-C or until the parent process is gone; prints one setting a line for each service.

    Raises:
        UsageError: when the port is taken, or the demo world cannot be made.
    """
    from demo.services.make import make_services
    from orchestration.demoworld import DEMO_CLIENT_ID, listed, make_world_of
    from orchestration.inputs import resolve_input

    chosen = resolve_input(settings.model_copy(update={"input": DEMO}))
    console.say(f"making {chosen.label}")
    world = make_world_of(chosen, lambda message: console.say(f"  {message}"))
    try:
        services = make_services(
            world,
            LIVE_SOURCES,
            rate_scale=args.rate_scale,
            fault_share=args.faults,
            seed=settings.seed,
            list_users=listed(chosen),
            port=args.port,
        )
    except OSError as problem:
        raise UsageError(f"--port {args.port} cannot be used ({problem.strerror}); choose another one") from problem
    with services:
        for name, url in services.urls.items():
            out(f"OSUSUME_{name.upper()}_URL={url}")
        out(f"OSUSUME_MYANIMELIST_CLIENT_ID={DEMO_CLIENT_ID}")
        for name, rate in _rates(args.rate_scale).items():
            out(f"OSUSUME_{name.upper()}_RATE={rate:g}")
        sys.stdout.flush()
        if args.until_gone is None:
            console.say(
                "Copy these lines into .env to have `osusume run --input live --home DIR` ask them. Ctrl-C ends."
            )
        _wait(args.until_gone)
        console.say(f"{counted(sum(services.requests.values()), 'request')} answered.")
    return 0


def _rates(scale: float) -> dict[str, float]:
    """Requests a minute by source that suit the stand-ins' limits; empty where these are those of the services."""
    from adapters import imdb
    from adapters.services import SERVICES

    if scale == 1.0:
        return {}
    sources = (*SERVICES.values(), imdb.SOURCE)
    return {source.name: min(source.manners.per_minute * scale, MOST_PER_MINUTE) for source in sources}


def start_beside(settings: Settings) -> dict[str, str]:
    """Start the services in a process that ends with this one; returns their addresses by source.

    Raises:
        RunError: when they do not start.
    """
    from orchestration.demoworld import DEMO_HURRY, DEMO_SOURCES, FAULT_SHARE

    command = [sys.executable, "-m", "orchestration", "demo-services", "--port", "0"]
    command += ["--rate-scale", str(DEMO_HURRY), "--faults", str(FAULT_SHARE), "--until-gone", str(os.getpid())]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        command,
        env=child_environment(settings, {}),
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    found: dict[str, str] = {}
    for line in child.stdout or ():
        name, _, value = line.strip().partition("=")
        if name.endswith("_CLIENT_ID"):
            break
        found[name.removeprefix("OSUSUME_").removesuffix("_URL").lower()] = value
    if not set(DEMO_SOURCES) <= set(found):
        raise RunError("the stand-in services did not start; `osusume demo-services` says why")
    return {name: found[name] for name in DEMO_SOURCES}


def _wait(parent: int | None) -> None:
    """Come back on Ctrl-C, or when the process of that number, which started this one, is gone."""
    # Ctrl-C is how the command is meant to be ended.
    with suppress(KeyboardInterrupt):
        while parent is None or not is_gone(parent):
            time.sleep(_CHECK_PARENT_EVERY_S)

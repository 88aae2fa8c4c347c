"""The console script `osusume`: reads the command line, calls one command, makes errors exit statuses.

The one rule: importing this package costs little; each command imports what it needs when it is called.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from matching.errors import MatchingError
from orchestration.cli.console import Console
from orchestration.cli.parser import build_parser
from orchestration.cli.refusals import advice
from orchestration.errors import OrchestrationError, UsageError
from serving.errors import ServingError, UnknownRecordError, UnknownTitleError, UnknownUserError
from warehouse.errors import NothingPublished, UnknownVersion, WarehouseError
from warehouse.interrupts import interrupt_behind

DONE, FAILED, WRONG_USAGE, NOTHING_PUBLISHED, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (see `osusume --help`).

    Args:
        argv: what stands after `osusume`; None = the process's own arguments.
    """
    parser = build_parser()
    words = sys.argv[1:] if argv is None else argv
    for word in words:
        if not word.isascii() and (broken := word.encode(errors="replace").decode()) != word:
            parser.error(f"{broken!r} is not UTF-8, as every title, query and name of a file here has to be")
    args = parser.parse_args(words)
    console = Console(verbose=getattr(args, "verbose", False))
    if args.command is None:
        console.say(parser.format_help())
        return WRONG_USAGE
    status = DONE
    try:
        status = _dispatch(args, console)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough of it; nothing more must be written, not even at exit. What was done and
        # only not told of has the status that it came to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return _interrupted(console)
    except Exception as problem:  # noqa: BLE001 - the last line of defence against a bare traceback
        return _interrupted(console) if interrupt_behind(problem) else _explain(problem, args, console)
    return status


def _interrupted(console: Console) -> int:
    """Say what an interrupt leaves."""
    console.say("interrupted. What was landed, made and published stays; the same command goes on.")
    return INTERRUPTED


def _dispatch(args: argparse.Namespace, console: Console) -> int:
    """Call the command; its module is imported only now."""
    from orchestration.settings import load_settings, unknown_variables

    settings = load_settings(home=getattr(args, "home", None), input=getattr(args, "input", None))
    for warning in unknown_variables():
        console.warn(warning)
    match args.command:
        case "run":
            from orchestration.cli.run import run_pipeline

            return run_pipeline(args, settings, console)
        case "dev":
            from orchestration.cli.dev import run_dev

            return run_dev(args, settings, console)
        case "publish":
            from orchestration.cli.publish import run_publish

            return run_publish(args, settings, console)
        case "sql":
            from orchestration.cli.sql import run_sql

            return run_sql(args, settings, console)
        case "recommend":
            from orchestration.cli.recommend import run_recommend

            return run_recommend(args, settings, console)
        case "match":
            from orchestration.cli.match import run_match

            return run_match(args, settings, console)
        case "backfill":
            from orchestration.cli.backfill import run_backfill

            return run_backfill(args, settings, console)
        case "demo-services":
            from orchestration.cli.standins import run_standins

            return run_standins(args, settings, console)
        case "forget-user":
            from orchestration.cli.forget import run_forget

            return run_forget(args, settings, console)
        case "prepare":
            from orchestration.cli.prepare import run_prepare

            return run_prepare(settings, console)
        case "benchmark":
            from orchestration.cli.benchmark import run_benchmark

            return run_benchmark(args, settings, console)
        case "models":
            from orchestration.cli.models import run_models

            return run_models(args, settings, console)
        case _:
            from orchestration.cli.doctor import run_doctor

            return run_doctor(args, settings, console)


def _explain(problem: Exception, args: argparse.Namespace, console: Console) -> int:
    """Say what went wrong, in one message, and return the exit status for it."""
    if getattr(args, "debug", False):
        console.say("".join(traceback.format_exception(problem)))
    if isinstance(problem, NothingPublished):
        console.say(f"osusume: {problem}")
        return NOTHING_PUBLISHED
    if isinstance(problem, UsageError | UnknownVersion | UnknownRecordError | UnknownTitleError | UnknownUserError):
        console.say(f"osusume: {problem}")
        return WRONG_USAGE
    if isinstance(problem, MatchingError | OrchestrationError | WarehouseError | ServingError):
        console.say(f"osusume: {problem}")
        return FAILED
    if (told := advice(problem)) is not None:
        is_usage, message = told
        console.say(f"osusume: {message}")
        return WRONG_USAGE if is_usage else FAILED
    said = str(problem).strip() or "no message"
    console.say(f"osusume: unexpected {type(problem).__name__}: {said}\n{_keep_traceback(problem, args)}")
    return FAILED


def _keep_traceback(problem: Exception, args: argparse.Namespace) -> str:
    """Where the traceback can be read: in a file under HOME if there is one, else with --debug."""
    from orchestration.settings import load_settings

    try:
        directory = load_settings(home=getattr(args, "home", None)).home / "dagster"
        log = Path(directory, "last-error.txt")
        log.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
    except (OSError, UsageError):
        return "Add --debug to see the traceback."
    return f"The traceback is in {log}. This is a mistake of ours: please report it with that file."

"""`osusume doctor`: looks at machine, settings and HOME, and says what to do; it changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from orchestration.cli.console import Console, counted, out
from orchestration.cli.findings import Finding, looked
from orchestration.settings import Settings


def run_doctor(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Print every finding with its remedy; returns 0, or 1 when something does not work."""
    failed = warned = 0
    for finding in _findings(args, settings):
        failed += finding.level == "fail"
        warned += finding.level == "warn"
        out(f"{finding.level:<5} {finding.what:<10} {finding.said}")
        if finding.remedy:
            out(f"{'':<16} -> {finding.remedy}")
    console.say(f"{counted(failed, 'failure')}, {counted(warned, 'warning')}")
    return 1 if failed else 0


def _findings(args: argparse.Namespace, settings: Settings) -> Iterator[Finding]:
    """Everything that is looked at."""
    from orchestration.cli.homecheck import home_findings
    from orchestration.cli.machine import machine_findings
    from orchestration.cli.sourcecheck import source_findings

    yield from machine_findings(settings, vars(args))
    yield from home_findings(settings)
    yield from looked("sources", lambda: source_findings(settings))

"""One line of `osusume doctor`: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from orchestration.cli.refusals import OWNERS_REMEDY, refused
from orchestration.errors import OrchestrationError
from warehouse.errors import WarehouseError

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """The level, the thing looked at, what was found, and the remedy ('' when nothing is to do)."""

    level: Level
    what: str
    said: str
    remedy: str = ""


def ok(what: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", what, said)


def warn(what: str, said: str, remedy: str) -> Finding:
    """It works, but not as well as it should."""
    return Finding("warn", what, said, remedy)


def fail(what: str, said: str, remedy: str) -> Finding:
    """It does not work until the remedy is applied."""
    return Finding("fail", what, said, remedy)


def looked(what: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; where it breaks off, why is a finding as well, so that the other looks go on."""
    try:
        yield from look()
    except OSError as problem:
        yield fail(what, refused(problem), OWNERS_REMEDY)
    except (OrchestrationError, WarehouseError) as problem:
        yield fail(what, str(problem), "do as it says")

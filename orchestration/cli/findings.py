"""One line of `osusume doctor`: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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

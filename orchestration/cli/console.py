"""Progress and messages on stderr, results on stdout, and how numbers are written for people."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from warehouse.lock import still_waiting

_CLEAR_LINE = "\r\x1b[K"


class Console:
    """Where a command writes its messages to.

    It keeps its own copy of stderr: while Dagster runs assets, file descriptors 1 and 2 belong to the run's
    log, so that what libraries print is found in the UI instead of between the lines of progress.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self.verbose = verbose
        self._stream = _copy_of(sys.stderr)
        self._is_terminal = self._stream.isatty()
        self._transient = False
        self._is_read = True

    def say(self, text: str = "") -> None:
        """Write one message, on lines of its own."""
        self._write(f"{text}\n")

    def warn(self, text: str) -> None:
        """Write one warning."""
        self.say(f"warning: {text}")

    def waiting(self, waited: float, holder: str) -> None:
        """Say whom a writer of the warehouse waits for, as runs do in their log."""
        self.say(still_waiting(waited, holder))

    def now(self, text: str) -> None:
        """Show what is going on until the next line comes; only where a person is watching."""
        if self._is_terminal:
            self._write(text)
            self._transient = True

    def _write(self, text: str) -> None:
        clear = _CLEAR_LINE if self._transient else ""
        self._transient = False
        if self._is_read:
            try:
                self._stream.write(clear + text)
                self._stream.flush()
            except BrokenPipeError:
                self._give_up()

    def _give_up(self) -> None:
        """Write nowhere from now on: whoever read the messages has enough of them, and the work goes on without."""
        self._is_read = False
        with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
            # What was not written is tried again at the end, and would be complained about then.
            os.dup2(nowhere.fileno(), self._stream.fileno())


def _copy_of(stream: TextIO) -> TextIO:
    """The stream on a file descriptor of its own; the stream itself where it has none (in some tests)."""
    try:
        return os.fdopen(os.dup(stream.fileno()), "w", encoding="utf-8", errors="replace", closefd=True)
    except (OSError, ValueError):
        return stream


def out(text: str = "") -> None:
    """Write one line of results."""
    sys.stdout.write(f"{text}\n")


def seconds(value: float) -> str:
    """A duration for people: `0.4 s`, `12 s`, `2 min 05 s`."""
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 99.5:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


def size(value: float) -> str:
    """A number of bytes for people: `812 B`, `3.4 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5 or unit == "GB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 row`, `12,345 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

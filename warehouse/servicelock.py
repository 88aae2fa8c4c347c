"""One process at a time asks a service, in the order of asking; the next one knows what the last has asked.

The one rule: a service has one pace and one quota for everybody, so whoever comes next is told of the requests of
the last minute, and of the rest that the service has asked for, even where their process was killed.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse.errors import LockTimeout
from warehouse.home import Home
from warehouse.lock import OnWait, WriterLock

Line = Mapping[str, Any]
#: Requests that are older than this matter to nobody, unless the service asked for a longer rest.
_REMEMBERED = timedelta(minutes=2)
_LONGEST_REST = timedelta(hours=1)
_RECENT = "recent.jsonl"
#: With the number of a process, which comes round again, this says who wrote a line.
_TOKEN = secrets.token_hex(4)


class ServiceLock(WriterLock):
    """The right to ask one service, in one HOME; waited for as the warehouse is."""

    guards_database = False

    def __init__(self, home: Home, source: str, purpose: str, timeout_s: float, on_wait: OnWait | None = None) -> None:
        """As `WriterLock`, of a queue of its own for each source."""
        super().__init__(home, purpose, timeout_s, on_wait)
        self.source = source
        self._directory = queue_directory(home, source).absolute()

    def _give_up_when_late(self, started: float, holder: str) -> None:
        """Raise LockTimeout, with what to do, once the time allowed for waiting is over."""
        waited = time.monotonic() - started
        if waited >= self.timeout_s:
            raise LockTimeout(
                f"{self.purpose!r} waited {waited:.0f} s for its turn to ask {self.source}, which {holder} is asking. "
                "One run at a time asks a service, at one pace. Wait until it is done and try again, or allow more "
                "time with OSUSUME_QUEUE_TIMEOUT (seconds); what was landed stays landed"
            )


class Recent:
    """The last requests to a service, as far as they matter to its pace."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = [line for line in _read(file) if _matters(line)]
        text = "".join(f"{json.dumps(line)}\n" for line in self._lines)
        file.write_text(text, encoding="utf-8")

    def of_others(self) -> list[Line]:
        """Requests of other processes: when they were answered, with which status and headers."""
        return [line for line in self._lines if line["process"] != _self()]

    def note(self, response: Line) -> None:
        """Tell those who come next of a response."""
        words = {name: response[name] for name in ("fetched_at", "status", "headers")} | {"process": _self()}
        with self._file.open("a", encoding="utf-8") as opened:
            opened.write(f"{json.dumps(words)}\n")


@contextmanager
def service_turn(
    home: Home, source: str, purpose: str, timeout_s: float, on_wait: Callable[[float, str], None] | None = None
) -> Iterator[Recent]:
    """The turn of this process at a service, with what others have asked it lately.

    Args:
        home: in which landing the answers will lie.
        source: the service.
        purpose: what for, in words that make sense to whoever has to wait.
        timeout_s: how long to wait for the others.
        on_wait: told about the waiting.

    Raises:
        LockTimeout: when the others did not finish in time.
    """
    with ServiceLock(home, source, purpose, timeout_s, on_wait):
        yield Recent(queue_directory(home, source) / _RECENT)


def queue_directory(home: Home, source: str) -> Path:
    """Where those who want to ask a service queue."""
    return home.lock_dir / source


def _self() -> str:
    """This process: it has its own requests in mind already."""
    return f"{os.getpid()}-{_TOKEN}"


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file; one that a kill has cut off is left out."""
    if not file.is_file():
        return
    for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            line = json.loads(text)
            _ = datetime.fromisoformat(line["fetched_at"]), line["status"], line["headers"], line["process"]
        except (ValueError, KeyError, TypeError):
            # Half a line says nothing that the service would not say again.
            continue
        yield line


def _matters(line: Line) -> bool:
    """Whether a request may still matter to the pace: it is recent, or it was refused with a rest to keep."""
    age = datetime.now(UTC) - datetime.fromisoformat(line["fetched_at"])
    return age < (_LONGEST_REST if (line["status"] or 0) >= 400 else _REMEMBERED)

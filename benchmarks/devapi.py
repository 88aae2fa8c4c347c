"""A running `osusume dev` and its API, for benchmarks that work as the UI does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.deploy.server import free_port

POLL_S = 2.0
WITHIN_S = 3_600.0
ANSWER_WITHIN_S = 180
#: So much of the end of a log is shown.
_LOG_BYTES = 3_000


@dataclass(frozen=True)
class Server:
    """The processes behind an API: the one that was started, and the file it writes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def refuse_ended(self) -> None:
        """Raise RuntimeError with the end of the log when the process has ended."""
        status = self.process.poll()
        if status is not None:
            said = self.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace")
            raise RuntimeError(f"the server has ended (exit status {status}), nothing will answer any more:\n{said}")


@dataclass(frozen=True)
class Api:
    """The API of a webserver on this machine; where its processes are ours, waiting ends with them."""

    port: int
    server: Server | None = None

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that is answered, by the query's fields; {} while nobody answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"http://127.0.0.1:{self.port}/graphql", body, {"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=ANSWER_WITHIN_S) as answer:  # noqa: S310 - loopback
                return dict(json.load(answer)["data"] or {})
        except (URLError, TimeoutError, ConnectionError):
            return {}

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Come back when it is so.

        Raises:
            RuntimeError: when the server has ended, with the end of its log.
            TimeoutError: when it takes an hour.
        """
        until = time.monotonic() + WITHIN_S
        while not is_so():
            if self.server is not None:
                self.server.refuse_ended()
            if time.monotonic() > until:
                raise TimeoutError(f"not within {WITHIN_S:.0f} s")
            time.sleep(POLL_S)


@contextmanager
def dev(home: Path, settings: Mapping[str, str]) -> Iterator[Api]:
    """`osusume dev` on a HOME with these settings, ended with all its processes."""
    port = free_port()
    command = [sys.executable, "-m", "orchestration", "--home", str(home), "dev", "--port", str(port)]
    with (home / "dev.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=log, stderr=log, start_new_session=True
        )
    api = Api(port, Server(process, home / "dev.log"))
    try:
        api.wait(lambda: bool(api.ask("{ repositoriesOrError { __typename } }")))
        yield api
    finally:
        with suppress(ProcessLookupError):  # when it has ended, with all it had started
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()

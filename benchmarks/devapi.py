"""A running `osusume dev` and its API, for benchmarks that work as the UI does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.deploy.server import free_port

POLL_S = 2.0
WITHIN_S = 3_600.0
ANSWER_WITHIN_S = 180


@dataclass(frozen=True)
class Api:
    """The API of a webserver on this machine."""

    port: int

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that is answered, by the query's fields; {} while nobody answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"http://127.0.0.1:{self.port}/graphql", body, {"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=ANSWER_WITHIN_S) as answer:  # noqa: S310 - loopback
                return dict(json.load(answer)["data"] or {})
        except (URLError, TimeoutError, ConnectionError):
            return {}


@contextmanager
def dev(home: Path, settings: Mapping[str, str]) -> Iterator[Api]:
    """`osusume dev` on a HOME with these settings, ended with all its processes."""
    api = Api(free_port())
    command = [sys.executable, "-m", "orchestration", "--home", str(home), "dev", "--port", str(api.port)]
    with (home / "dev.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait(lambda: bool(api.ask("{ repositoriesOrError { __typename } }")))
        yield api
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait(is_so: Callable[[], bool]) -> None:
    """Come back when it is so.

    Raises:
        TimeoutError: when that takes an hour.
    """
    until = time.monotonic() + WITHIN_S
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {WITHIN_S:.0f} s")
        time.sleep(POLL_S)

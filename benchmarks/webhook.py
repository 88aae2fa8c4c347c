"""A webhook on loopback that keeps what it is sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """What was posted.

    Attributes:
        address: where to post.
        failures: every failure of every document, with the moment at which it came.
    """

    address: str = ""
    failures: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def found(self, kind: str, name: str, since: float) -> tuple[float, dict[str, Any]] | None:
        """The first failure of severity error, this kind, and this table or job that came since then."""
        wanted = (kind, name, "error")
        return next(
            (
                (at, one)
                for at, one in self.failures
                if at >= since and (one["kind"], one["name"], one["severity"]) == wanted
            ),
            None,
        )


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A server that answers each document with 204."""
    kept = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.failures += [(time.time(), one) for one in json.loads(body)["failures"]]
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.address = f"http://127.0.0.1:{server.server_port}/alerts"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield kept
        finally:
            server.shutdown()

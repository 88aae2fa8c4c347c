"""A small HTTP server on the loopback interface that does what a test tells it, and a clock that a test winds."""

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class FakeTime:
    """Seconds that pass only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        """Seconds that only go forward."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Seen:
    """A request as the server got it; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Step:
    """What the server does with one request.

    Attributes:
        status: of the answer.
        body: its bytes.
        headers: beside Content-Length.
        fault: '' = a whole answer; `reset` = the connection is reset; `hang` = nothing comes for `seconds`;
            `cut` = half of the body comes; `trickle` = a byte every `seconds`.
        seconds: for `hang` and `trickle`.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    seconds: float = 0.0


def says(document: Any, status: int = 200, **headers: str) -> Step:
    """An answer in JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Step(status, json.dumps(document).encode(), {"Content-Type": "application/json"} | named)


def zipped(document: Any) -> Step:
    """An answer in JSON with Content-Encoding gzip."""
    return Step(body=gzip.compress(json.dumps(document).encode()), headers={"Content-Encoding": "gzip"})


HTML = b"<html><head><title>Sorry</title></head><body>We are down for maintenance</body></html>"
#: Faults that every crawl must get over, by name.
FAULTS: Mapping[str, Step] = {
    "500": Step(500, b'{"status":500,"error":"Internal"}', {"Content-Type": "application/json"}),
    "503 in HTML": Step(503, HTML, {"Content-Type": "text/html"}),
    "503 with Retry-After": Step(503, HTML, {"Content-Type": "text/html", "Retry-After": "7"}),
    "200 in HTML": Step(200, HTML, {"Content-Type": "text/html"}),
    "200 without a body": Step(200, b""),
    "reset": Step(fault="reset"),
    "truncated JSON": Step(200, b'{"data": [{"id": 1, "ti'),
    "cut off": Step(200, b'{"data": [' + b" " * 5000 + b"]}", fault="cut"),
    "429": Step(429, b'{"status":429}', {"Content-Type": "application/json"}),
    "429 with Retry-After": Step(429, b"Too Many Requests", {"Retry-After": "3"}),
}


class Loopback:
    """The server; a context manager.

    Attributes:
        url: where it is.
        seen: what it was asked, in order.
        answer: what it does with a request.
    """

    def __init__(self, answer: Callable[[Seen], Step]) -> None:
        self.answer = answer
        self.seen: list[Seen] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


def script(*steps: Step) -> Callable[[Seen], Step]:
    """One step after the other; the last one for ever."""
    rest: Iterator[Step] = iter(steps)
    last = steps[-1]
    return lambda seen: next(rest, last)


def _handler_of(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    """The class that answers one connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        #: Headers and body are two packets; the second must not wait for an acknowledgement of the first.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            """Answer a GET."""
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, self.path, headers, self.rfile.read(length))
            loopback.seen.append(seen)
            self._perform(loopback.answer(seen))

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *args: object) -> None:
            """Nothing is told."""

        def _perform(self, step: Step) -> None:
            if step.fault == "reset":
                # A linger time of 0 makes the close a reset.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            if step.fault == "hang":
                time.sleep(step.seconds)
            self.send_response(step.status)
            for name, value in {"Content-Length": str(len(step.body)), **step.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            body = step.body[: len(step.body) // 2] if step.fault == "cut" else step.body
            self.close_connection = step.fault != ""
            try:
                for place in range(0, len(body), 1 if step.fault == "trickle" else len(body)):
                    self.wfile.write(body[place:] if step.fault != "trickle" else body[place : place + 1])
                    time.sleep(step.seconds if step.fault == "trickle" else 0)
            except OSError:
                self.close_connection = True

    return Handler

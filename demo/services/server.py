"""A small HTTP/1.1 server on the loopback that the stand-in services live on, each under its own prefix.

The one rule: a service only ever sees calls that may pass. Limits and faults are dealt with here, around it.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from demo.services.base import Call, Reply, Service
from demo.services.faults import Faults, Sending, spoil
from demo.services.limits import Limiter, Unlimited

HOST = "127.0.0.1"
_NOT_FOUND = Reply(404, b'{"error":"nothing is served here"}', {"Content-Type": "application/json"})
_STILL_S = 120.0  # a connection that says nothing for so long is closed


class Services:
    """One or several services on one port; a context manager, and serving only while it is entered.

    Attributes:
        urls: the base URL of each source.
        requests: how many requests each source was sent, refused and spoilt ones included.
        refused: how many of them were too many.
        spoilt: how many of them met a fault.
        users: the handles whose lists are meant to be read, by source; {} where nobody chose any.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        limiters: Mapping[str, Limiter] | None = None,
        faults: Faults | None = None,
        stall_s: float = 35.0,
        users: Mapping[str, Sequence[str]] | None = None,
        port: int = 0,
    ) -> None:
        """A server that holds its port and answers nobody yet.

        Args:
            services: each with a prefix of its own.
            limiters: by source; a source without one takes everything.
            faults: which requests fail; None = none.
            stall_s: how long a stalled answer keeps silent before the connection breaks.
            users: see `users`.
            port: 0 = any free one.

        Raises:
            OSError: the port is taken.
        """
        names = [service.name for service in services]
        self.requests = dict.fromkeys(names, 0)
        self.refused = dict.fromkeys(names, 0)
        self.spoilt = dict.fromkeys(names, 0)
        self.users = {source: list(handles) for source, handles in (users or {}).items()}
        self._services = sorted(services, key=lambda service: len(service.prefix), reverse=True)
        self._limiters = {name: (limiters or {}).get(name, Unlimited()) for name in names}
        self._faults = faults or Faults()
        self._stall_s = stall_s
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._is_serving = False
        self._server = _Server((HOST, port), self)
        origin = f"http://{HOST}:{self._server.server_address[1]}"
        self.urls = {service.name: origin + service.prefix for service in services}

    def __enter__(self) -> Self:
        """Answer, in a thread of its own."""
        self._is_serving = True
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, name="services", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and hang up on everybody."""
        self.close()

    def close(self) -> None:
        """Give the port back and hang up on everybody; a second call does nothing."""
        self._closing.set()
        is_serving, self._is_serving = self._is_serving, False
        try:
            if is_serving:
                self._server.shutdown()
        finally:
            self._server.hang_up()
            self._server.server_close()

    def service(self, name: str) -> Service:
        """The service of a source.

        Raises:
            KeyError: it is not among these.
        """
        return {service.name: service for service in self._services}[name]

    def respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Sending:
        """What is sent back to one request, and how.

        Args:
            method: GET, POST, ...
            target: path and query as the client wrote them.
            headers: names in lower case.
            body: the raw body.
        """
        parts = urlsplit(target)
        service = self._service_at(parts.path)
        if service is None:
            return Sending(_NOT_FOUND)
        path = parts.path[len(service.prefix) :]
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return self._respond(service, Call(method, path, query, headers, body, self.urls[service.name]))

    def wait_in_silence(self) -> None:
        """Come back after the time of a stalled answer, or when the server closes."""
        self._closing.wait(self._stall_s)

    def _service_at(self, path: str) -> Service | None:
        """The service whose prefix the path starts with."""
        for service in self._services:
            if path == service.prefix or path.startswith(f"{service.prefix}/"):
                return service
        return None

    def _respond(self, service: Service, call: Call) -> Sending:
        name = service.name
        with self._lock:
            self.requests[name] += 1
            verdict = self._limiters[name].judge()
            self.refused[name] += verdict.refusal is not None
            kind = None if verdict.refusal else self._faults.draw(name, call)
        if verdict.refusal is not None:
            return Sending(verdict.refusal)
        spoilt = None if kind is None else spoil(kind, name, call, service.answer)
        if spoilt is not None:
            with self._lock:
                self.spoilt[name] += 1
            return spoilt
        reply = service.answer(call)
        return Sending(Reply(reply.status, reply.body, {**reply.headers, **verdict.headers}))


class _Server(ThreadingHTTPServer):
    """Threads that end with the process, and quiet about clients that go away."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], services: Services) -> None:
        self.services = services
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, to hang up on it when the server closes."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every open connection, idle ones included."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what a service did wrong, not what a client did."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _STILL_S
    server: _Server

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        services = self.server.services
        sending = services.respond(self.command, self.path, headers, body)
        if sending.manner == "whole":
            self._send(sending.reply, len(sending.reply.body))
        elif sending.manner == "short":
            self._send(sending.reply, len(sending.reply.body) // 2)
            self.close_connection = True
        else:
            if sending.manner == "stall":
                services.wait_in_silence()
            self._break()

    # the base class looks for these names
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _send(self, reply: Reply, length: int) -> None:
        """Status, headers and so many bytes of the body, in one piece: two would wait for each other."""
        headers = {
            "Date": formatdate(usegmt=True),
            **reply.headers,
            "Content-Length": str(len(reply.body)),
        }
        phrase = HTTPStatus(reply.status).phrase
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else reply.body[:length]))

    def _break(self) -> None:
        """Reset the connection: the client sees an error, not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log."""

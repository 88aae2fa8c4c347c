"""A real PostgreSQL server of our own: a throw-away cluster on loopback, behind a password."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

#: With everything in it that an address cannot hold as it is.
PASSWORD = "p@ss/wörd: 100 %"  # noqa: S105 - of a server that lives for a test
_START_WITHIN_S = 30


@dataclass(frozen=True)
class Server:
    """A running server; its user is `osusume`."""

    port: int

    def url(self, database: str) -> str:
        """The address of a database, as `OSUSUME_DAGSTER_POSTGRES_URL` wants it."""
        return f"postgresql+psycopg2://osusume:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new, empty database; returns its address."""
        self.ask("postgres", f"create database {database}")
        return self.url(database)

    def ask(self, database: str, query: str) -> list[tuple[object, ...]]:
        """The rows of a query; [] for a statement that has none."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="osusume", password=PASSWORD, dbname=database
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()


def programs() -> Path:
    """The directory of `initdb` and `postgres`; skips where the server is not installed."""
    found = shutil.which("initdb")
    beside = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found is None and not beside:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql; .ci/run does)")
    return Path(found).parent if found else beside[-1].parent


@contextmanager
def running() -> Iterator[Server]:
    """A server that ends with the block, and its files with it."""
    directory = programs()
    root = Path(tempfile.mkdtemp(prefix="osusume-postgres-"))
    account = _unprivileged(root)
    try:
        (root / "password").write_text(PASSWORD, encoding="utf-8")
        _make_cluster(directory, root, account)
        port = free_port()
        with _started(directory, root, port, account) as process:
            server = Server(port)
            _wait(server, process, root / "log")
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged(root: Path) -> str | None:
    """An account for the server, which refuses to be root's; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    os.chown(root, pwd.getpwnam("nobody").pw_uid, -1)
    return "nobody"


def _make_cluster(directory: Path, root: Path, account: str | None) -> None:
    """The files of a new cluster."""
    words = [
        "--username",
        "osusume",
        "--auth",
        "scram-sha-256",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--no-sync",
    ]
    made = subprocess.run(
        [directory / "initdb", "--pgdata", root / "data", "--pwfile", root / "password", *words],
        user=account,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@contextmanager
def _started(directory: Path, root: Path, port: int, account: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process; nothing it writes has to last."""
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [directory / "postgres", "-D", root / "data", *words], user=account, cwd=root, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Come back when the server answers."""
    deadline = time.monotonic() + _START_WITHIN_S
    while True:
        assert process.poll() is None, log.read_text()
        try:
            server.ask("postgres", "select 1")
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return

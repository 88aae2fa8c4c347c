"""What the tests of this room share: a HOME in a temporary folder, files to land, processes to kill."""

import gzip
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.sql.building import prepared_file
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import LandedFile, open_log
from warehouse.sqlfiles import SqlFile, read_sql

DAY = datetime(2026, 3, 1, tzinfo=UTC)
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate", "shutil.copyfile"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty HOME."""
    return Home(tmp_path / "home")


@pytest.fixture
def warehouse(home: Home) -> Warehouse:
    """The warehouse of an empty HOME."""
    return Warehouse(home, lock_timeout_s=30, memory_limit="500MB", threads=2)


@pytest.fixture
def con(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writer's connection to a real warehouse file, a copy of one in which nothing was built yet."""
    warehouse.home.root.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(prepared_file(), warehouse.home.warehouse_file)
    with warehouse.writer("test") as connection:
        yield connection


@pytest.fixture
def gz(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """A function that writes a gzip file with the given content into a temporary folder."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, mtime=0))
        return path

    return write


@pytest.fixture
def sql(tmp_path: Path) -> Callable[..., SqlFile]:
    """A function that writes a SQL file with a header made of its arguments, and reads it."""

    def write(name: str, body: str, columns: str = "a", keys: str = "a", extra: str = "") -> SqlFile:
        path = tmp_path / "sql" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        described = "\n".join(f"    {column}: the {column} of the row" for column in columns.split())
        header = f"/*\nWhat it holds.\n\ngrain: one row\nkeys: {keys}\n{extra}columns:\n{described}\n*/\n"
        path.write_text(header + body)
        return read_sql(path)

    return write


def header(subjects: Sequence[str] = (), stream: str = "lists", started_at: datetime = DAY) -> dict[str, Any]:
    """The first line of a crawl."""
    plan = {"kind": "users", "today": "2026-03-01", "watermark": None, "years": None, "ids": ["7"], "known": []}
    return {
        "kind": "crawl",
        "source": "anilist",
        "stream": stream,
        "base_url": "https://example.test",
        "plan": plan | {"subjects": list(subjects)},
        "started_at": started_at.isoformat(),
        "client": "test",
    }


def response(key: str, document: object, subject: str | None = None, **changes: object) -> dict[str, Any]:
    """One reply as a line of a crawl: accepted, unless something else is said."""
    body = json.dumps(document)
    return {
        "kind": "response",
        "key": key,
        "subject": subject,
        "request": {"method": "GET", "url": f"https://example.test/{key}", "body": None},
        "fetched_at": (DAY + timedelta(minutes=5)).isoformat(),
        "status": 200,
        "headers": {},
        "sha256": sha256(body.encode()).hexdigest(),
        "accepted": True,
        "lookup": False,
        "note": "",
        "body": body,
        **changes,
    }


def end(ended_at: datetime = DAY + timedelta(hours=1), **changes: object) -> dict[str, Any]:
    """The last line of a crawl."""
    words = {
        "kind": "end",
        "ended_at": ended_at.isoformat(),
        "responses": 1,
        "watermark": None,
        "gone": [],
        "notes": {},
    }
    return words | changes


def land_crawl(
    home: Home, source: str, stream: str, *lines: dict[str, Any], subjects: Sequence[str] = (), hours: int = 0
) -> LandedFile:
    """A sealed crawl of these responses, begun some hours after DAY."""
    started = DAY + timedelta(hours=hours)
    with open_log(home, source, stream) as log:
        log.begin(header(subjects, stream, started))
        for line in lines:
            log.append(line)
        return log.seal(end(started + timedelta(minutes=30)))


def killed_before(step: int, action: Callable[[], object], under: Path = Path("/")) -> bool:
    """Run the action in a forked process that dies by SIGKILL before its n-th file-system operation.

    Args:
        step: n, the first being 1.
        action: what to run.
        under: only operations on paths under this folder count.

    Returns:
        Whether it died; False when the action finished in fewer operations.
    """
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event in FILE_EVENTS and str(arguments[0]).startswith(str(under)):
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            action()
        except BaseException:  # noqa: BLE001 - a forked child must not run on into pytest
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the action failed by itself"
    return False

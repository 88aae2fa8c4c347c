"""IMDb's daily files over the generated world: three gzipped tables, served as a plain file store serves them.

The one rule: equal worlds and days give equal bytes, so that tags, ranges and conditions can be relied on.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from demo.schedule import TODAY
from demo.services.base import Call, Reply, Service
from demo.services.imdb_rows import COLUMNS, Title, text_of
from demo.services.imdb_titles import make_titles
from demo.services.overlay import Overlay
from demo.world import World

_HOUR = "05:24:11 GMT"
_COMPRESSION = 4
_NO_KEY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>{key}</Key></Error>"
)
_NO_PAGE = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
#: Of so many titles one is gone from one day to the next.
_GONE_EVERY = 211


class ImdbService(Service):
    """The stand-in for IMDb's file store.

    Attributes:
        day: days since the first snapshot; each has more votes, new tags, and lacks some titles.
        truncated: whether the files end in the middle, as after a broken upload.
        header_changed: whether the first column of every file has another name.
    """

    name = "imdb"
    prefix = "/imdb"

    def __init__(self, world: World, _overlay: Overlay | None = None) -> None:
        self.day = 0
        self.truncated = False
        self.header_changed = False
        self._world = world
        self._lock = threading.Lock()
        self._titles: dict[str, Title] = {}
        self._files: dict[tuple[str, int, bool], bytes] = {}

    @property
    def titles(self) -> Mapping[str, Title]:
        """The titles of today by `tconst`; each says which anime of the world it tells of."""
        with self._lock:
            return self._todays()

    def answer(self, call: Call) -> Reply:
        """A file, the part of it that was asked for, or word that it has not changed."""
        if call.method not in ("GET", "HEAD"):
            return _page(405, "text/html", _NO_PAGE.replace("404 Not Found", "405 Method Not Allowed"))
        name = call.path.lstrip("/").removesuffix(".tsv.gz")
        if name not in COLUMNS or not call.path.endswith(".tsv.gz"):
            if call.path.endswith(".gz"):
                return _page(404, "application/xml", _NO_KEY.format(key=call.path.lstrip("/")))
            return _page(404, "text/html", _NO_PAGE)
        content = self._file(name)
        tag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        changed = f"{TODAY + timedelta(days=self.day):%a, %d %b %Y} {_HOUR}"
        headers = {
            "Content-Type": "binary/octet-stream",
            "ETag": tag,
            "Last-Modified": changed,
            "Accept-Ranges": "bytes",
        }
        if _is_known(call.headers, tag, changed):
            return Reply(304, b"", headers)
        return _part(call.headers, content, headers)

    def _todays(self) -> dict[str, Title]:
        if not self._titles:
            self._titles = make_titles(self._world)
        return {tconst: title for tconst, title in self._titles.items() if not self._is_gone(tconst)}

    def _is_gone(self, tconst: str) -> bool:
        return int(tconst[2:]) % _GONE_EVERY < self.day

    def _file(self, name: str) -> bytes:
        key = name, self.day, self.header_changed
        with self._lock:
            if key not in self._files:
                text = text_of(name, self._todays(), day=self.day)
                if self.header_changed:
                    text = text.replace(COLUMNS[name][0], "titleKey", 1)
                self._files[key] = gzip.compress(text.encode(), _COMPRESSION, mtime=0)
            content = self._files[key]
        return content[: len(content) // 2] if self.truncated else content


def _is_known(headers: Mapping[str, str], tag: str, changed: str) -> bool:
    """Whether the caller has this very file already; a tag counts for more than a time."""
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in tags.split(",")]
    since = _moment(headers.get("if-modified-since"))
    return since is not None and parsedate_to_datetime(changed) <= since


def _moment(text: str | None) -> datetime | None:
    """The time that a header gives; None where it gives none."""
    try:
        when = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when


def _part(headers: Mapping[str, str], content: bytes, told: Mapping[str, str]) -> Reply:
    """The whole file, or one range of it where that is asked for and still of the same file."""
    found = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", headers.get("range", "").strip())
    only_if = headers.get("if-range")
    if found is None or found[0] == "bytes=-" or only_if not in (None, told["ETag"], told["Last-Modified"]):
        return Reply(200, content, told)
    size = len(content)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(0, size - int(found[2])), size - 1
    if first > last:
        return Reply(416, b"", {**told, "Content-Range": f"bytes */{size}"})
    return Reply(206, content[first : last + 1], {**told, "Content-Range": f"bytes {first}-{last}/{size}"})


def _page(status: int, kind: str, text: str) -> Reply:
    return Reply(status, text.encode(), {"Content-Type": kind})

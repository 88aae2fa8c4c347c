"""Large files over HTTP: streamed to a part file, and gone on with after a break or a kill.

The one rule: bytes of two versions of a file never meet. What is there is only added to where the server confirms
that it is of the same version (If-Range).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.base import Reply, Source
from adapters.errors import Garbled, Unavailable
from adapters.http import Session, without_address

if TYPE_CHECKING:
    # At run time it is imported where it is used, as in `http`.
    import requests

#: No file of any source is larger.
MOST_BYTES = 8_000_000_000
_BLOCK_BYTES = 1_000_000
#: A transfer that brings less than this in a time limit has stalled.
_LEAST_BYTES = 1_000
_GZIP = b"\x1f\x8b"
#: Told how many bytes there are, and how many there will be; None where the server does not say.
OnBytes = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Validators:
    """How a server calls a version of a file; '' where it does not.

    Attributes:
        etag: as the header says it, quotes included.
        last_modified: as the header says it.
    """

    etag: str = ""
    last_modified: str = ""

    @property
    def strong(self) -> str:
        """What may stand in If-Range: a weak ETag may not (RFC 9110, section 13.1.5); '' = nothing."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def validators_in(headers: Mapping[str, str]) -> Validators:
    """What a reply says of its version; header names in lower case."""
    return Validators(headers.get("etag", ""), headers.get("last-modified", ""))


def _silent(done: int, total: int | None) -> None:
    """Tells nobody."""


class Part:
    """A file that is on its way, and of which version it is.

    Attributes:
        path: where its bytes are.
    """

    def __init__(self, target: Path, url: str) -> None:
        self.path = target.with_name(f".{target.name}.part")
        self._label = target.with_name(f".{target.name}.part.json")
        self._url = url

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def version(self) -> Validators:
        """Of which version they are; an empty one where nobody knows."""
        try:
            label = json.loads(self._label.read_text(encoding="utf-8"))
            is_ours = label.pop("url") == self._url
            return Validators(**label) if is_ours else Validators()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            # No label, or a torn one: the bytes are fetched anew.
            return Validators()

    def begin(self, version: Validators) -> None:
        """Start anew. The bytes go first, so that they never stand under another version's label."""
        self.drop()
        self._label.write_text(json.dumps({"url": self._url} | asdict(version)), encoding="utf-8")

    def drop(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self._label.unlink(missing_ok=True)

    def move_to(self, target: Path) -> None:
        """Put the whole file in its place; it is there as a whole or not at all, after a power cut as well."""
        with self.path.open("rb") as opened:
            os.fsync(opened.fileno())
        self.path.replace(target)
        self._label.unlink(missing_ok=True)


class FileSession(Session):
    """The way to a host of large files: one pace, one connection, bodies of good answers go to the part file."""

    def __init__(self, source: Source, **how: Any) -> None:
        """A session that has not connected yet; takes what `Session` takes."""
        super().__init__(source, **how)
        self._part: Part | None = None
        self._known = Validators()
        self._on_bytes: OnBytes = _silent

    def aim(self, part: Part, known: Validators, on_bytes: OnBytes = _silent) -> None:
        """Say where the bodies of the next answers go.

        Args:
            part: the file on its way.
            known: the version that is had already; the server says 304 if it is still the newest.
            on_bytes: told after each block.
        """
        self._part, self._known, self._on_bytes = part, known, on_bytes

    def _transfer(self, method: str, url: str, body: bytes | None) -> Reply:
        """One HTTP exchange; the reply to a good one has an empty body."""
        import requests
        from urllib3.exceptions import HTTPError

        part = self._part
        if part is None:
            return super()._transfer(method, url, body)
        headers = self._conditions(part)
        try:
            with self._http.request(
                "GET", url, headers=headers, timeout=self.manners.timeout_s, allow_redirects=False, stream=True
            ) as response:
                names = {name.lower(): value for name, value in response.headers.items()}
                reply = Reply(response.status_code, names, b"", url)
                if reply.status in (200, 206):
                    _place(part, reply)
                    self._stream(response, part, reply)
                elif reply.status == 416:
                    return _beyond_the_end(part, reply)
                elif reply.status == 304 and self._known == Validators():
                    raise Garbled("the file is said to be the same as before, though there was none")
                return reply
        except (requests.RequestException, HTTPError) as problem:
            raise Unavailable(f"{without_address(problem)}, {part.size:,} bytes are there") from problem

    def _conditions(self, part: Part) -> dict[str, str]:
        """The headers that ask for the rest of the file, or for all of it if it is new."""
        headers = {"Accept-Encoding": "identity"}
        if part.size and part.version.strong:
            return headers | {"Range": f"bytes={part.size}-", "If-Range": part.version.strong}
        if self._known.etag:
            headers["If-None-Match"] = self._known.etag
        if self._known.last_modified:
            headers["If-Modified-Since"] = self._known.last_modified
        return headers

    def _stream(self, response: requests.Response, part: Part, reply: Reply) -> None:
        """Add the body to the part file as it comes in."""
        length = reply.headers.get("content-length", "")
        done = part.size
        total = done + int(length) if length.isdecimal() else None
        limit_s = self.manners.timeout_s
        looked_at, done_then = time.monotonic(), done
        with part.path.open("ab") as opened:
            while block := response.raw.read1(_BLOCK_BYTES, decode_content=False):
                if not done and not block.startswith(_GZIP[: len(block)]):
                    raise Unavailable("something else came than a gzip file, a page of HTML perhaps")
                opened.write(block)
                done += len(block)
                self._on_bytes(done, total)
                if done > MOST_BYTES:
                    raise Garbled(f"the file has no end ({done:,} bytes so far)")
                if (now := time.monotonic()) - looked_at > limit_s:
                    if done - done_then < _LEAST_BYTES:
                        raise Unavailable(f"the transfer has stalled at {done:,} bytes")
                    looked_at, done_then = now, done


def _place(part: Part, reply: Reply) -> None:
    """Make ready for a good answer: the rest of what is there, or all of it."""
    if reply.status == 200:
        part.begin(validators_in(reply.headers))
        return
    begins_at = f"bytes {part.size}-"
    if not reply.headers.get("content-range", "").startswith(begins_at) or not _is_same(part, reply):
        part.drop()
        raise Garbled("another part of the file came than was asked for")


def _is_same(part: Part, reply: Reply) -> bool:
    """Whether the reply is of the part's version, as far as it says so."""
    ours, theirs = part.version, validators_in(reply.headers)
    return theirs.etag in ("", ours.etag) and theirs.last_modified in ("", ours.last_modified)


def _beyond_the_end(part: Part, reply: Reply) -> Reply:
    """What to make of "there is nothing after that": the part is whole, or it is of no use."""
    if part.size and reply.headers.get("content-range", "").strip() == f"bytes */{part.size}":
        return Reply(206, reply.headers, b"", reply.url)
    part.drop()
    raise Garbled("the file is shorter than what was read of it")

"""Writes what a crawl hears into its log, without what names a person, and gives it back to one that goes on.

The one rule: a crawl is told what is kept, not what came; so it decides the same when it is told again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote, unquote, unquote_plus

from adapters.asking import Heard, ask
from adapters.base import Answer, Json, Plan, Reply, Request, Stream
from adapters.headers import header_subset
from adapters.http import Session

#: Turns what names a person into what may be kept.
Hide = Callable[[str], str]
Line = Mapping[str, Any]


class Log(Protocol):
    """Where one crawl's responses are kept, line by line."""

    @property
    def unfinished(self) -> Line | None:
        """The first line of a crawl that was interrupted; None where there is none."""

    def begin(self, header: Line) -> None:
        """Start a crawl."""

    def responses(self) -> Iterator[Line]:
        """The responses kept so far, in order."""

    def append(self, line: Line) -> None:
        """Keep one response; it survives a kill once this returns."""

    def seal(self, end: Line) -> object:
        """End the crawl."""


@dataclass
class Progress:
    """How far a crawl is.

    Attributes:
        forecast: requests it was expected to take.
        answered: requests answered, those from the log included.
        replayed: of these, from the log.
        records: records in these answers, repeated ones counted each time.
        missing: answers that said "there is no such thing".
        refused: replies that could not be used and were asked for again.
        seconds: since it was started or taken up again.
    """

    forecast: int
    answered: int = 0
    replayed: int = 0
    records: int = 0
    missing: int = 0
    refused: int = 0
    seconds: float = 0.0


class Keeper:
    """Has requests answered, from the log or from the source, and keeps and counts what comes.

    Attributes:
        progress: how far the crawl is.
    """

    def __init__(self, log: Log, stream: Stream, plan: Plan, hide: Hide, progress: Progress) -> None:
        self.progress = progress
        self._log, self._stream, self._hide = log, stream, hide
        self._subjects = {user.name: user.subject for user in plan.users if user.name != user.subject}
        spellings = {spelling for name in self._subjects for spelling in (name, quote(name, safe=""))}
        longest_first = sorted(map(re.escape, spellings), key=len, reverse=True)
        self._names = re.compile("|".join(longest_first), re.IGNORECASE) if spellings else None
        self._subject_of = {name.lower(): subject for name, subject in self._subjects.items()}
        self._kept: Json = None

    def ask(self, session: Session, request: Request, refused: Sequence[str] = ()) -> Answer:
        """The source's answer as it was kept; `refused` are the notes of earlier replies to it that were not used."""
        # What was kept of the last answer is nothing that this one could be told with.
        self._kept = None
        answer = ask(session, request, self._keep, refused)
        if self._stream.redact is None or answer.missing:
            return replace(answer, missing=self._masked_text(answer.missing))
        return replace(answer, document=self._kept)

    def recall(self, request: Request, line: Line) -> Answer:
        """The landed answer to a request."""
        document: Json = None if line["note"] else json.loads(line["body"].removeprefix("\ufeff"))
        self.progress.replayed += 1
        return Answer(request, document, line["note"], datetime.fromisoformat(line["fetched_at"]), line["status"])

    def count(self, answer: Answer) -> None:
        """Add one answer to the progress."""
        self.progress.answered += 1
        if answer.missing:
            self.progress.missing += 1
        else:
            self.progress.records += len(self._stream.records(answer.document))

    def _keep(self, heard: Heard) -> None:
        """One line of the log for one reply."""
        self.progress.refused += not heard.accepted
        body = self._body(heard)
        # Half a surrogate pair, which an escape of JSON can make, has no bytes.
        text = body.encode("utf-8", "replace")
        content = text if self._stream.redact or heard.reply is None else heard.reply.body
        self._log.append(
            {
                "kind": "response",
                "key": heard.request.key,
                "subject": heard.request.subject,
                "request": {
                    "method": heard.method,
                    "url": self._masked_url(heard.url),
                    "body": self._masked(heard.request.body),
                },
                "fetched_at": heard.fetched_at.isoformat(),
                "status": None if heard.reply is None else heard.reply.status,
                "headers": {} if heard.reply is None else header_subset(heard.reply.headers),
                "sha256": sha256(content).hexdigest(),
                "accepted": heard.accepted,
                "lookup": heard.is_lookup,
                "note": self._masked_text(heard.note),
                "body": body,
            }
        )

    def _body(self, heard: Heard) -> str:
        """The body as it may be kept; a personal stream keeps only what is known to name nobody."""
        if heard.reply is None:
            return ""
        if self._stream.redact is None:
            return text_of(heard.reply)
        if heard.document is None or heard.is_lookup:
            return ""
        body = json.dumps(self._stream.redact(heard.document, self._hide), ensure_ascii=False)
        self._kept = json.loads(body)
        return body

    def _masked(self, value: Json) -> Json:
        """The JSON body of a request with users' names replaced."""
        if isinstance(value, Mapping):
            return {name: self._masked(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(part) for part in value]
        return self._subjects.get(value, value) if isinstance(value, str) else value

    def _masked_url(self, url: str) -> str:
        """The address with users' names replaced, in path and query."""
        if not self._subjects:
            return url
        address, mark, query = url.partition("?")
        path = "/".join(self._masked_word(part) for part in address.split("/"))
        pairs = (pair.partition("=") for pair in query.split("&"))
        return path + mark + "&".join(f"{name}{sign}{self._masked_word(value)}" for name, sign, value in pairs)

    def _masked_word(self, word: str) -> str:
        """One segment of an address; a plus is a space in a query and itself in a path."""
        found = next((plain for plain in (unquote(word), unquote_plus(word)) if plain in self._subjects), None)
        return word if found is None else quote(self._subjects[found], safe="")

    def _masked_text(self, note: str) -> str:
        """A message with the names of users replaced, wherever they stand and however they are spelled."""
        if self._names is None:
            return note
        return self._names.sub(lambda found: self._subject(found[0]), note)

    def _subject(self, spelling: str) -> str:
        """Whom a spelling of a name stands for."""
        plain = self._subject_of.get(unquote(spelling).lower(), "a user")
        return self._subject_of.get(spelling.lower(), plain)


def text_of(reply: Reply) -> str:
    """A reply's body as text, exactly where it is an answer; of one that is of no use, marks where it is no text."""
    return reply.body.decode("utf-8", "replace")

"""What every stand-in service is made of: a call comes in, a reply goes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One HTTP request that reached a service.

    Attributes:
        method: GET, POST, ...
        path: what follows the service's base URL, with its leading slash; '' for the base URL itself.
        query: the decoded query, in order.
        headers: names in lower case.
        body: the raw body.
        base_url: the service's own base URL as the client reaches it, for links in answers.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    def param(self, name: str) -> str | None:
        """The last value of a query parameter; None where it is not given."""
        return dict(self.query).get(name)


@dataclass(frozen=True)
class Reply:
    """What goes back: status, body, and headers (Content-Length is added by the server)."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Service(ABC):
    """One source's protocol over the generated world, faults and limits apart.

    Attributes:
        name: the source, as in settings.
        prefix: the path of its base URL on the stand-in server, e.g. `/kitsu/api/edge`.
    """

    name: str
    prefix: str

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """The reply to a call that was neither throttled nor spoiled by a planned fault."""

"""Who is forgotten: an append-only log of hashes, so that nobody comes back with the next landing.

The one rule: no name stands in it. Whether somebody is forgotten can be asked, who is forgotten cannot be read.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from warehouse.events import append_events, read_events
from warehouse.home import Home

#: The log of landing/osusume.
FORGOTTEN_LOG = "forgotten"
#: Streams that are about people.
PERSONAL_STREAMS = ("ratings", "lists", "reviews")
#: Sources that speak of another source's users.
_USERS_OF: Mapping[str, str] = {"jikan": "myanimelist"}


class Forgotten:
    """Tells of any way to call a user of one source whether that user is forgotten; false when nobody is."""

    def __init__(self, source: str, hashes: Iterable[str]) -> None:
        self._source = whose_users(source)
        self._hashes = frozenset(hashes)
        self._known: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __call__(self, identity: str) -> bool:
        """Whether the user who is called so is forgotten."""
        found = self._known.get(identity)
        if found is None:
            found = tombstone(self._source, identity) in self._hashes
            self._known[identity] = found
        return found


def forgotten(home: Home, source: str) -> Forgotten:
    """Who of the source's users is forgotten, as of now.

    Raises:
        LandingError: when the log is broken.
    """
    users = whose_users(source)
    events = read_events(home, FORGOTTEN_LOG)
    return Forgotten(users, (str(event["sha256"]) for event in events if event["source"] == users))


def is_forgotten(home: Home, source: str, subject: str) -> bool:
    """Whether the user, as the source or the landing calls them, was forgotten."""
    return forgotten(home, source)(subject)


def bury(home: Home, source: str, identities: Iterable[str], at: datetime) -> int:
    """Note that users are forgotten, by each way to call them; returns how many of these were not noted yet."""
    gone = forgotten(home, source)
    users = whose_users(source)
    new = sorted({tombstone(users, identity) for identity in identities if not gone(identity)})
    append_events(home, FORGOTTEN_LOG, [{"source": users, "sha256": one, "forgotten_at": at} for one in new])
    return len(new)


def adopt_forgotten(home: Home, other: Home) -> int:
    """Take over whom another HOME has forgotten; returns 1 when somebody was new, else 0.

    Unlike other logs, two of these never contradict each other: together they are everybody in either.
    """
    ours = {(event["source"], event["sha256"]) for event in read_events(home, FORGOTTEN_LOG)}
    theirs = read_events(other, FORGOTTEN_LOG)
    new = [event for event in theirs if (event["source"], event["sha256"]) not in ours]
    return int(append_events(home, FORGOTTEN_LOG, new) is not None)


def whose_users(source: str) -> str:
    """The source whose users a source speaks of: itself, but Jikan's are MyAnimeList's."""
    return _USERS_OF.get(source, source)


def speaking_of_users(source: str) -> tuple[str, ...]:
    """Every source that speaks of this source's users, itself first."""
    users = whose_users(source)
    return users, *(other for other, whose in _USERS_OF.items() if whose == users)


def tombstone(source: str, identity: str) -> str:
    """What the log holds of one way to call a user."""
    return sha256(f"{source}:{identity}".encode("utf-8", "surrogatepass")).hexdigest()

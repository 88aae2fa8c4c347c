"""The history of keys as events, and the state that follows from it. Nothing else is ever stored.

A record belongs to one *group*, and a group has one key for life. Groups that turn out to be one anime are merged by
redirecting one key to another; taking the redirection away undoes it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from matching.errors import RegistryError

Name = tuple[str, str]

BORN, JOINED, MERGED, SPLIT, RETIRED, REVIVED = "born", "joined", "merged_into", "split_from", "retired", "revived"


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One event in the life of a key.

    `born`: the key came into being with this record. `joined`: this record belongs to the key from now on
    (`other_key`: where it was before, if anywhere). `merged_into`: the key redirects to `other_key`. `split_from`:
    it stands for itself again, or was born of, `other_key`. `retired`: none of its records is in any catalogue;
    `revived`: one is again. `cause` says why in words.
    """

    event_number: int
    anime_key: int
    event: str
    other_key: int | None = None
    source: str | None = None
    source_id: str | None = None
    cause: str = ""

    def as_row(self) -> dict[str, Any]:
        """The event as a plain mapping, for storing; whoever stores it adds the time."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> KeyEvent:
        """The event that `as_row` wrote; further entries, such as the time, are ignored.

        Raises:
            RegistryError: an entry is missing or no number.
        """
        try:
            other = row["other_key"]
            return cls(
                event_number=int(row["event_number"]),
                anime_key=int(row["anime_key"]),
                event=str(row["event"]),
                other_key=None if other is None else int(other),
                source=row["source"],
                source_id=row["source_id"],
                cause=str(row.get("cause") or ""),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise RegistryError(f"a key event cannot be read ({problem!r}) in {dict(row)!r}; restore it") from problem


@dataclass
class KeyState:
    """What a history amounts to.

    `group` is the key each record ever seen belongs to, before redirection; `redirect` leads from merged keys to
    what they merged into, `since` says by which event; `founder` is the record each key was born with; `retired`
    are the keys without a present record.
    """

    group: dict[Name, int] = field(default_factory=dict)
    redirect: dict[int, int] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    founder: dict[int, Name] = field(default_factory=dict)
    retired: set[int] = field(default_factory=set)
    last_event: int = 0

    def current(self, key: int) -> int:
        """The key that stands for this one today: itself, or where its redirections end."""
        while key in self.redirect:
            key = self.redirect[key]
        return key

    def key_of(self, name: Name) -> int | None:
        """The key of a record today, also of an absent one; None for a record never seen."""
        key = self.group.get(name)
        return None if key is None else self.current(key)

    def next_key(self) -> int:
        """The key that a new anime gets; keys count up from 1 and are never given twice."""
        return max(self.founder, default=0) + 1

    def apply(self, event: KeyEvent) -> None:
        """Take one event into account.

        Raises:
            RegistryError: the event cannot follow what happened before.
        """
        if event.event_number != self.last_event + 1:
            raise RegistryError(
                f"key event {event.event_number} follows {self.last_event}; the history has a gap or a repetition"
            )
        _APPLY.get(event.event, _unknown)(self, event)
        self.last_event = event.event_number


def replay(events: Iterable[KeyEvent]) -> KeyState:
    """The state after a history, from its first event on.

    Raises:
        RegistryError: no sequence of runs can have written these events.
    """
    state = KeyState()
    for event in events:
        state.apply(event)
    return state


def _record(event: KeyEvent) -> Name:
    if event.source is None or event.source_id is None:
        raise RegistryError(f"key event {event.event_number} ({event.event}) names no record; restore the history")
    return event.source, event.source_id


def _known(state: KeyState, event: KeyEvent, key: int | None) -> int:
    if key is None or key not in state.founder:
        raise RegistryError(f"key event {event.event_number} ({event.event}) names key {key}, which was never born")
    return key


def _born(state: KeyState, event: KeyEvent) -> None:
    if event.anime_key in state.founder or event.anime_key < 1:
        raise RegistryError(f"key event {event.event_number}: key {event.anime_key} cannot be born (again)")
    name = _record(event)
    state.founder[event.anime_key] = name
    state.group[name] = event.anime_key


def _joined(state: KeyState, event: KeyEvent) -> None:
    state.group[_record(event)] = _known(state, event, event.anime_key)


def _merged(state: KeyState, event: KeyEvent) -> None:
    key, other = _known(state, event, event.anime_key), _known(state, event, event.other_key)
    if state.current(other) == key:
        raise RegistryError(f"key event {event.event_number} would merge key {key} into itself")
    state.redirect[key] = other
    state.since[key] = event.event_number
    state.retired.discard(key)


def _split(state: KeyState, event: KeyEvent) -> None:
    _known(state, event, event.other_key)
    state.redirect.pop(_known(state, event, event.anime_key), None)


def _retired(state: KeyState, event: KeyEvent) -> None:
    state.retired.add(_known(state, event, event.anime_key))


def _revived(state: KeyState, event: KeyEvent) -> None:
    state.retired.discard(_known(state, event, event.anime_key))


def _unknown(_: KeyState, event: KeyEvent) -> None:
    raise RegistryError(f"key event {event.event_number} has the unknown kind {event.event!r}")


_APPLY = {BORN: _born, JOINED: _joined, MERGED: _merged, SPLIT: _split, RETIRED: _retired, REVIVED: _revived}

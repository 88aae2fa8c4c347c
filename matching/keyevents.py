"""The history of keys as events, and the state that follows from it. Nothing else is ever stored.

A record belongs to one *group*, and a group has one key for life. Groups that turn out to be one anime are merged by
redirecting one key to another; taking the redirection away undoes it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from matching.errors import RegistryError

Name = tuple[str, str]

BORN, JOINED, MERGED, SPLIT, RETIRED, REVIVED = "born", "joined", "merged_into", "split_from", "retired", "revived"
LEFT, RETURNED = "left", "returned"


class KeyEvent(NamedTuple):
    """One event in the life of a key.

    `born`: the key came into being with this record. `joined`: this record belongs to the key from now on
    (`other_key`: where it was before, if anywhere). `merged_into`: the key redirects to `other_key`. `split_from`:
    it stands for itself again, or was born of, `other_key`. `retired`: none of its records is in any catalogue;
    `revived`: one is again. `left`: this record of the key is in no catalogue any more; `returned`: it is in
    one again. `cause` says why in words.
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
        return self._asdict()

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
    what they merged into, `since` says by which event; `born` are all keys ever given, `founded` is the key whose
    birth brought a record into the registry or out of another group, `birth` the latest birth with its cause;
    `retired` are the keys without a present record, `away` the absent records.
    """

    group: dict[Name, int] = field(default_factory=dict)
    redirect: dict[int, int] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    born: set[int] = field(default_factory=set)
    founded: dict[Name, int] = field(default_factory=dict)
    retired: set[int] = field(default_factory=set)
    away: set[Name] = field(default_factory=set)
    birth: tuple[int, str] | None = None
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
        return max(self.born, default=0) + 1

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


class KeyBook:
    """The state so far, and the events written today; writing one applies it."""

    def __init__(self, state: KeyState) -> None:
        self.state = state
        self.events: list[KeyEvent] = []
        self._next = state.next_key()

    def write(self, key: int, event: str, cause: str, other: int | None = None, record: Name | None = None) -> None:
        """One event more, with the next number."""
        source, source_id = record or (None, None)
        entry = KeyEvent(self.state.last_event + 1, key, event, other, source, source_id, cause)
        self.state.apply(entry)
        self.events.append(entry)

    def bear(self, members: Sequence[Name], cause: str) -> int:
        """A new key for these records, its founders."""
        key = self._next
        self._next += 1
        before = {name: self.state.group.get(name) for name in members}
        self.write(key, BORN, cause, record=members[0])
        for name in members[1:]:
            self.write(key, JOINED, cause, before[name], name)
        return key


def _record(event: KeyEvent) -> Name:
    if event.source is None or event.source_id is None:
        raise RegistryError(f"key event {event.event_number} ({event.event}) names no record; restore the history")
    return event.source, event.source_id


def _known(state: KeyState, event: KeyEvent, key: int | None) -> int:
    if key is None or key not in state.born:
        raise RegistryError(f"key event {event.event_number} ({event.event}) names key {key}, which was never born")
    return key


def _born(state: KeyState, event: KeyEvent) -> None:
    if event.anime_key in state.born or event.anime_key < 1:
        raise RegistryError(f"key event {event.event_number}: key {event.anime_key} cannot be born (again)")
    name = _record(event)
    state.born.add(event.anime_key)
    state.group[name] = state.founded[name] = event.anime_key
    state.birth = event.anime_key, event.cause


def _joined(state: KeyState, event: KeyEvent) -> None:
    name = _record(event)
    state.group[name] = _known(state, event, event.anime_key)
    # The other records of a birth join by the birth's own cause, those that come later by another.
    if state.birth == (event.anime_key, event.cause):
        state.founded[name] = event.anime_key


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


def _left(state: KeyState, event: KeyEvent) -> None:
    state.away.add(_of_a_group(state, event))


def _returned(state: KeyState, event: KeyEvent) -> None:
    state.away.discard(_of_a_group(state, event))


def _of_a_group(state: KeyState, event: KeyEvent) -> Name:
    name = _record(event)
    if name not in state.group:
        raise RegistryError(f"key event {event.event_number} ({event.event}): {' '.join(name)} never had a key")
    return name


def _unknown(_: KeyState, event: KeyEvent) -> None:
    raise RegistryError(f"key event {event.event_number} has the unknown kind {event.event!r}")


_APPLY = {
    BORN: _born,
    JOINED: _joined,
    MERGED: _merged,
    SPLIT: _split,
    RETIRED: _retired,
    REVIVED: _revived,
    LEFT: _left,
    RETURNED: _returned,
}

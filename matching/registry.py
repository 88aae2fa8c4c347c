"""Lasting keys for today's anime: nothing changes that does not have to, and a split undoes a merge exactly.

The rules, in order:
1. Records of one group that now stand in different anime part: the part with the founder keeps the group's key (else
   the larger part, else the one with the smaller record); other parts go to a group of their new anime, or get a
   new key.
2. Groups merged earlier that now stand in different anime part: the anime that holds the surviving key's own group
   keeps it (if that group is absent, the anime merged into it longest ago); the others get their old keys back.
3. An anime that holds several living keys keeps the oldest; the others redirect to it.
4. Absent records keep their group, and absent groups their redirection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.errors import RegistryError
from matching.keyevents import BORN, JOINED, MERGED, RETIRED, REVIVED, SPLIT, KeyEvent, KeyState, Name, replay

__all__ = ["KeyEvent", "assign_keys", "redirections"]

Cluster = tuple[Name, ...]


def assign_keys(
    clusters: Iterable[Sequence[Name]], events: Iterable[KeyEvent]
) -> tuple[dict[Name, int], list[KeyEvent]]:
    """The key of every record in today's clusters, and the events that lead there from the history so far.

    Pure and independent of the order of clusters and members. With nothing changed there are no new events.

    Args:
        clusters: today's anime, each record in exactly one.
        events: the whole history so far, in order.

    Raises:
        RegistryError: a record stands in two clusters, or the history is damaged.
    """
    today = _canonical(clusters)
    book = _Book(replay(events))
    home = {name: number for number, cluster in enumerate(today) for name in cluster}
    _part_groups(book, home)
    groups = [_groups_of(book.state, cluster) for cluster in today]
    won = _part_merges(book, groups)
    for number, cluster in enumerate(today):
        _settle(book, cluster, groups[number], won.get(number, []))
    _retire_and_revive(book, home)
    keys = {name: book.state.current(book.state.group[name]) for name in sorted(home)}
    return keys, book.events


def redirections(events: Iterable[KeyEvent]) -> dict[int, int]:
    """Every key that no longer stands for itself, with the key that stands for it today."""
    state = replay(events)
    return {key: state.current(key) for key in sorted(state.redirect)}


class _Book:
    """The state so far, and the events written today; writing one applies it."""

    def __init__(self, state: KeyState) -> None:
        self.state = state
        self.events: list[KeyEvent] = []
        self._next = state.next_key()

    def write(self, key: int, event: str, cause: str, other: int | None = None, record: Name | None = None) -> None:
        source, source_id = record or (None, None)
        entry = KeyEvent(self.state.last_event + 1, key, event, other, source, source_id, cause)
        self.state.apply(entry)
        self.events.append(entry)

    def bear(self, members: Sequence[Name], cause: str) -> int:
        """A new key for these records; the first is its founder."""
        key = self._next
        self._next += 1
        before = {name: self.state.group.get(name) for name in members}
        self.write(key, BORN, cause, record=members[0])
        for name in members[1:]:
            self.write(key, JOINED, cause, before[name], name)
        return key


def _canonical(clusters: Iterable[Sequence[Name]]) -> list[Cluster]:
    """The clusters in ascending order, empty ones left out."""
    today = sorted(tuple(sorted(cluster)) for cluster in clusters if cluster)
    seen: set[Name] = set()
    for cluster in today:
        for name in cluster:
            if name in seen:
                raise RegistryError(f"{name[0]} {name[1]} stands in two anime (or twice in one); matching is at fault")
            seen.add(name)
    return today


def _groups_of(state: KeyState, cluster: Cluster) -> list[int]:
    """The groups that a cluster's known records belong to, oldest first."""
    return sorted({state.group[name] for name in cluster if name in state.group})


def _part_groups(book: _Book, home: dict[Name, int]) -> None:
    """Rule 1: make every group lie within one cluster."""
    parts: dict[int, dict[int, list[Name]]] = {}
    for name in sorted(home):
        if name in book.state.group:
            parts.setdefault(book.state.group[name], {}).setdefault(home[name], []).append(name)
    torn = {group: spread for group, spread in parts.items() if len(spread) > 1}
    keeps = {group: _keeper(spread, book.state.founder[group]) for group, spread in torn.items()}
    whole: dict[int, set[int]] = {}
    for group, spread in parts.items():
        whole.setdefault(keeps.get(group, next(iter(spread))), set()).add(group)
    for group in sorted(torn):
        for number in sorted(torn[group]):
            if number == keeps[group]:
                continue
            members = torn[group][number]
            if whole.get(number):
                target = _preferred(book.state, whole[number])
                for name in members:
                    book.write(target, JOINED, "the record was found to be this anime", group, name)
            else:
                key = book.bear(members, "its records were found to be another anime")
                book.write(key, SPLIT, "its records were found to be another anime", group, members[0])
                whole[number] = {key}


def _preferred(state: KeyState, groups: set[int]) -> int:
    """Of several groups in one cluster, the oldest that stands for itself; the oldest of all when none does."""
    return min((group for group in groups if group not in state.redirect), default=min(groups))


def _keeper(spread: dict[int, list[Name]], founder: Name) -> int:
    """The cluster whose part of a torn group keeps its key."""
    return min(spread, key=lambda number: (founder not in spread[number], -len(spread[number]), spread[number]))


def _win_keys(state: KeyState, groups: list[list[int]]) -> dict[int, list[int]]:
    """Rule 2: for each cluster the living keys it keeps, oldest first."""
    claims: dict[int, list[tuple[int, int, int]]] = {}
    for number, members in enumerate(groups):
        for group in members:
            path = _path(state, group)
            since = max((state.since[key] for key in path[:-1]), default=0)
            claims.setdefault(path[-1], []).append((since, group, number))
    won: dict[int, list[int]] = {}
    for root in sorted(claims):
        won.setdefault(min(claims[root])[2], []).append(root)
    return won


def _part_merges(book: _Book, groups: list[list[int]]) -> dict[int, list[int]]:
    """Rule 2: take away the redirections that lead to a key another cluster keeps; what each cluster keeps then.

    A redirection is cut as far from the group as possible, where it reaches another cluster, so that earlier merges
    below stay as they were. What is cut off may again be claimed by several clusters, hence the loop; every round
    cuts at least one redirection.
    """
    place = {group: number for number, members in enumerate(groups) for group in members}
    while True:
        won = _win_keys(book.state, groups)
        keeper = {root: number for number, roots in won.items() for root in roots}
        cuts = {}
        for group, number in place.items():
            path = _path(book.state, group)
            if keeper[path[-1]] != number:
                foreign = (at for at, key in enumerate(path) if place.get(key, number) != number)
                cuts[path[next(foreign, len(path) - 1) - 1]] = path[-1]
        if not cuts:
            return won
        for key in sorted(cuts):
            book.write(key, SPLIT, "they were found to be different anime", cuts[key])


def _path(state: KeyState, key: int) -> list[int]:
    """The key and every key its redirections lead through."""
    found = [key]
    while found[-1] in state.redirect:
        found.append(state.redirect[found[-1]])
    return found


def _settle(book: _Book, cluster: Cluster, groups: list[int], won: list[int]) -> None:
    """Rule 3: one key for the cluster, and its new records on it."""
    fresh = [name for name in cluster if name not in book.state.group]
    if not groups:
        book.bear(fresh, "first seen")
        return
    roots = sorted({book.state.current(group) for group in groups})
    key = won[0] if won else roots[0]
    for root in roots:
        if root != key:
            book.write(root, MERGED, "they were found to be one anime", key)
    for name in fresh:
        book.write(key, JOINED, "the record was found to be this anime", None, name)


def _retire_and_revive(book: _Book, home: dict[Name, int]) -> None:
    """Say which living keys have lost their last present record, and which have one again."""
    state = book.state
    used = {state.current(state.group[name]) for name in home}
    living = {key for key in state.founder if key not in state.redirect}
    for key in sorted(living):
        if key in used and key in state.retired:
            book.write(key, REVIVED, "one of its records is back")
        elif key not in used and key not in state.retired:
            book.write(key, RETIRED, "none of its records is in a catalogue any more")

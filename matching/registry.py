"""Lasting keys for today's anime: nothing changes that does not have to, and a split undoes a merge exactly.

A record belongs to a group, a group has one key for life, and keys can redirect to others (see `keyevents`). A record
*stayed* when it was there in the last run, too; the *founders* of a key are the records it was born with.

The rules, in order:
1. Records of one group that now stand in different anime part. The part with the most founders among those that stayed
   keeps the group's key; then most that stayed count, most founders, most records of the same key beside it, the
   smaller record. So a record that comes back takes no key from one that stayed. An anime to which a stronger part of
   another group has brought a key takes no second one while another part that stayed can keep it. The other parts go
   to a group of their new anime, or get a new key.
2. Groups merged earlier that now stand in different anime part: the anime that holds the surviving key's own group
   keeps it (if that group is absent, one that stayed, then the one merged into it longest ago); the others get their
   old keys back.
3. An anime that holds several living keys keeps the oldest that is not retired; the others redirect to it. New records
   join the group of that key (if that group is absent, the one merged into it longest ago).
4. Absent records keep their group, and absent groups their redirection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matching.errors import RegistryError
from matching.keyevents import (
    JOINED,
    LEFT,
    MERGED,
    RETIRED,
    RETURNED,
    REVIVED,
    KeyBook,
    KeyEvent,
    KeyState,
    Name,
    replay,
)
from matching.parting import Cluster, nearest, part_groups, part_merges

__all__ = ["KeyEvent", "assign_keys", "redirections"]


def assign_keys(
    clusters: Iterable[Sequence[Name]], events: Iterable[KeyEvent]
) -> tuple[dict[Name, int], list[KeyEvent]]:
    """The key of every record in today's clusters, and the events that lead there from the history so far.

    Pure and independent of the order of clusters and members. With nothing changed there are no new events.

    Args:
        clusters: today's anime, each record in exactly one.
        events: the whole history so far, in order.

    Returns:
        The key of each record, and the new events, which belong at the end of the history.

    Raises:
        RegistryError: a record stands in two clusters, or the history is damaged.
    """
    today = _canonical(clusters)
    home = _homes(today)
    book = KeyBook(replay(events))
    part_groups(book, today, home)
    groups = [_groups_of(book.state, cluster) for cluster in today]
    part_merges(book, today, groups)
    for cluster, held in zip(today, groups, strict=True):
        _settle(book, cluster, held)
    _note_records(book, home)
    _retire_and_revive(book, home)
    keys = {name: book.state.current(book.state.group[name]) for name in home}
    return keys, book.events


def redirections(events: Iterable[KeyEvent]) -> dict[int, int]:
    """Every key that no longer stands for itself, with the key that stands for it today."""
    state = replay(events)
    return {key: state.current(key) for key in sorted(state.redirect)}


def _canonical(clusters: Iterable[Sequence[Name]]) -> list[Cluster]:
    """The clusters in ascending order, empty ones left out."""
    return sorted(tuple(sorted(cluster)) for cluster in clusters if cluster)


def _homes(today: Sequence[Cluster]) -> dict[Name, int]:
    """The number of each record's cluster."""
    home: dict[Name, int] = {}
    for number, cluster in enumerate(today):
        for name in cluster:
            if name in home:
                raise RegistryError(f"{name[0]} {name[1]} stands in two anime (or twice in one); matching is at fault")
            home[name] = number
    return home


def _groups_of(state: KeyState, cluster: Cluster) -> list[int]:
    """The groups that a cluster's known records belong to, oldest first."""
    return sorted({state.group[name] for name in cluster if name in state.group})


def _settle(book: KeyBook, cluster: Cluster, groups: Sequence[int]) -> None:
    """Rule 3: one key for the cluster, and its new records on it."""
    fresh = [name for name in cluster if name not in book.state.group]
    if not groups:
        book.bear(fresh, "first seen")
        return
    if len(groups) > 1:
        keys = {book.state.current(group) for group in groups}
        kept, *others = sorted(keys, key=lambda key: (key in book.state.retired, key))
        for key in others:
            book.write(key, MERGED, "they were found to be one anime", kept)
    if fresh:
        target = nearest(book.state, groups)
        for name in fresh:
            book.write(target, JOINED, "the record was found to be this anime", None, name)


def _note_records(book: KeyBook, home: Mapping[Name, int]) -> None:
    """Say which records are gone, and which are back."""
    state = book.state
    for name in sorted(state.group.keys() - home.keys() - state.away):
        book.write(state.group[name], LEFT, "it is in no catalogue any more", None, name)
    for name in sorted(state.away & home.keys()):
        book.write(state.group[name], RETURNED, "it is in a catalogue again", None, name)


def _retire_and_revive(book: KeyBook, home: Mapping[Name, int]) -> None:
    """Say which living keys have lost their last present record, and which have one again."""
    state = book.state
    used = {state.current(state.group[name]) for name in home}
    for key in sorted(state.born - state.redirect.keys()):
        if key in used and key in state.retired:
            book.write(key, REVIVED, "one of its records is back")
        elif key not in used and key not in state.retired:
            book.write(key, RETIRED, "none of its records is in a catalogue any more")

"""Where the records of one key now stand in several anime: who keeps the key (rules 1 and 2 of the registry)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from matching.keyevents import JOINED, SPLIT, KeyBook, KeyState, Name

Cluster = tuple[Name, ...]
#: for each group the records of it that stand in each cluster, by the cluster's number
Parts = dict[int, dict[int, list[Name]]]


def part_groups(book: KeyBook, today: Sequence[Cluster], home: Mapping[Name, int]) -> None:
    """Rule 1: make every group lie within one cluster.

    Args:
        book: the state so far, and where to write.
        today: the clusters in ascending order.
        home: the number of each record's cluster.
    """
    torn = _torn(book.state, home)
    parts: Parts = {}
    for number in sorted({number for numbers in torn.values() for number in numbers}):
        for name in today[number]:
            if name in book.state.group:
                parts.setdefault(book.state.group[name], {}).setdefault(number, []).append(name)
    keeper = _keepers(book.state, today, parts)
    staying: dict[int, list[int]] = {}
    for group, number in keeper.items():
        staying.setdefault(number, []).append(group)
    for group in sorted(torn):
        for number in sorted(torn[group] - {keeper[group]}):
            _move(book, group, parts[group][number], staying.setdefault(number, []))


def _torn(state: KeyState, home: Mapping[Name, int]) -> dict[int, set[int]]:
    """The groups whose records stand in several clusters, with the numbers of these."""
    first: dict[int, int] = {}
    torn: dict[int, set[int]] = {}
    for name, number in home.items():
        group = state.group.get(name)
        if group is not None and first.setdefault(group, number) != number:
            torn.setdefault(group, {first[group]}).add(number)
    return torn


def _keepers(state: KeyState, today: Sequence[Cluster], parts: Parts) -> dict[int, int]:
    """Rule 1: for each group the cluster whose part keeps it, the strongest parts choosing first."""
    claims = sorted(
        (_weakness(state, today[number], group, members), len(spread) > 1, group, members[0], number)
        for group, spread in parts.items()
        for number, members in spread.items()
    )
    keeper: dict[int, int] = {}
    brought: dict[int, int] = {}
    first: dict[int, tuple[bool, int]] = {}
    for weakness, is_torn, group, _, number in claims:
        key, has_stayed = state.current(group), weakness[1] < 0
        # The first claim of a group is its strongest: where it holds records that stayed, others must, too.
        as_good = first.setdefault(group, (has_stayed, number))[0] == has_stayed
        if group not in keeper and (not is_torn or (as_good and brought.get(number, key) == key)):
            keeper[group] = number
            brought.setdefault(number, key)
    return {group: keeper.get(group, number) for group, (_, number) in first.items()}


def _weakness(state: KeyState, cluster: Cluster, group: int, members: Sequence[Name]) -> tuple[int, ...]:
    """How weak a part's claim to its group is, by the order of rule 1; the smallest is the strongest."""
    key = state.current(group)
    stayed = [name for name in members if name not in state.away]
    return (
        -sum(state.founded.get(name) == group for name in stayed),
        -len(stayed),
        -sum(state.founded.get(name) == group for name in members),
        -sum(state.key_of(name) == key for name in cluster),
    )


def _move(book: KeyBook, group: int, members: Sequence[Name], staying: list[int]) -> None:
    """Take records out of their group: to a group that stays in their cluster, or to a new key of their own."""
    if staying:
        target = nearest(book.state, staying)
        for name in members:
            book.write(target, JOINED, "the record was found to be this anime", group, name)
        return
    cause = "its records were found to be another anime"
    key = book.bear(members, cause)
    book.write(key, SPLIT, cause, group, members[0])
    staying.append(key)


def part_merges(book: KeyBook, today: Sequence[Cluster], groups: Sequence[Sequence[int]]) -> None:
    """Rule 2: make no redirection lead from one cluster to a key that another keeps.

    Args:
        book: the state so far, and where to write.
        today: the clusters in ascending order.
        groups: the groups of each cluster's records.
    """
    state = book.state
    merged = state.redirect.keys() | {state.current(key) for key in state.redirect}
    trees: dict[int, dict[int, int]] = {}
    for number, held in enumerate(groups):
        for group in held:
            if group in merged:
                trees.setdefault(state.current(group), {})[group] = number
    for key in sorted(trees):
        numbers = set(trees[key].values())
        if len(numbers) > 1:
            records = {name for number in numbers for name in today[number]} - state.away
            _part_tree(book, trees[key], {state.group[name] for name in records if name in state.group})


def _part_tree(book: KeyBook, place: Mapping[int, int], stayed: AbstractSet[int]) -> None:
    """Rule 2 for the present groups that one key stands for.

    A redirection is cut as far from the group as possible, where it reaches another cluster, so that earlier merges
    below stay as they were. What is cut off may again be claimed by several clusters, hence the loop; every round
    cuts at least one redirection.

    Args:
        book: the state so far, and where to write.
        place: each group with the number of its cluster.
        stayed: those of them with a record that was there in the last run.
    """
    state = book.state
    while True:
        keeper: dict[int, int] = {}
        ranked = sorted(place, key=lambda one: (one in state.redirect, one not in stayed, _order(state, one)))
        for group in ranked:
            keeper.setdefault(state.current(group), place[group])
        cuts = {}
        for group, number in place.items():
            path = _path(state, group)
            if keeper[path[-1]] != number:
                foreign = (at for at, key in enumerate(path) if place.get(key, number) != number)
                cuts[path[next(foreign, len(path) - 1) - 1]] = path[-1]
        if not cuts:
            return
        for key in sorted(cuts):
            book.write(key, SPLIT, "they were found to be different anime", cuts[key])


def nearest(state: KeyState, groups: Iterable[int]) -> int:
    """Of the groups of one anime the one to join: not retired, standing for itself or longest merged, the oldest."""
    return min(groups, key=lambda group: (state.current(group) in state.retired, _order(state, group)))


def _order(state: KeyState, group: int) -> tuple[int, int]:
    """What orders groups by the time at which they came under the key that stands for them; its own comes first."""
    return max((state.since[key] for key in _path(state, group)[:-1]), default=0), group


def _path(state: KeyState, key: int) -> list[int]:
    """The key and every key its redirections lead through."""
    found = [key]
    while found[-1] in state.redirect:
        found.append(state.redirect[found[-1]])
    return found

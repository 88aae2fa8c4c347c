"""The rules of lasting keys, as a ledger that is shown every day of a history and refuses what breaks one."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from matching.keyevents import BORN, JOINED, MERGED, KeyEvent, KeyState, Name, replay
from matching.registry import assign_keys, redirections

Clusters = Sequence[Sequence[Name]]


class Ledger:
    """All days so far: the events, the keys of the last day, and what every key ever stood for.

    `meaning` holds the records that a key or one merged into it has ever stood for; `last` the keys of the last day.
    """

    def __init__(self) -> None:
        self.events: list[KeyEvent] = []
        self.meaning: dict[int, set[Name]] = {}
        self.last: dict[Name, int] = {}
        self._shuffle = random.Random(7)

    def day(self, clusters: Clusters) -> dict[Name, int]:
        """Give the day's anime their keys, and hold every rule against them."""
        keys, added = assign_keys(clusters, self.events)
        shuffled = [self._shuffle.sample(list(cluster), len(cluster)) for cluster in clusters]
        assert assign_keys(self._shuffle.sample(shuffled, len(shuffled)), self.events) == (keys, added), "order matters"
        before, self.events = replay(self.events), self.events + added
        state = replay(KeyEvent.from_row({**event.as_row(), "occurred_at": "now"}) for event in self.events)
        assert assign_keys(clusters, self.events) == (keys, []), "the same day again wrote events"
        assert {name: state.key_of(name) for name in keys} == keys, "the history tells other keys"
        _one_key_each(clusters, keys)
        self._unchanged_anime_keep_their_key(clusters, keys, before)
        self._every_key_means_what_it_meant(clusters, keys, added)
        self._lost_keys_lead_on(keys, state)
        self.last = keys
        return keys

    def _unchanged_anime_keep_their_key(self, clusters: Clusters, keys: dict[Name, int], before: KeyState) -> None:
        """Unless they had it by a merge alone, and records whose own it is return elsewhere."""
        together: dict[int, set[Name]] = {}
        for name, key in self.last.items():
            together.setdefault(key, set()).add(name)
        for cluster in clusters:
            key = self.last.get(cluster[0])
            if key is not None and together[key] == set(cluster) and keys[cluster[0]] != key:
                own = {name for name, group in before.group.items() if group == key}
                returned = (own & keys.keys()) - self.last.keys()
                needed = bool(returned) and not own & set(cluster)
                assert needed, f"{sorted(cluster)} lost key {key} without need"

    def _every_key_means_what_it_meant(
        self, clusters: Clusters, keys: dict[Name, int], added: Iterable[KeyEvent]
    ) -> None:
        """A key is new, or one of its records had it, belonged to it, or had one that was merged into it."""
        born = {event.anime_key for event in added if event.event == BORN}
        assert not born & self.meaning.keys(), "a key was born twice"
        for event in added:
            if event.event == MERGED and event.other_key is not None:
                meant = self.meaning.get(event.anime_key, set())
                self.meaning.setdefault(event.other_key, set()).update(meant)
        for cluster in clusters:
            meant = self.meaning.setdefault(keys[cluster[0]], set())
            assert keys[cluster[0]] in born or meant & set(cluster), f"{sorted(cluster)} has the key of others"
            meant.update(cluster)
        for event in added:
            if event.event == JOINED:
                self.meaning[event.anime_key].add((str(event.source), str(event.source_id)))

    def _lost_keys_lead_on(self, keys: dict[Name, int], state: KeyState) -> None:
        """Every key ever given is in use, or leads without a circle to one that is, or to a retired one."""
        used, leads = set(keys.values()), redirections(self.events)
        assert set(leads) == state.redirect.keys()
        for key in state.born:
            end = leads.get(key, key)
            assert end not in leads, f"key {key} leads to {end}, which leads on"
            assert (end in used) != (end in state.retired), f"key {key} leads to {end}, which is nothing"
        assert used <= state.born


def _one_key_each(clusters: Clusters, keys: dict[Name, int]) -> None:
    """Every record has a key, records of one anime the same, records of two anime different ones."""
    assert {name for cluster in clusters for name in cluster} == keys.keys()
    assert all(keys[name] == keys[cluster[0]] for cluster in clusters for name in cluster)
    assert len({keys[cluster[0]] for cluster in clusters}) == len(clusters)


def changed(anime: Clusters, names: Sequence[Name], random_: random.Random) -> list[list[Name]]:
    """The anime after one or two small changes; an anime has at most one record of a source.

    A record vanishes, comes or moves, or two records of one source change places.
    """
    found = [list(cluster) for cluster in anime]
    for _ in range(random_.randint(1, 2)):
        name, other = random_.sample(names, 2)
        present = any(name in cluster for cluster in found)
        if name[0] == other[0] and random_.random() < 0.5:
            placed = {name: other, other: name}
            found = [[placed.get(one, one) for one in cluster] for cluster in found]
        else:
            found = [[one for one in cluster if one != name] for cluster in found]
            if not present or random_.random() < 0.6:
                free = [cluster for cluster in found if all(one[0] != name[0] for one in cluster)]
                found.append([])
                random_.choice([*free, found[-1]]).append(name)
    return [cluster for cluster in found if cluster]

"""Who has what on the list: drawn from tastes, with the bias that real lists have.

People choose among what they have heard of, and they hear of what is popular; among that they take what
fits their taste and era. Whoever liked the first season goes on to the next, one after the other, and
sometimes to the films.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo import franchises as roles
from demo.anime import Catalogue
from demo.features import TRAITS
from demo.people import ONLY_PLANS, People
from demo.randomness import Flags, Floats, Ints, generator
from demo.schedule import TODAY_DAY, UPCOMING
from demo.sources.base import Source

TASTE = 1.1  # weight of taste against chance when choosing
ERA_YEARS = 11.0
HEARD_OF = 5  # titles a viewer has heard of for each that is chosen
CHUNK = 1_000_000  # considered pairs at a time: bounds memory
ENTRIES_PER_CHOICE = 1.8  # a choice brings its sequels: measured, for aiming at a number of ratings
# log-odds of going on from the first entry to one beside the main line
GOES_ON = {
    roles.MOVIE: -1.2,
    roles.OVA: -2.0,
    roles.SPECIAL: -2.2,
    roles.SUMMARY: -3.2,
    roles.SPIN_OFF: -2.3,
    roles.REMAKE: -1.5,
    roles.FIRST: 2.3,
}
NEXT_SEASON = 0.2  # log-odds of going on to the next season of what was liked as usual


@dataclass(frozen=True)
class Entries:
    """List entries of one source: who, which anime, how well liked, when, and whether only planned."""

    person: Ints
    row: Ints
    liking: Floats
    day: Floats  # days since 1970-01-01, with the time of day
    planned: Flags

    def __len__(self) -> int:
        return len(self.person)


def join_entries(parts: list[Entries]) -> Entries:
    """The entries of all parts, one after the other; at least one part is needed."""
    columns = ("person", "row", "liking", "day", "planned")
    return Entries(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


class Audience:
    """The viewers of one source and what they can watch there."""

    def __init__(self, seed: int, catalogue: Catalogue, source: Source, people: People) -> None:
        self.catalogue, self.source, self.people = catalogue, source, people
        self.seed = seed
        plan = catalogue.plan
        self.watchable: Flags = source.known & (catalogue.schedule.status != UPCOMING)
        entry = np.where(plan.role == roles.FIRST, 1.0, np.where(plan.depth > 0, 0.15, 0.3))
        self._fame = catalogue.features.fame
        self._weight = np.where(source.known, entry, 0.0)

    def entries(self, wanted: Floats) -> Iterator[Entries]:
        """The lists of this source's viewers in chunks; ``wanted`` is the length aimed at for each viewer."""
        persons = self.people.on(self.source.name)
        most = max(1.0, 0.4 * float(self.watchable.sum()))
        choices = np.clip(wanted[persons] / ENTRIES_PER_CHOICE, 2, most).astype(np.int64)
        considered = HEARD_OF * choices + 40
        chunk = np.cumsum(considered) // CHUNK
        for number in range(int(chunk[-1]) + 1 if len(chunk) else 0):
            inside = chunk == number
            if inside.any():
                rng = generator(self.seed, "viewing", self.source.name, str(number))
                yield self._lists(rng, persons[inside], choices[inside], considered[inside])

    def _lists(self, rng: np.random.Generator, persons: Ints, choices: Ints, considered: Ints) -> Entries:
        place, row = self._heard_of(rng, persons, considered)
        person = persons[place]
        taste = self.affinity(person, row)
        wish = TASTE * taste + 0.35 * self.catalogue.features.quality[row] + self._era(person, row)
        wish += rng.gumbel(size=len(row))
        order = np.lexsort((row, -wish, place))
        rank = np.arange(len(order)) - np.searchsorted(place[order], place[order], side="left")
        plans = 1 + (choices * rng.random(len(choices)) * 0.25).astype(np.int64)
        limit = choices[place[order]]
        kept = order[rank < limit + plans[place[order]]]
        planned = np.empty(len(row), dtype=bool)
        planned[order] = rank >= limit
        chosen = Entries(
            person[kept],
            row[kept],
            self.liking(row[kept], taste[kept]),
            self._days(rng, person[kept], row[kept]),
            planned[kept] | ~self.watchable[row[kept]] | (self.people.habit[person[kept]] == ONLY_PLANS),
        )
        return join_entries([chosen, self._sequels(rng, chosen)])

    def _heard_of(self, rng: np.random.Generator, persons: Ints, considered: Ints) -> tuple[Ints, Ints]:
        """Pairs of a place in ``persons`` and an anime, each pair once, drawn by fame."""
        steps = np.rint(self.people.conformity[persons] * 5).astype(np.int64)
        places: list[Ints] = []
        rows: list[Ints] = []
        for step in np.unique(steps):
            place = np.repeat(np.flatnonzero(steps == step), considered[steps == step])
            bounds = np.cumsum(self._weight * np.exp(step / 5 * self._fame))
            rows.append(np.searchsorted(bounds, rng.random(len(place)) * bounds[-1], side="right"))
            places.append(place)
        count = len(self._fame)
        # rounding may carry a draw past the last anime that has any weight
        row = np.minimum(np.concatenate(rows), np.flatnonzero(self._weight)[-1])
        pairs = np.unique(np.concatenate(places) * count + row)
        return pairs // count, pairs % count

    def affinity(self, person: Ints, row: Ints) -> Floats:
        """How well each anime fits the viewer's taste, about standard normal over random pairs."""
        total: Floats = np.zeros(len(row))
        tastes, traits = self.people.tastes, self.catalogue.features.traits
        for trait in range(TRAITS):  # one trait at a time: a fixed order of sums and little memory
            total += tastes[:, trait][person] * traits[:, trait][row]
        total /= np.sqrt(TRAITS)
        return total

    def liking(self, row: Ints, taste: Floats) -> Floats:
        """How well the viewer likes it after watching, before chance: quality and taste."""
        liking: Floats = 0.55 * self.catalogue.features.quality[row] + 0.75 * taste
        return liking

    def _era(self, person: Ints, row: Ints) -> Floats:
        years = (self.catalogue.schedule.start[row] - self.people.favourite_day[person]) / 365.25
        return -0.5 * (years / ERA_YEARS) ** 2

    def _days(self, rng: np.random.Generator, person: Ints, row: Ints) -> Floats:
        """A day between joining and today, not before the anime was out for a while."""
        joined = np.maximum(self.people.joined[person], self.catalogue.schedule.start[row] + 14)
        joined = np.minimum(joined, TODAY_DAY - 1)
        days: Floats = joined + rng.random(len(row)) * (TODAY_DAY - joined)
        return days

    def _sequels(self, rng: np.random.Generator, chosen: Entries) -> Entries:
        """What the chosen entries lead to: the rest of their franchises, as far as the viewer likes them."""
        after, row, group = self._siblings(chosen)
        person = chosen.person[after]
        liking = self.liking(row, self.affinity(person, row))
        goes_on = self._goes_on(rng, chosen.liking[after], row, group)
        kept = goes_on & self.watchable[row] & ~self._listed(chosen, person, row)
        later = (row - chosen.row[after]) * (5 + 30 * rng.random(len(row)))
        day = np.maximum(chosen.day[after] + later, self.catalogue.schedule.start[row] + 14)
        day = np.minimum(day, TODAY_DAY - rng.random(len(row)))
        planned: Flags = np.zeros(int(kept.sum()), dtype=bool)
        return Entries(person[kept], row[kept], liking[kept], day[kept], planned)

    def _siblings(self, chosen: Entries) -> tuple[Ints, Ints, Ints]:
        """All entries of each franchise begun: the list entry it was begun with, the row, the group."""
        plan = self.catalogue.plan
        watched = np.flatnonzero(~chosen.planned & (plan.size[chosen.row] > 1))
        begun = chosen.person[watched] * plan.count + plan.first_row[chosen.row[watched]]
        _, once = np.unique(begun, return_index=True)
        origin = watched[once]
        sizes = plan.size[chosen.row[origin]]
        after = np.repeat(origin, sizes)
        place = np.arange(len(after)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return after, plan.first_row[chosen.row[after]] + place, np.repeat(np.arange(len(origin)), sizes)

    def _goes_on(self, rng: np.random.Generator, liked: Floats, row: Ints, group: Ints) -> Flags:
        """Who goes on to what: one will carries through a franchise's seasons, films are decided singly."""
        plan = self.catalogue.plan
        will = rng.random(int(group[-1]) + 1 if len(group) else 0)[group]
        keen = 1 / (1 + np.exp(-(NEXT_SEASON + 1.4 * liked)))
        odds = np.array([GOES_ON.get(role, 0.0) for role in range(len(roles.ROLES))])[plan.role[row]]
        beside = 1 / (1 + np.exp(-(odds + 0.7 * liked)))
        depth = plan.depth[row]
        return np.where(depth > 0, will < keen**depth, rng.random(len(row)) < beside)

    def _listed(self, chosen: Entries, person: Ints, row: Ints) -> Flags:
        """Whether these pairs are on the list already; a viewer has every anime at most once."""
        count = self.catalogue.plan.count
        listed = np.sort(chosen.person * count + chosen.row)
        pair = person * count + row
        found: Flags = listed[np.minimum(np.searchsorted(listed, pair), len(listed) - 1)] == pair
        return found

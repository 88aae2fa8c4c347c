"""The plan of the world: which franchises there are, and which entry of a franchise each anime is.

An anime's number is its row in every array of the world; the members of a franchise stand next to each
other, the first entry first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.randomness import Draws, Floats, Ints, weighted

ROLES = ("first", "season", "part", "movie", "ova", "special", "summary", "spin_off", "remake")
FIRST, SEASON, PART, MOVIE, OVA, SPECIAL, SUMMARY, SPIN_OFF, REMAKE = range(len(ROLES))
MAIN_LINE = (FIRST, SEASON, PART)
# how often a later entry of a franchise has each role (a franchise has one first entry)
ROLE_WEIGHTS = (0.0, 0.44, 0.10, 0.15, 0.10, 0.11, 0.02, 0.05, 0.03)

SINGLE_SHARE = 0.55
LARGEST_FRANCHISE = 14


@dataclass(frozen=True)
class Plan:
    """One row per anime: its franchise, its role there and the numbers that its titles are made of."""

    franchise: Ints
    first_row: Ints  # row of the franchise's first entry
    size: Ints  # entries in the franchise
    role: Ints
    season: Ints  # of the main line: the season it is, or the one it followed
    part: Ints  # 1, or the part of a season that was split
    number: Ints  # for films, OVAs and the like: the how-many-th of its role
    depth: Ints  # steps in the main line before it; 0 for the first entry and everything beside the line
    predecessor: Ints  # row of the entry before it in the main line, the first entry for side entries, -1 for first

    @property
    def count(self) -> int:
        """How many anime there are."""
        return len(self.franchise)

    @property
    def franchises(self) -> int:
        """How many franchises there are."""
        return int(self.franchise[-1]) + 1


def plan_franchises(seed: int, count: int) -> Plan:
    """The plan of ``count`` anime; the last franchise is cut off where the count is reached."""
    sizes = _sizes(Draws(seed, "franchises", count))
    franchise = np.repeat(np.arange(count), sizes)[:count]
    size = np.bincount(franchise)
    first_row = np.concatenate(([0], np.cumsum(size)[:-1]))
    draws = Draws(seed, "roles", count)
    role = weighted(draws.uniform("role"), ROLE_WEIGHTS)
    role[first_row] = FIRST
    columns = _number_entries(role)
    return Plan(franchise, first_row[franchise], size[franchise], role, *columns)


def _sizes(draws: Draws) -> Ints:
    later: Floats = draws.rng("size").geometric(0.38, draws.count).astype(np.float64)
    sizes = np.where(draws.chance("single", SINGLE_SHARE), 1, np.minimum(1 + later, LARGEST_FRANCHISE))
    return sizes.astype(np.int64)


def _number_entries(role: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Season, part, number, depth and predecessor of every entry; senseless roles are changed in place."""
    numbers: Ints = np.ones((5, len(role)), dtype=np.int64)
    numbers[3:] = 0
    counts: dict[int, int] = {}
    first = last = -1
    for row, kind in enumerate(role.tolist()):
        if kind == FIRST:
            counts, first, last = {SEASON: 1, PART: 1}, row, row
            numbers[4, row] = -1
            continue
        kind = _possible(kind, counts)
        role[row] = kind
        counts[kind] = counts.get(kind, 0) + 1
        if kind == SEASON:
            counts[PART] = 1
        numbers[0, row] = counts[SEASON]
        if kind in MAIN_LINE:
            numbers[1, row] = counts[PART]
            numbers[3, row] = numbers[3, last] + 1
            numbers[4, row], last = last, row
        else:
            numbers[2, row] = counts[kind]
            numbers[4, row] = first
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]


def _possible(kind: int, counts: dict[int, int]) -> int:
    """The role itself, or what stands in for a fourth part or a second remake."""
    if kind == PART and counts[PART] >= 3:
        return SEASON
    if kind == REMAKE and counts.get(REMAKE, 0) >= 1:
        return MOVIE
    return kind

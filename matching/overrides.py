"""Human decisions: these two records are, or are not, one anime. They outrank vetoes, scores and cross ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from matching.errors import OverrideError

Name = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Override:
    """One decision about two records: `same` or not, why, by whom, when, and until when (None: for good)."""

    left: Name
    right: Name
    same: bool
    reason: str = ""
    decided_by: str = ""
    decided_on: date | None = None
    until: date | None = None

    @property
    def pair(self) -> tuple[Name, Name]:
        """Both records, the smaller name first."""
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)


@dataclass(frozen=True)
class Decisions:
    """What the decisions in force amount to, followed to their consequences.

    `together` are groups of two or more records said to be one; `apart` pairs of records that must not share an
    anime, by what was said of any member of their groups; `decided` maps a pair to the decision that names it;
    `stale` are decisions on records that are not at hand, which change nothing.
    """

    together: tuple[tuple[Name, ...], ...]
    apart: frozenset[tuple[Name, Name]]
    decided: Mapping[tuple[Name, Name], Override]
    stale: tuple[Override, ...]


def in_force(overrides: Iterable[Override], on: date | None) -> list[Override]:
    """The decisions whose time has not run out on that day, in a fixed order; without a day, all of them."""
    chosen = [item for item in overrides if on is None or item.until is None or item.until >= on]
    return sorted(chosen, key=lambda item: (item.pair, item.same, item.reason, item.decided_by))


def decide(overrides: Sequence[Override], known: frozenset[Name]) -> Decisions:
    """The consequences of decisions on the records at hand.

    Raises:
        OverrideError: decisions that cannot all hold: a pair the same and different, directly or through others,
            a record different from itself, or two records of one source in one anime.
    """
    present = [item for item in overrides if item.left in known and item.right in known]
    stale = tuple(item for item in overrides if item.left not in known or item.right not in known)
    group_of: dict[Name, set[Name]] = {}
    for item in present:
        if item.same:
            merged = group_of.get(item.left, {item.left}) | group_of.get(item.right, {item.right})
            for name in merged:
                group_of[name] = merged
    together = sorted({tuple(sorted(group)) for group in group_of.values() if len(group) > 1})
    for group in together:
        _refuse_two_of_one_source(group)
    apart: set[tuple[Name, Name]] = set()
    for item in present:
        if not item.same:
            apart |= _kept_apart(item, group_of)
    return Decisions(tuple(together), frozenset(apart), {item.pair: item for item in present}, stale)


def _refuse_two_of_one_source(group: tuple[Name, ...]) -> None:
    """An anime holds at most one record of a source, also when people say otherwise."""
    for one, two in combinations(group, 2):
        if one[0] == two[0]:
            raise OverrideError(
                f"the decisions make {one[0]} {one[1]} and {two[0]} {two[1]} one anime; an anime holds one record of "
                "a source: withdraw one of the decisions that link them"
            )


def _kept_apart(item: Override, group_of: Mapping[Name, set[Name]]) -> set[tuple[Name, Name]]:
    """Every pair between the groups of two records said to differ."""
    left, right = group_of.get(item.left, {item.left}), group_of.get(item.right, {item.right})
    if left & right:
        names = f"{item.left[0]} {item.left[1]} and {item.right[0]} {item.right[1]}"
        raise OverrideError(f"{names} are said to differ, and by other decisions to be one anime; correct one of them")
    return {(min(one, two), max(one, two)) for one in left for two in right}

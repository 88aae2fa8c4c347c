"""Human decisions: these two records are, or are not, one anime. They outrank vetoes, scores and cross ids.

The one rule: of decisions that cannot all hold the newest does. The others are set aside and named; nothing stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

Name = tuple[str, str]
Pair = tuple[Name, Name]

#: what became of a decision: it holds; its time has run out; it is about a record that is not at hand; a newer one
#: says otherwise; it would put two records of one source into one anime
IN_FORCE, EXPIRED, STALE, CONTRADICTED, IMPOSSIBLE = "in_force", "expired", "stale", "contradicted", "impossible"


@dataclass(frozen=True, slots=True)
class Override:
    """One decision about two records: `same` or not, why, by whom, when, and until when (None: for good).

    `file` and `line` say where it stands; `order` is its place among all decisions as they were read: of two
    decisions of one day the later is the newer. A decision without a day is older than all that have one.
    """

    left: Name
    right: Name
    same: bool
    reason: str = ""
    decided_by: str = ""
    decided_on: date | None = None
    until: date | None = None
    file: str = ""
    line: int = 0
    order: int = 0

    @property
    def pair(self) -> Pair:
        """Both records, the smaller name first."""
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)

    @property
    def age(self) -> tuple[object, ...]:
        """What puts decisions in order, the oldest first; `different` counts as newer where nothing else tells."""
        return (self.decided_on or date.min, self.order, not self.same, self.pair, self.reason, self.decided_by)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of one decision, the newer one that set it aside (None: none did), and the records at fault.

    `at_fault` are the records that are not at hand of a stale decision, and the two records of one source of an
    impossible one.
    """

    override: Override
    status: str
    opponent: Override | None = None
    at_fault: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Decisions:
    """What the decisions in force amount to, followed to their consequences.

    `together` are groups of two or more records said to be one; `apart` pairs of records that must not share an
    anime, by what was said of any member of their groups; `decided` maps a pair to the decision in force that names
    it; `stale` are decisions on records that are not at hand; `status` holds what became of every decision, in the
    order in which they came.
    """

    together: tuple[tuple[Name, ...], ...]
    apart: frozenset[Pair]
    decided: Mapping[Pair, Override]
    stale: tuple[Override, ...]
    status: tuple[Standing, ...] = ()

    def leading_to(self, pair: Pair) -> list[Override]:
        """The fewest decisions from which it follows that two records are one, or two, the way from one to the other.

        A way to two that differ has one decision `different` in it; [] where people decided nothing about the two.
        """
        start, end = (pair[0], False), (pair[1], pair in self.apart)
        came: dict[tuple[Name, bool], list[Override]] = {start: []}
        waiting = [start]
        for name, is_other in waiting:
            for item in self._naming.get(name, ()):
                there = (item.right if item.left == name else item.left, is_other or not item.same)
                if there not in came and (item.same or not is_other):
                    came[there] = [*came[name, is_other], item]
                    waiting.append(there)
        return came.get(end, [])

    @cached_property
    def _naming(self) -> Mapping[Name, list[Override]]:
        """The decisions that count, by each record they name, at hand or not."""
        found: dict[Name, list[Override]] = {}
        for one in self.status:
            if one.status in (IN_FORCE, STALE):
                for name in one.override.pair:
                    found.setdefault(name, []).append(one.override)
        return found


def in_force(overrides: Iterable[Override], on: date | None) -> list[Override]:
    """The decisions whose time has not run out on that day, oldest first; without a day, all of them."""
    chosen = [item for item in overrides if on is None or item.until is None or item.until >= on]
    return sorted(chosen, key=lambda item: item.age)


def decide(overrides: Sequence[Override], known: frozenset[Name], *, on: date | None = None) -> Decisions:
    """The consequences of decisions on the records at hand; decisions that cannot all hold are no error.

    Sameness also reaches through records that are not at hand: what two people said of a record holds on the day
    on which its source is missing.

    Args:
        overrides: all decisions.
        known: the records at hand.
        on: the day on which decisions must be in force; None takes them all.
    """
    board, standing = _Board(), {}
    for item in reversed(in_force(overrides, on)):
        standing[item] = board.take(item)
    status = tuple(_seen(standing.get(item) or Standing(item, EXPIRED), known) for item in overrides)
    accepted = [item for item in in_force(overrides, on) if standing[item].status == IN_FORCE]
    present = (tuple(sorted(group & known)) for group in board.groups())
    return Decisions(
        together=tuple(sorted(group for group in present if len(group) > 1)),
        apart=frozenset(pair for item in accepted if not item.same for pair in board.kept_apart(item, known)),
        decided={item.pair: item for item in accepted if item.left in known and item.right in known},
        stale=tuple(one.override for one in status if one.status == STALE),
        status=status,
    )


def _seen(standing: Standing, known: frozenset[Name]) -> Standing:
    """The standing of a decision given which records are at hand."""
    absent = tuple(name for name in standing.override.pair if name not in known)
    return Standing(standing.override, STALE, None, absent) if standing.status == IN_FORCE and absent else standing


class _Board:
    """The decisions taken so far, newest first: each further one has to fit them."""

    def __init__(self) -> None:
        self._group: dict[Name, set[Name]] = {}
        self._links: dict[Name, dict[Name, Override]] = {}
        self._barred: dict[Name, dict[Name, Override]] = {}

    def groups(self) -> list[set[Name]]:
        """The records said to be one, each group once."""
        return list({id(group): group for group in self._group.values()}.values())

    def kept_apart(self, item: Override, known: frozenset[Name]) -> set[Pair]:
        """Every pair of records at hand between the groups of two records said to differ."""
        left, right = self._of(item.left) & known, self._of(item.right) & known
        return {(min(one, two), max(one, two)) for one in left for two in right}

    def take(self, item: Override) -> Standing:
        """Accept the decision unless it contradicts the newer ones; says which."""
        refused = self._refused_same(item) if item.same else self._refused_different(item)
        if refused is not None:
            return refused
        bonds = self._links if item.same else self._barred
        bonds.setdefault(item.left, {}).setdefault(item.right, item)
        bonds.setdefault(item.right, {}).setdefault(item.left, item)
        if item.same:
            merged = self._of(item.left) | self._of(item.right)
            self._group.update(dict.fromkeys(merged, merged))
        return Standing(item, IN_FORCE)

    def _of(self, name: Name) -> set[Name]:
        return self._group.get(name) or {name}

    def _refused_same(self, item: Override) -> Standing | None:
        """Two of one source, or two said to differ, would become one anime."""
        left, right = self._of(item.left), self._of(item.right)
        if item.right in left:
            return None
        of_source = {name[0]: name for name in left}
        for two in sorted(right):
            one = of_source.get(two[0])
            if one is not None:
                linking = self._link(item.left, one) or self._link(item.right, two)
                return Standing(item, IMPOSSIBLE, linking, (one, two))
        for one in sorted(left):
            for two, barring in self._barred.get(one, {}).items():
                if two in right:
                    return Standing(item, CONTRADICTED, barring)
        return None

    def _refused_different(self, item: Override) -> Standing | None:
        """A record would differ from itself, or two that newer decisions make one anime."""
        if item.left == item.right:
            return Standing(item, IMPOSSIBLE, None, item.pair)
        linking = self._link(item.left, item.right) if item.right in self._of(item.left) else None
        return Standing(item, CONTRADICTED, linking) if linking else None

    def _link(self, start: Name, end: Name) -> Override | None:
        """The first decision on the way by which two records are one; None when they are one record."""
        came: dict[Name, Override | None] = {start: None}
        waiting = [start]
        for name in waiting:
            for other, link in self._links.get(name, {}).items():
                if other not in came:
                    came[other] = came[name] or link
                    waiting.append(other)
        return came.get(end)

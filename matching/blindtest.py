"""Weights judged by the ids that records name of their counterparts: hidden while matching, the truth afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from matching.match import match
from matching.measure import Figures, Name, Truth, Work
from matching.records import AnimeRecord
from matching.weights import Weights


def measure_without_ids(records: Iterable[AnimeRecord], weights: Weights) -> Figures:
    """How right the weights are by the ids that the records name, which they do not see."""
    given = list(records)
    hidden = [replace(record, claimed=()) for record in given]
    return Truth(works_of_claims(given)).measure(match(hidden, weights=weights).clusters)


def works_of_claims(records: Iterable[AnimeRecord]) -> list[Work]:
    """The works that claims make up, of records at hand; a claim that another contradicts counts for neither.

    Two records of one source that name the same counterpart contradict each other; so do chains of claims that lead
    to two records of one source.
    """
    given = list(records)
    present = {record.name for record in given}
    claimants: dict[tuple[Name, str], list[Name]] = {}
    for record in given:
        for target in record.claimed:
            if target in present and target[0] != record.source:
                claimants.setdefault((target, record.source), []).append(record.name)
    group_of: dict[Name, set[Name]] = {}
    for (target, _), names in sorted(claimants.items()):
        if len(names) == 1:
            joined = group_of.get(target, {target}) | group_of.get(names[0], {names[0]})
            group_of.update(dict.fromkeys(joined, joined))
    groups = {id(group): group for group in group_of.values()}.values()
    whole = [group for group in groups if len({source for source, _ in group}) == len(group)]
    return sorted((dict(sorted(group)) for group in whole), key=lambda work: sorted(work.items()))

"""What a verdict depends on: the two records and their rivals, and nothing else."""

import random
from dataclasses import replace
from datetime import date

import pytest

from matching.match import match
from tests.matching.worlds import record, world

RECORDS, _ = world(60, seed=11)


def verdicts(records):
    """Score and decision of every compared pair."""
    pairs = match(records).pairs
    sides = (pairs[name] for name in ("left_source", "left_source_id", "right_source", "right_source_id"))
    names = zip(*sides, strict=True)
    return dict(zip(names, zip(pairs["score"], pairs["decision"], strict=True), strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_records_changes_nothing(seed):
    """Shuffled, the same pairs with the same scores and decisions, and the same clusters."""
    shuffled = random.Random(seed).sample(RECORDS, len(RECORDS))
    assert verdicts(shuffled) == verdicts(RECORDS)
    assert match(shuffled).clusters == match(RECORDS).clusters


def test_an_unrelated_record_changes_no_verdict():
    """Neither one with another name and day, nor a source that has only such records."""
    stranger = record("kitsu", "999", "Qwx Zvj Plf", start_date=date(1961, 2, 3), start_year=1961, episodes=77)
    before = verdicts(RECORDS)
    for newcomers in ([stranger], [replace(stranger, source="zzz")]):
        after = verdicts([*RECORDS, *newcomers])
        assert {pair: after.get(pair) for pair in before} == before


def test_a_verdict_needs_only_the_neighbourhood():
    """A pair is judged among its rivals as it is among all records."""
    whole = verdicts(RECORDS)
    by_name = {one.name: one for one in RECORDS}
    neighbours: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for left_source, left_id, right_source, right_id in whole:
        one, two = (left_source, left_id), (right_source, right_id)
        neighbours.setdefault(one, set()).add(two)
        neighbours.setdefault(two, set()).add(one)
    for pair in list(whole)[::9]:
        near = {pair[:2], pair[2:]}
        for _ in range(3):
            near |= {other for name in near for other in neighbours[name]}
        assert verdicts([by_name[name] for name in sorted(near)])[pair] == whole[pair]

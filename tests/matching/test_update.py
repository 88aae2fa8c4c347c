"""Matching anew after some records changed gives what matching everything gives."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.labelled import read_labelled
from matching.match import match
from matching.state import empty_state, load_state, save_state
from matching.update import diff, rematch
from matching.weights import load_weights
from tests.matching.changes import changed, decided
from tests.matching.worlds import record, world

RECORDINGS = Path(__file__).parents[3] / "shared" / "data"
WEIGHTS = load_weights()
RULES = WEIGHTS.rule_version


def told(outcome):
    """Every pair by its names: what is told of it, and its features."""
    features = list(outcome.features.values())
    rows = zip(*outcome.pairs.values(), strict=True)
    return {row[:4]: (row[4:], tuple(column[at] for column in features)) for at, row in enumerate(rows)}


def assert_alike(table, update, result):
    """The table kept up to date, and the anime, are those of a full run; features may be NaN in both."""
    expected = told(result)
    assert table.keys() == expected.keys()
    for name, (row, features) in expected.items():
        assert table[name][0] == row
        assert np.array_equal(table[name][1], features, equal_nan=True)
    assert (update.clusters, update.confidence, update.method) == (result.clusters, result.confidence, result.method)
    assert update.stale_overrides == result.stale_overrides
    assert sorted(update.everything["score"]) == sorted(result.pairs["score"])


def keep_up(table, update):
    """The table after an update: gone pairs out, the others in."""
    for name in update.removed:
        del table[name]
    table |= told(update)


def run_history(records, random_, days, changes):
    """Several days of changes and decisions, each compared with a full run."""
    state, table, previous = empty_state(RULES), {}, []
    for day in range(days):
        decisions = decided(records, random_.randint(0, 3), random_)
        update, state = rematch(state, *diff(state, records), decisions, weights=WEIGHTS)
        assert update.is_full == (not previous)
        keep_up(table, update)
        assert_alike(table, update, match(records, decisions, weights=WEIGHTS))
        previous, records = records, changed(records, changes if day else 2 * changes, random_)
    return table


@settings(max_examples=15, derandomize=True)
@given(st.integers(0, 10**6))
def test_any_history_ends_where_a_full_run_would(seed):
    """Records come, go and change in every way; decisions come and go; small worlds, where everything meets."""
    random_ = random.Random(seed)
    records, _ = world(random_.randint(0, 25), seed=seed)
    run_history(records, random_, days=4, changes=random_.randint(1, 8))


def test_a_larger_world_is_kept_up_to_date():
    """Three sources, sequels, and changes here and there."""
    records, _ = world(200, seed=8)
    run_history(records, random.Random(8), days=3, changes=12)


def test_a_name_that_becomes_crowded_and_no_longer_is():
    """The pairs of a name that too many records carry vanish, and come back; also for records that did not change."""
    ads = [record(source, str(n), "Yukigesho", episodes=n + 1) for source in "abc" for n in range(20)]
    more = [record("a", str(n), "Yukigesho", episodes=n + 1) for n in range(100, 103)]
    state, table = empty_state(RULES), {}
    for records in (ads, ads + more, ads):
        update, state = rematch(state, *diff(state, records), weights=WEIGHTS)
        keep_up(table, update)
        assert_alike(table, update, match(records, weights=WEIGHTS))


def test_a_source_that_turns_out_to_give_seasons_for_days():
    """Its dates mean something else then, for every record of it."""
    days = [record("a", str(n), f"Yukigesho {n}") for n in range(3)]
    quarters = [
        replace(one, source_id=str(100 + n), start_date=one.start_date.replace(month=4, day=1))
        for n in range(60)
        for one in days[:1]
    ]
    others = [record("b", str(n), f"Yukigesho {n}") for n in range(3)]
    state, table = empty_state(RULES), {}
    for records in (days + others, days + others + quarters, days + others):
        update, state = rematch(state, *diff(state, records), weights=WEIGHTS)
        if update.is_full:
            table = {}
        keep_up(table, update)
        assert_alike(table, update, match(records, weights=WEIGHTS))


def test_nothing_changed_tells_nothing():
    """No pair is told anew, none is removed, and the anime are the same."""
    records, _ = world(40, seed=2)
    first, state = rematch(empty_state(RULES), records)
    second, _ = rematch(state, *diff(state, records), weights=WEIGHTS)
    assert (second.pairs["score"], second.removed, second.is_full) == ([], [], False)
    assert second.clusters == first.clusters


def test_a_state_of_other_weights_is_begun_anew():
    """Its numbers mean nothing to these weights, its records are still there."""
    records, _ = world(30, seed=4)
    _, state = rematch(empty_state(RULES), records)
    stricter = replace(load_weights(), accept=3.0, rule_version="stricter")
    update, after = rematch(state, [], [records[0].name], weights=stricter)
    assert update.is_full
    assert after.rule_version == "stricter"
    assert_alike(told(update), update, match(records[1:], weights=stricter))


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no ../shared beside the project")
def test_a_hundred_changes_of_a_real_catalogue(tmp_path):
    """Of every kind, through a saved state."""
    records, _ = read_labelled(RECORDINGS)
    first, state = rematch(empty_state(RULES), records)
    save_state(state, tmp_path / "state")
    state = load_state(tmp_path / "state", RULES)
    random_ = random.Random(6)
    today = changed(records, 100, random_)
    decisions = decided(today, 10, random_)
    update, _ = rematch(state, *diff(state, today), decisions)
    assert 100 < len(update.pairs["score"]) < 5000
    table = told(first)
    keep_up(table, update)
    assert_alike(table, update, match(today, decisions))

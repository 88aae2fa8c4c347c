"""The rules of lasting keys, by example and over random histories."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import RegistryError
from matching.keyevents import KeyEvent, replay
from matching.registry import assign_keys, redirections

A1, A2, K1, K2, M1, M2 = ("a", "1"), ("a", "2"), ("k", "1"), ("k", "2"), ("m", "1"), ("m", "2")
NAMES = [A1, A2, ("a", "3"), K1, K2, ("k", "3"), M1, M2, ("m", "3")]


def run(days: Sequence[Sequence[Sequence[tuple[str, str]]]]) -> tuple[list[dict], list[KeyEvent]]:
    """The keys of each day of a history, and all events."""
    events: list[KeyEvent] = []
    found = []
    for clusters in days:
        keys, new = assign_keys(clusters, events)
        events += new
        found.append(keys)
    return found, events


def test_new_anime_get_new_keys_in_a_fixed_order():
    """Keys count up from 1 in the order of the anime's smallest record."""
    keys, events = assign_keys([[K2], [A1, K1]], [])
    assert keys == {A1: 1, K1: 1, K2: 2}
    assert [(event.event, event.anime_key) for event in events] == [("born", 1), ("joined", 1), ("born", 2)]


def test_the_same_clusters_write_no_event():
    """A run in which nothing changed adds nothing to the history."""
    clusters = [[A1, K1], [M1]]
    keys, events = assign_keys(clusters, [])
    assert assign_keys(clusters, events) == (keys, [])


def test_a_merge_keeps_the_older_key_and_redirects_the_younger():
    """When two anime turn out to be one, the key born first survives and the other leads to it."""
    (_, after), events = run([[[A1], [K1]], [[A1, K1]]])
    assert after == {A1: 1, K1: 1}
    assert redirections(events) == {2: 1}


def test_a_split_undoes_a_merge_exactly():
    """Both anime have their old keys again, and no key was born."""
    apart = [[A1, M1], [K1, M2]]
    (before, _, after), events = run([apart, [[A1, M1, K1, M2]], apart])
    assert after == before
    assert sum(event.event == "born" for event in events) == 2


def test_nested_merges_come_apart_in_the_order_of_the_split():
    """A pair merged before the larger merge stays merged when only the larger one is undone."""
    days = [[[A1], [K1], [M1]], [[A1], [K1, M1]], [[A1, K1, M1]], [[A1], [K1, M1]], [[A1], [K1], [M1]]]
    found, _ = run(days)
    assert found[3] == found[1]
    assert found[4] == found[0]


def test_a_record_that_leaves_gets_a_new_key_and_the_rest_keep_theirs():
    """The founder's side keeps the key."""
    (_, after), events = run([[[A1, K1, M1]], [[A1, M1], [K1]]])
    assert after == {A1: 1, M1: 1, K1: 2}
    assert [event.event for event in events[3:]] == ["born", "split_from"]


def test_a_record_that_moves_to_another_anime_takes_its_key():
    """No key is born for a move, and moving back restores everything."""
    home = [[A1, K1], [A2]]
    (before, moved, back), events = run([home, [[A1], [A2, K1]], home])
    assert moved == {A1: 1, A2: 2, K1: 2}
    assert back == before
    assert sum(event.event == "born" for event in events) == 2


def test_a_source_missing_for_a_day_changes_no_key():
    """Absent records keep their key, and those who stay keep it too, whoever founded it."""
    everything = [[A1, K1], [M1], [A2]]
    (before, without, after), _ = run([everything, [[K1], [M1]], everything])
    assert without == {K1: before[K1], M1: before[M1]}
    assert after == before


def test_a_key_without_records_is_retired_and_comes_back():
    """Retired and revived name the key once each."""
    _, events = run([[[A1], [K1]], [[A1]], [[A1]], [[A1], [K1]]])
    assert [(event.event, event.anime_key) for event in events[2:]] == [("retired", 2), ("revived", 2)]


def test_a_key_kept_for_absent_records_is_given_up_when_they_return_as_another_anime():
    """While the founder is away the merged records hold its key; when it returns apart, they have their own again."""
    found, _ = run([[[A1], [K1]], [[A1, K1]], [[K1]], [[A1], [K1]]])
    assert found[2] == {K1: 1}
    assert found[3] == found[0]


def test_two_clusters_with_one_record_are_refused():
    """A record in two anime is an error of the caller, named by record."""
    with pytest.raises(RegistryError, match="a 1 stands in two anime"):
        assign_keys([[A1], [A1, K1]], [])


@pytest.mark.parametrize(
    "event",
    [
        KeyEvent(2, 1, "born", source="a", source_id="1"),
        KeyEvent(1, 1, "merged_into", other_key=2),
        KeyEvent(1, 1, "joined", source="a", source_id="1"),
        KeyEvent(1, 1, "exploded"),
        KeyEvent(1, 1, "born"),
    ],
)
def test_a_damaged_history_is_refused(event):
    """Gaps, unborn keys, unknown kinds and missing records are no history."""
    with pytest.raises(RegistryError):
        replay([event])


def test_events_survive_being_stored():
    """An event read back from its row is the same, whatever else the row holds."""
    _, events = run([[[A1], [K1]], [[A1, K1]]])
    assert [KeyEvent.from_row({**event.as_row(), "occurred_at": "now"}) for event in events] == events
    with pytest.raises(RegistryError):
        KeyEvent.from_row({"event_number": "x"})


@st.composite
def partitions(draw):
    """Some of the records, in anime of any make."""
    present = draw(st.lists(st.sampled_from(NAMES), unique=True))
    labels = draw(st.lists(st.integers(0, 4), min_size=len(present), max_size=len(present)))
    groups: dict[int, list] = {}
    for name, label in zip(present, labels, strict=True):
        groups.setdefault(label, []).append(name)
    return list(groups.values())


@settings(max_examples=200, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_registrys_rules_hold_over_random_histories(days, random):
    """In every history: one key per anime, nothing rewritten, order of input no matter, events tell everything."""
    events: list[KeyEvent] = []
    for clusters in days:
        keys, new = assign_keys(clusters, events)
        shuffled = [random.sample(cluster, len(cluster)) for cluster in random.sample(clusters, len(clusters))]
        assert assign_keys(shuffled, events) == (keys, new)
        events = events + new
        assert {name: replay(events).key_of(name) for name in keys} == keys
        assert len({keys[cluster[0]] for cluster in clusters}) == len(clusters)
        assert all(keys[name] == keys[cluster[0]] for cluster in clusters for name in cluster)
        assert assign_keys(clusters, events) == (keys, [])


@settings(max_examples=200, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=5), st.data())
def test_records_that_vanish_and_return_change_no_key(days, data):
    """Whatever came before, a day without some records and the same day with them agree on every key."""
    _, events = run(days)
    keys, new = assign_keys(days[-1], events)
    events += new
    gone = data.draw(st.sets(st.sampled_from(NAMES)))
    thinned = [[name for name in cluster if name not in gone] for cluster in days[-1]]
    without, new = assign_keys(thinned, events)
    assert without == {name: key for name, key in keys.items() if name not in gone}
    assert assign_keys(days[-1], events + new)[0] == keys


@settings(max_examples=200, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=4), st.data())
def test_any_merge_is_undone_exactly_by_its_split(days, data):
    """Merging any two anime of any history and splitting them gives every record the key it had."""
    found, events = run(days)
    clusters = [cluster for cluster in days[-1] if cluster]
    if len(clusters) < 2:
        return
    one, two = data.draw(st.lists(st.integers(0, len(clusters) - 1), min_size=2, max_size=2, unique=True))
    merged = [cluster for at, cluster in enumerate(clusters) if at not in (one, two)]
    merged.append(clusters[one] + clusters[two])
    _, new = assign_keys(merged, events)
    after, more = assign_keys(clusters, events + new)
    assert after == found[-1]
    assert not [event for event in new + more if event.event == "born"]


@settings(max_examples=200, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=4), st.data())
def test_new_records_change_no_old_key(days, data):
    """Records never seen before, joining old anime or standing alone, leave every old key as it was."""
    found, events = run(days)
    clusters = [list(cluster) for cluster in days[-1] if cluster]
    for number in range(data.draw(st.integers(0, 4))):
        name = ("new", str(number))
        at = data.draw(st.integers(0, len(clusters)))
        if at == len(clusters):
            clusters.append([name])
        else:
            clusters[at].append(name)
    keys, _ = assign_keys(clusters, events)
    assert {name: keys[name] for name in found[-1]} == found[-1]

"""The rules of lasting keys, by example; `test_histories` holds them against random histories."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from matching.errors import RegistryError
from matching.keyevents import KeyEvent, replay
from matching.registry import assign_keys, redirections

A1, A2, K1, K2, M1, M2 = ("a", "1"), ("a", "2"), ("k", "1"), ("k", "2"), ("m", "1"), ("m", "2")


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
    """Retired and revived name the key once each, left and returned the record."""
    _, events = run([[[A1], [K1]], [[A1]], [[A1]], [[A1], [K1]]])
    assert [(event.event, event.anime_key) for event in events[2:]] == [
        ("left", 2),
        ("retired", 2),
        ("returned", 2),
        ("revived", 2),
    ]


def test_a_key_kept_for_absent_records_is_given_up_when_they_return_as_another_anime():
    """While the founder is away the merged records hold its key; when it returns apart, they have their own again."""
    found, _ = run([[[A1], [K1]], [[A1, K1]], [[K1]], [[A1], [K1]]])
    assert found[2] == {K1: 1}
    assert found[3] == found[0]


def test_the_larger_part_of_an_anime_keeps_its_key():
    """Of records that came together, as few as possible change their key, whichever of them has the smallest name."""
    (_, after), _ = run([[[A1, K1, M1]], [[A1], [K1, M1]]])
    assert after == {A1: 2, K1: 1, M1: 1}


def test_records_that_came_later_take_no_key_from_those_that_were_there_first():
    """However many they are."""
    (_, _, after), _ = run([[[K1]], [[A1, K1, M1]], [[A1, M1], [K1]]])
    assert after == {K1: 1, A1: 2, M1: 2}


def test_a_record_that_comes_back_as_another_anime_takes_no_key_from_one_that_stayed():
    """It gets a new one, though it was there first."""
    (*_, after), _ = run([[[A1, K1]], [[K1]], [[A1], [K1]]])
    assert after == {K1: 1, A1: 2}


def test_a_record_that_comes_back_after_its_anime_parted_joins_the_part_it_belongs_to():
    """The parts keep the keys they got without it."""
    (_, parted, after), _ = run([[[A1, K1, M1]], [[K1], [M1]], [[K1], [A1, M1]]])
    assert after == parted | {A1: parted[M1]}


def test_ids_that_change_places_change_no_key_but_theirs():
    """The others of both anime stay as they were."""
    (before, after), events = run([[[A1, K1, M1], [A2, K2, M2]], [[A2, K1, M1], [A1, K2, M2]]])
    assert after == before | {A1: 2, A2: 1}
    assert sum(event.event == "born" for event in events) == 2


def test_two_anime_that_part_into_the_same_two_keep_both_keys():
    """The stronger part takes its key along, and the other key stays in use elsewhere."""
    (_, after), events = run([[[A1, K1], [A2, K2, M2]], [[A1, K2, M2], [A2, K1]]])
    assert after == {A1: 2, K2: 2, M2: 2, A2: 1, K1: 1}
    assert sum(event.event == "born" for event in events) == 2


def test_of_equal_parts_the_one_among_records_of_the_same_key_keeps_it():
    """What was merged with it keeps the key, too."""
    (*_, after), _ = run([[[A1, K1], [M1]], [[A1, K1, M1]], [[A1], [K1, M1]]])
    assert after == {A1: 3, K1: 1, M1: 1}


def test_a_retired_key_takes_no_anime_from_a_living_one():
    """A record that comes back to another anime takes that anime's key, even if its own is older."""
    (*_, after), events = run([[[A1], [K1]], [[K1]], [[A1, K1]]])
    assert after == {A1: 2, K1: 2}
    assert redirections(events) == {1: 2}


def test_a_new_record_goes_with_those_it_was_found_with():
    """Though the key was another's, who comes back apart: the merge is undone exactly, and the record stays."""
    (before, *_, after), _ = run([[[A1], [K1]], [[A1, K1]], [[K1]], [[K1, M1]], [[A1], [K1, M1]]])
    assert after == before | {M1: before[K1]}


def test_of_merged_anime_the_one_that_stayed_keeps_the_key_of_an_absent_one():
    """And gives it back when its own record returns."""
    apart = [[A1], [K1], [M1]]
    (before, _, _, without, after), _ = run([apart, [[A1, K1, M1]], [[M1]], [[K1], [M1]], apart])
    assert without == {K1: 2, M1: 1}
    assert after == before


def test_a_merge_is_undone_after_further_merges():
    """What was merged later stays where it is."""
    days = [[[A1], [K1], [M1]], [[A1, K1], [M1]], [[A1, K1, M1]], [[A1, M1], [K1]]]
    (before, *_, after), _ = run(days)
    assert after == {A1: 1, M1: 1, K1: before[K1]}


def test_a_split_on_a_day_on_which_half_of_the_records_are_away_is_as_exact():
    """Those that come back find the keys they had before the merge."""
    apart = [[A1, K1], [M1, M2]]
    (before, _, half, after), _ = run([apart, [[A1, K1, M1, M2]], [[K1], [M2]], apart])
    assert half == {K1: before[K1], M2: before[M2]}
    assert after == before


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
        KeyEvent(1, 1, "left", source="a", source_id="1"),
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

"""What a run leaves behind for the next one."""

from dataclasses import fields, replace

import numpy as np
import pytest

from matching.records import AnimeRecord
from matching.recordtexts import record_digests, record_of, record_text, texts_of
from matching.state import empty_state, load_state, save_state
from matching.update import diff, rematch
from matching.weights import load_weights
from tests.matching.worlds import claiming, record, world

RULES = load_weights().rule_version


@pytest.fixture
def saved(tmp_path):
    """A state of a small world, and the file it is in."""
    records, _ = world(20, seed=3)
    records[0] = claiming(records[0], records[-1])
    _, state = rematch(empty_state(RULES), records)
    save_state(state, tmp_path / "matching" / "state")
    return records, state, tmp_path / "matching" / "state"


def test_a_state_survives_its_file(saved):
    """Every array of it, and the records; the folder holds nothing else."""
    records, state, path = saved
    again = load_state(path, RULES)
    for field in fields(state):
        if field.name not in ("catalogue", "lists", "rule_version", "stamp"):
            np.testing.assert_array_equal(getattr(again, field.name), getattr(state, field.name))
    assert again.catalogue.names == state.catalogue.names
    assert diff(again, records) == ([], [])
    assert list(path.parent.iterdir()) == [path]


def test_a_state_without_records_survives_its_file(tmp_path):
    """As every other."""
    save_state(empty_state(RULES), tmp_path / "state")
    assert load_state(tmp_path / "state", RULES).catalogue.names == []


def test_what_cannot_be_used_is_none(saved, tmp_path):
    """No file, an empty one, a torn one, one with a flipped bit, one of other weights: the caller begins anew."""
    _, _, path = saved
    whole = path.read_bytes()
    assert load_state(tmp_path / "nothing", RULES) is None
    assert load_state(path, "other rules") is None
    for damaged in (b"", b"PK", whole[:40], whole[: len(whole) // 2], whole[:-1], b"x" + whole[1:]):
        path.write_bytes(damaged)
        assert load_state(path, RULES) is None
    for at in (30, 60, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert load_state(path, RULES) is None


def test_changes_are_seen_whatever_changes(saved):
    """A new record, a changed one, one that is gone; the order of the records is no change."""
    records, state, _ = saved
    assert diff(state, records[::-1]) == ([], [])
    today = [record("kitsu", "new", "Hana"), claiming(records[1], records[0]), *records[3:]]
    changed, gone = diff(state, today)
    assert [one.name for one in changed] == [("kitsu", "new"), records[1].name]
    assert set(gone) == {records[0].name, records[2].name}


def test_records_survive_as_texts():
    """With every field filled, and with none."""
    full = record(
        "kitsu", "7", "Yuki “x”\n", "雪", native_titles=("雪",), synonyms=("雪",), slug="yuki", duration_minutes=23.5,
        studios=("A", "B"), claimed=(("anilist", "1"), ("myanimelist", "2")), related=(("SEQUEL", "3"),), popularity=5,
        season="WINTER", source_material="manga",
    )  # fmt: skip
    for one in (full, AnimeRecord("anilist", "1")):
        assert record_of(record_text(one)) == one


def test_records_have_one_digest_if_they_say_the_same():
    """However they came by their texts; whatever differs, a date too, gives another one."""
    one = record("kitsu", "7", "Yuki", studios=("A",), synonyms=("".join(("Yu", "ki")),), duration_minutes=23.5)
    same, *others = record_digests(
        [one, record_of(record_text(one)), replace(one, start_date=None), replace(one, titles=("Yuk", "i"))]
    ).tolist()
    assert others[0] == same
    assert len({same, *others}) == 3


def test_texts_are_picked_from_two_packs():
    """Counted on from the first to the second."""
    one, two = texts_of(["a", "", "ccc"]), texts_of(["雪", "e"])
    assert one.joined(two, np.array([3, 2, 0, 4, 1])).all() == ["雪", "ccc", "a", "e", ""]
    assert one.joined(two, np.array([0, 1, 2, 3, 4])).all() == ["a", "", "ccc", "雪", "e"]
    assert one.joined(two, np.array([1, 2, 3])).all() == ["", "ccc", "雪"]
    assert two.read([1, 0]) == ["e", "雪"]
    assert texts_of([]).joined(texts_of([]), np.empty(0, dtype=np.int64)).all() == []

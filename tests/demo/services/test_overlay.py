"""Edits, removals and update times over the world's catalogues."""

import copy
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.defects import FORMAT_FIELDS, UNKNOWN_FORMAT
from demo.services.overlay import Overlay
from demo.world import World

SOURCES = ("anilist", "kitsu", "myanimelist")
TITLE = {"anilist": "hashtag", "kitsu": "slug", "myanimelist": "title"}


def told(source: str, record: dict) -> dict:
    """Where the editable fields of a record are."""
    return record["attributes"] if source == "kitsu" else record


@pytest.mark.parametrize("source", SOURCES)
def test_untouched_it_shows_the_world_and_the_two_bad_records_that_a_service_can_send(
    overlay: Overlay, small_world: World, source: str
) -> None:
    """All records of the world in the order of their ids, then an unknown format and worded episodes."""
    teller = small_world.sources[source]
    records = overlay.records(source)
    assert records[:-2] == [teller.record(row) for row in teller.rows()]
    numbers = [int(record["id"]) for record in records]
    assert numbers == sorted(set(numbers))
    (format_field, episodes_field) = (fields[-1] for fields in FORMAT_FIELDS[source])
    assert told(source, records[-2])[format_field] == UNKNOWN_FORMAT
    assert told(source, records[-1])[episodes_field] == "twelve"


@pytest.mark.parametrize("source", SOURCES)
def test_an_edit_changes_the_field_and_the_update_time_and_nothing_else(overlay: Overlay, source: str) -> None:
    """The others keep theirs; what was handed out before stays as it was."""
    before = overlay.records(source)
    kept = copy.deepcopy(before)
    number = str(before[3]["id"])
    newest = max(overlay.updated_at(source, str(record["id"])) for record in before)
    overlay.edit(source, number, {TITLE[source]: "another"})
    after = overlay.record(source, number)
    assert after is not None
    assert told(source, after)[TITLE[source]] == "another"
    changed = {key for key, value in told(source, after).items() if value != told(source, kept[3]).get(key)}
    assert changed == {TITLE[source], {"anilist": "updatedAt", "kitsu": "updatedAt"}.get(source, "updated_at")}
    assert overlay.updated_at(source, number) > newest
    assert before == kept
    assert [one for one in overlay.records(source) if str(one["id"]) != number] == kept[:3] + kept[4:]


def test_what_myanimelist_does_not_know_any_more_is_left_out(overlay: Overlay) -> None:
    """None takes a field away there, and is a value elsewhere."""
    for source, field in (("myanimelist", "synopsis"), ("anilist", "description"), ("kitsu", "synopsis")):
        number = str(next(one for one in overlay.records(source) if told(source, one).get(field))["id"])
        overlay.edit(source, number, {field: None})
        record = told(source, overlay.record(source, number) or {})
        assert (field in record) is (source != "myanimelist")


@pytest.mark.parametrize("source", SOURCES)
def test_a_removed_record_is_gone(overlay: Overlay, source: str) -> None:
    """It cannot be asked for, edited or removed any more."""
    number = str(overlay.records(source)[0]["id"])
    count = len(overlay.records(source))
    overlay.remove(source, number)
    assert overlay.record(source, number) is None
    assert len(overlay.records(source)) == count - 1
    for refused in (
        lambda: overlay.edit(source, number, {}),
        lambda: overlay.remove(source, number),
        lambda: overlay.updated_at(source, number),
    ):
        with pytest.raises(KeyError, match=number):
            refused()


def test_an_id_that_is_no_number_names_no_record(overlay: Overlay) -> None:
    """So a service need not look at what it is asked for."""
    assert overlay.record("anilist", "abc") is None
    assert overlay.record("anilist", "") is None


@pytest.mark.parametrize("source", SOURCES)
def test_the_rating_job_gives_all_records_one_time_and_changes_nothing_else(overlay: Overlay, source: str) -> None:
    """As it does on the real Kitsu."""
    before = overlay.records(source)
    overlay.touch_all(source)
    times = {overlay.updated_at(source, str(record["id"])) for record in before}
    assert len(times) == 1
    for old, new in zip(before, overlay.records(source), strict=True):
        different = {key for key in told(source, new) if told(source, new)[key] != told(source, old)[key]}
        assert different <= {"updatedAt", "updated_at"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(SOURCES), st.integers(0, 20), st.booleans()), max_size=8))
def test_each_change_is_later_than_all_before(overlay: Overlay, changes: list[tuple[str, int, bool]]) -> None:
    """Whatever is changed, in whichever source, and each is counted for its own source."""
    last: datetime | None = None
    for source, place, everything in changes:
        number = str(overlay.records(source)[place]["id"])
        count = overlay.changes(source)
        if everything:
            overlay.touch_all(source)
        else:
            overlay.edit(source, number, {})
        assert overlay.changes(source) == count + 1
        moment = overlay.updated_at(source, number)
        assert last is None or moment >= last + timedelta(minutes=1)
        last = moment

"""Our own events: appended whole, read in order, never silently incomplete."""

import threading
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.conftest import killed_before
from warehouse.errors import LandingError
from warehouse.events import append_events, event_files, read_events
from warehouse.home import Home

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
EVENTS = st.lists(st.dictionaries(st.text(min_size=1), SCALARS), min_size=1, max_size=4)


@settings(max_examples=30)
@given(batches=st.lists(EVENTS, max_size=4))
def test_events_come_back_in_the_order_of_appending(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[dict[str, object]]]
) -> None:
    """Any JSON rows appended in any number of batches are read back equal and in order."""
    home = Home(tmp_path_factory.mktemp("events"))
    for batch in batches:
        append_events(home, "key_events", batch)
    assert read_events(home, "key_events") == [row for batch in batches for row in batch]


def test_no_rows_make_no_file(home: Home) -> None:
    """Appending nothing returns None and leaves no trace."""
    assert append_events(home, "key_events", []) is None
    assert read_events(home, "key_events") == []


def test_times_are_written_in_utc(home: Home) -> None:
    """Times with a zone are converted to UTC; dates are ISO 8601."""
    moment = datetime.fromisoformat("2026-03-01T01:00:00+09:00")
    append_events(home, "key_events", [{"occurred_at": moment, "day": date(2026, 3, 1)}])
    (event,) = read_events(home, "key_events")
    assert event == {"occurred_at": "2026-02-28T16:00:00+00:00", "day": "2026-03-01"}


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}, b"bytes"])
def test_what_is_no_json_is_refused_whole(home: Home, value: object) -> None:
    """One row that cannot be written keeps the whole batch out."""
    with pytest.raises(LandingError, match="cannot be written as JSON"):
        append_events(home, "key_events", [{"fine": 1}, {"value": value}])
    assert read_events(home, "key_events") == []


def test_threads_appending_at_once_lose_nothing(home: Home) -> None:
    """Eight appends at the same time give eight numbered files."""
    threads = [threading.Thread(target=append_events, args=(home, "key_events", [{"n": n}])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(event["n"]) for event in read_events(home, "key_events")) == list("01234567")
    assert [file.name[:6] for file in event_files(home, "key_events")] == [f"{n:06d}" for n in range(1, 9)]


def test_a_kill_at_any_moment_appends_all_or_nothing(tmp_path: Path) -> None:
    """Killed before any file operation, the second batch is there whole or not at all."""
    for step in range(1, 30):
        home = Home(tmp_path / f"home{step}")
        append_events(home, "key_events", [{"n": 1}])

        def append(home: Home = home) -> object:
            return append_events(home, "key_events", [{"n": 2}, {"n": 3}])

        was_killed = killed_before(step, append)
        events = read_events(home, "key_events")
        assert events in ([{"n": 1}], [{"n": 1}, {"n": 2}, {"n": 3}])
        append_events(home, "key_events", [{"n": 4}])
        assert read_events(home, "key_events") == [*events, {"n": 4}]
        assert not list((home.landing / "osusume" / "key_events").glob(".*.part"))
        if not was_killed:
            return
    pytest.fail("appending takes more file operations than this test expects")


def broken(home: Home) -> list[Path]:
    """A log of three files."""
    for n in range(3):
        append_events(home, "key_events", [{"n": n}])
    return event_files(home, "key_events")


def test_a_missing_event_file_is_an_error(home: Home) -> None:
    """A gap in the numbering names the number that was expected, for reading and for appending."""
    broken(home)[1].unlink()
    with pytest.raises(LandingError, match="expected event file 000002"):
        read_events(home, "key_events")
    with pytest.raises(LandingError, match="expected event file 000002"):
        append_events(home, "key_events", [{"n": 9}])


def test_a_number_that_is_there_twice_is_an_error(home: Home) -> None:
    """Two files of one number (two HOMEs merged by hand) are not read as if nothing were wrong."""
    file = broken(home)[1]
    file.with_name("000002-000000000000.jsonl").write_bytes(file.read_bytes())
    with pytest.raises(LandingError, match="there twice"):
        read_events(home, "key_events")


@pytest.mark.parametrize("content", [b'{"n": 7}\n', b'{"n": 1', b"[1]\n", b"", b"\xff\n"])
def test_a_changed_event_file_is_an_error_that_names_it(home: Home, content: bytes) -> None:
    """Other content, a cut line, no object, nothing, or no text: each is reported with the file."""
    file = broken(home)[1]
    file.write_bytes(content)
    with pytest.raises(LandingError, match=file.name):
        read_events(home, "key_events")


def test_a_foreign_file_among_events_is_an_error(home: Home) -> None:
    """A file that is none of ours is named instead of being passed over."""
    file = broken(home)[0]
    file.with_name("notes.txt").write_text("hello")
    with pytest.raises(LandingError, match="no event file of ours"):
        read_events(home, "key_events")

"""Months of ratings in staging: together they are one whole, in whatever order they came; lines keep to their month."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.building import Workshop
from tests.sql.test_ratings_staging import STAGES, staged
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.load import load_new_files

MARCH, APRIL, MAY = "2024-03", "2024-04", "2024-05"
#: A rated anime: user, anime, score, status, updated_at.
Entry = tuple[str, str, str, None, str]


def entry(user: str, anime: str, score: str, changed: str) -> Entry:
    """An entry that changed last at that day of 2024, written MM-DD."""
    return user, anime, score, None, f"2024-{changed}T12:00:00Z"


@pytest.mark.parametrize("source", STAGES)
def test_all_months_together_are_what_the_whole_is(shop: Workshop, source: str) -> None:
    """The same entries, in one file of whole lists or in files of the months in which they changed."""
    march = [entry("ann", "1", "10", "03-01"), entry("bob", "1", "8", "03-31")]
    april = [entry("ann", "2", "9", "04-30"), entry("cyd", "3", "", "04-01")]
    shop.rate(source, *march, month=MARCH)
    shop.rate(source, *april, month=APRIL)
    parts = staged(shop, source)
    whole = Workshop()
    whole.rate(source, *march, *april)
    assert parts == staged(whole, source)
    assert len(parts) == 4
    assert shop.refused(STAGES[source]) == []


@pytest.mark.parametrize("source", STAGES)
def test_a_line_of_another_month_is_quarantined(shop: Workshop, source: str) -> None:
    """In UTC, with its value and the month of the file; so is one without a time, or with one that is none."""
    shop.rate(
        source,
        ("ann", "1", "8", None, "2024-04-01T00:30:00+01:00"),
        ("ann", "2", "8", None, "2024-03-31T23:30:00-01:00"),
        ("ann", "3", "8", None, ""),
        ("ann", "4", "8", None, "yesterday"),
        ("ann", "5", "8", None, "2023-04-15T00:00:00Z"),
        ("ann", "6", "8", None, "2024-05-01T00:00:00Z"),
        month=APRIL,
    )
    assert [row[1] for row in staged(shop, source)] == ["2"]
    expected = 'updated_at is "{}", expected a time in 2024-04'
    assert shop.refused(STAGES[source]) == [
        ("ann:1", expected.format("2024-04-01T00:30:00+01:00")),
        ("ann:3", expected.format("")),
        ("ann:4", 'updated_at is "yesterday", expected a time like 2024-04-30T18:00:00Z'),
        ("ann:5", expected.format("2023-04-15T00:00:00Z")),
        ("ann:6", expected.format("2024-05-01T00:00:00Z")),
    ]


def test_of_an_anime_in_several_months_the_latest_change_counts(shop: Workshop) -> None:
    """Whichever month was read last; what was true before is no fault, and a faulty line takes nobody's place."""
    shop.rate("kitsu", entry("ann", "1", "12", "05-02"), month=MAY, day="2024-06-01")
    shop.rate("kitsu", entry("ann", "1", "8", "03-09"), entry("bob", "1", "6", "03-10"), month=MARCH, day="2024-07-01")
    shop.rate("kitsu", entry("ann", "1", "10", "04-05"), entry("bob", "1", "99", "04-06"), month=APRIL)
    assert staged(shop, "kitsu") == [("ann", "1", 12.0, None), ("bob", "1", 6.0, None)]
    assert shop.refused(STAGES["kitsu"]) == [("bob:1", 'score is "99", expected a number from 2 to 20')]


def test_an_anime_named_twice_in_a_month_counts_once(shop: Workshop) -> None:
    """The newest updated_at of the file, then the last line; also where another month has the latest change."""
    shop.rate("kitsu", entry("ann", "1", "8", "03-09"), entry("ann", "1", "9", "03-08"), month=MARCH)
    shop.rate("kitsu", entry("bob", "1", "8", "04-09"), entry("bob", "1", "9", "04-09"), month=APRIL)
    shop.rate("kitsu", entry("ann", "1", "2", "05-01"), month=MAY)
    assert staged(shop, "kitsu") == [("ann", "1", 2.0, None), ("bob", "1", 9.0, None)]
    again = "duplicate: the list names anime 1 again, and that entry counts"
    assert shop.refused(STAGES["kitsu"]) == [("ann:1", again), ("bob:1", again)]


def test_of_lists_and_months_the_entry_taken_later_counts(shop: Workshop) -> None:
    """Ann's list was taken after April and before May; what only one of them has is there all the same."""
    shop.rate("kitsu", entry("ann", "1", "2", "04-20"), entry("ann", "2", "4", "04-20"), month=APRIL, day="2024-05-01")
    shop.rate("kitsu", ("ann", "1", "6"), ("ann", "3", "8"), ("ann", "4", "10"), day="2024-05-15")
    shop.rate("kitsu", entry("ann", "3", "12", "05-02"), entry("bob", "5", "14", "05-03"), month=MAY, day="2024-06-01")
    assert staged(shop, "kitsu") == [
        ("ann", "1", 6.0, None),
        ("ann", "2", 4.0, None),
        ("ann", "3", 12.0, None),
        ("ann", "4", 10.0, None),
        ("bob", "5", 14.0, None),
    ]
    assert shop.refused(STAGES["kitsu"]) == []


#: One landing: a month (None = whole lists), and of each (user, anime) in it the score and the day of the month.
Told = dict[tuple[str, str], tuple[int, int]]
told = st.dictionaries(
    st.tuples(st.sampled_from(["ann", "bob"]), st.sampled_from("12")),
    st.tuples(st.integers(2, 20), st.integers(1, 28)),
    max_size=3,
)
landings = st.lists(st.tuples(st.sampled_from([None, MARCH, APRIL, MAY]), told), max_size=6)


def lines(month: str, entries: Told) -> list[str]:
    """The lines of a file."""
    return [f"{user},{anime},{score},{month}-{day:02}T00:00:00Z\n" for (user, anime), (score, day) in entries.items()]


def expected(history: Sequence[tuple[str | None, Told]]) -> dict[tuple[str, str], int]:
    """The scores that count after such landings, by the rules in plain Python."""
    newest: dict[str, tuple[int, Told]] = {}
    lists: dict[str, tuple[int, Told]] = {}
    for number, (month, entries) in enumerate(history):
        part = month or "lists"
        # The same bytes again are nothing new.
        if part not in newest or list(newest[part][1].items()) != list(entries.items()):
            newest[part] = (number, entries)
            lists |= {} if month else {user: (number, entries) for user, _ in entries}
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for month in sorted(newest.keys() - {"lists"}):
        number, entries = newest[month]
        counts |= {one: (number, score) for one, (score, _) in entries.items()}
    for user, (number, entries) in lists.items():
        for one, (score, _) in entries.items():
            if one[0] == user and (one not in counts or counts[one][0] < number):
                counts[one] = (number, score)
    return {one: score for one, (_, score) in counts.items()}


@pytest.fixture(scope="module")
def reused() -> Iterator[Workshop]:
    """A warehouse for many histories, one after the other."""
    workshop = Workshop()
    yield workshop
    workshop.con.close()


@settings(max_examples=25)
@given(landings)
def test_whatever_lands_in_whatever_order_is_as_the_rules_say(
    reused: Workshop, history: list[tuple[str | None, Told]]
) -> None:
    """Months in any order, read again, and lists between them: landed, loaded and staged, against a model."""
    reused.con.execute("delete from raw.raw_kitsu__ratings")
    reused.con.execute("delete from raw.loaded_file")
    with TemporaryDirectory() as name:
        home, file = Home(Path(name, "home")), Path(name, "file.csv.gz")
        for number, (month, entries) in enumerate(history):
            content = "".join(["user_id,kitsu_id,score,updated_at\n", *lines(month or MARCH, entries)])
            file.write_bytes(gzip.compress(content.encode(), mtime=0))
            captured = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=number)
            land_file(home, "kitsu", "ratings", file, captured, partition=month)
            if number % 2:
                load_new_files(reused.con, home, "kitsu", "ratings")
        load_new_files(reused.con, home, "kitsu", "ratings")
    assert {(row[0], row[1]): row[2] for row in staged(reused, "kitsu")} == expected(history)

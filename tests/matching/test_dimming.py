"""Records that say less, to learn from."""

from matching.dimming import Dimming, dimmed, unevenly_kept
from tests.matching.worlds import record

RECORDS = [record("a", str(n), f"Hana {n}", "Blossoms", "Yuki", popularity=9) for n in range(200)]


def test_details_go_and_title_format_and_year_stay():
    """Only in the sources named."""
    (bare, *_), whole = (
        dimmed(RECORDS, Dimming(1.0, 0.0), frozenset("a"), 1),
        dimmed(RECORDS, Dimming(1.0, 0.0), frozenset("b"), 1),
    )
    assert (bare.start_date, bare.episodes, bare.popularity) == (None, None, None)
    assert (bare.start_year, bare.format, bare.titles) == (2014, "TV", RECORDS[0].titles)
    assert whole == RECORDS


def test_some_titles_go_but_never_all():
    """About half of them, in about the share of records asked for; drawn alike with the same seed."""
    told = dimmed(RECORDS, Dimming(0.0, 0.5), frozenset("a"), 1)
    assert all(one.titles and set(one.titles) <= set(full.titles) for one, full in zip(told, RECORDS, strict=True))
    fewer = sum(one.titles != full.titles for one, full in zip(told, RECORDS, strict=True))
    assert 50 < fewer < 110
    assert told == dimmed(RECORDS, Dimming(0.0, 0.5), frozenset("a"), 1)
    assert told != dimmed(RECORDS, Dimming(0.0, 0.5), frozenset("a"), 2)


def test_sources_of_which_some_records_know_the_day_and_some_do_not_are_unevenly_kept():
    """One that always knows it, and one that never does, are not."""
    vague = {"start_date": None}
    records = [*RECORDS, record("b", "1", **vague), record("c", "1"), record("c", "2", **vague)]
    assert unevenly_kept(records) == frozenset("c")

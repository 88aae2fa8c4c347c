"""Finding what words name, and what matching says about it."""

from pathlib import Path

import pytest

from matching.errors import WeightsError
from matching.weights import load_weights
from serving.errors import OldSnapshotError, UnknownRecordError, UnknownTitleError
from serving.identities import IdentityReader, open_identities
from serving.matching import Comparison, Finder, compare_named
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import append_events


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A HOME in which the matcher was never trained."""
    return Home(tmp_path / "home")


def compared(identities: IdentityReader, one: str, other: str) -> Comparison:
    """The answer in a HOME without a trained matcher."""
    return compare_named(identities, Home(Path("nowhere")), one, other)


def names(found: Comparison) -> list[tuple[str, str]]:
    """The pairs of an answer."""
    return [(pair.left.name, pair.right.name) for pair in found.pairs]


@pytest.mark.parametrize("words", ["mal:11", "myanimelist:11", " MyAnimeList: 11"])
def test_a_record_goes_by_source_and_id(identities: IdentityReader, words: str) -> None:
    """MyAnimeList has a short name, and neither case nor blanks count."""
    named = Finder(identities).find(words)
    assert [record.name for record in named.records] == ["myanimelist:11"]
    assert named.label == "myanimelist:11 “Clockwork Harbor”"
    assert named.taken == ""


def test_a_record_is_read_as_matching_reads_it(identities: IdentityReader) -> None:
    """Title, format, date, episodes and the id it names."""
    (one,) = Finder(identities).find("anilist:1").records
    record = one.record
    assert (record.titles, record.format, record.episodes) == (("Clockwork Harbor", "時計の港"), "TV", 12)
    assert (str(record.start_date), record.start_date_precision, record.duration_minutes) == ("2011-04-05", "day", 24)
    assert record.claimed == (("myanimelist", "11"),)
    assert one.anime == "Clockwork Harbor (TV, 2011)"


def test_a_title_names_all_records_of_its_anime(identities: IdentityReader) -> None:
    """Three sources have the first series, and what was understood is said."""
    named = Finder(identities).find("clockwork harbor")
    assert [record.name for record in named.records] == ["anilist:1", "kitsu:21", "myanimelist:11"]
    assert named.taken == "'clockwork harbor' taken exactly: Clockwork Harbor (TV, 2011)"
    assert named.label == "Clockwork Harbor (TV, 2011)"


def test_an_unknown_id_is_said_with_where_it_exists(identities: IdentityReader) -> None:
    """Kitsu has no 12, MyAnimeList has; and the message shows how records are named."""
    with pytest.raises(UnknownRecordError, match=r"kitsu has no record '12'. That id is myanimelist:12 \(“Clockwork"):
        Finder(identities).find("kitsu:12")
    with pytest.raises(UnknownRecordError, match=r"no record '99'. Records are named like anilist:\d+ \(“"):
        Finder(identities).find("anilist:99")


def test_a_bare_id_is_ambiguous(identities: IdentityReader) -> None:
    """Kitsu and MyAnimeList both have a 21, which are different works."""
    with pytest.raises(UnknownRecordError, match=r"kitsu:21 \(“Clockwork Harbor”\) or myanimelist:21 \(“Weather"):
        Finder(identities).find("21")


def test_an_unknown_title_is_said_with_the_nearest(identities: IdentityReader) -> None:
    """A word before a colon that is no source belongs to the title."""
    with pytest.raises(UnknownTitleError, match=r"no anime is called 'Re:Lanterns'. Nearest: .*Lantern"):
        Finder(identities).find("Re:Lanterns")


def test_two_records_give_the_pair_as_the_run_decided_it(identities: IdentityReader) -> None:
    """Whichever stands first, the row is that of the run."""
    for words in (("anilist:1", "mal:12"), ("mal:12", "anilist:1")):
        found = compared(identities, *words)
        assert names(found) == [("anilist:1", "myanimelist:12")]
        (pair,) = found.pairs
        assert pair.was_compared
        assert not found.are_one
        assert (pair.row["decision"], pair.row["left_title"]) == ("no_match", "Clockwork Harbor")
        assert pair.row["right_title"] == "Clockwork Harbor Season 2"
        assert [record.name for record in found.records] == ["anilist:1", "myanimelist:12"]


def test_two_anime_give_every_pair_of_two_sources_the_strongest_first(identities: IdentityReader) -> None:
    """Three records against two, without the pairs of one source."""
    found = compared(identities, "Clockwork Harbor", "Clockwork Harbor 2nd Season")
    assert sorted(names(found)) == [
        ("anilist:1", "myanimelist:12"),
        ("anilist:2", "kitsu:21"),
        ("anilist:2", "myanimelist:11"),
        ("kitsu:21", "myanimelist:12"),
    ]
    scores = [pair.score for pair in found.pairs]
    assert scores == sorted(scores, reverse=True)
    assert {record.name for record in found.records} == set(names(found)[0])


def test_of_equally_strong_pairs_one_that_the_run_compared_comes_first(
    identities: IdentityReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what the run has to say of the two; the others are compared just now."""
    last = {"left_source": "kitsu", "left_source_id": "23", "right_source": "myanimelist", "right_source_id": "11"}
    told = last | {"score": 0.0, "left_compared_title": "Lantern", "right_compared_title": "Clockwork Harbor"}
    monkeypatch.setattr(
        identities, "candidate", lambda *pair: dict(told) if {one.source_id for one in pair} == {"23", "11"} else None
    )
    found = compared(identities, "Clockwork Harbor", "Lantern")
    assert [pair.was_compared for pair in found.pairs] == [True, False, False, False]
    assert names(found)[0] == ("kitsu:23", "myanimelist:11")


def test_two_titles_of_one_anime_give_what_holds_it_together(identities: IdentityReader) -> None:
    """Every pair of its records, whatever the language of the titles."""
    found = compared(identities, "Clockwork Harbor", "時計の港")
    assert found.are_one
    assert [record.name for record in found.records] == ["anilist:1", "kitsu:21", "myanimelist:11"]
    assert sorted(names(found)) == [
        ("anilist:1", "kitsu:21"),
        ("anilist:1", "myanimelist:11"),
        ("kitsu:21", "myanimelist:11"),
    ]


def test_a_title_given_twice_means_its_two_namesakes(identities: IdentityReader) -> None:
    """The series and the film are both called Lantern; only one of that name means the same anime twice."""
    found = compared(identities, "Lantern", "lantern")
    assert (found.left.label, found.right.label) == ("Lantern (TV, 2004)", "Lantern (MOVIE, 1999)")
    assert not found.are_one
    assert compared(identities, "Weather of Glass", "Weather of Glass").are_one


def test_a_record_compared_with_itself_has_no_pair(identities: IdentityReader) -> None:
    """There is nothing to compare."""
    found = compared(identities, "anilist:1", "anilist:1")
    assert (found.pairs, [record.name for record in found.records]) == ([], ["anilist:1"])


def test_what_the_run_never_compared_is_compared_now(identities: IdentityReader) -> None:
    """The row is like one of the run, with the rules in force now."""
    (pair,) = compared(identities, "mal:21", "anilist:3").pairs
    assert not pair.was_compared
    assert (pair.left.name, pair.right.name) == ("anilist:3", "myanimelist:21")
    assert (pair.row["decision"], pair.row["rule_version"]) == ("no_match", load_weights().rule_version)
    assert "they began more than five years apart" in pair.arguments.rules_out


def test_records_of_one_source_are_two_whatever_they_say(identities: IdentityReader) -> None:
    """Two anime that only one source has are compared as its two records."""
    (pair,) = compared(identities, "anilist:3", "anilist:4").pairs
    assert pair.row["reason"] == "Not one anime: anilist itself lists them as two."


def test_a_trained_matcher_that_does_not_fit_is_said_with_the_remedy(identities: IdentityReader, home: Home) -> None:
    """It was trained by another version; what the run compared needs no weights."""
    event = {"trained_at": "2026-03-01", "rule_version": "x", "weights": "{}", "labelled_pairs": 1, "figures": "{}"}
    append_events(home, "matcher", [event])
    with pytest.raises(WeightsError, match=r"trained at 2026-03-01 .*train-matcher"):
        compare_named(identities, home, "mal:21", "anilist:3")
    assert compare_named(identities, home, "anilist:1", "mal:11").are_one


def test_the_decision_of_a_person_is_found_from_both_sides(identities: IdentityReader) -> None:
    """One line names the two; no other pair has one."""
    (pair,) = compared(identities, "kitsu:25", "mal:15").pairs
    one, other = pair.left.record, pair.right.record
    for found in (identities.decisions(one, other), identities.decisions(other, one)):
        assert [(row["decided_by"], row["status"]) for row in found] == [("Ann", "in_force")]
    (apart,) = compared(identities, "anilist:1", "mal:12").pairs
    assert identities.decisions(apart.left.record, apart.right.record) == []


def test_a_record_has_the_history_of_its_keys(identities: IdentityReader) -> None:
    """Kitsu's record joined the key with which AniList's was born."""
    (born,) = identities.key_events(Finder(identities).find("anilist:1").records[0].record)
    (joined,) = identities.key_events(Finder(identities).find("kitsu:21").records[0].record)
    assert (born["event"], joined["event"]) == ("born", "joined")
    assert born["anime_key"] == joined["anime_key"]


def test_a_snapshot_of_an_earlier_version_is_said_to_be_one(warehouse: Warehouse) -> None:
    """It has no table of catalogue records; the remedy is in the message."""
    with pytest.raises(OldSnapshotError, match=r"no table dim_anime_record.*osusume run"), open_identities(warehouse):
        pass

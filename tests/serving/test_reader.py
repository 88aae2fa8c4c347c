"""The questions that applications put to the snapshot."""

from pathlib import Path

import pytest

from serving.errors import UnknownUserError
from serving.reader import Because, Reader, open_reader
from warehouse.connection import Warehouse
from warehouse.errors import NothingPublished
from warehouse.home import Home


def test_a_user_is_found_by_id_where_only_one_source_has_it(reader: Reader) -> None:
    """`ann` exists in one source."""
    user = reader.user("ann")
    assert (user.user_key, user.name, user.entries, user.ratings) == (13, "myanimelist:ann", 1, 1)


def test_an_id_of_two_sources_must_be_told_apart(reader: Reader) -> None:
    """The message offers both, and each of them works."""
    with pytest.raises(UnknownUserError, match="2 sources; say which: anilist:7 or kitsu:7"):
        reader.user("7")
    assert reader.user("anilist:7").user_key == 11
    assert reader.user("kitsu:7").user_key == 12


def test_an_id_may_itself_contain_a_colon(reader: Reader) -> None:
    """The whole name is tried before it is taken apart, and the source may still stand before it."""
    assert reader.user("odd:name").user_key == 14
    assert reader.user("myanimelist:odd:name").user_key == 14


@pytest.mark.parametrize("name", ["mal:ann", "MAL:ann", "MyAnimeList:ann", "myanimelist: ann"])
def test_a_source_is_called_as_for_anime(reader: Reader, name: str) -> None:
    """By its short name and in any case, as `osusume match` and `--like` take it."""
    assert reader.user(name).name == "myanimelist:ann"


@pytest.mark.parametrize("name", ["nobody", "anilist:ann", "nowhere:7", "", ":"])
def test_nobody_of_that_name_is_said_with_examples(reader: Reader, name: str) -> None:
    """The message shows what names look like."""
    with pytest.raises(UnknownUserError, match=r"named like \w+:\w+"):
        reader.user(name)


def test_entries_without_a_score_count_as_entries_only(reader: Reader) -> None:
    """User 11 has three entries and rated two of them, also as an example of a user."""
    for user in (reader.user("anilist:7"), *reader.example_users(1)):
        assert (user.user_key, user.entries, user.ratings) == (11, 3, 2)


def test_recommendations_come_best_first_with_their_explanation(reader: Reader) -> None:
    """Rank orders them, `because` is taken apart, shares are named by where they come from."""
    first, second = reader.recommendations(11, 10)
    assert (first.rank, first.title, first.start_year) == (1, "Clockwork Harbor 2nd Season", 2013)
    assert first.because == (Because("Clockwork Harbor", 9.0, 0.7), Because("Silver Kite", None, 0.3))
    assert first.shares == {"collaborative": 1.0, "content": 0.0, "popularity": 0.0}
    assert second.rank == 2


def test_no_more_recommendations_come_than_were_asked_for(reader: Reader) -> None:
    """One of two."""
    assert len(reader.recommendations(11, 1)) == 1


def test_a_user_without_recommendations_gets_an_empty_list(reader: Reader) -> None:
    """User 12 has none."""
    assert reader.recommendations(12, 10) == []


def test_anime_without_a_title_are_not_listed(reader: Reader) -> None:
    """The stub has nothing that could be shown or searched."""
    assert [row["anime_key"] for row in reader.titles()] == [1, 2, 3, 4, 5, 6, 7]


def test_models_come_with_their_headline_metrics_the_active_one_first(reader: Reader) -> None:
    """NDCG@10 with its interval, recall@20 and coverage@10, each from its own row."""
    active, popularity, skipped, *besides = reader.models()
    assert (active.model_type, active.is_active) == ("ease", True)
    assert (active.ndcg_at_10, active.ndcg_at_10_low, active.ndcg_at_10_high) == (0.44, 0.43, 0.45)
    assert (active.recall_at_20, active.coverage_at_10, active.users) == (0.5, 0.25, 90)
    assert (popularity.ndcg_at_10, popularity.recall_at_20) == (0.11, None)
    assert (skipped.ndcg_at_10, skipped.skipped_because) == (None, "fewer than 10 users have ratings")
    assert active.decides
    assert popularity.decides
    assert skipped.decides
    # what another protocol says comes last, however much higher
    told = [(one.model_type, one.ndcg_at_10, one.decides, one.protocol) for one in besides]
    assert told == [
        ("ease", 0.64, False, "a fifth is unknown"),
        ("popularity", 0.21, False, "a fifth is unknown"),
    ]


def test_refused_rows_are_counted_by_reason_with_the_first_place(reader: Reader) -> None:
    """Two rows of line 4 and 9 were no JSON: line 4 is the example."""
    first, second = reader.quarantine_counts()
    assert (first["reason"], first["refused"], first["example"]) == (
        "not JSON",
        2,
        "kitsu/anime/one.jsonl.gz:4",
    )
    assert second["refused"] == 1


def test_the_published_tables_are_counted(reader: Reader) -> None:
    """Tables of main go by their bare name."""
    counts = reader.table_counts()
    assert counts["dim_anime"] == 8
    assert counts["quality.quarantine"] == 3


def test_without_a_snapshot_there_is_nothing_to_read(tmp_path: Path) -> None:
    """The error says so, instead of an empty answer."""
    with pytest.raises(NothingPublished), open_reader(Warehouse(Home(tmp_path))):
        pass

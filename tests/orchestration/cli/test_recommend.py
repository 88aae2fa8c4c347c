"""`osusume recommend` and `osusume models list`; which titles `--like` takes is tested in tests/serving."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving.small_world import TABLES, store_small_model
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.publish import publish

Call = Callable[..., object]


@pytest.fixture(scope="module")
def catalogue_home(identity_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME with the world of catalogue records, and with the small world's model and its tables."""
    root = tmp_path_factory.mktemp("catalogue") / "home"
    shutil.copytree(identity_home, root)
    warehouse = Warehouse(Home(root), lock_timeout_s=30, memory_limit="500MB", threads=2)
    with warehouse.writer("the model's tables") as connection:
        for statement in TABLES.split(";"):
            if "main.dim_recommendation_model " in statement or "main.fact_model_metric " in statement:
                connection.execute(statement)
    store_small_model(warehouse.home)
    publish(warehouse, "run-2", "fingerprint-2")
    return root


def test_an_anime_is_liked_by_the_id_of_any_source(osusume: Call, catalogue_home: Path) -> None:
    """`mal:11` is the anime that its title names, as it is for `osusume match`."""
    titled = osusume("recommend", "--like", "Clockwork Harbor", "--why", "--home", catalogue_home)
    assert (titled.status, titled.out[:5]) == (0, "  1. ")
    for words in ("mal:11", "MyAnimeList: 11", "anilist:1", "kitsu:21"):
        called = osusume("recommend", "--like", words, "--why", "--home", catalogue_home)
        assert (called.status, called.out) == (0, titled.out)
        assert " is Clockwork Harbor (TV, 2011)" in called.err


def test_an_id_that_a_source_does_not_have_is_wrong_usage(osusume: Call, catalogue_home: Path) -> None:
    """It is not taken for a title; the message offers records."""
    called = osusume("recommend", "--like", "Lantern", "mal:999", "--home", catalogue_home)
    assert (called.status, called.out) == (2, "")
    assert "myanimelist has no record '999'" in called.err


def test_a_title_that_nobody_has_is_said_to_tell_nothing(osusume: Call, small_home: Path, tmp_path: Path) -> None:
    """What is popular is not passed off as an answer to it."""
    home = Path(shutil.copytree(small_home, tmp_path / "home"))
    store_small_model(Home(home), tastes=((1, 2), (1, 5)))
    called = osusume("recommend", "--like", "Crimson Nights", "--home", home)
    assert (called.status, called.out[:5]) == (0, "  1. ")
    assert "no list that the model learned from has Crimson Nights (OVA, 2010)\n" in called.err
    assert "nothing follows from what was named: this is what is popular" in called.err
    called = osusume("recommend", "--like", "Crimson Nights", "Clockwork Harbor", "--home", home)
    assert "has Crimson Nights (OVA, 2010)" in called.err
    assert "popular" not in called.err


def test_an_earlier_snapshot_takes_titles_alone(osusume: Call, small_home: Path) -> None:
    """It has no table of records; titles are found as ever."""
    assert osusume("recommend", "--like", "Lantern", "--home", small_home).status == 0
    called = osusume("recommend", "--like", "mal:11", "--home", small_home)
    assert called.status == 1
    assert "dim_anime_record" in called.err


def test_a_users_list_is_shown_best_first(osusume: Call, small_home: Path) -> None:
    """One line each, with what tells it from its namesakes."""
    called = osusume("recommend", "--user", "anilist:7", "--home", small_home)
    assert called.status == 0
    assert called.out.splitlines() == [
        "  1. Clockwork Harbor 2nd Season (TV, 2013)",
        "  2. Silver Kite' (TV, 2011)",
    ]
    assert "3 titles on the list, 2 rated" in called.err


def test_why_gives_the_reason_and_what_carried_it(osusume: Call, small_home: Path) -> None:
    """The reason, each title with its share, and where the score comes from."""
    called = osusume("recommend", "--user", "anilist:7", "-n", "1", "--why", "--home", small_home)
    assert called.out.splitlines() == [
        "  1. Clockwork Harbor 2nd Season (TV, 2013)",
        "     Because you rated Clockwork Harbor 9.0 and watched Silver Kite.",
        "       70%  Clockwork Harbor (rated 9)",
        "       30%  Silver Kite",
        "     score 0.9: 100% collaborative",
    ]


def test_an_ambiguous_user_is_wrong_usage(osusume: Call, small_home: Path) -> None:
    """The message offers the names to choose from."""
    called = osusume("recommend", "--user", "7", "--home", small_home)
    assert (called.status, called.out) == (2, "")
    assert "anilist:7 or kitsu:7" in called.err


def test_an_unknown_user_is_wrong_usage(osusume: Call, small_home: Path) -> None:
    """The message shows what users look like."""
    called = osusume("recommend", "--user", "nobody", "--home", small_home)
    assert called.status == 2
    assert "no user 'nobody'" in called.err


def test_an_empty_user_is_an_unknown_one(osusume: Call, small_home: Path) -> None:
    """A script's unset variable is no mistake of ours."""
    called = osusume("recommend", "--user", "", "--home", small_home)
    assert called.status == 2
    assert "no user ''" in called.err


def test_a_user_without_a_list_is_told_so(osusume: Call, small_home: Path) -> None:
    """An empty list is no error."""
    called = osusume("recommend", "--user", "kitsu:7", "--home", small_home)
    assert (called.status, called.out) == (0, "")
    assert "no recommendations are published" in called.err


def test_models_are_listed_with_their_metrics(osusume: Call, small_home: Path) -> None:
    """The active one is marked, its interval is shown, and who was skipped is told with the reason."""
    called = osusume("models", "list", "--home", small_home)
    lines = called.out.splitlines()
    assert lines[2] == "*  ease        ease-1         0.4400  0.4300 - 0.4500     0.5000       0.2500  2026-03-01 10:01"
    assert lines[3].startswith("   popularity")
    assert "measured on 90 users: a fifth is hidden" in called.out
    assert "item_knn item_knn-1 was skipped: fewer than 10 users have ratings" in called.out
    # each further protocol has a table of its own
    apart = called.out.partition("was skipped")[2].splitlines()
    assert [line.split()[-6:-4] for line in apart[4:6]] == [["0.6400", "0.6000"], ["0.2100", "0.1800"]]
    assert "measured on 18 users: a fifth is unknown" in apart

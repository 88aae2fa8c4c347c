"""What each anime was like and since when, from the records of several days."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.sql.building import Clusters, Workshop
from warehouse.build import fetch
from warehouse.pasts import files_between, past_anime
from warehouse.sqlfiles import check_files

DAYS = ("2026-01-01", "2026-01-05", "2026-01-20", "2026-02-10")
SOURCES = ("anilist", "kitsu", "myanimelist")


STAGED = ("intermediate.int_anime_unioned", "intermediate.int_ratings_unioned")
IDENTIFIED = (*STAGED, "intermediate.int_anime_identities")
PAST, HISTORY = "intermediate/int_anime_past", "main.dim_anime_history"


def build(shop: Workshop, table: str, given: tuple[str, ...] = ()) -> None:
    """Build a table and all that it reads beside what is given; its staging stands already where something is given."""
    for file in files_between(table, given):
        if not (given and file.folder == "staging") and file.name != "int_anime_past":
            shop.build(f"{file.folder}/{file.name}")


def identified(shop: Workshop, clusters: Clusters = ()) -> Workshop:
    """Stage every record and give it its anime."""
    for table in STAGED:
        build(shop, table)
    shop.identify(clusters)
    return shop


def remember(shop: Workshop, clusters: Clusters = ()) -> Workshop:
    """Build the history and all that it reads, and see that the rules about it hold."""
    build(identified(shop, clusters), "main.fact_anime_metrics", IDENTIFIED)
    shop.build(PAST, past_anime(shop.con))
    build(shop, HISTORY, IDENTIFIED)
    for rule in check_files("dim_anime_history"):
        assert fetch(shop.con, f"checks/{rule.name}").to_pylist() == [], rule.name
    return shop


def anilist(number: int, **fields: Any) -> dict[str, Any]:
    """A record of AniList."""
    return {"id": number, "title": {"romaji": f"Title {number}"}, **fields}


def kitsu(number: int, **attributes: Any) -> dict[str, Any]:
    """A record of Kitsu."""
    return {"id": str(number), "attributes": {"canonicalTitle": f"Title {number}", **attributes}}


def myanimelist(number: int, **fields: Any) -> dict[str, Any]:
    """A record of MyAnimeList."""
    return {"id": number, "title": f"Title {number}"} | fields


#: The anime of the shared warehouse, by what they are an example of.
AIRED, ONCE, JOINED, BEHIND, MERGED, RELAYED, TWICE = 1, 30, 31, 32, 33, 34, 35
STUB = 77
LANDED: list[tuple[str, str, list[Any]]] = [
    ("anilist", "2026-01-01", [anilist(AIRED, status="NOT_YET_RELEASED", popularity=10), anilist(ONCE)]),
    ("anilist", "2026-01-02", [anilist(AIRED, status="NOT_YET_RELEASED", popularity=99, updatedAt=5)]),
    ("anilist", "2026-01-03", [anilist(AIRED, status="RELEASING", popularity=99)]),
    ("anilist", "2026-03-30", [anilist(AIRED, status="FINISHED", episodes=12)]),
    ("kitsu", "2026-02-01", [kitsu(JOINED, status="finished", episodeCount=13)]),
    ("anilist", "2026-02-02", [anilist(JOINED, status="FINISHED", episodes=12)]),
    ("anilist", "2026-02-03", [anilist(BEHIND, status="RELEASING")]),
    ("kitsu", "2026-02-04", [kitsu(BEHIND, status="finished")]),
    ("kitsu", "2026-02-11", [kitsu(BEHIND, status="finished")]),
    ("anilist", "2026-02-05", [anilist(MERGED)]),
    ("myanimelist", "2026-02-06", [myanimelist(MERGED, alternative_titles={"synonyms": ["Other"]})]),
    ("myanimelist", "2026-02-08", [myanimelist(RELAYED, num_episodes=12)]),
    # Twenty dates at the beginnings of quarters tell the season, in the file as a whole.
    ("kitsu", "2026-02-12", [kitsu(number, startDate="2014-04-01") for number in range(2, 22)]),
    ("kitsu", "2026-02-13", [kitsu(2, startDate="2014-04-03")]),
]


@pytest.fixture(scope="module")
def house() -> Iterator[Workshop]:
    """A warehouse with a few anime of which each shows a rule; tests only read it."""
    shop = Workshop()
    for source, day, records in LANDED:
        shop.land(source, *records, day=day)
    for path, episodes in (("a.jsonl.gz", 11), ("b.jsonl.gz", 12)):
        shop.land("anilist", anilist(TWICE, episodes=episodes), day="2026-01-20", path=path)
    shop.land("anilist", anilist(TWICE, episodes=13), day="2026-01-21")
    for day, episodes in (("2026-02-07", 11), ("2026-02-09", 99)):
        shop.answer("jikan", {"mal_id": RELAYED, "title": f"Title {RELAYED}", "episodes": episodes}, path=day, day=day)
    shop.rate("anilist", ("ann", str(STUB), "80"))
    same = [[("anilist", str(number)), (other, str(number))] for number, other in SAME]
    yield remember(shop, same)
    shop.con.close()


SAME = ((JOINED, "kitsu"), (BEHIND, "kitsu"), (MERGED, "myanimelist"))


def versions(house: Workshop, number: int, *columns: str) -> list[tuple[Any, ...]]:
    """First day (MM-DD), what changed, and some columns of each version of the anime of that number, oldest first."""
    named = ", ".join(("strftime(valid_from, '%m-%d')", "changed", *columns))
    of_it = f"anime_key in (select anime_key from intermediate.int_anime_identities where source_id = '{number}')"
    return house.rows(f"select {named} from dim_anime_history where {of_it} order by version")


def test_a_version_begins_on_the_day_of_the_record_that_changed(house: Workshop) -> None:
    """Announced, then on air, then over: three versions, and counts of users make none."""
    assert versions(house, AIRED, "valid_to::varchar", "is_current", "status", "episodes") == [
        ("01-01", [], "2026-01-03", False, "UPCOMING", None),
        ("01-03", ["status"], "2026-03-30", False, "AIRING", None),
        ("03-30", ["status", "episodes"], None, True, "FINISHED", 12),
    ]


def test_figures_stand_under_the_day_of_the_record(house: Workshop) -> None:
    """Each of the four days has its row, whenever the run was."""
    of_it = "anime_key = (select anime_key from dim_anime_history where status = 'UPCOMING')"
    days = house.rows(f"select day::varchar, popularity from fact_anime_metrics where {of_it} order by day")
    assert days == [("2026-01-01", 10), ("2026-01-02", 99), ("2026-01-03", 99), ("2026-03-30", None)]


def test_what_was_captured_once_has_one_version(house: Workshop) -> None:
    """It begins on the day of the record; a stub, of which no catalogue tells, begins nowhere."""
    assert versions(house, ONCE, "title", "is_current") == [("01-01", [], f"Title {ONCE}", True)]
    assert versions(house, STUB, "title", "is_current") == [(None, [], None, True)]
    assert house.rows(f"from intermediate.int_anime_past where title = 'Title {ONCE}'") == []


def test_the_sources_known_by_then_decide_together(house: Workshop) -> None:
    """Kitsu alone says 13 episodes; AniList, once it is read, comes before it."""
    assert versions(house, JOINED, "episodes", "title_romaji") == [
        ("02-01", [], 13, None),
        ("02-02", ["title_romaji", "episodes"], 12, f"Title {JOINED}"),
    ]


def test_what_goes_out_of_date_changes_the_answer_too(house: Workshop) -> None:
    """Both say the same throughout; but by the 11th Kitsu has looked again, and AniList is more than a week behind."""
    assert versions(house, BEHIND, "status") == [("02-03", [], "AIRING"), ("02-11", ["status"], "FINISHED")]


def test_histories_merge_with_their_keys(house: Workshop) -> None:
    """Two records that turn out to be one anime have one history, from the first day of either."""
    assert versions(house, MERGED, "synonyms") == [("02-05", [], []), ("02-06", ["synonyms"], ["Other"])]


def test_jikan_counts_until_myanimelist_has_spoken(house: Workshop) -> None:
    """What Jikan says afterwards makes no version, as it makes no difference in dim_anime."""
    assert versions(house, RELAYED, "episodes") == [("02-07", [], 11), ("02-08", ["episodes"], 12)]


def test_a_file_is_judged_as_a_whole_in_the_past_too(house: Workshop) -> None:
    """What the dates of the other nineteen say of the file counts, though they have no past themselves."""
    assert versions(house, 2, "start_date_precision") == [("02-12", [], "season"), ("02-13", ["start_date"], "day")]


def test_the_last_of_several_captures_of_a_day_counts(house: Workshop) -> None:
    """As in fact_anime_metrics: what stood there at the end of the day."""
    assert versions(house, TWICE, "episodes") == [("01-20", [], 12), ("01-21", ["episodes"], 13)]


def changing_world() -> Iterator[tuple[str, str, list[Mapping[str, Any]]]]:
    """Day, source and records of six anime in three sources that come, change and contradict each other at random."""
    luck = random.Random(7)
    for day in DAYS:
        for source in SOURCES:
            known = [number for number in range(1, 7) if luck.random() < 0.7]
            yield day, source, [record(source, number, luck) for number in known]


def record(source: str, number: int, luck: random.Random) -> dict[str, Any]:
    """A record with a title, a status, episodes and a start that may be other ones than the day before."""
    status, episodes, month = luck.randrange(3), luck.choice((11, 12)), luck.choice((4, 5))
    if source == "anilist":
        names = ("NOT_YET_RELEASED", "RELEASING", "FINISHED")
        start = {"year": 2026, "month": month, "day": luck.choice((None, 2))}
        return anilist(number, status=names[status], episodes=episodes, startDate=start)
    if source == "kitsu":
        return kitsu(number, status=("upcoming", "current", "finished")[status], episodeCount=episodes)
    names = ("not_yet_aired", "currently_airing", "finished_airing")
    return myanimelist(number, title=f"Name {number}", status=names[status], num_episodes=episodes)


def test_each_day_says_what_dim_anime_would_have_said_on_it() -> None:
    """The history at the end of a day is the dim_anime of a warehouse into which nothing newer was landed."""
    clusters = [[(source, str(number)) for source in SOURCES] for number in range(1, 7)]
    whole = Workshop()
    for day, source, records in changing_world():
        whole.land(source, *records, day=day)
    remember(whole, clusters)
    columns = "anime_key, title, synonyms, status, episodes, start_date, start_date_precision, season"
    for today in DAYS:
        then = Workshop()
        for day, source, records in changing_world():
            if day <= today:
                then.land(source, *records, day=day)
        build(identified(then, clusters), "main.dim_anime", IDENTIFIED)
        within = f"valid_from <= '{today}' and coalesce(valid_to > '{today}', true)"
        remembered = whole.rows(f"select {columns} from dim_anime_history where {within} order by all")
        assert remembered == then.rows(f"select {columns} from dim_anime order by all"), today
        then.con.close()
    assert whole.rows("select count(*) > 12 from dim_anime_history") == [(True,)]


def test_what_is_rebuilt_is_the_same(shop: Workshop) -> None:
    """Built again from the same landed files, every row comes back, in its order."""
    for day, source, records in changing_world():
        shop.land(source, *records, day=day)
    once = remember(shop).rows("from dim_anime_history")
    assert remember(shop).rows("from dim_anime_history") == once

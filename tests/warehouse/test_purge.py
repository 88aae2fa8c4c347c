"""A purged user is in no table, whatever the table is called; everybody else's rows stay."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import DAY, land_crawl, response
from warehouse.build import build
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import land_file
from warehouse.load import load_new_files
from warehouse.purge import purge
from warehouse.sqlfiles import sql_file

Gz = Callable[[str, bytes], Path]
Con = duckdb.DuckDBPyConnection
GONE, OTHER = "aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb"


def rows_of(document: Any) -> Any:
    """The records of the made-up documents of these tests."""
    return document["data"]


@pytest.fixture
def raw(con: Con, home: Home, gz: Gz) -> Con:
    """Raw tables of anilist and kitsu with ann (GONE in crawls), bob and others."""
    for source in ("anilist", "kitsu"):
        text = f"user_id,{source}_id,score\nann,1,8\nbob,1,8\n ann ,2,8\nann,3\nbob,3\n"
        land_file(home, source, "ratings", gz("r.csv.gz", text.encode()), DAY)
        load_new_files(con, home, source, "ratings")
        lines = [response(user, {"data": [{"id": 1}, {"id": 2}]}, user) for user in (GONE, OTHER)]
        land_crawl(home, source, "lists", *lines)
        load_new_files(con, home, source, "lists", rows_of)
        reviews = [{"userId": user, "text": f"ann and {OTHER}, by {user}"} for user in (GONE, OTHER, "cyd")]
        land_crawl(home, source, "reviews", response("1", {"data": reviews}))
        load_new_files(con, home, source, "reviews", rows_of)
    return con


def one_column(con: Con, query: str) -> list[Any]:
    """The values of a query's only column."""
    return [row[0] for row in con.execute(query).fetchall()]


def test_raw_tables_lose_what_is_about_the_user_or_by_them(raw: Con) -> None:
    """Entries, malformed lines and reviews of the user go; a review that only mentions them stays."""
    removed = purge(raw, "anilist", GONE, ["ann"])
    streams = {"raw.raw_anilist__lists": 2, "raw.raw_anilist__ratings": 3, "raw.raw_anilist__reviews": 1}
    assert removed == {"raw.crawl": 1, **streams}
    left = one_column(raw, "select coalesce(user_id, malformed) from raw.raw_anilist__ratings order by payload_line")
    assert left == ["bob", "bob,3"]
    assert one_column(raw, "select distinct subject from raw.raw_anilist__lists") == [OTHER]
    reviews = one_column(raw, "select payload ->> 'userId' from raw.raw_anilist__reviews order by payload_item")
    assert reviews == [OTHER, "cyd"]


def test_nobody_can_tell_that_the_users_list_was_read(raw: Con) -> None:
    """What is known of a crawl names whose lists it read: it goes, and comes back from the rewritten file."""
    purge(raw, "anilist", GONE, ["ann"])
    known = "select source, stream from raw.crawl where list_contains([one.subject for one in reads], $user)"
    assert raw.execute(known, {"user": GONE}).fetchall() == [("kitsu", "lists")]


def test_another_sources_user_of_the_same_name_stays(raw: Con) -> None:
    """Names are a source's own."""
    before = raw.execute("select * from raw.raw_kitsu__ratings order by payload_line").fetchall()
    purge(raw, "anilist", GONE, ["ann"])
    assert raw.execute("select * from raw.raw_kitsu__ratings order by payload_line").fetchall() == before
    assert purge(raw, "anilist", GONE, ["ann"]) == {}


def test_a_name_with_quotes_is_a_value(raw: Con) -> None:
    """Nothing in a name can do more than be compared."""
    raw.execute("create table main.t as select 'anilist' as source, $name as user_id", {"name": "x'; drop table t; --"})
    assert purge(raw, "anilist", "x'; drop table t; --") == {"main.t": 1}
    assert purge(raw, "anilist", "' or 1 = 1 --") == {}


def test_keys_are_those_of_the_users_table(con: Con) -> None:
    """Tables that know a user by key alone lose the rows too, also when dim_user is gone already."""
    con.execute(
        "create table intermediate.int_ratings_unioned as select source, user_id, 5.0 as source_score "
        "from (values ('anilist', 'ann'), ('anilist', 'bob'), ('kitsu', 'ann')) as users (source, user_id)"
    )
    build(con, sql_file("core/dim_user"))
    con.execute("create table ml.scores as select user_key, 1 as anime_key from main.dim_user")
    con.execute("create view main.vw_scores as select user_key from ml.scores")
    con.execute("drop table main.dim_user")
    assert purge(con, "anilist", "ann") == {"intermediate.int_ratings_unioned": 1, "ml.scores": 1}
    build(con, sql_file("core/dim_user"))
    assert (
        con.execute("select user_key from main.vw_scores order by 1").fetchall()
        == con.execute("select user_key from main.dim_user order by 1").fetchall()
    )


def test_what_was_made_of_the_users_rows_goes_with_them(raw: Con) -> None:
    """Rows of any later table that point at the user's rows, and quarantined ones, by pointer or by record."""
    pointers = "payload_path, payload_line, payload_item"
    raw.execute(f"create table staging.stg_anilist__texts as select {pointers} from raw.raw_anilist__reviews")
    raw.execute(
        "insert into quality.quarantine by name select 'stg' as stage, 'anilist' as source, "
        "'malformed: ' || malformed as reason, payload_path, payload_line from raw.raw_anilist__ratings "
        "where malformed is not null"
    )
    raw.execute(
        "insert into quality.quarantine (stage, source, record_id) values ('stg', 'anilist', 'ann:7'), "
        "('stg', 'kitsu', 'ann:7'), ('stg', 'anilist', 'ann'), ('stg', 'anilist', 'annabel:7')"
    )
    removed = purge(raw, "anilist", GONE, ["ann"])
    assert (removed["staging.stg_anilist__texts"], removed["quality.quarantine"]) == (1, 3)
    left = raw.execute("select source, record_id, reason from quality.quarantine order by all").fetchall()
    assert left == [("anilist", "annabel:7", None), ("anilist", None, "malformed: bob,3"), ("kitsu", "ann:7", None)]


def test_jikans_reviewers_are_myanimelists_users(con: Con, home: Home) -> None:
    """A user of MyAnimeList is purged from what Jikan says too."""
    reviews = [{"user": {"username": user}} for user in (GONE, OTHER)]
    land_crawl(home, "jikan", "reviews", response("1", {"data": reviews}))
    load_new_files(con, home, "jikan", "reviews", rows_of)
    assert purge(con, "myanimelist", GONE) == {"raw.raw_jikan__reviews": 1}
    assert [json.loads(one) for one in one_column(con, "select payload from raw.raw_jikan__reviews")] == [reviews[1]]


def test_a_purge_is_all_or_nothing(raw: Con) -> None:
    """When a table cannot be purged, no other has lost anything."""
    raw.execute("create table main.parent (user_key bigint primary key)")
    raw.execute("insert into main.parent select cast(md5_number_lower('anilist:ann') >> 11 as bigint)")
    raw.execute("create table main.child (parent bigint references main.parent (user_key))")
    raw.execute("insert into main.child select user_key from main.parent")
    before = raw.execute("select count(*) from raw.raw_anilist__ratings").fetchall()
    with pytest.raises(duckdb.Error):
        purge(raw, "anilist", GONE, ["ann"])
    assert raw.execute("select count(*) from raw.raw_anilist__ratings").fetchall() == before
    raw.execute("drop table main.child")
    assert purge(raw, "anilist", GONE, ["ann"])["main.parent"] == 1


def test_the_user_is_not_left_in_the_write_ahead_log(warehouse: Warehouse) -> None:
    """What was deleted is gone from the log of the warehouse once the purge returns."""
    with warehouse.writer("fill") as con:
        con.execute("create table main.t as select 'anilist' as source, 'someone-special' as user_id")
        purge(con, "anilist", "someone-special")
        log = Path(f"{warehouse.home.warehouse_file}.wal")
        assert not log.exists() or b"someone-special" not in log.read_bytes()

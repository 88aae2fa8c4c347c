"""Identity as the pipeline makes it: decisions take effect in the next run, keys lead on, and all else follows."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.checks.rules import check_rules
from assets.checks.tables import checked_tables
from assets.identity import anime_identity
from assets.matcher import current_weights
from assets.resources import WarehouseResource
from matching.adopted import LOG as MATCHER
from matching.decisionfiles import COLUMNS, FILE, OWN
from matching.weights import load_weights
from orchestration.fingerprint import base_fingerprint
from orchestration.settings import load_settings
from tests.sql.building import Workshop
from warehouse.build import build
from warehouse.catalogue import entries
from warehouse.files import directory_lock
from warehouse.landing import append_events, event_files, read_events
from warehouse.sqlfiles import all_sql_files

SAME = "anilist,1,kitsu,2,same,one film in two cuts,ann,2026-01-01,"
DIFFERENT = "kitsu,2,anilist,1,different,two films,bob,2026-02-01,"
ANIME = "select count(distinct anime_key) from intermediate.int_anime_identities"
#: What follows identity.
FOLLOWERS = (
    "intermediate.int_anime_identities",
    "main.bridge_anime_source",
    "main.dim_anime",
    "main.fact_user_rating",
    "main.bridge_anime_genre",
    "main.bridge_anime_relation",
    "main.fact_anime_metrics",
)


class House:
    """A HOME with two anime of two sources that nothing but a person would call one, and a third that is AniList's."""

    def __init__(self, root: Path) -> None:
        self.resource = WarehouseResource(home=str(root), memory_limit="500MB", threads=2)
        self.home = self.resource.open().home

    def furnish(self) -> None:
        """Put the three anime into a new HOME, with the ratings of two users."""
        with self.resource.open().writer("test") as con:
            shop = Workshop(con)
            related = {"edges": [{"relationType": "SEQUEL", "node": {"id": 3, "type": "ANIME"}}]}
            shop.land(
                "anilist",
                anilist(1, "Kaze no Oto", 2001, genres=["Drama"], relations=related, averageScore=80),
                anilist(3, "Hoshi no Koe", 2005),
            )
            film = {"canonicalTitle": "Yoru no Umi", "subtype": "movie", "startDate": "2012-07-01", "userCount": 7}
            shop.land("kitsu", {"id": "2", "attributes": film})
            shop.rate("anilist", ("ann", "1", "80"), ("ann", "3", "60"))
            shop.rate("kitsu", ("bob", "2", "18"))
            shop.stage()

    def decide(self, *lines: str) -> None:
        """Put these lines into HOME/match_overrides.csv; without any the file goes away."""
        own = self.home.root / FILE
        own.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
        if not lines:
            own.unlink()

    def refresh(self) -> dg.ExecuteInProcessResult:
        """Identify anew."""
        return dg.materialize([anime_identity], resources={"warehouse": self.resource}, raise_on_error=False)

    def follow(self) -> None:
        """Rebuild, in SQL, everything that can be made of the identities."""
        with self.resource.open().writer("test") as con:
            made = {str(entry.relation) for entry in entries(con)}
            for file in all_sql_files():
                is_later = file.folder in ("intermediate", "core", "marts") and not file.needs_computed
                if is_later and set(file.depends_on) <= made:
                    build(con, file)
                    made.add(file.table)

    def broken_rules(self, *tables: str) -> list[str]:
        """The rules of severity error on these tables that do not hold; any one keeps the snapshot from publishing."""
        checked = [table for table in checked_tables() if table.name in tables]
        with self.resource.open().writer("test") as con:
            results = [result for table in checked for result in check_rules(con, table, {})]
        return [one.check_name for one in results if one.severity == "error" and one.failing_rows]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.resource.open().writer("test") as con:
            return con.execute(query).fetchall()

    def followers(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the tables that follow identity."""
        return {name: self.rows(f"select * from {name} order by all") for name in FOLLOWERS}


def anilist(number: int, title: str, year: int, **facts: Any) -> dict[str, Any]:
    """A Media object."""
    start = {"year": year, "month": 4, "day": 3}
    return {"id": number, "title": {"romaji": title}, "format": "TV", "episodes": 12, "startDate": start, **facts}


def namesake(number: int, episodes: int | None) -> dict[str, Any]:
    """A record of Kitsu that is like AniList's first."""
    facts = {"canonicalTitle": "Kaze no Oto", "subtype": "TV", "startDate": "2001-04-03", "episodeCount": episodes}
    return {"id": str(number), "attributes": facts}


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    """What the one failed step said."""
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    return str(failure.event_specific_data)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HOME before its first run, of which each test has a copy of its own."""
    root = tmp_path_factory.mktemp("furnished") / "home"
    House(root).furnish()
    return root


@pytest.fixture(scope="module")
def identified(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same HOME after its first run."""
    first = House(shutil.copytree(furnished, tmp_path_factory.mktemp("identified") / "home"))
    assert first.refresh().success
    return first.home.root


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> House:
    """A HOME before its first run."""
    return House(shutil.copytree(furnished, tmp_path / "home"))


@pytest.fixture
def lived_in(identified: Path, tmp_path: Path) -> House:
    """A HOME after its first run."""
    return House(shutil.copytree(identified, tmp_path / "home"))


def test_a_decision_joins_two_anime_in_the_next_run_and_taking_it_back_undoes_everything(lived_in: House) -> None:
    """Keys, ratings, genres, relations and figures follow a merge and a split; the old key leads on meanwhile."""
    lived_in.follow()
    before = lived_in.followers()
    assert lived_in.rows("select count(distinct anime_key) from bridge_anime_source") == [(3,)]
    (mine,), (theirs,) = lived_in.rows(
        "select anime_key from bridge_anime_source where source_id in ('1', '2') order by source"
    )

    lived_in.decide(SAME)
    lived_in.refresh()
    lived_in.follow()
    assert lived_in.broken_rules("anime_key_history", "vw_anime_key", "dim_anime", "fact_match_metric") == []
    assert lived_in.rows(ANIME) == [(2,)]
    rated = "select user_id, anime_key, rating from fact_user_rating inner join dim_user using (user_key) order by all"
    assert [row for row in lived_in.rows(rated) if row[1] == mine] == [("ann", mine, 8.0), ("bob", mine, 9.0)]
    assert lived_in.rows("select distinct anime_key, relation_type from bridge_anime_relation") == [(mine, "SEQUEL")]
    assert lived_in.rows(f"select count(distinct source) from fact_anime_metrics where anime_key = {mine}") == [(2,)]
    assert lived_in.rows(
        f"select current_anime_key, state, title, last_event from vw_anime_key where anime_key = {theirs}"
    ) == [(mine, "merged", "Kaze no Oto", "merged_into")]
    assert lived_in.rows("select match_method from bridge_anime_source where source_id = '2'") == [("override",)]

    lived_in.decide()
    lived_in.refresh()
    lived_in.follow()
    assert lived_in.followers() == before
    assert lived_in.rows(
        f"select current_anime_key, state, last_event from vw_anime_key where anime_key = {theirs}"
    ) == [(theirs, "living", "split_from")]


def test_every_line_says_what_became_of_it(house: House) -> None:
    """A contradicted line stops nothing: the newer counts, and the table names both."""
    house.decide(SAME, DIFFERENT, "anilist,3,kitsu,99,same,,,,", "anilist,3,kitsu,2,same,,,,2020-01-01")
    assert house.refresh().success
    columns = "file, line, status, contradicted_by_line, agrees_with_matching"
    assert house.rows(f"select {columns} from fact_match_override") == [
        (OWN, 2, "contradicted", 3, False),
        (OWN, 3, "in_force", None, True),
        (OWN, 4, "stale", None, None),
        (OWN, 5, "expired", None, False),
    ]
    assert house.rows(ANIME) == [(3,)]


def test_a_line_may_go_only_if_nothing_would_change_without_it(house: House) -> None:
    """Two that look like one, of which the one has a nearer counterpart, are two again without the line."""
    with house.resource.open().writer("test") as con:
        shop = Workshop(con)
        shop.land("kitsu", *(namesake(number, count) for number, count in ((6, 12), (7, None))), path="more")
        shop.stage()
    house.decide("anilist,1,kitsu,6,same,,,,", "anilist,3,kitsu,2,different,,,,")
    house.refresh()
    told = "select agrees_with_matching, remark like '%the line may go.' from fact_match_override order by line"
    assert house.rows(told) == [(True, True), (True, True)]
    house.decide("anilist,1,kitsu,7,same,,,,")
    house.refresh()
    assert house.rows("select agrees_with_matching, remark from fact_match_override") == [
        (
            True,
            "In force; the two alone look so to matching, but beside the other records it would decide otherwise: "
            "keep the line.",
        )
    ]


def test_the_projects_own_file_counts_as_well(
    house: House, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of sql/seeds takes effect without any other change, and one of HOME is later than it."""
    root = tmp_path_factory.mktemp("sql")
    (root / "seeds").mkdir()
    (root / "seeds" / FILE).write_text(f"{','.join(COLUMNS)}\n{SAME}\n", encoding="utf-8")
    monkeypatch.setattr("assets.identity.sql_root", lambda: root)
    house.refresh()
    assert house.rows(ANIME) == [(2,)]
    house.decide(DIFFERENT)
    house.refresh()
    assert house.rows(ANIME) == [(3,)]
    assert house.rows("select file, status, contradicted_by_file from fact_match_override order by line, file") == [
        (OWN, "in_force", None),
        ("sql/seeds/match_overrides.csv", "contradicted", OWN),
    ]


def test_a_line_that_cannot_be_understood_stops_the_run_before_anything_changed(lived_in: House) -> None:
    """The message names file, line and value; neither tables nor keys were touched."""
    identities = "select * from intermediate.int_anime_identities order by all"
    before, events = lived_in.rows(identities), read_events(lived_in.home, "key_events")
    lived_in.decide(SAME, "anilist,1,kitsu,2,perhaps,,,,")
    assert "match_overrides.csv:3: decision is 'perhaps'" in failure_of(lived_in.refresh())
    assert (lived_in.rows(identities), read_events(lived_in.home, "key_events")) == (before, events)


def test_decisions_are_part_of_what_a_run_is_made_from(house: House) -> None:
    """A new line, and a line taken away, is something new: the next run does not end early."""
    settings = load_settings(home=house.home.root)
    without = base_fingerprint(settings)
    house.decide(SAME)
    assert base_fingerprint(settings) != without
    house.decide()
    assert base_fingerprint(settings) == without


def test_the_matcher_trained_last_decides(house: House) -> None:
    """Its version stands with every pair; without a training, and after a reset, it is the shipped one."""
    shipped = load_weights()
    trained = {**shipped.as_json(), "accept": shipped.accept + 1}
    event = {"trained_at": "2026-01-01T00:00:00+00:00", "rule_version": "x", "labelled_pairs": 100, "figures": "{}"}
    assert current_weights(house.home).rule_version == shipped.rule_version
    append_events(house.home, MATCHER, [{**event, "weights": json.dumps(trained)}])
    assert current_weights(house.home).accept == shipped.accept + 1
    house.decide(SAME)
    house.refresh()
    (version,) = house.rows("select distinct rule_version from fact_match_candidate")
    assert version == (current_weights(house.home).rule_version,) != (shipped.rule_version,)
    append_events(house.home, MATCHER, [{**event, "weights": ""}])
    assert current_weights(house.home).rule_version == shipped.rule_version


def test_a_damaged_matcher_is_a_clear_failure(house: House) -> None:
    """The message says which training it is and what to do."""
    event = {"trained_at": "2026-01-01T00:00:00+00:00", "rule_version": "x", "labelled_pairs": 1, "figures": "{}"}
    append_events(house.home, MATCHER, [{**event, "weights": "{}"}])
    said = failure_of(house.refresh())
    assert "trained at 2026-01-01" in said
    assert "osusume models train-matcher" in said


def test_the_same_day_again_lands_no_event(lived_in: House) -> None:
    """Keys are named once."""
    first = event_files(lived_in.home, "key_events")
    lived_in.refresh()
    assert event_files(lived_in.home, "key_events") == first


def test_runs_at_the_same_time_give_keys_one_after_the_other(house: House) -> None:
    """While one is at it no other reads the history, which its events would follow too: the numbers are once each."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        with directory_lock(house.home.matching):
            other = pool.submit(house.refresh)
            with pytest.raises(TimeoutError):
                other.result(timeout=2)
            assert not event_files(house.home, "key_events")
        assert other.result().success
    numbers = [event["event_number"] for event in read_events(house.home, "key_events")]
    assert numbers == list(range(1, len(numbers) + 1)) != []


def test_the_ui_shows_who_waits_for_a_person(house: House) -> None:
    """The pairs' asset tells how they were decided, and draws the scores."""
    house.decide(SAME)
    result = house.refresh()
    (made,) = [
        one for one in result.asset_materializations_for_node("anime_identity") if one.label.endswith("candidate")
    ]
    assert made.metadata["pairs_match"].value == 1
    assert "| 0.9-1.0 | 0 | 0 | 1 |" in made.metadata["scores"].value


def test_a_matcher_that_finds_nothing_any_more_keeps_the_snapshot_from_being_published(house: House) -> None:
    """With more than a hundred pairs that cross ids state, recall is measured, and its collapse is an error."""
    names = [f"{one}{two}" for one in ("Aka", "Midori", "Shiro", "Kuro", "Ki", "Ao", "Cha") for two in WORDS]
    with house.resource.open().writer("test") as con:
        shop = Workshop(con)
        numbered = list(enumerate(names, start=100))
        years = {number: 1960 + number % 60 for number, _ in numbered}
        shop.land("anilist", *(anilist(at, name, years[at], idMal=at) for at, name in numbered), path="more")
        shop.land("myanimelist", *(my_anime(at, name, years[at]) for at, name in numbered))
        shop.stage()
    house.refresh()
    house.follow()
    figures = "select numerator, denominator from fact_match_metric where metric like 'recall%' and scope = 'all'"
    assert house.rows(figures) == [(len(names), len(names))]
    assert house.broken_rules("fact_match_metric") == []
    demanding = {**load_weights().as_json(), "accept": 50.0}
    event = {"trained_at": "2026-01-01T00:00:00+00:00", "rule_version": "x", "labelled_pairs": 100, "figures": "{}"}
    append_events(house.home, MATCHER, [{**event, "weights": json.dumps(demanding)}])
    house.refresh()
    house.follow()
    assert house.rows(figures) == [(0, len(names))]
    assert "recall_has_not_collapsed" in house.broken_rules("fact_match_metric")


#: Second halves of titles.
WORDS = ("tsuki", "kaze", "hoshi", "umi", "yama", "kawa", "sora", "mori", "hana", "yuki", "ame", "tori", "neko", "inu")
WORDS += ("kage", "hikari", "tsuru")


def my_anime(number: int, title: str, year: int) -> dict[str, Any]:
    """A node of MyAnimeList that tells what `anilist` tells."""
    return {"id": number, "title": title, "media_type": "tv", "num_episodes": 12, "start_date": f"{year}-04-03"}

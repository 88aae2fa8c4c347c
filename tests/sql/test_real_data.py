"""Real catalogues and ratings go through staging and core without a loss."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sql.building import Workshop
from tests.sql.stating import broken_rules
from warehouse.build import fetch

REAL = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not here"),
]
RECORDS = {"anilist": 4328, "kitsu": 3886, "myanimelist": 23529}


def known_to_be_one() -> list[list[tuple[str, str]]]:
    """The records of the three catalogues that are the same anime, as far as that is known."""
    with (REAL / "identity" / "truth.csv").open(encoding="utf-8") as file:
        return [[(one, row[f"{one}_id"]) for one in RECORDS if row[f"{one}_id"]] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    """The real catalogues and ratings in staging and core, identified as they are known to be."""
    workshop = Workshop()
    for source in RECORDS:
        with gzip.open(REAL / "catalogue" / source / "anime.jsonl.gz", "rt", encoding="utf-8") as file:
            lines = file.read().splitlines()
        workshop.land(source, *lines)
    workshop.con.execute(
        "insert into raw.raw_myanimelist__ratings by name select user_id, myanimelist_id as anime_id, score, "
        "'ratings.csv.gz' as payload_path, row_number() over () + 1 as payload_line, "
        "timestamptz '2026-08-01 00:00:00Z' as captured_at from read_csv($path, all_varchar = true)",
        {"path": str(REAL / "ratings" / "myanimelist_ratings.csv.gz")},
    )
    workshop.make(known_to_be_one())
    yield workshop
    workshop.con.close()


def test_no_real_record_is_refused(shop: Workshop) -> None:
    """Every line of the three catalogues and of the ratings is understood."""
    assert shop.rows("select stage, reason from quality.quarantine limit 5") == []
    counts = dict(shop.rows("select source, count(*) from intermediate.int_anime_unioned group by all"))
    assert counts == RECORDS


def test_every_real_rating_is_kept_also_of_anime_in_no_catalogue(shop: Workshop) -> None:
    """255,531 ratings; those of 434 unknown ids stand on stub anime."""
    assert shop.rows("select count(*), min(rating), max(rating) from fact_user_rating") == [(255531, 1.0, 10.0)]
    assert shop.rows("select count(*) from dim_anime where source_count = 0 and title is null") == [(434,)]


def test_kitsu_dates_of_this_file_tell_the_season(shop: Workshop) -> None:
    """Nobody said so: it follows from every date being the first of a quarter."""
    assert shop.rows(
        "select distinct start_date_precision from intermediate.int_anime_unioned "
        "where source = 'kitsu' and start_date is not null"
    ) == [("season",)]


def test_dim_anime_holds_what_won_of_everything_the_sources_state(shop: Workshop) -> None:
    """No rule about fields, records and dim_anime is broken by 31,743 real records."""
    assert broken_rules(shop) == {}


def test_sources_contradict_each_other_seldom(shop: Workshop) -> None:
    """Titles are worded otherwise in up to 1 of 8 anime; what can be counted differs in fewer than 1 of 30."""
    rows = fetch(shop.con, "queries/fields_sources_disagree_on").to_pylist()
    percent = {row["field"]: row["percent"] for row in rows if row["stated_twice"] > 1000}
    assert {"format", "episodes", "start_date", "status", "title_romaji"} <= set(percent)
    assert all(share < (12.5 if field.startswith("title_") else 3.3) for field, share in percent.items()), percent

"""Ten real days of AniList's season lists: what changed about titles, and on which day."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.anilist_daily import convert
from tests.sql.building import Workshop
from tests.sql.test_history import remember

LISTS = Path(__file__).parents[3] / "shared" / "data" / "anilist_daily"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not LISTS.is_dir(), reason="../shared/data/anilist_daily is not here"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The history of all ten days; tests only read it."""
    shop = Workshop()
    for path in convert(LISTS, tmp_path_factory.mktemp("recordings")):
        day = path.name[:8]
        with gzip.open(path, "rt", encoding="utf-8") as file:
            shop.land("anilist", *file.read().splitlines(), day=f"{day[:4]}-{day[4:6]}-{day[6:]}")
    yield remember(shop)
    shop.con.close()


def test_no_record_of_the_lists_is_refused_or_lost(house: Workshop) -> None:
    """Each of the 6,136 lines is a row of fact_anime_metrics under the day of its list."""
    assert house.rows("select count(*) from quality.quarantine") == [(0,)]
    days = house.rows("select day::varchar, count(*) from fact_anime_metrics group by day order by day")
    assert len(days) == 10
    assert (days[0], days[-1]) == (("2025-08-17", 506), ("2026-03-25", 755))
    assert sum(rows for _, rows in days) == 6136


def test_titles_began_and_ended_on_the_days_on_which_it_was_read(house: Workshop) -> None:
    """Of 155 changes of status none goes back in time except where AniList itself did."""
    changes = house.rows(
        "select status_before, status, count(*) from ("
        "select status, changed, lag(status) over (partition by anime_key order by version) as status_before "
        "from dim_anime_history) where list_contains(changed, 'status') group by all order by all"
    )
    assert ("AIRING", "FINISHED") in {row[:2] for row in changes}
    assert ("UPCOMING", "AIRING") in {row[:2] for row in changes}
    assert sum(row[2] for row in changes) == 155


def test_a_season_of_a_title_is_followed_from_its_first_to_its_last_episode(house: Workshop) -> None:
    """Wash It All Away: on the air in January, twelve episodes announced in February, over in March."""
    found = house.rows(
        "select valid_from::varchar, status, episodes, end_date::varchar from dim_anime_history "
        "where title = 'Wash It All Away' and (version = 1 or list_has_any(changed, ['status', 'episodes'])) "
        "order by version"
    )
    assert found == [
        ("2026-01-14", "AIRING", None, None),
        ("2026-02-11", "AIRING", 12, "2026-03-23"),
        ("2026-03-25", "FINISHED", 12, "2026-03-23"),
    ]


def test_each_day_has_the_statuses_of_its_list(house: Workshop) -> None:
    """For every title of every list, the version of that day says what the list said."""
    contradicting = house.rows(
        "select count(*) from (select source_id, cast(captured_at as date) as day, fields.status ->> '$' as said "
        "from staging.stg_anilist__anime_records) as listed "
        "inner join intermediate.int_anime_identities using (source_id) "
        "inner join dim_anime_history as known on known.anime_key = int_anime_identities.anime_key "
        "and day >= valid_from and (valid_to is null or day < valid_to) "
        "where replace(replace(said, 'RELEASING', 'AIRING'), 'NOT_YET_RELEASED', 'UPCOMING') is distinct from status"
    )
    assert contradicting == [(0,)]

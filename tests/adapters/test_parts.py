"""A source read part by part: the parts together are the whole, and each looks after its own titles."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import anilist_parts, kitsu_parts, myanimelist_parts
from adapters.base import KnownTitle, Parts, Plan
from adapters.services import SERVICES
from tests.adapters.crawls import drive, end_of
from tests.adapters.test_anilist import FUZZY
from tests.adapters.test_kitsu import Kitsu
from tests.adapters.test_kitsu import read_ids as ids_of_kitsu
from tests.adapters.test_myanimelist import MyAnimeList
from tests.adapters.test_myanimelist import read_ids as ids_of_myanimelist
from tests.adapters.tiny_anilist import TinyAniList, anime, read

TODAY = date(2026, 3, 1)
ANILIST, KITSU, MYANIMELIST = (SERVICES[name].streams["anime"] for name in ("anilist", "kitsu", "myanimelist"))


def known(
    *ids: int, start_year: int | None = None, season: str | None = None, is_due: bool = False
) -> list[KnownTitle]:
    """Records that we have."""
    return [KnownTitle(str(one), is_due, start_year, season) for one in ids]


@pytest.mark.parametrize(
    ("parts", "many"),
    [(anilist_parts.PARTS, 71), (kitsu_parts.PARTS, 30), (myanimelist_parts.PARTS, 14 + 5 + 111 * 4 + 1)],
)
def test_names_are_unique_fit_for_files_and_last(parts: Parts, many: int) -> None:
    """Next year has them all, and more."""
    names = parts.keys(TODAY)
    assert len(set(names)) == len(names) == many
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
    assert set(names) <= set(parts.keys(date(2027, 1, 1)))


def test_years_lead_to_the_parts_that_hold_them() -> None:
    """One for each year of AniList's since 1960, four seasons of MyAnimeList's, all of Kitsu's."""
    assert anilist_parts.of_years(1955, 1961, TODAY) == ("until-1959", "1960", "1961")
    assert anilist_parts.of_years(2027, 2040, TODAY) == ("2027", "later")
    assert myanimelist_parts.of_years(2001, 2001, TODAY) == ("2001-winter", "2001-spring", "2001-summer", "2001-fall")
    assert myanimelist_parts.of_years(1900, 1910, TODAY) == ()
    assert kitsu_parts.of_years(2001, 2001, TODAY) == kitsu_parts.keys(TODAY)


@settings(max_examples=6)
@given(starts=st.lists(FUZZY, min_size=1, max_size=40))
def test_anilists_parts_are_the_whole(starts: list[int | None]) -> None:
    """Every dated title comes in one part alone, and what has no date in the last, when the others are known."""
    rows = [anime(number, start) for number, start in enumerate(starts, start=1)]
    service, seen = TinyAniList(rows), list[int]()
    for key in ANILIST.parts.keys(TODAY)[:-1]:
        seen += read(ANILIST, anilist_parts.plan(key, TODAY, [], []), service).ids
    assert sorted(seen) == [row["id"] for row in rows if row["startDate"]["year"]]
    rest = read(ANILIST, anilist_parts.plan("undated", TODAY, known(*seen, start_year=2000), []), service)
    assert {*seen, *rest.ids} == {row["id"] for row in rows}
    alone = read(ANILIST, anilist_parts.plan("undated", TODAY, [], []), service)
    assert alone.ids == {row["id"] for row in rows}


def test_a_known_title_that_its_year_does_not_show_is_asked_for_by_name() -> None:
    """One that moved comes with its new year, one that went is gone, one of another year is left alone."""
    service = TinyAniList([anime(1, 20000101), anime(2, 20010101)])
    titles = [*known(1, 2, 3, start_year=2000), *known(4, start_year=2001)]
    reading = read(ANILIST, anilist_parts.plan("2000", TODAY, titles, []), service)
    assert reading.ids == {1, 2}
    assert reading.end is not None
    assert reading.end.gone == ("3",)


def blocks(service: Kitsu, keys: Iterable[str], titles: list[KnownTitle]) -> set[str]:
    """The ids that some blocks give."""
    plans = [kitsu_parts.plan(key, TODAY, titles, []) for key in keys]
    return {one for plan in plans for one in ids_of_kitsu(drive(KITSU.crawl(plan), service))}


@pytest.mark.parametrize("count", [1, 19, 20, 21, 999, 1000, 1001, 2500])
def test_kitsus_blocks_are_the_whole(count: int) -> None:
    """Wherever the list ends; the blocks beyond that cost a request each."""
    service = Kitsu(count)
    assert blocks(service, kitsu_parts.keys(TODAY), []) == {str(number) for number in range(1, count + 1)}
    assert len(service.asked) <= 30 + count / 19 + 3


def test_what_went_before_a_block_hides_nothing_of_it() -> None:
    """The rows have moved up between the readings of two blocks: each begins a page before its first row."""
    service = Kitsu(2000)
    first = blocks(service, ["00000-00999"], [])
    for number in range(1, 20):
        del service.rows[number]
    assert first | blocks(service, ["01000-01999"], []) >= {str(number) for number in service.rows}


def test_a_block_looks_after_the_known_titles_between_its_rows() -> None:
    """Others are none of its business; what Kitsu does not give is counted, and never gone."""
    service = Kitsu(2500)
    for number in (5, 1500, 2500):
        del service.rows[number]
    titles = known(5, 1500, 2500, 2600)
    asked = {
        key: end_of(drive(KITSU.crawl(kitsu_parts.plan(key, TODAY, titles, [])), service))
        for key in ("00000-00999", "01000-01999", "02000-02999")
    }
    assert [end.notes["asked_by_id"] for end in asked.values()] == [1, 1, 2]
    assert "1500" in str(asked["01000-01999"].notes["absent"])
    assert all(end.gone == () and end.watermark is None for end in asked.values())


def test_myanimelists_parts_are_the_whole() -> None:
    """Ten pages of a ranking each, the seasons, and the ids that others name."""
    service = MyAnimeList(12_000)
    service.rankings["ova"] = [20_001]
    service.seasons = {"1975-winter": [20_002], "2026-winter": [20_003, 7]}
    service.titles = {20_004}
    claimed = ["20004", "20005"]
    plans = [myanimelist_parts.plan(key, TODAY, [], claimed) for key in myanimelist_parts.keys(TODAY)]
    parts = [drive(MYANIMELIST.crawl(plan), service) for plan in plans]
    whole = drive(MYANIMELIST.crawl(Plan("full", TODAY, ids=tuple(claimed))), service)
    assert {one for part in parts for one in ids_of_myanimelist(part)} == set(ids_of_myanimelist(whole))
    assert end_of(parts[-1]).gone == end_of(whole).gone == ("20005",)
    assert end_of(parts[-1]).watermark is None


def test_a_season_looks_after_its_titles() -> None:
    """One that it does not show any more is asked for by id; those of other seasons are not."""
    service = MyAnimeList()
    service.seasons, service.titles = {"2001-fall": [1]}, {2}
    titles = [*known(1, 2, 3, season="2001-fall"), *known(4, season="2001-spring"), *known(5)]
    part = drive(MYANIMELIST.crawl(myanimelist_parts.plan("2001-fall", TODAY, titles, [])), service)
    assert ids_of_myanimelist(part) == [1, 2]
    assert end_of(part).gone == ("3",)


def test_what_no_list_shows_is_due_now_and_then() -> None:
    """Titles without a season, when they are due, after the ids that others name."""
    titles = [*known(5, is_due=True), *known(6), *known(7, season="2001-fall", is_due=True)]
    assert myanimelist_parts.plan("unlisted", TODAY, titles, ["9"]).ids == ("9", "5")


@pytest.mark.parametrize(
    ("stream", "key", "requests"),
    [
        (ANILIST, "2001", 3),
        (ANILIST, "undated", 2),
        (KITSU, "00000-00999", 53),
        (KITSU, "21000-21999", 54),
        (KITSU, "25000-25999", 1),
        (MYANIMELIST, "bypopularity-00000-04999", 11),
        (MYANIMELIST, "2001-fall", 1),
    ],
)
def test_a_forecast_of_a_part_is_about_the_part(stream: object, key: str, requests: int) -> None:
    """From 22,000 known titles, 500 of them of that year and 50 without one."""
    plan = stream.parts.plan(key, TODAY, [], [])
    told = stream.forecast(plan, 22_000, {2001: 500, 0: 50})
    assert told == pytest.approx(requests, abs=12 if key == "undated" else 0)

"""What all sources share: knowledge, ids, and disagreements at the stated rates."""

from datetime import date

import numpy as np
import pytest

from demo.naming import respell
from demo.schedule import EPOCH, KNOWN_DAY
from demo.sources import SOURCE_NAMES, make_sources
from demo.sources.base import FuzzyDate, Source, fuzzy
from demo.world import World


@pytest.fixture(params=SOURCE_NAMES)
def source(request: pytest.FixtureRequest, default_world: World) -> Source:
    """Each of the three sources of the default world in turn."""
    return default_world.sources[request.param]


def about(measured: float, stated: float) -> bool:
    """Whether a share measured on two thousand or more is the stated one, within chance."""
    return abs(measured - stated) < 0.02 + 0.15 * stated


def test_a_source_knows_most_anime_but_not_all(source: Source) -> None:
    """Every source has at least 2,000 recorded anime, lacks some, and knows a few that were not recorded."""
    assert 2_000 <= source.catalogued.sum() < len(source.catalogue)
    assert not (source.catalogued & ~source.known).any()
    assert 0.02 < (source.known & ~source.catalogued).sum() / source.known.sum() < 0.07


def test_ids_are_positive_and_each_names_one_anime(source: Source) -> None:
    """What is known has an id of its own, what is unknown has none, and ids leave gaps."""
    ids = source.ids[source.known]
    assert (ids > 0).all()
    assert len(np.unique(ids)) == len(ids)
    assert (source.ids[~source.known] == 0).all()
    assert ids.max() > 2 * len(ids)


def test_rows_follow_the_ids(source: Source) -> None:
    """The recorded catalogue is listed by id."""
    assert (np.diff(source.ids[source.rows()]) > 0).all()
    assert len(source.rows()) == source.catalogued.sum()


def test_the_better_known_is_known_more_often(source: Source) -> None:
    """Of the best known quarter a larger share is recorded than of the least known."""
    fame = source.catalogue.features.fame
    top, bottom = fame > np.percentile(fame, 75), fame < np.percentile(fame, 25)
    assert source.catalogued[top].mean() > source.catalogued[bottom].mean() + 0.1


def test_titles_differ_from_the_official_ones_as_often_as_stated(source: Source) -> None:
    """Another numbering or romanisation shows in many records, in no more than the two rates say."""
    rows = source.rows()
    official = [source.anime(row).title(source.anime(row).style, source.anime(row).part_style) for row in rows]
    differs = np.mean([source.title(row).romaji != title.romaji for row, title in zip(rows, official, strict=True)])
    assert 0.1 < differs < source.habits.own_style + source.habits.respelled
    unspelled = [
        source.title(row).native != title.native
        for row, title in zip(rows, official, strict=True)
        if source.anime(row).role != "first"
    ]
    assert 0.05 < np.mean(unspelled) < source.habits.own_style + 0.05


def test_missing_titles_are_as_frequent_as_stated(source: Source) -> None:
    """English titles lack at the stated rate among the licensed, native ones among all."""
    rows = source.rows()
    licensed = [row for row in rows if source.anime(row).is_licensed]
    assert about(np.mean([source.english(row) is None for row in licensed]), source.habits.english_missing)
    assert all(source.english(row) is None for row in rows if not source.anime(row).is_licensed)
    assert about(np.mean([source.native(row) is None for row in rows]), source.habits.native_missing)


def test_dates_are_off_as_often_as_stated(source: Source) -> None:
    """Of the whole dates the stated shares lie days, weeks and a year away; the others are exact."""
    habits = source.habits
    days = []
    for row in source.rows():
        told = source.start(row)
        if told is not None and told.day is not None and told.month is not None:
            when = date(told.year, told.month, told.day).toordinal() - EPOCH
            days.append(abs(when - source.anime(row).start))
    off = np.array(days)
    assert about(float(((off > 0) & (off <= 7)).mean()), habits.date_days_off)
    assert about(float(((off >= 20) & (off <= 45)).mean()), habits.date_weeks_off)
    assert about(float((off == 365).mean()), habits.date_year_off)
    assert set(np.unique(off)) <= {*range(8), *range(20, 46), 365}


def test_dates_are_incomplete_as_often_as_stated(source: Source) -> None:
    """A month only, a year only or nothing is told at the stated rates, where the day is known."""
    rows = [row for row in source.rows() if source.anime(row).known == KNOWN_DAY]
    told = [source.start(row) for row in rows]
    assert about(np.mean([when is None for when in told]), source.habits.date_missing)
    year_only = [when is not None and when.month is None for when in told]
    month_only = [when is not None and when.month is not None and when.day is None for when in told]
    assert about(np.mean(year_only), source.habits.date_year_only)
    assert about(np.mean(month_only), source.habits.date_month_only)


def test_episodes_are_counted_otherwise_now_and_then(source: Source) -> None:
    """The number is unknown or off by one at the stated rates (Kitsu also adds up split seasons)."""
    rows = [row for row in source.rows() if source.anime(row).status == "FINISHED"]
    counts = [(source.episodes(row), source.anime(row).episodes) for row in rows]
    assert about(np.mean([told is None for told, _ in counts]), source.habits.unknown_episodes)
    off = [told is not None and abs(told - true) == 1 for told, true in counts]
    assert about(np.mean(off), source.habits.other_episodes)


def test_other_titles_lead_back_to_the_official_one(source: Source) -> None:
    """Synonyms, where given, hold the official title or a respelling of it, and never the title itself."""
    rows = [row for row in source.rows() if source.synonyms(row)]
    assert len(rows) > 300
    for row in rows[:400]:
        anime = source.anime(row)
        official = anime.title(anime.style, anime.part_style)
        spelled = {respell(official.romaji, manner) for manner in range(10)} | {official.english}
        assert set(source.synonyms(row)) <= spelled - {source.title(row).romaji}


def test_a_record_is_the_same_whenever_it_is_asked_for(small_world: World) -> None:
    """A source made again tells each anime in the same words, in any order."""
    again = make_sources(small_world.seed, small_world.catalogue)
    for name, source in small_world.sources.items():
        rows = source.rows()
        there = {row: again[name].record(row) for row in reversed(rows)}
        assert all(there[row] == source.record(row) for row in rows)


def test_a_fuzzy_date_keeps_what_its_precision_says() -> None:
    """Day 31 since 1970 is the first of February."""
    assert fuzzy(31, "day") == FuzzyDate(1970, 2, 1)
    assert fuzzy(31, "month") == FuzzyDate(1970, 2, None)
    assert fuzzy(31, "year") == FuzzyDate(1970, None, None)

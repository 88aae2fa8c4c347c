"""Anime that belong together are found by relations and titles; those that only sound alike are not."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.franchises import FRANCHISE, UNIVERSE, NamedAnime, memberships

SHARED = Path(__file__).parents[3] / "shared"
TRUTH = SHARED / "evaluation" / "franchises.csv"


def franchises(*titles: str, related: Iterable[tuple[int, str]] = ()) -> dict[int, int | None]:
    """Franchise of each anime in company, given one title each; keys count from 1, the first states the relations."""
    anime = [NamedAnime(key, [title], related=list(related) if key == 1 else []) for key, title in enumerate(titles, 1)]
    return {one.anime_key: one.franchise_key for one in memberships(anime)}


def test_seasons_films_and_subtitles_are_one_franchise() -> None:
    """The original is a part too, and the least key names them."""
    found = franchises("Hikari no Machi", "Hikari no Machi 2nd Season", "Hikari no Machi: Tabidachi", "Kaze no Uta")
    assert found == {1: 1, 2: 1, 3: 1}


def test_titles_of_any_language_count() -> None:
    """What the native titles share ties anime whose English titles differ."""
    anime = [NamedAnime(4, ["City of Light", "光の街"]), NamedAnime(9, ["Journey's End", "光の街 第2期"])]
    assert [one.franchise_key for one in memberships(anime)] == [4, 4]


@pytest.mark.parametrize("kind", ["SEQUEL", "PARENT", "SUMMARY", "ALTERNATIVE", "SPIN_OFF"])
def test_relations_tie_what_titles_do_not(kind: str) -> None:
    """Whoever of the two states it."""
    assert franchises("Akari", "Yoake", related=[(2, kind)]) == {1: 1, 2: 1}


@pytest.mark.parametrize("related", [(2, "CHARACTER"), (2, "OTHER"), (77, "SEQUEL"), (1, "SEQUEL")])
def test_guests_strangers_and_oneself_tie_nothing(related: tuple[int, str]) -> None:
    """A character in common is no story in common, and a relation may lead out of the catalogue."""
    assert not franchises("Akari", "Yoake", related=[related])


def test_a_short_single_word_ties_only_its_own_subtitles() -> None:
    """A word such as Blade begins other titles by chance; K is too short for anything."""
    assert franchises("Blade", "Blade Dance", "Blade: The Movie") == {1: 1, 3: 1}
    assert not franchises("K", "K: Missing Kings")
    assert franchises("Gintamaru", "Gintamaru Shippuden") == {1: 1, 2: 1}


def test_words_that_begin_many_titles_tie_less_and_then_nothing() -> None:
    """One name with many anime is a universe, not one story; with more still it is only a phrase."""

    def named(count: int) -> list[tuple[int | None, int, int | None]]:
        different = (f"{one}zaq{two}" for one in "abcdefghijkl" for two in "abcdefghijkl")
        titles = ["Tetsu Kishi", *(f"Tetsu Kishi {word}" for word in islice(different, count - 1))]
        found = memberships([NamedAnime(key, [title]) for key, title in enumerate(titles, 1)])
        return [(one.franchise_key, one.universe_key, one.watch_position) for one in found]

    assert named(FRANCHISE - 1) == [(1, 1, position) for position in range(1, FRANCHISE)]
    assert named(FRANCHISE) == [(None, 1, None)] * FRANCHISE
    assert named(UNIVERSE) == []


def test_watch_order_is_by_first_day_then_key() -> None:
    """An unknown day comes last; evidence says whether a source stated a relation."""
    anime = [
        NamedAnime(1, ["Hikari no Machi"]),
        NamedAnime(2, ["Hikari no Machi 2"], 200.0),
        NamedAnime(3, ["Hikari no Machi 3"], 100.0, [(2, "PREQUEL")]),
        NamedAnime(4, ["Hikari no Machi 4"], 200.0),
    ]
    found = {one.anime_key: (one.watch_position, one.evidence) for one in memberships(anime)}
    assert found == {1: (4, "title"), 2: (2, "relation"), 3: (1, "relation"), 4: (3, "title")}


def test_no_anime_no_groups() -> None:
    """An empty catalogue, and one of anime without titles, have none."""
    assert memberships([]) == []
    assert memberships([NamedAnime(1, []), NamedAnime(2, [""])]) == []


WORDS = st.lists(st.sampled_from(["hikari", "no", "machi", "kaze", "blade", ":", "2", "movie", "光の街"]), max_size=5)
ANIME = st.lists(
    st.tuples(
        st.lists(WORDS.map(" ".join), max_size=3),
        st.sampled_from([float("nan"), 1.0, 2.0]),
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["SEQUEL", "OTHER", "PARENT"])), max_size=2),
    ),
    max_size=10,
)


@settings(max_examples=60)
@given(ANIME, st.integers(0, 99))
def test_the_order_of_the_input_changes_nothing(told: list[Any], seed: int) -> None:
    """And franchises lie in universes, groups have two members and the least key's name."""
    anime = [NamedAnime(key, *one) for key, one in enumerate(told)]
    found = memberships(anime)
    random = Random(seed)
    turned = [NamedAnime(one.key, one.titles[::-1], one.first_day, one.related[::-1]) for one in anime]
    assert memberships(random.sample(turned, len(turned))) == found
    for groups in ([one.franchise_key for one in found], [one.universe_key for one in found]):
        sizes = Counter(group for group in groups if group is not None)
        assert all(size > 1 for size in sizes.values())
        for group in sizes:
            assert group == min(one.anime_key for one, of in zip(found, groups, strict=True) if of == group)
    assert len({(one.franchise_key, one.universe_key) for one in found if one.franchise_key is not None}) == len(
        {one.franchise_key for one in found if one.franchise_key is not None}
    )


@pytest.mark.real_data
@pytest.mark.skipif(not TRUTH.is_file(), reason="../shared/evaluation is not here")
def test_franchises_of_a_real_catalogue_are_right() -> None:
    """Of the pairs of MyAnimeList's anime that titles alone put into one franchise nine in ten belong there."""
    with gzip.open(SHARED / "data" / "catalogue" / "myanimelist" / "anime.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    names = [(one["id"], one["title"], one.get("alternative_titles") or {}) for one in records]
    anime = [NamedAnime(key, [main, *filter(None, (more.get("en"), more.get("ja")))]) for key, main, more in names]
    with TRUTH.open(encoding="utf-8") as file:
        truth = {int(row["item_id"]): row["franchise_id"] for row in csv.DictReader(file)}
    known = [one for one in memberships(anime) if one.franchise_key is not None and one.anime_key in truth]

    def pairs(groups: Iterable[object]) -> int:
        return sum(size * (size - 1) // 2 for size in Counter(groups).values())

    found = pairs(one.franchise_key for one in known)
    right = pairs((one.franchise_key, truth[one.anime_key]) for one in known)
    assert found > 5000
    assert right / found > 0.9, f"{right} of {found} pairs"

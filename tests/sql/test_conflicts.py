"""What counts as a contradiction between sources, and how vw_anime_conflict shows it."""

from collections.abc import Iterator

import pytest

from tests.sql.building import Workshop
from tests.sql.stating import Stated, conflicts, dated, numbered, state, stated

#: what holds, the records, the fields that are contested with the losing values.
CONFLICTS: list[tuple[str, list[Stated], dict[str, list[str]]]] = [
    (
        "different numbers",
        stated("episodes", anilist=12, myanimelist=13, kitsu=12),
        {"episodes": ["myanimelist:13"]},
    ),
    (
        "everybody against everybody",
        stated("format", anilist="TV", myanimelist="ONA", kitsu="OVA"),
        {"format": ["kitsu:OVA", "myanimelist:ONA"]},
    ),
    (
        "different titles",
        stated("title_romaji", anilist="Kaze", myanimelist="Kaze II"),
        {"title_romaji": ["myanimelist:Kaze II"]},
    ),
    ("case, spaces, accents, width", stated("title_romaji", anilist="Élan 2", myanimelist="ELAN２"), {}),
    ("half-width kana and their marks", stated("title_native", anilist="ﾊﾟﾀﾘﾛ", myanimelist="パタリロ"), {}),
    ("a numeral in one sign", stated("title_native", anilist="幼女戦記Ⅱ", myanimelist="幼女戦記 II"), {}),
    ("a raised number", stated("title_romaji", anilist="C³", myanimelist="C3"), {}),
    ("a fraction", stated("title_romaji", anilist="Hana ½", myanimelist="Hana 1/2"), {}),
    ("accents beside kana", stated("title_native", anilist="ＰＯＫÉＭＯＮ ガ", myanimelist="Pokemon ガ"), {}),
    (
        "marks of other letters than Latin ones tell titles apart",
        stated("title_romaji", anilist="Мой", myanimelist="Мои"),
        {"title_romaji": ["myanimelist:Мои"]},
    ),
    (
        "marks of kana tell titles apart",
        stated("title_native", anilist="ハト", myanimelist="バト"),
        {"title_native": ["myanimelist:バト"]},
    ),
    (
        "punctuation alone is a title",
        stated("title_romaji", anilist="◯", myanimelist="!"),
        {"title_romaji": ["myanimelist:!"]},
    ),
    (
        "titles in different languages",
        [*stated("title_romaji", anilist="Kaze"), *stated("title_english", kitsu="Wind")],
        {},
    ),
    (
        "a title that the other has among its synonyms",
        [
            {"source": "anilist", "title_english": "Wind", "synonyms": ["The Wind"]},
            {"source": "myanimelist", "title_english": "The Wind"},
        ],
        {},
    ),
    (
        "a title that has the other among its synonyms",
        [
            {"source": "anilist", "title_english": "Wind"},
            {"source": "myanimelist", "title_english": "The Wind", "synonyms": ["WIND"]},
        ],
        {},
    ),
    ("the last day of a month", stated("started", anilist="2014-10-31", myanimelist="2014-10"), {}),
    ("the last day of a season", stated("started", anilist="2014-12-31", kitsu="2014 FALL"), {}),
    ("the last day of a year", stated("started", anilist="2014-12-31", myanimelist="2014"), {}),
    (
        "a day within the month, the season and the year",
        stated("started", anilist="2014-10-04", myanimelist="2014", kitsu="2014 FALL"),
        {},
    ),
    ("December in AniList's winter", stated("started", anilist="2013-12-29", kitsu="2014 WINTER"), {}),
    (
        "November in no winter",
        stated("started", anilist="2013-11-29", kitsu="2014 WINTER"),
        {"start_date": ["kitsu:2014 WINTER"]},
    ),
    ("a night later", stated("started", anilist="2014-10-04", myanimelist="2014-10-05"), {}),
    (
        "two nights later",
        stated("started", anilist="2014-10-04", myanimelist="2014-10-06"),
        {"start_date": ["myanimelist:2014-10-06"]},
    ),
    ("a year off", stated("started", anilist="2014-12-31", myanimelist="2015"), {}),
    (
        "two days off a year",
        stated("started", anilist="2014-12-30", myanimelist="2015"),
        {"start_date": ["myanimelist:2015"]},
    ),
    ("a day in the month of the end", stated("ended", anilist="2014-12-20", myanimelist="2014-12", kitsu="2014"), {}),
    (
        "another month of the end",
        stated("ended", anilist="2014-12-20", myanimelist="2014-11"),
        {"end_date": ["myanimelist:2014-11"]},
    ),
    (
        "scores, users, synopses",
        [
            {"source": "anilist", "mean_score": 80.0, "popularity": 5, "synopsis": "A wind."},
            {"source": "kitsu", "mean_score": 60.0, "popularity": 9, "synopsis": "A storm."},
        ],
        {},
    ),
    ("adult or not", stated("is_adult", anilist=False, kitsu=True), {"is_adult": ["anilist:false"]}),
    ("what is out of date", dated("episodes", anilist=(12, "2026-01-01"), kitsu=(24, "2026-02-01")), {}),
    (
        "what can still change, against what cannot",
        [
            {"source": "anilist", "episodes": 12, "status": "FINISHED"},
            {"source": "kitsu", "episodes": 24, "status": "AIRING"},
        ],
        {"status": ["kitsu:AIRING"]},
    ),
]


@pytest.fixture(scope="module")
def contested() -> Iterator[Workshop]:
    """All examples at once, each an anime of its own."""
    workshop = Workshop()
    workshop.make()
    state(workshop, *numbered(records for _, records, _ in CONFLICTS))
    yield workshop
    workshop.con.close()


@pytest.mark.parametrize("anime_key", range(1, len(CONFLICTS) + 1), ids=[example[0] for example in CONFLICTS])
def test_only_true_contradictions_are_conflicts(contested: Workshop, anime_key: int) -> None:
    """Values that mean the same, that are less exact, or that are out of date contradict nobody."""
    assert conflicts(contested, anime_key) == CONFLICTS[anime_key - 1][2]


def test_a_conflict_names_winner_and_losers_with_the_rule(shop: Workshop) -> None:
    """One row for the anime and the field: what dim_anime says, what others say, and how it was decided."""
    shop.make()
    state(
        shop,
        *(
            {"title_english": "Wind", "popularity": 7} | one
            for one in stated("episodes", anilist=13, myanimelist=12, kitsu=12)
        ),
    )
    assert shop.row("from vw_anime_conflict") == {
        "anime_key": 1,
        "title": "Wind",
        "field": "episodes",
        "value": "12",
        "source": "myanimelist",
        "source_id": "1",
        "others": [{"source": "anilist", "source_id": "1", "value": "13"}],
        "rule": "of a finished work, then the newest by 7 days, then what more sources agree on, "
        "then anilist > myanimelist > kitsu",
        "why": "myanimelist is one of 2 sources that agree",
        "popularity": 7,
    }

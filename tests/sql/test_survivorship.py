"""Sources state the same field differently: whose value dim_anime takes, and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.building import Workshop
from tests.sql.stating import Stated, broken_rules, conflicts, dated, numbered, on, state, stated, statements, winner
from warehouse.build import fetch


@pytest.fixture(scope="module")
def house() -> Iterator[Workshop]:
    """A warehouse in which every table exists; each test states its own records."""
    workshop = Workshop()
    workshop.make()
    yield workshop
    workshop.con.close()


#: what holds, the records, the field, the winning record, its value, why it won.
EXAMPLES: list[tuple[str, list[Stated], str, str, str, str]] = [
    (
        "two sources that agree outvote the first",
        stated("format", anilist="ONA", myanimelist="TV", kitsu="TV"),
        *("format", "myanimelist", "TV", "myanimelist is one of 2 sources that agree"),
    ),
    (
        "without agreement the order of sources decides",
        stated("format", anilist="ONA", myanimelist="TV", kitsu="OVA"),
        *("format", "anilist", "ONA", "anilist comes before myanimelist"),
    ),
    (
        "an unknown format states nothing",
        stated("format", anilist="UNKNOWN", kitsu="OVA"),
        *("format", "kitsu", "OVA", "only kitsu states it"),
    ),
    (
        "the order of sources also decides what nobody contradicts",
        stated("episodes", myanimelist=12, kitsu=12),
        *("episodes", "myanimelist", "12", "nobody contradicts; myanimelist comes before kitsu"),
    ),
    (
        "episodes of a finished work beat those of one that runs",
        [*stated("episodes", kitsu=13), {"source": "anilist", "episodes": 12, "status": "AIRING"}],
        *("episodes", "kitsu", "13", "nobody contradicts; kitsu does not call it unfinished"),
    ),
    (
        "of episodes of a work that runs the newer count",
        dated("episodes", anilist=(12, "2026-01-01"), myanimelist=(24, "2026-01-20")),
        *("episodes", "myanimelist", "24"),
        "nobody contradicts; myanimelist is newer, 2026-01-20 against 2026-01-01",
    ),
    (
        "a week is not newer",
        dated("episodes", anilist=(12, "2026-01-01"), myanimelist=(24, "2026-01-08")),
        *("episodes", "anilist", "12", "anilist comes before myanimelist"),
    ),
    (
        "how new a record is does not matter for a work that is finished",
        [
            {"source": "anilist", "episodes": 12, "record_updated_at": on("2020-01-01")},
            {"source": "kitsu", "episodes": 13, "record_updated_at": on("2026-01-01")},
        ],
        *("episodes", "anilist", "12", "anilist comes before kitsu"),
    ),
    (
        "a record that does not say when it changed is as old as its payload",
        [
            {"source": "anilist", "status": "AIRING", "captured_at": on("2026-01-01")},
            {"source": "kitsu", "status": "FINISHED", "captured_at": on("2026-02-01")},
        ],
        *("status", "kitsu", "FINISHED"),
        "nobody contradicts; kitsu is newer, 2026-02-01 against 2026-01-01",
    ),
    (
        "a record is not newer than its payload",
        [
            {"source": "anilist", "status": "AIRING", "record_updated_at": on("2030-01-01")},
            {"source": "kitsu", "status": "FINISHED", "record_updated_at": on("2026-03-01")},
        ],
        *("status", "anilist", "AIRING", "anilist comes before kitsu"),
    ),
    (
        "two statuses out of date do not outvote a new one",
        [
            {"source": "anilist", "status": "AIRING", "record_updated_at": on("2026-01-01")},
            {"source": "myanimelist", "status": "AIRING", "record_updated_at": on("2026-01-02")},
            {"source": "kitsu", "status": "FINISHED", "record_updated_at": on("2026-02-01")},
        ],
        *("status", "kitsu", "FINISHED"),
        "nobody contradicts; kitsu is newer, 2026-02-01 against 2026-01-01",
    ),
    (
        "a status out of date has no vote",
        [
            {"source": "anilist", "status": "AIRING", "record_updated_at": on("2026-02-01")},
            {"source": "myanimelist", "status": "FINISHED", "record_updated_at": on("2026-02-01")},
            {"source": "kitsu", "status": "FINISHED", "record_updated_at": on("2026-01-01")},
        ],
        *("status", "anilist", "AIRING", "anilist comes before myanimelist"),
    ),
    (
        "a cancellation is final",
        [
            {"source": "anilist", "status": "CANCELLED", "record_updated_at": on("2020-01-01")},
            {"source": "kitsu", "status": "UPCOMING", "record_updated_at": on("2026-02-01")},
        ],
        *("status", "anilist", "CANCELLED", "nobody contradicts; anilist says that it was cancelled"),
    ),
    (
        "a work that pauses is one that airs, to sources without the word",
        stated("status", anilist="HIATUS", myanimelist="AIRING", kitsu="AIRING"),
        *("status", "anilist", "HIATUS", "nobody contradicts; anilist comes before myanimelist"),
    ),
    (
        "a named origin beats OTHER",
        stated("source_material", anilist="OTHER", myanimelist="MANGA"),
        *("source_material", "myanimelist", "MANGA", "myanimelist names what it is based on"),
    ),
    (
        "durations that round to each other agree",
        stated("duration_minutes", anilist=30.0, myanimelist=23.67, kitsu=24.0),
        *("duration_minutes", "myanimelist", "23.67", "myanimelist is one of 2 sources that agree"),
    ),
    (
        "the most exact date wins",
        stated("started", anilist="2014", myanimelist="2014-10", kitsu="2014-10-04"),
        *("start_date", "kitsu", "2014-10-04", "nobody contradicts; kitsu is more exact"),
    ),
    (
        "the more exact date wins also where another contradicts it",
        stated("started", anilist="2015", kitsu="2014-10-04"),
        *("start_date", "kitsu", "2014-10-04", "kitsu is more exact"),
    ),
    (
        "a vaguer date decides between exact ones",
        stated("started", anilist="2007-06-01", myanimelist="2006-10-06", kitsu="2006 FALL"),
        *("start_date", "myanimelist", "2006-10-06", "myanimelist is one of 2 sources that agree"),
    ),
    (
        "the start of a work that has begun beats an announcement",
        [
            {"source": "anilist", "started": "2026-01-04", "status": "UPCOMING"},
            {"source": "kitsu", "started": "2026-02-08", "status": "AIRING"},
        ],
        *("start_date", "kitsu", "2026-02-08", "nobody contradicts; kitsu does not call it upcoming"),
    ),
    (
        "the end of a finished work beats a planned one",
        [
            {"source": "anilist", "ended": "2026-03-20", "status": "AIRING"},
            {"source": "kitsu", "ended": "2026-03-27", "status": "FINISHED"},
        ],
        *("end_date", "kitsu", "2026-03-27", "nobody contradicts; kitsu does not call it unfinished"),
    ),
    (
        "an exact end beats the month it lies in",
        stated("ended", anilist="2014-12", kitsu="2014-12-20"),
        *("end_date", "kitsu", "2014-12-20", "nobody contradicts; kitsu is more exact"),
    ),
    (
        "who marks it as adult is believed",
        stated("is_adult", anilist=False, myanimelist=False, kitsu=True),
        *("is_adult", "kitsu", "true", "kitsu marks it as adult"),
    ),
    (
        "text without HTML is better",
        stated("synopsis", anilist="A <b>wind</b>.", kitsu="A wind."),
        *("synopsis", "kitsu", "A wind.", "kitsu writes without HTML"),
    ),
    (
        "AniList's own text counts where it holds no HTML",
        stated("synopsis", anilist="A wind: 1 < 2.", kitsu="A wind."),
        *("synopsis", "anilist", "A wind: 1 < 2.", "anilist comes before kitsu"),
    ),
    (
        "a blank synopsis states nothing",
        stated("synopsis", myanimelist="  ", kitsu="A wind."),
        *("synopsis", "kitsu", "A wind.", "only kitsu states it"),
    ),
    (
        "the largest number of users counts",
        stated("popularity", anilist=5, myanimelist=50, kitsu=9),
        *("popularity", "myanimelist", "50", "myanimelist counts more users"),
    ),
    (
        "English is shown before romaji, whoever states it",
        [{"source": "anilist", "title_romaji": "Kaze"}, {"source": "kitsu", "title_english": "Wind"}],
        *("title", "kitsu", "Wind", "kitsu has a title in a language that goes first"),
    ),
    (
        "of two records of one source the smaller id counts",
        [{"source": "kitsu", "source_id": number, "episodes": int(number)} for number in ("1000", "999")],
        *("episodes", "kitsu", "999", "kitsu 999 comes before 1000"),
    ),
    (
        "two records of one source are one voice",
        [
            {"source": "anilist", "episodes": 12},
            *({"source": "kitsu", "source_id": number, "episodes": 13} for number in ("2000", "2001")),
        ],
        *("episodes", "anilist", "12", "anilist comes before kitsu"),
    ),
]


@pytest.fixture(scope="module")
def decided() -> Iterator[Workshop]:
    """All examples at once, each an anime of its own."""
    workshop = Workshop()
    workshop.make()
    state(workshop, *numbered(records for _, records, *_ in EXAMPLES))
    yield workshop
    workshop.con.close()


@pytest.mark.parametrize("anime_key", range(1, len(EXAMPLES) + 1), ids=[example[0] for example in EXAMPLES])
def test_the_rules_of_each_field_decide(decided: Workshop, anime_key: int) -> None:
    """The better kind of value, the settled one, the newer, the one that sources agree on, the first: in this order."""
    _, _, field, source, value, why = EXAMPLES[anime_key - 1]
    assert winner(decided, field, anime_key) == (source, value, why)


def test_dim_anime_holds_what_won_in_every_example(decided: Workshop) -> None:
    """No rule about fields, records and dim_anime is broken by them."""
    assert broken_rules(decided) == {}


def test_values_that_agree_with_the_winner_say_so(house: Workshop) -> None:
    """Losing is no contradiction: the vaguer date agrees with the exact one."""
    state(house, *stated("started", anilist="2014-10-04", kitsu="2014 FALL"))
    (lost,) = [row for row in statements(house, "start_date") if row["source"] == "kitsu"]
    assert (lost["is_winner"], lost["is_disputed"]) == (False, False)
    assert lost["why"] == "agrees with the winner; anilist is more exact"


def test_who_agrees_is_named_in_order(house: Workshop) -> None:
    """Whatever order the records came in: the same statements are the same table."""
    kitsu = [{"source": "kitsu", "source_id": number, "episodes": 12} for number in ("9", "7", "8")]
    state(house, {"source": "myanimelist", "episodes": 12}, *kitsu, {"source": "anilist", "episodes": 12})
    agreeing = house.rows(
        "select agrees_with from intermediate.int_anime_fields_ranked where field = 'episodes' and source = 'anilist'"
    )
    assert agreeing == [(["kitsu:7", "kitsu:8", "kitsu:9", "myanimelist:1"],)]


def test_a_date_brings_precision_year_and_season_along(house: Workshop) -> None:
    """They are those of the winning date, never a mixture."""
    state(house, *stated("started", anilist="2012", myanimelist="2011-10", kitsu="2011 FALL"))
    row = house.row("select start_date, start_date_precision, start_year, season from dim_anime")
    assert row == {
        "start_date": date(2011, 10, 1),
        "start_date_precision": "month",
        "start_year": 2011,
        "season": "FALL",
    }


def test_where_all_values_count_all_of_them_win(house: Workshop) -> None:
    """The mean is over every score, and no title is lost."""
    state(
        house,
        {"source": "anilist", "mean_score": 80.0, "title_romaji": "Kaze", "synonyms": ["Breeze"]},
        {"source": "kitsu", "mean_score": 70.0, "title_english": "Wind", "title_romaji": "Kaze!"},
        {"source": "myanimelist", "mean_score": 75.3},
    )
    assert house.rows("select mean_score, synonyms from dim_anime") == [(75.1, ["Breeze", "Kaze!"])]
    assert {row["is_winner"] for row in statements(house, "mean_score")} == {True}
    assert {row["why"] for row in statements(house, "synonyms")} == {
        "it counts: every title that no other column shows"
    }


@pytest.mark.parametrize(("times", "others", "is_filling"), [(100, 9, True), (99, 1, False), (100, 10, False)])
def test_a_score_that_fills_gaps_counts_for_nothing(house: Workshop, times: int, others: int, is_filling: bool) -> None:
    """At least a hundred times, and more than ten times as often as any other of its source; its records keep it."""
    filled = [{"source": "myanimelist", "anime_key": key, "mean_score": 65.1} for key in range(1, times + 1)]
    other = [{"source": "myanimelist", "anime_key": 1000 + key, "mean_score": 80.0} for key in range(others)]
    state(house, {"source": "anilist", "mean_score": 75.1, "anime_key": 1}, *filled, *other)
    scores = house.rows("select mean_score from dim_anime where anime_key in (1, 2, 1000) order by anime_key")
    assert scores == ([(75.1,), (None,), (80.0,)] if is_filling else [(70.1,), (65.1,), (80.0,)])
    assert house.rows("select count(*) from dim_anime_record where mean_score = 65.1") == [(times,)]
    told = house.rows("select source, mean_score, records from intermediate.int_filling_scores")
    assert told == ([("myanimelist", 65.1, times)] if is_filling else [])
    assert fetch(house.con, "checks/int_filling_scores__every_score_is_somebodys").num_rows == len(told)


def test_an_anime_of_which_nothing_is_stated_is_still_there(house: Workshop) -> None:
    """Its record states no field, and dim_anime has no value for it."""
    state(house, {"source": "kitsu"})
    assert house.rows("select count(*) from fact_anime_field") == [(0,)]
    assert house.rows("select title, format, is_adult, source_count from dim_anime") == [(None, "UNKNOWN", False, 1)]
    assert broken_rules(house) == {}


def test_every_field_has_a_rule_and_every_rule_a_field(house: Workshop) -> None:
    """What records state of an anime, the rules, and the order of sources in dim_source fit together."""
    everything = {
        **{"title_romaji": "a", "title_english": "b", "title_native": "c", "synonyms": ["d"], "format": "TV"},
        **{"status": "FINISHED", "source_material": "MANGA", "episodes": 1, "duration_minutes": 1.0, "synopsis": "e"},
        **{"started": "2014", "ended": "2014", "is_adult": False, "mean_score": 1.0, "popularity": 1},
    }
    state(house, {"source": "anilist"} | everything)
    ruled = {field for (field,) in house.rows("select field from intermediate.int_anime_field_rules")}
    assert {field for (field,) in house.rows("select field from fact_anime_field")} == ruled
    order = " > ".join(source for (source,) in house.rows("select source from dim_source order by priority"))
    assert {rule for (rule,) in house.rows("select rule from fact_anime_field where field = 'title_native'")} == {order}


#: A record's statements, few values each, so that sources agree as often as they do not.
RECORDS = st.fixed_dictionaries(
    {
        "format": st.sampled_from(["TV", "ONA", "UNKNOWN"]),
        "status": st.sampled_from(["FINISHED", "AIRING", "UPCOMING", "CANCELLED", "HIATUS", None]),
        "episodes": st.sampled_from([12, 13, None]),
        "duration_minutes": st.sampled_from([23.5, 24.0, 25.0, None]),
        "started": st.sampled_from(["2014-10-04", "2014-10-05", "2014-11", "2014 FALL", "2014", "2015", None]),
        "ended": st.sampled_from(["2014-12-20", "2014-12", "2015", None]),
        "is_adult": st.sampled_from([True, False, None]),
        "title_romaji": st.sampled_from(["Kaze", "KAZE", "Kaze II", None]),
        "title_english": st.sampled_from(["Wind", None]),
        "synonyms": st.sampled_from([["Breeze"], ["Kaze II", "Wind"], []]),
        "synopsis": st.sampled_from(["A wind.", "A <i>wind</i>.", " ", None]),
        "mean_score": st.sampled_from([70.1, 80.0, None]),
        "popularity": st.sampled_from([5, 6, None]),
        "record_updated_at": st.sampled_from([on("2026-01-01"), on("2026-01-05"), on("2026-02-01"), None]),
    }
)
PLACES = [("anilist", 0), ("kitsu", 0), ("myanimelist", 0), ("kitsu", 1)]
TABLES = ("dim_anime", "fact_anime_field", "vw_anime_conflict order by anime_key, field")


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anime=st.lists(st.lists(RECORDS, min_size=1, max_size=4), min_size=10, max_size=30), random=st.randoms())
def test_whatever_sources_say_dim_anime_holds_exactly_the_winners(
    house: Workshop, anime: list[list[Stated]], random: Any
) -> None:
    """One winner for every field, the value of dim_anime; and the order in which records come changes nothing."""
    records = [
        {"anime_key": key, "source": source, "source_id": str(2 * key + more)} | dict(one)
        for key, said in enumerate(anime, start=1)
        for (source, more), one in zip(PLACES, said, strict=False)
    ]
    state(house, *records)
    assert broken_rules(house) == {}
    before = [house.rows(f"from {table}") for table in TABLES]
    random.shuffle(records)
    state(house, *records)
    assert before == [house.rows(f"from {table}") for table in TABLES]


@pytest.mark.parametrize("lone", ["anilist", "kitsu", "myanimelist"])
def test_whoever_stands_alone_is_outvoted(house: Workshop, lone: str) -> None:
    """No source is right by its name where the two others agree against it."""
    fields: dict[str, tuple[Any, Any]] = {
        "format": ("ONA", "TV"),
        "episodes": (12, 13),
        "duration_minutes": (5.0, 24.0),
    }
    state(
        house,
        *(
            {"source": source} | {field: values[source == lone] for field, values in fields.items()}
            for source in ("anilist", "kitsu", "myanimelist")
        ),
    )
    assert {field: winner(house, field)[1] for field in fields} == {name: str(one[0]) for name, one in fields.items()}
    assert conflicts(house) == {field: [f"{lone}:{values[1]}"] for field, values in sorted(fields.items())}

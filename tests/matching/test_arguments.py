"""What speaks for and against, clause by clause."""

from datetime import date

import pytest

from matching.arguments import arguments, starts
from matching.match import compare
from matching.vetoes import VETOES
from tests.matching.worlds import claiming, record

ROW = {
    "left_title": "Hana",
    "right_title": "Hana",
    "title_exact": True,
    "title_similarity": 1.0,
    "season_left": None,
    "season_right": None,
    "format_compatible": True,
    "cross_id": "absent",
    "vetoes": [],
}


def told(row=(), left=(), right=()):
    """The points of two records that agree in all but what is given."""
    found = arguments(
        ROW | dict(row), record("anilist", "1", "Hana", **dict(left)), record("kitsu", "2", **dict(right))
    )
    return found.speaks_for, found.speaks_against


def test_two_equal_records_have_everything_for_them():
    """Title, start, episodes and format, and nothing against."""
    assert told() == (
        ["both are called “Hana”", "both began on 6 January 2014", "12 episodes each", "both are of the format TV"],
        [],
    )


@pytest.mark.parametrize(
    ("row", "is_for", "clause"),
    [
        (
            {"title_exact": False, "title_similarity": 0.9},
            True,
            "the most alike titles are 90 % alike: “Hana” and “Hana”",
        ),
        (
            {"title_exact": False, "title_similarity": 0.4},
            False,
            "the most alike titles are 40 % alike: “Hana” and “Hana”",
        ),
        ({"season_left": 2, "season_right": 2}, True, "both call themselves number 2 of a series"),
        ({"season_left": 2, "season_right": 3}, False, "the one calls itself number 2 of a series, the other number 3"),
        ({"season_right": 2}, False, "only one calls itself number 2 of a series"),
        ({"season_left": 100, "season_right": 100}, True, "both carry the number 100"),
        ({"season_left": 100, "season_right": 99}, False, "the one carries the number 100, the other number 99"),
        ({"season_right": 100}, False, "only one carries the number 100"),
        ({"relation": "better_relative", "relative": "kitsu 3"}, False, "kitsu 3 fits better, which kitsu lists as"),
        ({"relation": "other_side", "relative": "kitsu 3"}, False, "their sources list the two on different sides of"),
        (
            {"relation": "same_side", "relative": "kitsu 3"},
            True,
            "their sources relate both in the same way to kitsu 3",
        ),
        ({"cross_id": "contradicts"}, False, "another record claims the place by its cross id"),
    ],
)
def test_the_evidence_of_the_row_has_its_words(row, is_for, clause):
    """On the side it speaks for, and on no other."""
    speaks_for, speaks_against = told(row)
    assert any(one.startswith(clause) for one in (speaks_for if is_for else speaks_against))
    assert not any(one.startswith(clause) for one in (speaks_against if is_for else speaks_for))


@pytest.mark.parametrize(
    ("left", "right", "is_for", "clause"),
    [
        ({"episodes": 1}, {"episodes": 1}, True, "one episode each"),
        ({"episodes": 12}, {"episodes": 24}, False, "12 against 24 episodes"),
        ({"duration_minutes": 24.0}, {"duration_minutes": 25.0}, True, "episodes of about 24 minutes"),
        ({"duration_minutes": 24.0}, {"duration_minutes": 5.0}, False, "episodes of 24 against 5 minutes"),
        ({"studios": ("Wit", "MAPPA")}, {"studios": ("mappa",)}, True, "made by MAPPA"),
        ({"studios": ("Wit",)}, {"studios": ("MAPPA",)}, False, "made by Wit, the other by MAPPA"),
        (
            {"source_material": "LIGHT_NOVEL"},
            {"source_material": "LIGHT_NOVEL"},
            True,
            "both are made from: light novel",
        ),
        (
            {"source_material": "MANGA"},
            {"source_material": "LIGHT_NOVEL"},
            False,
            "one is made from: manga, the other from: light novel",
        ),
        ({"format": "ONA"}, {"format": "TV"}, True, "ONA and TV, which sources use for one another"),
        (
            {"start_date": date(2014, 1, 8)},
            {},
            True,
            "their starts lie 2 days apart: 2014-01-08 and 2014-01-06",
        ),
        (
            {"start_date": date(2016, 1, 6)},
            {},
            False,
            "their starts lie 2 years apart: 2016-01-06 and 2014-01-06",
        ),
        (
            {"start_date": date(2014, 1, 1), "start_date_precision": "season", "season": "WINTER"},
            {},
            True,
            "their starts agree as far as they are stated: winter 2014 and 2014-01-06",
        ),
        ({"claimed": (("kitsu", "2"),)}, {}, True, "anilist:1 names kitsu:2 as its counterpart"),
        ({"claimed": (("kitsu", "9"),)}, {}, False, "anilist:1 names kitsu:9 as its counterpart"),
        (
            {"claimed": (("myanimelist", "5"),)},
            {"claimed": (("myanimelist", "5"),)},
            True,
            "both name myanimelist:5 as their counterpart",
        ),
        (
            {"claimed": (("myanimelist", "5"),)},
            {"claimed": (("myanimelist", "6"),)},
            False,
            "anilist:1 names myanimelist:5 as its counterpart, kitsu:2 myanimelist:6",
        ),
    ],
)
def test_what_the_records_state_has_its_words(left, right, is_for, clause):
    """On the side it speaks for, and on no other."""
    speaks_for, speaks_against = told((), left, right)
    assert clause in (speaks_for if is_for else speaks_against)
    assert clause not in (speaks_against if is_for else speaks_for)


def test_a_relation_is_told_in_the_words_of_its_source():
    """What the relative is, and to which of the two."""
    row = {"relation": "better_relative", "relative": "anilist 9"}
    assert told(row, {"related": (("SIDE_STORY", "9"),)})[1] == [
        "anilist 9 fits better, which anilist lists as another work of the same series: "
        "anilist lists anilist:9 as side story of anilist:1"
    ]


def test_formats_that_differ_speak_against():
    """As the row says, since it knows which formats stand for one another."""
    assert "MOVIE and TV are different formats" in told({"format_compatible": False}, {"format": "MOVIE"})[1]


def test_what_one_side_does_not_state_speaks_neither_way():
    """A bare record against one that states everything."""
    everything = {
        "studios": ("Wit",),
        "duration_minutes": 24.0,
        "source_material": "MANGA",
        "claimed": (("myanimelist", "5"),),
    }
    bare = {"start_date": None, "start_date_precision": None, "start_year": None, "episodes": None, "format": None}
    row = {"left_title": None, "format_compatible": None}
    assert told(row, everything, bare) == ([], [])


def test_every_veto_is_named_by_its_sentence():
    """Also one of a later version, by its name."""
    row = ROW | {"vetoes": [veto.name for veto in VETOES] + ["of_another_version"]}
    found = arguments(row, record(), record("kitsu"))
    assert found.rules_out == [*(veto.sentence for veto in VETOES), "of another version"]


def test_a_row_of_a_comparison_is_enough():
    """The columns that matching gives are those that are read."""
    left = claiming(record("anilist", "1", "Hana no Uta"), record("kitsu", "2"))
    right = record("kitsu", "2", "Hana no Uta 2", episodes=24, start_date=date(2016, 4, 4), start_year=2016)
    found = arguments(compare(left, right), left, right)
    assert "anilist:1 names kitsu:2 as its counterpart" in found.speaks_for
    assert {"12 against 24 episodes", "only one calls itself number 2 of a series"} <= set(found.speaks_against)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "2014-01-06"),
        ({"start_date_precision": None}, "2014-01-06"),
        ({"start_date_precision": "month"}, "2014-01"),
        ({"start_date_precision": "year"}, "2014"),
        ({"start_date_precision": "season", "season": "SPRING", "start_date": date(2014, 4, 1)}, "spring 2014"),
        ({"start_date": None}, "2014"),
        ({"start_date": None, "start_year": None}, ""),
    ],
)
def test_a_start_is_told_as_exactly_as_it_is_stated(facts, said):
    """No day that nobody stated."""
    assert starts(record(**facts)) == said

"""The evidence of a pair."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.corpus import build_corpus
from matching.features import FEATURES, gather_evidence
from matching.titlefeatures import place_relation
from matching.weights import load_weights
from tests.matching.worlds import record

RARITY = load_weights().rarity


def evidence(one, other):
    """The features of the pair of two records as a mapping."""
    found = gather_evidence(build_corpus([one, other]), np.array([[0, 1]]), RARITY)
    return dict(zip(FEATURES, found.values[0].tolist(), strict=True))


def test_no_pairs_have_no_evidence():
    """The shape holds for nothing."""
    assert gather_evidence(build_corpus([]), np.empty((0, 2), dtype=np.int64), RARITY).values.shape == (
        0,
        len(FEATURES),
    )


def test_unknown_values_are_nan_and_not_zero():
    """Absent is never agreement."""
    found = evidence(record("a", "1"), record("b", "1", episodes=None, format=None, start_date=None, start_year=None))
    for name in ("base_best", "date_gap", "year_gap", "episodes_gap", "format_same", "popularity_less"):
        assert np.isnan(found[name]), name


def test_spelling_variants_have_an_equal_key():
    """Romanisation and the way of counting seasons do not matter."""
    found = evidence(record("a", "1", "Kyou no Hana 2nd Season"), record("b", "1", "Kyo no Hana II"))
    assert (found["keys_equal"], found["base_best"], found["season_relation"]) == (1, 1, 2)


@pytest.mark.parametrize(
    ("left", "right", "column", "value"),
    [
        ("Hana 2", "Hana 3", "season_relation", -1),
        ("Hana", "Hana 3", "season_relation", 0),
        ("Hana", "Hana Season 1", "season_relation", 1),
        ("Hana Part 2", "Hana Part 3", "part_relation", -1),
        ("Hana (2001)", "Hana (2019)", "year_mark_relation", -1),
        ("Hana!!", "Hana!", "marks_relation", -1),
        ("Hana°", "Hana", "marks_relation", 0),
        ("Hana!!", "Hana!!", "marks_relation", 1),
        ("Hana Movie", "Hana", "movie_differs", 1),
        ("7 Hana", "8 Hana", "numbers_relation", -1),
        ("Hana: Aki", "Other: Aki", "tail_best", 1),
        ("Hana: Akizora", "Akizora", "tail_whole", 1),
        ("Hanazono: Akizora", "Hanazono", "head_whole", 1),
        ("Hanazono 2: Akizora", "Hanazono 2nd Season", "head_in_season", 1),
        ("Hanazono 2: Akizora", "Hanazono 3rd Season", "head_in_season", 0),
        ("Hanazono (2019)", "Hanazono", "title_year_gap", 5),
    ],
)
def test_what_titles_say_about_the_place_in_a_series(left, right, column, value):
    """Each kind of agreement and conflict has its column."""
    assert evidence(record("a", "1", left), record("b", "1", right))[column] == value


def test_a_season_that_stands_only_in_a_synonym_is_found():
    """The names agree without it, and both say it somewhere."""
    found = evidence(record("a", "1", "Hana: Aki", "Flower 3"), record("b", "1", "Hana Aki no Sora", "Blume Season 3"))
    assert found["seasons_stated"] == 1


def test_words_of_any_title_count_as_shared():
    """The rarer they are, the more; and a share of one means that the lesser record says nothing else."""
    one, other = record("a", "1", "Yukigesho Hana", "Blossoms"), record("b", "1", "Blossoms", "Kaze")
    found, common = evidence(one, other), evidence(record("a", "1", "no"), record("b", "1", "no"))
    assert found["words_shared"] > common["words_shared"] > 0
    assert found["words_shared_part"] < common["words_shared_part"] == 1


def test_the_main_titles_are_looked_for_among_all_of_the_other():
    """How alike the better found main title is, and the other."""
    found = evidence(record("a", "1", "Yuki", "Hana"), record("b", "1", "Hana", "Kaze"))
    assert found["mains_more"] == 1
    assert found["mains_less"] < 0.5


def test_makers_and_lengths_are_compared_where_both_are_known():
    """Any studio in common counts, whatever its case; silence is no difference."""
    one = record("a", "1", "Hana", studios=("Madhouse", "MAPPA"), duration_minutes=24, source_material="MANGA")
    other = record("b", "1", "Hana", studios=("Mappa",), duration_minutes=3, source_material="GAME")
    found, silent = evidence(one, other), evidence(one, record("b", "1", "Hana"))
    assert (found["studios_shared"], found["duration_gap"], found["material_same"]) == (1, 21, 0)
    assert all(np.isnan(silent[name]) for name in ("studios_shared", "duration_gap", "material_same"))


def test_whole_multiples_of_episodes_are_told_from_other_numbers():
    """Halves of a series are often listed as one; 12 and 13 episodes are no such thing."""
    assert evidence(record("a", "1"), record("b", "1", episodes=36))["episodes_multiple"] == 3
    assert evidence(record("a", "1"), record("b", "1", episodes=13))["episodes_multiple"] == 0


def test_a_synonym_of_two_works_of_one_source_is_no_evidence():
    """As if nobody carried it; one that a single work carries, and a name of the source's own, are compared."""
    one, two = record("a", "1", "Yukigesho no Hana"), record("a", "2", "Kaze Tachinu Machi")
    other = record("b", "1", "Snow Flower")

    def seen(*records):
        return gather_evidence(build_corpus([*records, other]), np.array([[0, 2], [1, 2]]), RARITY)

    also = [replace(each, titles=(*each.titles, "Snow Flower"), synonyms=("Snow Flower",)) for each in (one, two)]
    assert np.array_equal(seen(*also).values, seen(one, two).values, equal_nan=True)
    assert seen(also[0], two).column("keys_equal").tolist() == [1, 0]
    assert seen(also[0], replace(two, titles=("Snow Flower",))).column("keys_equal").tolist() == [0, 1]


def test_an_unrelated_record_changes_no_evidence():
    """What two records say of each other depends on these two alone."""
    one, other = record("a", "1", "Yukigesho Hana 2"), record("b", "1", "Yukigeshou no Hana: Aki", slug="yuki-2")
    alone = gather_evidence(build_corpus([one, other]), np.array([[0, 1]]), RARITY)
    corpus = build_corpus([one, record("a", "2", "Kaze Hana"), other, record("c", "1", "Yukigesho Hana 2")])
    among = gather_evidence(corpus, np.array([[0, 1], [0, 2], [1, 2]]), RARITY)
    assert np.array_equal(alone.values[0], among.values[1], equal_nan=True)


def test_both_sides_are_looked_at_alike():
    """With the sources' names exchanged every feature is the same."""
    one = record("a", "1", "Yukigesho Hana 2nd Season", "Blossoms", episodes=12, popularity=900)
    other = record("b", "1", "Yukigesho Hana Season Two: Aki", episodes=24, start_date=date(2014, 4, 1), popularity=50)
    swapped = evidence(replace(other, source="a"), replace(one, source="b"))
    assert evidence(one, other) == pytest.approx(swapped, nan_ok=True)


def test_dates_are_as_far_apart_as_they_must_be():
    """A day within the other's season is no distance; one after it is counted from its end."""
    day = {"start_date": date(2014, 4, 10)}
    season = {"start_date": date(2014, 1, 1), "start_date_precision": "season"}
    assert evidence(record("a", "1"), record("b", "1", **season))["date_gap"] == 0
    assert evidence(record("a", "1", **day), record("b", "1", **season))["date_gap"] == 10


def test_the_ids_themselves_are_no_evidence():
    """Two records with equal ids look like two with different ids."""
    left, right = record("a", "7", "Hana"), record("b", "7", "Yuki")
    assert evidence(left, right) == pytest.approx(evidence(left, record("b", "8", "Yuki")), nan_ok=True)


def test_place_relations():
    """Same, silent, open, contradictory."""
    assert place_relation(np.array([2, 0, 0, 2]), np.array([2, 1, 2, 3])).tolist() == [2, 1, 0, -1]

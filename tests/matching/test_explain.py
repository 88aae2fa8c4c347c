"""Reasons a fan understands."""

import pytest

from matching.explain import sentence

ROW = {
    "left_source": "anilist",
    "right_source": "kitsu",
    "decision": "match",
    "cross_id": "absent",
    "vetoes": [],
    "veto_sentences": [],
    "left_title": "Hana",
    "right_title": "Hana",
    "title_exact": True,
    "title_similarity": 1.0,
    "season_left": None,
    "season_right": None,
    "days_apart": 0,
    "year_difference": 0,
    "episodes_left": 12,
    "episodes_right": 12,
    "format_compatible": True,
}


def test_a_match_says_what_agrees():
    """Title, start and episodes."""
    assert sentence(ROW) == "One anime: both are called “Hana”, starts that agree, 12 episodes each."


def test_a_veto_is_the_reason():
    """Before everything else."""
    row = ROW | {"decision": "no_match", "vetoes": ["x"], "veto_sentences": ["they began more than five years apart"]}
    assert sentence(row).startswith("Not one anime: they began more than five years apart (both are called")


def test_a_better_record_is_named():
    """The pair was good, another was better."""
    row = ROW | {"decision": "no_match", "season_left": 2, "title_exact": False, "title_similarity": 0.9}
    text = sentence(row, "kitsu 8")
    assert text.startswith("Not one anime: kitsu 8 fits better; here “Hana” and “Hana” are 90 % alike")
    assert "only one says it is number 2" in text


def test_a_third_record_that_keeps_two_apart_is_named():
    """It stands in the place of neither; only one of the two is the same as it."""
    text = sentence(ROW | {"decision": "no_match"}, "myanimelist 8")
    assert text.startswith("Not one anime: myanimelist 8 is the same as only one of the two; here both are called")


def test_that_nobody_else_comes_into_question_is_said_of_matches_alone():
    """And of the other's source alone: a third one may well hold another likely counterpart."""
    said = "neither has another likely counterpart in the other's source"
    assert said in sentence(ROW | {"alone": True})
    assert said not in sentence(ROW | {"alone": True, "decision": "no_match"}, "myanimelist 8")


def test_every_fact_has_its_words():
    """Seasons, distances, formats, cross ids and what is unknown."""
    row = ROW | {
        "decision": "review",
        "cross_id": "contradicts",
        "season_left": 2,
        "season_right": 3,
        "days_apart": 1,
        "episodes_right": 1,
        "format_compatible": False,
    }
    text = sentence(row)
    for words in ("numbers 2 and 3", "at least 1 day apart", "12 against 1 episodes", "formats differ", "elsewhere"):
        assert words in text
    assert "Unsure" in text
    assert "4 months" in sentence(ROW | {"days_apart": 120})
    assert "10 years" in sentence(ROW | {"days_apart": 3650})
    assert "the start of one is unknown" in sentence(ROW | {"days_apart": None, "year_difference": None})
    assert "no titles" in sentence(ROW | {"left_title": None})
    assert "both are number 2" in sentence(ROW | {"season_left": 2, "season_right": 2})
    assert "names the other's id" in sentence(ROW | {"cross_id": "agrees"})
    assert "episodes" not in sentence(ROW | {"episodes_left": None})
    assert "one episode each" in sentence(ROW | {"episodes_left": 1, "episodes_right": 1})
    assert "the same studio" in sentence(ROW | {"studios_shared": True})
    assert "different studios" in sentence(ROW | {"studios_shared": False})
    assert "studio" not in sentence(ROW | {"studios_shared": None})
    assert "one is 20 minutes longer" in sentence(ROW | {"duration_difference": -20.0})
    assert "minutes" not in sentence(ROW | {"duration_difference": 2.0})
    relation = {"relation": "better_relative", "relative": "kitsu 3"}
    assert "kitsu 3 fits better, which kitsu lists as another work" in sentence(ROW | relation)


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (("Hana 100", 100), ("Hana 100", 100), "both carry the number 100"),
        (("Hana 100", 100), ("Hana 99", 99), "the numbers 100 and 99"),
        (("Hana 100", 100), ("Hana", None), "only one carries the number 100"),
        (("Hana 009", 9), ("Hana 009", 9), "both carry the number 9"),
        (("Hana Season 02", 2), ("Hana 2", 2), "both are number 2 of their series"),
        (("Hana 12", 12), ("Hana", None), "only one says it is number 12"),
        (("Hana 1", 1), ("Hana", None), ""),
    ],
)
def test_a_number_that_is_part_of_a_name_is_no_place_in_a_series(left, right, said):
    """Series have few seasons, and nobody counts these with two zeros before."""
    row = ROW | {"left_title": left[0], "season_left": left[1], "right_title": right[0], "season_right": right[1]}
    text = sentence(row)
    assert said in text
    assert ("number" in text) == bool(said)


def test_an_agreeing_cross_id_is_said_whichever_way_it_went():
    """It opens the reason of a match, and does not hide that it did not suffice."""
    assert sentence(ROW | {"cross_id": "agrees"}).startswith("One anime: one record names the other's id, and the rest")
    refused = sentence(ROW | {"cross_id": "agrees", "decision": "no_match"}, "kitsu 8")
    assert refused.endswith("although one record names the other's id.")


def test_columns_of_another_version_are_not_missed():
    """A decision alone is enough for a sentence."""
    assert sentence({"decision": "match"}) == "One anime: no titles to compare, the start of one is unknown."


def test_titles_that_are_spelt_differently_are_shown_as_they_are():
    """Case is no difference to a reader, a sign is."""
    assert "both are called “HANA”" in sentence(ROW | {"left_title": "HANA"})
    assert "“Hana no Uta” and “Hana-no-Uta” are one title but for the spelling" in sentence(
        ROW | {"left_title": "Hana no Uta", "right_title": "Hana-no-Uta"}
    )


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("Hana", "Hana The Movie", "are the same name, but one calls itself a movie"),
        ("Hana OVA", "Hana (Movie)", "are the same name, but one calls itself an OVA and the other a movie"),
        ("Hana TV", "Hana", "are the same name, but one calls itself a TV series"),
        ("K-Hana!", "K-Hana!!", "are the same name with other marks"),
        ("Hana", "Hana'", "are the same name with other marks"),
        ("Hana", "Hana! OVA", "are the same name with other marks, but one calls itself an OVA"),
    ],
)
def test_kinds_and_marks_that_differ_are_no_matter_of_spelling(left, right, said):
    """They tell works apart, though matching counts the names as equal."""
    assert f"“{left}” and “{right}” {said}," in sentence(ROW | {"left_title": left, "right_title": right})


def test_titles_that_differ_are_never_wholly_alike():
    """Nearly all is not all."""
    row = ROW | {"right_title": "Hana O", "title_exact": False, "title_similarity": 0.998}
    assert "“Hana” and “Hana O” are 99 % alike" in sentence(row)

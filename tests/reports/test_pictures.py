"""Every picture draws whatever the data is, says what is seen, and stays small."""

import base64
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from reports.facts import check_words
from reports.pictures import PICTURES, Tables, shown
from reports.style import INK, as_svg, for_image, for_page, in_style, named, new_axes
from tests.sql.publishing import publish_world
from warehouse.build import fetch

QUERIES = sorted({query for picture in PICTURES.values() for query in picture.queries})


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The rows behind every picture in a small published world."""
    with publish_world(tmp_path_factory.mktemp("pictures")).reader() as con:
        return {query: fetch(con, f"reports/{query}").to_pandas() for query in QUERIES}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_well_formed_small_and_explained(name: str, tables: Tables) -> None:
    """Of a world of four anime, each picture there are rows for is XML, and its sentence is whole."""
    picture = shown(name, tables)
    assert re.fullmatch(r"[^\n{}]+\.", picture.sentence)
    assert "nan" not in picture.sentence
    if picture.svg:
        assert ET.fromstring(picture.svg).get("role") == "img"  # noqa: S314 - our own
        assert len(base64.b64encode(for_image(picture.svg).encode())) < 60_000
        assert "mathdefault" not in picture.svg


@pytest.mark.parametrize("name", PICTURES)
def test_where_there_are_no_rows_a_sentence_says_so(name: str, tables: Tables) -> None:
    """No picture, and no error."""
    picture = shown(name, {query: frame.iloc[:0] for query, frame in tables.items()})
    assert (picture.svg, picture.sentence) == ("", PICTURES[name].absent)


def test_most_pictures_have_something_to_show_here(tables: Tables) -> None:
    """The small world has no times, no cross ids and no genres, and fewer ratings than some pictures want."""
    silent = {name for name in PICTURES if not shown(name, tables).svg}
    unknown = {"ratings_by_month", "ratings_by_weekday", "match_calibration"}
    too_few = {"score_agreement", "genre_pairs", "genre_frequency"}
    assert silent <= unknown | too_few


def test_sentences_are_computed_from_the_rows() -> None:
    """Other rows, other words."""
    rows = pd.DataFrame({"source": ["kitsu"] * 3, "rating": [5, 8, 9], "ratings": [10, 60, 30]})
    assert shown("rating_distribution", {"rating_distribution": rows}).sentence == (
        "The most frequent score is 8; 90 % are 7 or more."
    )
    rows = rows.assign(ratings=[70, 20, 10])
    assert shown("rating_distribution", {"rating_distribution": rows}).sentence == (
        "The most frequent score is 5; 30 % are 7 or more."
    )


def test_numbers_in_a_picture_keep_their_digits() -> None:
    """Only coordinates are cut to hundredths: a word, be it in a title or at a tick, says what the sentence says."""
    with in_style():
        axes = new_axes()
        axes.plot([0, 1], [0, 1 / 3])
        axes.set_yticks([0.125], ["0.125"])
        named(axes, "Gini 0.756")
        svg = as_svg(axes.figure, "one")
    assert ">Gini 0.756<" in svg
    assert ">0.125<" in svg
    assert not re.search(r"<[^>!]*\.\d{3}[^>]*>", svg)


def test_a_picture_counts_what_it_shows() -> None:
    """Anime without a year are in no area of the catalogue by year; the sentence counts them."""
    rows = pd.DataFrame({"start_year": [2019, 2020, None], "format": ["TV"] * 3, "anime": [30, 40, 5]})
    picture = shown("formats_by_year", {"formats_by_year": rows})
    assert "(n = 70 anime)" in picture.svg
    assert picture.sentence.endswith("with the most anime (40) in 2020; 5 anime have no known year.")


def test_shares_of_a_proposal_are_not_called_those_of_the_score() -> None:
    """Where a second stage puts proposals in order, what it looks at is in none of the shares."""
    rows = pd.DataFrame({"rank": [1, 2], "recommendations": [9, 9], "content": [0.25, 0.25], "popularity": [0.0, 0.0]})
    rows = rows.assign(collaborative=0.75, has_second_stage=False)
    rest = "75 % of a score is collaborative; 25 % content and 0 % popularity."
    assert shown("recommendation_shares", {"recommendation_shares": rows}).sentence == f"On average {rest}"
    assert shown("recommendation_shares", {"recommendation_shares": rows.assign(has_second_stage=True)}).sentence == (
        f"On average {rest.replace('a score', 'a proposal')} "
        "A second stage, which looks at more, puts the proposals in order."
    )


def test_one_table_breaks_and_two_tables_break() -> None:
    """The verb goes with the number."""
    checks = pd.DataFrame({"checks": [3, 2], "errors": [0, 0], "warnings": [1, 0], "failing_rows": [1, 0]})
    assert check_words(checks) == "1 of 2 tables breaks a rule, in 1 row altogether."
    assert check_words(checks.assign(warnings=1)) == "2 of 2 tables break a rule, in 1 row altogether."


def test_names_from_outside_cannot_leave_the_picture() -> None:
    """A genre that looks like a tag, or like mathematics, is text."""
    names = ["<script>alert(1)</script>", "$x^2$"]
    rows = pd.DataFrame({"genre": names, "anime": [3, 2], "ratings": [0, 0], "mean_rating": [None, None]})
    svg = shown("genre_frequency", {"genres": rows}).svg
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert "$x^2$" in svg


def test_the_same_rows_are_drawn_once_and_alike(tables: Tables) -> None:
    """A picture depends on its rows alone: drawn again it is the same to the byte."""
    first = shown("long_tail", tables)
    assert shown("long_tail", tables) is first
    other = {**tables, "long_tail": tables["long_tail"].assign(ratings=7)}
    assert shown("long_tail", other).svg != first.svg
    assert shown("long_tail", tables) == first


def test_ink_follows_the_page_and_stands_on_white_in_an_image(tables: Tables, tmp_path: Path) -> None:
    """On a page words take the colour of its text; as an image they stand on white, with a width."""
    svg = shown("user_activity", tables).svg
    assert INK in svg
    assert INK not in for_page(svg)
    assert "currentColor" in for_page(svg)
    image = ET.fromstring(for_image(svg))  # noqa: S314 - our own
    assert image.get("width") == "720"
    assert image[0].get("fill") == "#ffffff"

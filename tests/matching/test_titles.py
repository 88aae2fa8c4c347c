"""Names and places in a series."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.normalise import normalise_all
from matching.titles import KINDS, ParsedTitle, parse
from matching.titletable import title_table
from tests.matching.worlds import record

#: signs that Python calls digits and `int` refuses
ODD_DIGITS = [sign for sign in map(chr, range(sys.maxunicode)) if sign.isdigit() and not sign.isdecimal()]
WORDS = st.one_of(
    st.text(max_size=8),
    st.text(st.sampled_from(ODD_DIGITS), min_size=1, max_size=2),
    st.sampled_from(("Hana", "Season", "2nd", "Part", "Dai", "II", "TV", ":", "第", "期")),
)


def read(title: str) -> ParsedTitle:
    """A title as given, taken apart."""
    return parse(*normalise_all([title]))


@pytest.mark.parametrize(
    "title",
    [
        "Hana 2nd Season", "Hana Season 2", "Hana Season II", "Hana: Second Season", "Hana S2", "Hana 2", "Hana II",
        "Hana Dai 2 Ki", "Hana 第2期", "Hana Di Er Ji", "Hana 2nd", "Hana Second", "Hana season2", "Hana (TV 2)",
        "Hana 2: Aki", "Hana 2nd Stage", "Hana ٢", "Hana ❷", "Hana Season ፪",
    ],
)  # fmt: skip
def test_every_way_to_say_the_second_season_reads_alike(title):
    """The name is the same, the season is 2."""
    parsed = read(title)
    assert (parsed.base[0], parsed.season, parsed.part) == ("hana", 2, 0)


@pytest.mark.parametrize(
    ("title", "season", "part", "year"),
    [
        ("Hana Part 2", 0, 2, 0),
        ("Hana 2nd Cour", 0, 2, 0),
        ("Hana Kouhen", 0, 2, 0),
        ("Hana (Zen)", 0, 1, 0),
        ("Hana Part B", 0, 2, 0),
        ("Hana Season 3 Part 2", 3, 2, 0),
        ("Hana Dai 3 Shou", 0, 3, 0),
        ("Hana San no Shou", 0, 3, 0),
        ("Hana (2019)", 0, 0, 2019),
        ("Hana 100 II", 2, 0, 0),
        ("Hana 3: Aki 2", 2, 0, 0),
        ("Hana 2nd Season 2", 2, 0, 0),
        ("Hana 3rd Season 2nd Cour", 3, 2, 0),
        ("Hana 2 Part 2", 2, 2, 0),
        ("Hana II Part 2", 2, 2, 0),
        ("Hana 2: Part 3", 2, 3, 0),
        ("Hana 2 2nd Cour", 2, 2, 0),
        ("Hana the Third Part 4", 0, 4, 0),
        ("Hana 100 Season 2", 2, 0, 0),
        ("Hana 100 2nd Season", 2, 0, 0),
        ("Hana Third Season 2nd Part", 3, 2, 0),
        ("Hana", 0, 0, 0),
    ],
)
def test_seasons_parts_and_years_are_told_apart(title, season, part, year):
    """Each number lands where it belongs, and unstated is 0."""
    parsed = read(title)
    assert (parsed.season, parsed.part, parsed.year) == (season, part, year)


@pytest.mark.parametrize("title", ["86", "1999", "7 Hana", "X", "Hana V", "Season", "Ii Hana"])
def test_numbers_that_are_names_stay_names(title):
    """A title of a number only, a number in front, and single letters are no seasons."""
    parsed = read(title)
    assert parsed.base
    assert parsed.season == 0


def test_words_for_the_kind_of_thing_leave_the_name_but_are_remembered():
    """Movie, TV and OVA are said by some sources and not by others; specials and finals are other works."""
    assert read("Hana the Movie").base == read("Hana").base
    assert read("Hana the Movie").kinds == KINDS["movie"]
    assert read("Hana Special").base == ("hana", "special")
    assert read("Hana Final Season").kinds == KINDS["final"]


def test_the_head_ends_where_the_subtitle_begins():
    """Without a subtitle the head is the whole name."""
    assert read("Hana no Yuki: Aki").head == 3
    assert read("Hana 3: Aki 2").head == 2
    assert read("Hana no Yuki").head == 3


@pytest.mark.parametrize("title", ["Bing Hua Zhi Qi You Ji", "Bing Hua: Qi You Ji"])
def test_the_chinese_of_parts_a_name_from_its_subtitle(title):
    """之 in Latin letters is what other sources write as a colon."""
    parsed = read(title)
    assert (parsed.base, parsed.head) == (("bing", "hua", "qi", "you", "ji"), 2)


@pytest.mark.parametrize("title", ["Zhi Hua", "Hua Zhi"])
def test_the_chinese_of_with_nothing_on_one_side_is_a_word_of_the_name(title):
    """There is no name, or no subtitle, that it could part."""
    assert read(title).base == tuple(title.lower().split())


@given(st.lists(WORDS, max_size=6).map(" ".join))
def test_no_title_is_too_odd_to_read(title):
    """Whatever signs it is made of: one title that could not be read would stop all others."""
    table, _ = title_table([record("a", "1", title)], np.zeros(1, dtype=np.int64))
    assert len(table.text) == len(table.base) == len(table.numbers)

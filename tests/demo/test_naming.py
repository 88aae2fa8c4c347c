"""How sequels are numbered and names respelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.naming import ARC, MANNERS, PHRASINGS, PLAIN, entitle, ordinal, rephrase, respell, slug_of
from demo.titles import Title

BASE = Title("Tamiru no Hoshi", "The Star of Tamiru", "タミルの星")
SUBTITLE = Title("Yoru-hen", "Night Arc", "夜編")


def test_a_second_season_is_numbered_in_the_ways_that_catalogues_use() -> None:
    """The styles of a plain second season give 2nd Season, 2, II and Season 2."""
    romaji = [entitle(style, BASE, 2, None, 2020, 1).romaji for style in PLAIN["season"]]
    endings = {text.removeprefix("Tamiru no Hoshi ") for text in romaji}
    assert endings == {"2nd Season", "2", "II", "Season 2"}


def test_a_first_film_has_no_number() -> None:
    """Number 1 of films and the like is not written, and leaves no space at the end."""
    title = entitle(PLAIN["movie"][0], BASE, 1, None, 2020, 1)
    assert title == Title("Tamiru no Hoshi Movie", "The Star of Tamiru the Movie", "劇場版 タミルの星")


def test_a_subtitle_takes_the_place_of_the_number() -> None:
    """The commonest style of a season with a subtitle is "name: subtitle"."""
    title = entitle(ARC["season"][0], BASE, 3, SUBTITLE, 2020, 1)
    assert title == Title("Tamiru no Hoshi: Yoru-hen", "The Star of Tamiru: Night Arc", "タミルの星 夜編")


def test_every_style_can_be_written() -> None:
    """Each style of each role gives three titles without a brace left over."""
    for styles, arc in ((PLAIN, None), (ARC, SUBTITLE)):
        for style in (style for table in styles.values() for style in table):
            title = entitle(style, BASE, 4, arc, 2021, 3)
            assert not any("{" in text or "  " in text for text in (title.romaji, title.english, title.native))


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals_are_english(number: int, text: str) -> None:
    """1st, 2nd, 3rd, then th, with the exceptions of eleven to thirteen."""
    assert ordinal(number) == text


def test_respelling_changes_what_its_manner_says() -> None:
    """Vowels are shortened or marked, words joined, capitals or an older system used, letters lost."""
    name = "Kyou wo Mamoru Tsubame-chan!"
    assert respell(name, 0) == name
    assert respell(name, 1) == "Kyo wo Mamoru Tsubame-chan!"
    assert respell(name, 2) == "Kyō o Mamoru Tsubame-chan!"
    assert respell(name, 3) == "KYOU WO MAMORU TSUBAME-CHAN!"
    assert respell(name, 4) == "Kyouwo Mamoru Tsubame-chan!"
    assert respell(name, 5) == "Kyou wo Mamoru Tsubame-chan"
    assert respell("Hashitsu", 6) == "Hasitu"
    assert respell(name, 7) == "Kyouwo Mamoru Tsubame-chan!"
    assert respell("Tokimeki", 8) == "Tokieki"
    assert respell("Karu: Yoru-hen", 9) == respell("Karu wa Neko wo Mamoritai", 9) == "Karu"


def test_rephrasing_keeps_the_meaning() -> None:
    """Articles, "and", the possessive and the order of halves vary between translators."""
    assert rephrase("Night and Day", 1) == "Night & Day"
    assert rephrase("The Ship of Karu", 2) == "Ship of Karu"
    assert rephrase("The Ship of Karu", 3) == "Karu's Ship"
    assert rephrase("Karu's Ship", 3) == "The Ship of Karu"
    assert rephrase("Karu: The Red Fox", 4) == "The Red Fox Karu"
    assert rephrase("Karu Became a Fox", 5) == "Karu Is Now a Fox"


@given(st.text(max_size=30), st.integers(0, max(MANNERS, PHRASINGS)))
def test_any_text_can_be_respelled(text: str, manner: int) -> None:
    """No text breaks a manner, and manner 0 gives it back."""
    assert isinstance(respell(text, manner), str)
    assert isinstance(rephrase(text, manner), str)
    assert respell(text, 0) == rephrase(text, 0) == text


def test_a_slug_is_plain() -> None:
    """Lower case, dashes, nothing else."""
    assert slug_of("Kyō no Hon's: II!") == "kyo-no-hons-ii"

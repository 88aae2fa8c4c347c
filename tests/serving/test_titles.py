"""Finding the anime that somebody means."""

import pytest

from serving.errors import UnknownTitleError
from serving.titles import TitleIndex


@pytest.mark.parametrize(
    "words",
    [
        "Clockwork Harbor",
        "clockwork  HARBOR",
        "Tokei no Minato",
        "時計の港",
        "Clockwork Harbor!",
        "clockwork-harbor",
    ],
)
def test_a_title_is_found_in_every_language_whatever_the_case(index: TitleIndex, words: str) -> None:
    """All of these are the first anime, exactly, although a sequel begins with the same words."""
    match = index.find(words)
    assert (match.title.anime_key, match.how) == (1, "exactly")


def test_among_namesakes_the_more_popular_one_is_taken_and_the_other_named(index: TitleIndex) -> None:
    """Both are called Lantern; the series has 800 people, the film 10."""
    match = index.find("lantern")
    assert match.title.label == "Lantern (TV, 2004)"
    assert [other.label for other in match.others] == ["Lantern (MOVIE, 1999)"]


def test_the_spelling_decides_between_titles_that_differ_by_a_sign(index: TitleIndex) -> None:
    """With the sign it is the second series, although the first is more popular."""
    assert index.find("Silver Kite'").title.anime_key == 6
    assert index.find("Silver Kite").title.anime_key == 5


def test_the_beginning_of_a_title_is_enough(index: TitleIndex) -> None:
    """No title is called Clockwork; two begin so, and the more popular is taken."""
    match = index.find("Clockwork")
    assert (match.title.anime_key, match.how) == (1, "by its beginning")
    assert [other.anime_key for other in match.others] == [2]


def test_half_a_word_is_no_beginning(index: TitleIndex) -> None:
    """`Clock` could be anything; what is near is suggested, not taken."""
    with pytest.raises(UnknownTitleError, match="Nearest: Clockwork Harbor"):
        index.find("Cloc")


@pytest.mark.parametrize("words", ["Clokwork Harbor", "Harbor Clockwork", "Clockwork Harbour"])
def test_a_slip_of_the_pen_is_forgiven(index: TitleIndex, words: str) -> None:
    """A wrong letter or another order of words still finds it, and says that it is only near."""
    match = index.find(words)
    assert (match.title.anime_key, match.how) == (1, "as the nearest title")


def test_words_that_name_nothing_get_suggestions(index: TitleIndex) -> None:
    """The nearest titles stand in the message, which also repeats the words."""
    with pytest.raises(UnknownTitleError, match=r"'Lanterns of the Moon'.*Nearest: Lantern"):
        index.find("Lanterns of the Moon")


@pytest.mark.parametrize("words", ["", "   ", "!?"])
def test_words_without_letters_are_refused(index: TitleIndex, words: str) -> None:
    """There is nothing to search for."""
    with pytest.raises(UnknownTitleError, match="no letter or digit"):
        index.find(words)


def test_an_empty_catalogue_says_that_nothing_is_near() -> None:
    """No title, no suggestion."""
    with pytest.raises(UnknownTitleError, match="Nothing comes near"):
        TitleIndex([]).find("anything")

"""The word list is whole."""

from demo.words import ADJECTIVES, NOUNS, PEOPLE, PLACES, SYLLABLES, THINGS


def test_every_word_is_there_in_all_three_languages() -> None:
    """Nouns and adjectives have romaji, Japanese script and English; syllables have the first two."""
    assert len(NOUNS) > 80
    assert len(ADJECTIVES) > 25
    assert len(SYLLABLES) > 50
    assert all(word.romaji and word.native and word.english for word in NOUNS + ADJECTIVES)
    assert all(word.romaji and word.native for word in SYLLABLES)


def test_no_word_stands_in_the_list_twice() -> None:
    """A noun has one meaning, and people, places and things are nouns of their own."""
    assert len({word.romaji for word in NOUNS}) == len(NOUNS)
    assert PEOPLE
    assert PLACES
    assert THINGS
    assert not set(PEOPLE) & set(PLACES)
    assert not set(PLACES) & set(THINGS)

"""Romanisation variants made one."""

import pytest

from matching.romaji import fold, is_written_in_kana, romanise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kyou", "kyo"),
        ("ookami", "okami"),
        ("kaze wo", "kaze o"),
        ("kore ha", "kore wa"),
        ("tsuki", "tuki"),
        ("shinshi", "sinsi"),
        ("chikara", "tikara"),
        ("fuyu", "huyu"),
        ("jikan", "zikan"),
        ("dzurui", "zurui"),
        ("senpai", "sempai"),
        ("matcha", "maccha"),
        ("feng zhuan", "feng chuan"),
    ],
)
def test_variants_of_one_word_fold_to_one_form(one, other):
    """Long vowels, particles, Hepburn and Kunrei, nasals before labials, Chinese readings."""
    assert fold(one) == fold(other)


def test_different_words_stay_different():
    """Folding does not erase what tells words apart."""
    assert len({fold(word) for word in ("hana", "hane", "hina", "bana", "sana")}) == 5


def test_folding_a_list_as_one_text_keeps_its_lines():
    """Line breaks stay where they are."""
    assert fold("kyou\ntsuki").split("\n") == [fold("kyou"), fold("tsuki")]


@pytest.mark.parametrize(
    ("kana", "letters"),
    [
        ("カタナ", "katana"),
        ("きょう", "kyou"),
        ("しゃしん", "shashin"),
        ("ロック", "rokku"),
        ("ファン", "fan"),
        ("ギター", "gita"),
    ],
)
def test_kana_is_written_out(kana, letters):
    """Small and doubled characters included; length marks are dropped."""
    assert romanise(kana) == letters


def test_only_kana_can_be_read_without_a_dictionary():
    """Chinese characters and Latin titles are left alone."""
    assert is_written_in_kana("ギター love")
    assert not is_written_in_kana("氷のギター")
    assert not is_written_in_kana("guitar")

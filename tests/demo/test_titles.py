"""Invented titles in three languages."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from demo.titles import make_arcs, make_handles, make_studios, make_titles


@given(st.integers(0, 10_000), st.integers(1, 300))
def test_no_two_franchises_are_called_the_same(seed: int, count: int) -> None:
    """Every title has its own romaji, upper and lower case apart."""
    titles = make_titles(np.random.default_rng(seed), count)
    assert len({title.romaji.lower() for title in titles}) == len(titles) == count


def test_titles_stay_distinct_in_a_big_world() -> None:
    """20,000 titles are 20,000 different ones."""
    assert len({title.romaji for title in make_titles(np.random.default_rng(3), 20_000)}) == 20_000


def test_a_title_says_the_same_in_three_languages() -> None:
    """Romaji and English are in Latin letters, the native title has Japanese script."""
    for title in make_titles(np.random.default_rng(0), 200):
        assert title.romaji.isascii()
        assert title.english.isascii()
        assert not title.native.isascii()


def test_studios_and_handles_are_all_different() -> None:
    """Names of studios and viewers never repeat, not even among thousands."""
    rng = np.random.default_rng(1)
    assert len(set(make_studios(rng, 500))) == 500
    assert len(set(make_handles(rng, 20_000))) == 20_000


def test_a_handle_can_stand_in_a_csv_file() -> None:
    """A viewer's name is lower-case letters and digits, nothing that needs quotes."""
    assert all(handle.isalnum() and handle == handle.lower() for handle in make_handles(np.random.default_rng(2), 100))


def test_arcs_have_names_in_three_languages() -> None:
    """A subtitle is never empty in any language."""
    assert all(arc.romaji and arc.english and arc.native for arc in make_arcs(np.random.default_rng(1), 300))

"""Python's search for garbage is off inside, and afterwards as it was before."""

import gc

import pytest

from matching.collecting import no_garbage_search


def test_the_search_is_on_again_afterwards_even_after_an_error():
    """What the caller has set is the caller's."""
    failing = no_garbage_search()(lambda: 1 / gc.isenabled())
    with pytest.raises(ZeroDivisionError):
        failing()
    assert gc.isenabled()


def test_the_search_stays_off_where_it_was_off():
    """Blocks within one another leave the outer one as it is."""
    with no_garbage_search():
        with no_garbage_search():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()

"""BLAS computes with one thread inside the block, and as before after it."""

import numpy as np
from threadpoolctl import threadpool_info

from recommenders.threads import one_blas_thread


def blas_threads() -> set[int]:
    """Threads of every BLAS library that is loaded."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_thread_inside_and_the_former_number_afterwards() -> None:
    """The limit ends with the block, also when the block fails."""
    assert np.dot(np.ones(3), np.ones(3)) == 3  # numpy has loaded its BLAS
    before = blas_threads()
    try:
        with one_blas_thread():
            assert blas_threads() == {1}
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert blas_threads() == before

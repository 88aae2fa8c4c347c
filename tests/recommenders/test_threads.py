"""BLAS computes with one thread inside the block, and as before after it: more cores change no bit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from recommenders.threads import cores, one_blas_thread

ROOT = Path(__file__).parents[2]
LEARNS = """
import hashlib, os, sys
os.sched_setaffinity(0, [int(core) for core in sys.argv[1:]])  # before any BLAS counts its cores
from recommenders.ease import Ease
from tests.recommenders.worlds import tastes
print(hashlib.sha256(Ease().fit(tastes(200, 150)[0]).carry.data.tobytes()).hexdigest())
"""


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


@pytest.mark.skipif(cores() < 2, reason="needs a second core to compute with")
def test_a_model_is_the_same_whatever_the_number_of_cores() -> None:
    """In a fresh process, where SciPy's own BLAS is not loaded before the model asks for it."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment["PYTHONPATH"] = str(ROOT)

    def learned(count: int) -> str:
        used = [str(core) for core in sorted(os.sched_getaffinity(0))[:count]]
        command = [sys.executable, "-c", LEARNS, *used]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert learned(2) == learned(1)

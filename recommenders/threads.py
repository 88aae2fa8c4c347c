"""One thread for BLAS and several for what is split by hand: the same bits on a machine with more cores.

How a matrix product is split over threads decides the order of its additions, and with it the last
bits. It also is what `implicit` asks for: its own threads and BLAS's get in each other's way. The limit
holds inside the block only and changes no environment variable.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Part = TypeVar("Part")
Result = TypeVar("Result")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """A block in which BLAS computes with one thread, NumPy's and SciPy's, which is another library."""
    # a library that is loaded inside the block would not be limited: SciPy's is with the first use of scipy.linalg,
    # and scikit-learn's and implicit's BLAS is that one too
    import scipy.linalg  # noqa: F401

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def in_threads(work: Callable[[Part], Result], parts: Iterable[Part], most: int | None = None) -> Iterator[Result]:
    """The results of the parts in their order, computed on all cores by code that releases the interpreter lock.

    Only a few parts are under way or waiting to be taken at any time, so memory does not grow with their number.

    Args:
        work: computes a part.
        parts: the parts.
        most: no more threads than this, where each needs much memory; default: as many as there are cores.
    """
    workers = min(cores(), most or cores())
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Result]] = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

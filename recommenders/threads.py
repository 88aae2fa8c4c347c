"""One thread for BLAS, so that the same input gives the same bits on a machine with more cores.

How a matrix product is split over threads decides the order of its additions, and with it the last
bits. It also is what `implicit` asks for: its own threads and BLAS's get in each other's way. The limit
holds inside the block only and changes no environment variable.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """A block in which every loaded BLAS library computes with one thread."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield

"""Clocks and memory of the measured process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import FunctionType, ModuleType

KIB_PER_MIB = 1024


def memory(row: str) -> float:
    """Memory of this process in MiB: VmRSS now, VmHWM at most.

    `ru_maxrss` would not do: a process inherits it from the one that started it.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / KIB_PER_MIB for line in lines if line.startswith(f"{row}:"))


@contextmanager
def clocked(parts: dict[str, float], name: str) -> Iterator[None]:
    """Add the CPU seconds of the block, of all threads together, to a part."""
    began = time.process_time()
    try:
        yield
    finally:
        parts[name] = parts.get(name, 0.0) + time.process_time() - began


def clock_parts(module: ModuleType) -> dict[str, float]:
    """CPU seconds spent in each function that a module calls from its neighbours, filled in as they are called.

    Calls within such a call count for the outer one. The functions are wrapped where the module looks them up, so
    nothing else changes its speed.
    """
    seconds: dict[str, float] = {}
    inside = [False]

    def with_clock(function: Callable[..., object], name: str) -> Callable[..., object]:
        @wraps(function)
        def call(*arguments: object, **named: object) -> object:
            if inside[0]:
                return function(*arguments, **named)
            inside[0] = True
            try:
                with clocked(seconds, name):
                    return function(*arguments, **named)
            finally:
                inside[0] = False

        return call

    room = module.__name__.split(".", maxsplit=1)[0]
    for name, value in list(vars(module).items()):
        neighbour = isinstance(value, FunctionType) and value.__module__ != module.__name__
        if neighbour and value.__module__.startswith(f"{room}."):
            setattr(module, name, with_clock(value, name))
    return seconds

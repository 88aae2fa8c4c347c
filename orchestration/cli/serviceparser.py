"""What can be typed after `osusume demo-services`."""

from __future__ import annotations

import argparse
import math

_LAST_PORT = 65535
_MOST_FAULTS = 0.5


def add_service_options(parser: argparse.ArgumentParser) -> None:
    """`--port`, `--rate-scale` and `--faults`."""
    parser.add_argument("--port", type=_port, default=0, help="on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--rate-scale", type=_rate_scale, default=1.0, metavar="N", help="limits N times as high (default 1)"
    )
    parser.add_argument(
        "--faults", type=_fault_share, default=0.0, metavar="SHARE", help="of so many requests one fails (0 to 0.5)"
    )
    parser.add_argument("--until-gone", type=int, metavar="PID", help=argparse.SUPPRESS)


def _port(given: str) -> int:
    """A port; 0 = a free one."""
    if not given.isdecimal() or int(given) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{given!r} is not a port from 1 to {_LAST_PORT}, nor 0 for a free one")
    return int(given)


def _rate_scale(given: str) -> float:
    """A finite number above 0."""
    value = _number(given)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{given!r} is not a number above 0")
    return value


def _fault_share(given: str) -> float:
    """A share of requests that leaves a service usable."""
    value = _number(given)
    if not 0 <= value <= _MOST_FAULTS:
        raise argparse.ArgumentTypeError(f"{given!r} is not a share from 0 to {_MOST_FAULTS}")
    return value


def _number(given: str) -> float:
    """The number, or one that is in no range."""
    try:
        return float(given)
    except ValueError:
        return math.nan

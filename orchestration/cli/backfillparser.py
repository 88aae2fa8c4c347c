"""What can be typed after `osusume backfill`: a source and years, or ratings and months."""

from __future__ import annotations

import argparse
import re

#: The sources whose catalogues can be read by years.
BY_YEAR = ("anilist", "kitsu", "myanimelist", "jikan")
#: What is landed by months instead, and of which sources.
MONTHLY = "ratings"
BY_MONTH = ("anilist", "kitsu", "myanimelist")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def add_backfill_options(parser: argparse.ArgumentParser) -> None:
    """Everything but what all parallel work has: what is read, from when to when, and how."""
    named = (*BY_YEAR, MONTHLY)
    parser.add_argument("source", metavar="SOURCE", choices=named, help=f"{', '.join(BY_YEAR)}; or {MONTHLY}")
    for option, name, which in (("--from", "first", "first"), ("--to", "last", "last")):
        parser.add_argument(
            option, dest=name, type=_period, required=True, metavar="TIME", help=f"the {which} year; of ratings, month"
        )
    parser.add_argument("--dry-run", action="store_true", help="only forecast what it takes")
    parser.add_argument(
        "--retry-failed", action="store_true", help="only partitions that the last backfill of these years lacks"
    )
    parser.add_argument(
        "--source",
        dest="sources",
        action="append",
        choices=BY_MONTH,
        metavar="SOURCE",
        help="whose ratings, more than once for several (default: all that the input has months of)",
    )
    # What a worker of a parallel backfill is told.
    parser.add_argument("--land", nargs="+", metavar="PARTITION", help=argparse.SUPPRESS)
    parser.add_argument("--until-gone", type=int, metavar="PID", help=argparse.SUPPRESS)
    parser.add_argument(
        "--input", metavar="demo|live|DIR", help="whom to ask, or for ratings the recordings (OSUSUME_INPUT)"
    )


def _period(given: str) -> int | str:
    """A year as a number, or a month as it was written."""
    if _MONTH.fullmatch(given):
        return given
    if given.isdecimal() and len(given) == 4:
        return int(given)
    raise argparse.ArgumentTypeError(f"{given!r} is neither a year such as 2024 nor a month such as 2024-04")

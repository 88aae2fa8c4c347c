"""``python -m demo DIR``: the demo world as a recordings directory."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.defects import Defect
from demo.errors import DemoError
from demo.recordings import check_free, write_recordings
from demo.world import (
    DEFAULT_ANIME,
    DEFAULT_RATINGS,
    DEFAULT_SEED,
    DEFAULT_USERS,
    World,
    make_world,
    scored_ratings,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 written, 2 the directory or a number cannot be used. Progress goes to stderr."""
    options = _parser().parse_args(arguments)
    begun = time.monotonic()

    def progress(message: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {message}", file=sys.stderr, flush=True)

    try:
        check_free(options.directory)
        world = make_world(
            options.seed, anime=options.anime, users=options.users, ratings=options.ratings, progress=progress
        )
        defects = write_recordings(options.directory, world, progress)
    except DemoError as error:
        print(f"python -m demo: {error}", file=sys.stderr)
        return 2
    print(summary(options.directory, world, defects))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description="Write a fictional world of anime, three catalogues of it and people's ratings as a "
        "recordings directory. The same seed and numbers give the same bytes. All titles are invented.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="where to write; must not exist yet")
    numbers = (
        ("seed", DEFAULT_SEED, "any whole number from 0"),
        ("anime", DEFAULT_ANIME, "true anime; each source knows about two thirds to four fifths of them"),
        ("users", DEFAULT_USERS, "viewers over the three sources"),
        ("ratings", DEFAULT_RATINGS, "list entries with a score; about a sixth more have none"),
    )
    for name, default, meaning in numbers:
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} (default {default})")
    return parser


def summary(directory: Path, world: World, defects: list[Defect]) -> str:
    """A few lines for people: what was written and where, and that it is generated."""
    together = np.stack([source.catalogued for source in world.sources.values()]).sum(axis=0)
    lines = [f"Recordings of a generated world (seed {world.seed}) in {directory}"]
    for name, source in world.sources.items():
        ratings = world.ratings[name]
        lines.append(
            f"  {name:<12} {int(source.catalogued.sum()):>8,} anime  "
            f"{len(np.unique(ratings.person)):>7,} viewers  "
            f"{int(np.count_nonzero(ratings.score)):>9,} scored of {len(ratings):,} entries"
        )
    lines += [
        f"  {len(world.catalogue):,} true anime: {int((together == 3).sum()):,} in all three sources, "
        f"{int((together == 1).sum()):,} in one only; identity/truth.csv says which records are one anime",
        f"  {scored_ratings(world):,} ratings of {len(world.people):,} viewers",
        f"  {len(defects)} deliberately bad rows, listed in identity/defects.csv",
        "The world is invented: figures measured on it say nothing about real anime or real people.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""`osusume benchmark movielens`: our models on a published data set, beside what others published."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from orchestration.cli.console import Console, counted, out, seconds
from orchestration.cli.protocols import models_named, print_measured, print_table, refuse_meaningless, split_by
from orchestration.errors import InputError
from orchestration.settings import Settings
from recommenders.base import Recommender
from recommenders.benchmark.movielens import MovieLens, read_movielens
from recommenders.benchmark.published import PUBLISHED, SOURCE, Figures
from recommenders.benchmark.running import K, Result, run_published
from recommenders.errors import DatasetError, InvalidInputError

LIKED = 8.0
"""Four stars; what counts as liked outside the published protocol."""
_FIGURES = ("ndcg", "map", "precision", "recall")


def run_benchmark(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Read the directory, teach and measure every model, print the table; returns 0.

    Raises:
        InputError: the directory holds no ratings that can be read, or too few for this protocol.
        UsageError: a model that does not exist, or groups of a protocol that has none.
    """
    models = models_named(args.models)
    refuse_meaningless(args.protocol, args.folds, args.by_chance, args.groups)
    try:
        data = read_movielens(Path(args.directory))
        users, movies = data.interactions.ratings.shape
        out(
            f"MovieLens {data.release}: {counted(data.interactions.ratings.nnz, 'rating')} of "
            f"{counted(movies, 'movie')} by {counted(users, 'user')}"
        )
        if args.protocol == "published":
            _published(data, models, args.splits, console)
        else:
            timed = replace(data.interactions, rated_at=data.times)
            split = split_by(args.protocol, timed, LIKED, settings.seed, args.folds, args.by_chance, args.groups)
            print_measured(split, [model(model.Config(seed=settings.seed)) for model in models], console)
            out(f"{LIKED:g} of 10 are four stars.")
    except (DatasetError, InvalidInputError) as problem:
        raise InputError(str(problem)) from problem
    return 0


def _published(data: MovieLens, models: Sequence[type[Recommender]], splits: int, console: Console) -> None:
    """The published protocol, with the published figures where they are of this release."""
    results = run_published(data.interactions, models, range(1, splits + 1), console.now)
    ours = [one for one in results if not one.skipped]
    rows = [(one.mean("ndcg"), _our_row(one)) for one in ours]
    if data.release == "100k":
        rows += [(one.ndcg, _published_row(name, one)) for name, one in PUBLISHED.items()]
    rows.sort(key=lambda row: -row[0])
    names = ("model", "by", f"nDCG@{K}", "over splits", "MAP", f"precision@{K}", f"recall@{K}", "taught in")
    print_table(names, [row for _, row in rows])
    out(
        f"ours: mean of {counted(splits, 'split')}, each with 75 % of every movie's ratings known at random and all "
        f"ratings relevant; k = {K}, every movie known in training is a candidate."
    )
    if data.release == "100k":
        out(f"published: one split of the same kind; {SOURCE}.")
    else:
        out("no figures were published under this protocol for this release that we know of.")
    for one in results:
        if one.skipped:
            out(f"{one.model} was skipped: {one.skipped}")


def _our_row(one: Result) -> Sequence[str]:
    shown = {name: f"{one.mean(name):.4f}" for name in _FIGURES}
    spread = f"± {one.spread('ndcg'):.4f}"
    rest = (shown["map"], shown["precision"], shown["recall"])
    return (one.model, "osusume", shown["ndcg"], spread, *rest, seconds(one.fit_seconds))


def _published_row(name: str, one: Figures) -> Sequence[str]:
    return (name, "published", f"{one.ndcg:.4f}", "", f"{one.map:.4f}", f"{one.precision:.4f}", f"{one.recall:.4f}", "")

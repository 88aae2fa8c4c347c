"""`osusume benchmark movielens`: our models on a published data set, beside what others published."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestration.cli.console import Console, counted, out, seconds
from orchestration.cli.formats import table_lines
from orchestration.errors import InputError, UsageError
from orchestration.settings import Settings
from recommenders.base import Recommender
from recommenders.benchmark.movielens import MovieLens, read_movielens
from recommenders.benchmark.published import PUBLISHED, SOURCE, Figures
from recommenders.benchmark.running import K, Result, run_published
from recommenders.discovery import all_models
from recommenders.errors import DatasetError, InvalidInputError, RecommenderError
from recommenders.evaluate import Evaluation, evaluate
from recommenders.protocols import held_out_users, time_split
from recommenders.splitting import Split, holdout

LIKED = 8.0
"""Four stars; what counts as liked outside the published protocol."""
SPLITS: dict[str, Callable[[MovieLens, int], Split]] = {
    "holdout": lambda data, seed: holdout(data.interactions, positive_from=LIKED, seed=seed),
    "time": lambda data, _: time_split(data.interactions, data.times, positive_from=LIKED),
    "users": lambda data, seed: held_out_users(data.interactions, positive_from=LIKED, seed=seed),
}
"""The protocols of ours that can be asked for."""
_FIGURES = ("ndcg", "map", "precision", "recall")


def run_benchmark(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Read the directory, teach and measure every model, print the table; returns 0.

    Raises:
        InputError: the directory holds no ratings that can be read, or too few for this protocol.
        UsageError: a model that does not exist.
    """
    models = _chosen(args.models)
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
            _ours(SPLITS[args.protocol](data, settings.seed), models, settings.seed, console)
    except (DatasetError, InvalidInputError) as problem:
        raise InputError(str(problem)) from problem
    return 0


def _chosen(names: Sequence[str] | None) -> list[type[Recommender]]:
    """The model classes of these names; all of them by default."""
    known = all_models()
    if unknown := sorted(set(names or ()) - set(known)):
        raise UsageError(f"there is no model {', '.join(unknown)}; there are {', '.join(known)}")
    return [model for name, model in known.items() if not names or name in names]


def _published(data: MovieLens, models: Sequence[type[Recommender]], splits: int, console: Console) -> None:
    """The published protocol, with the published figures where they are of this release."""
    results = run_published(data.interactions, models, range(1, splits + 1), console.now)
    ours = [one for one in results if not one.skipped]
    rows = [(one.mean("ndcg"), _our_row(one)) for one in ours]
    if data.release == "100k":
        rows += [(one.ndcg, _published_row(name, one)) for name, one in PUBLISHED.items()]
    rows.sort(key=lambda row: -row[0])
    names = ("model", "by", f"nDCG@{K}", "over splits", "MAP", f"precision@{K}", f"recall@{K}", "taught in")
    _print(names, [row for _, row in rows])
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


def _ours(split: Split, models: Sequence[type[Recommender]], seed: int, console: Console) -> None:
    """One of our own protocols, with intervals over users; the models keep their own settings."""
    done: list[Evaluation] = []
    skipped: dict[str, str] = {}
    for model in models:
        console.now(model.name)
        try:
            done.append(evaluate(model(model.Config(seed=seed)), split))
        except RecommenderError as problem:
            skipped[model.name] = str(problem)
    done.sort(key=lambda one: (-one.users.mean("ndcg", K), one.name))
    names = ("model", f"NDCG@{K}", "95 % interval", "recall@20", f"coverage@{K}", "taught in")
    _print(names, [_evaluated_row(one) for one in done])
    out(f"measured on {counted(len(split.evaluated), 'user')}: {split.protocol}; {LIKED:g} of 10 are four stars.")
    for name, reason in skipped.items():
        out(f"{name} was skipped: {reason}")


def _our_row(one: Result) -> Sequence[str]:
    shown = {name: f"{one.mean(name):.4f}" for name in _FIGURES}
    spread = f"± {one.spread('ndcg'):.4f}"
    rest = (shown["map"], shown["precision"], shown["recall"])
    return (one.model, "osusume", shown["ndcg"], spread, *rest, seconds(one.fit_seconds))


def _published_row(name: str, one: Figures) -> Sequence[str]:
    return (name, "published", f"{one.ndcg:.4f}", "", f"{one.map:.4f}", f"{one.precision:.4f}", f"{one.recall:.4f}", "")


def _evaluated_row(one: Evaluation) -> Sequence[str]:
    found = {(row.metric, row.k): row for row in one.metrics}
    ndcg = found.get(("ndcg", K))
    interval = "" if ndcg is None or ndcg.ci_low is None else f"{ndcg.ci_low:.4f} - {ndcg.ci_high:.4f}"
    rest = (found.get(pair) for pair in (("recall", 20), ("coverage", K)))
    shown = ("" if row is None else f"{row.value:.4f}" for row in rest)
    return (one.name, f"{one.users.mean('ndcg', K):.4f}", interval, *shown, seconds(one.fit_seconds))


def _print(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose first column is text, and figures are right-aligned."""
    for line in table_lines(names, [name not in ("model", "by") for name in names], rows):
        sys.stdout.write(f"{line}\n")
    out()

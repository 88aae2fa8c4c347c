"""`osusume models tune`: a search for parameters for each model, inside the training part of the evaluation."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.cli.console import Console, counted, out
from orchestration.cli.formats import table_lines
from orchestration.cli.ratings import require_ratings
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import UsageError
from orchestration.settings import Settings
from recommenders.discovery import all_models
from recommenders.errors import RecommenderError
from recommenders.extras import installing
from warehouse.files import try_flock
from warehouse.home import Home

if TYPE_CHECKING:
    from recommenders.tuningrecords import Tuning

_NAMES = ("model", "trials", "best", "default", "difference", "95 % interval", "used")
_RIGHT = (False, True, True, True, True, True, False)


def run_tune(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Search, and say what came of it; returns 0, or 1 when a model could not be taught on these ratings.

    Raises:
        UsageError: optuna is not installed, a model is unknown, HOME holds no ratings, another search is at work.
    """
    if find_spec("optuna") is None:
        raise UsageError(f"`osusume models tune` needs optuna: run `{installing('ml')}` in the project's directory")
    names = _chosen(args.model, console)
    home = Home(settings.home)
    warehouse = writable_warehouse(settings, console)
    require_ratings(warehouse, "to tune on")
    from assets.tuning import ground_of, studies, tune_model

    ground = ground_of(warehouse, settings.seed)

    console.say(
        f"tuning {', '.join(names)} on {counted(ground.training.ratings.nnz, 'rating')} of {home.root}; "
        "Ctrl-C stops it, the same command goes on"
    )
    found: list[Tuning] = []
    failed = 0
    with _alone(studies(home)):
        for name in names:
            share = None if args.minutes is None else args.minutes / len(names)
            try:
                one = tune_model(
                    home, ground, name, trials=args.trials, minutes=share, seed=settings.seed, progress=console.say
                )
                found.append(one)
            except RecommenderError as problem:
                failed += 1
                console.warn(f"{name} cannot be tuned: {problem}")
    for line in summary(found):
        out(line)
    return 1 if failed else 0


def summary(found: Sequence[Tuning]) -> list[str]:
    """A table with a line for each search, and what the figures mean."""
    if not found:
        return []
    lines = table_lines(_NAMES, _RIGHT, [_row(one) for one in found])
    return [
        *lines,
        "",
        *(f"best of {one.model}: {_parameters(one)}" for one in found),
        "",
        f"NDCG@10 on a {found[0].protocol}, all of it inside the training part; no trial was ranked by it.",
        "What is used is used from the next `osusume run` on; the other models keep their defaults.",
    ]


def _row(one: Tuning) -> tuple[str, ...]:
    found = one.comparison
    return (
        one.model,
        str(len(one.trials)),
        f"{one.best_value:.4f}",
        f"{one.default_value:.4f}",
        f"{found.difference:+.4f}",
        f"{found.ci_low:+.4f} - {found.ci_high:+.4f}",
        "yes" if one.is_better else "no",
    )


def _parameters(one: Tuning) -> str:
    """The best parameters, rounded for people; the table fact_tuning_trial has them in full."""
    rounded = {name: f"{value:.4g}" if isinstance(value, float) else value for name, value in one.best.items()}
    return ", ".join(f"{name}={value}" for name, value in rounded.items())


def _chosen(named: Sequence[str] | None, console: Console) -> list[str]:
    """The models to tune, as named or all that have something to tune.

    Raises:
        UsageError: a name is no model's.
    """
    models = all_models()
    unknown = [name for name in named or () if name not in models]
    if unknown:
        raise UsageError(f"there is no model {unknown[0]!r}; the models are {', '.join(models)}")
    wanted = list(dict.fromkeys(named or models))
    for name in wanted:
        if not models[name].Config.search_space:
            console.say(f"{name} has nothing to tune")
    return [name for name in wanted if models[name].Config.search_space]


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """The right to search in this HOME, freed by the kernel if the process dies.

    Raises:
        UsageError: another process has it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not try_flock(handle):
            raise UsageError(f"another `osusume models tune` is at work in {directory}; wait for it, or end it")
        yield
    finally:
        os.close(handle)

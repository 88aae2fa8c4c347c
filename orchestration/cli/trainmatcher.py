"""`osusume models train-matcher`: weights for matching learned from the records at hand, adopted if they are good."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from matching.adopted import LOG, TAUGHT_SOURCES, training_in_force, weights_in_force
from matching.errors import TrainingError, WeightsError
from matching.measure import Figures
from matching.weights import Weights, load_weights
from orchestration.cli.console import Console, counted, out
from orchestration.cli.formats import table_lines
from orchestration.cli.writing import writable_warehouse
from orchestration.errors import UsageError
from orchestration.settings import Settings
from warehouse.build import fetch, table_exists
from warehouse.connection import Warehouse
from warehouse.home import Home
from warehouse.landing import append_events, read_events

if TYPE_CHECKING:
    from matching.lesson import Recipe
    from matching.records import AnimeRecord
    from matching.train import Training

#: By so much F1 or precision may fall before new weights count as clearly worse. Figures out of fold lie below those of
#: weights that have seen the records (by 0.001 on 32,000 of them), so that equal ones must not look worse.
_TOLERATED = 0.005
_NAMES = ("weights", "rules", "precision", "recall", "F1", "right", "wrong", "missed", "over-merged")
_RIGHT = (False, False, *[True] * 7)


def run_train_matcher(
    args: argparse.Namespace, settings: Settings, console: Console, recipe: Recipe | None = None
) -> int:
    """Train, compare and adopt; returns 0, or 1 when the new weights were left, as `conclude` tells.

    Args:
        args: what was typed.
        settings: the HOME, the seed and how to open the warehouse.
        console: where the progress goes.
        recipe: how to learn; None = as the shipped weights were.

    Raises:
        UsageError: when HOME holds no records, or too few that name their counterparts.
    """
    home = Home(settings.home)
    if args.reset:
        return _reset(home, dry_run=args.dry_run)
    warehouse = writable_warehouse(settings, console)
    records = _records(warehouse)
    console.say(f"training on {counted(len(records), 'record')} of {home.root}; this takes a minute or more")
    training = _trained(records, settings.seed, console, recipe)
    console.say("  measuring the weights in force on the same records, without the ids that sources name")
    current = _in_force(home, console)
    from matching.blindtest import measure_without_ids

    before = measure_without_ids(records, current)
    for line in _compared(training, current, before):
        out(line)
    out()
    return conclude(home, training, current, before, force=args.force, dry_run=args.dry_run)


def conclude(
    home: Home, training: Training, current: Weights, before: Figures, *, force: bool = False, dry_run: bool = False
) -> int:
    """Adopt what was learned unless it is clearly worse, or unjudged where the shipped weights were taught.

    Returns 0, or 1 when it was left for one of these.

    Args:
        home: where the training lands.
        training: what was learned.
        current: the weights in force.
        before: their figures.
        force: adopt such weights as well.
        dry_run: adopt nothing.
    """
    if training.weights.rule_version == current.rule_version:
        out("Nothing to adopt: these are the weights in force.")
        return 0
    if (lacking := [pair for pair in training.unjudged if TAUGHT_SOURCES.issuperset(pair)]) and not force:
        out(f"Not adopted: nothing was learned of {_joined(lacking)}, which the weights that come with the project")
        out("were taught. --force adopts them all the same.")
        return 1
    if is_clearly_worse(training.figures, before) and not force:
        out(f"Not adopted: F1 or precision is lower by more than {_TOLERATED}. --force adopts them all the same.")
        return 1
    if dry_run:
        out("Not adopted: --dry-run.")
        return 0
    append_events(home, LOG, [_event(training, before)])
    out(f"Adopted: {training.weights.rule_version}. The next `osusume run` matches by it; --reset takes it back.")
    return 0


def is_clearly_worse(new: Figures, old: Figures) -> bool:
    """Whether F1 or precision has fallen by more than measuring out of fold explains."""
    return new.f1 < old.f1 - _TOLERATED or new.precision < old.precision - _TOLERATED


def _records(warehouse: Warehouse) -> list[AnimeRecord]:
    """The records as the pipeline matches them; the warehouse is free again when they are read.

    Raises:
        UsageError: when there are none.
    """
    from assets.conversions import match_records

    home = warehouse.home
    found: list[AnimeRecord] = []
    if home.warehouse_file.is_file():
        with warehouse.writer("read records to train on") as connection:
            if table_exists(connection, "intermediate.int_anime_unioned"):
                found = match_records(fetch(connection, "inputs/match_records"))
    if not found:
        raise UsageError(
            f"{home.root} holds no catalogue records to train on; `osusume run --home {home.root}` first, or name "
            "another HOME with --home"
        )
    return found


def _trained(records: Sequence[AnimeRecord], seed: int, console: Console, recipe: Recipe | None) -> Training:
    """Weights learned from the records.

    Raises:
        UsageError: when too few of them name their counterparts.
    """
    from matching.train import train_on_claims

    try:
        return train_on_claims(records, seed=seed, progress=lambda text: console.say(f"  {text}"), recipe=recipe)
    except TrainingError as problem:
        raise UsageError(
            f"the matcher cannot be trained on these records: {problem}. It learns from records that name the id of "
            "their counterpart in another source, as AniList's name MyAnimeList's: read more of these catalogues"
        ) from problem


def _in_force(home: Home, console: Console) -> Weights:
    """The weights that the next run would use; the shipped ones where a training cannot be used any more."""
    try:
        return weights_in_force(read_events(home, LOG))
    except WeightsError as problem:
        console.warn(f"{problem}. Compared with the shipped weights")
        return load_weights()


def _compared(training: Training, current: Weights, before: Figures) -> list[str]:
    """The new figures under the old ones, and what they were measured by."""
    rows = [
        _row("in force", current.rule_version, before),
        _row("new, out of fold", training.weights.rule_version, training.figures),
    ]
    most_first = sorted(training.source_pairs.items(), key=lambda one: (-one[1], one[0]))
    by_sources = ", ".join(f"{'-'.join(sources)}: {pairs:,}" for sources, pairs in most_first)
    silent = f"neither learned nor judged, since no id is named between them: {_joined(training.unjudged)}"
    return [
        *table_lines(_NAMES, _RIGHT, rows),
        "",
        f"labelled by ids that sources name: {counted(training.labelled_pairs, 'pair')} ({by_sources})",
        *([silent] if training.unjudged else []),
        "The ids are hidden from both. Out of fold: no franchise is learned from and judged by at once. The weights in",
        "force may have been learned from these very records, which flatters them.",
    ]


def _joined(source_pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs of sources for a sentence."""
    return ", ".join(map("-".join, source_pairs))


def _row(name: str, rule_version: str, figures: Figures) -> Sequence[str]:
    """One line of the table."""
    shares = (figures.precision, figures.recall, figures.f1)
    counts = (figures.right, figures.wrong, figures.missed, figures.over_merged)
    return (name, rule_version, *(f"{share:.4f}" for share in shares), *(f"{count:,}" for count in counts))


def _event(training: Training, before: Figures) -> dict[str, object]:
    """The training as an event for landing."""
    measured = {"new": training.figures, "before": before}
    figures = {
        name: asdict(one) | {"precision": one.precision, "recall": one.recall, "f1": one.f1}
        for name, one in measured.items()
    }
    return {
        "trained_at": datetime.now(UTC),
        "rule_version": training.weights.rule_version,
        "weights": json.dumps(training.weights.as_json(), separators=(",", ":")),
        "labelled_pairs": training.labelled_pairs,
        "figures": json.dumps(figures, sort_keys=True),
    }


def _reset(home: Home, *, dry_run: bool) -> int:
    """Take up the shipped weights again; nothing is forgotten, the trainings stay in the log."""
    last = training_in_force(read_events(home, LOG))
    shipped = load_weights().rule_version
    if last is None:
        out(f"Nothing to reset: {home.root} matches by the weights that come with the project ({shipped}).")
        return 0
    if dry_run:
        out(f"--reset would go from {last['rule_version']} back to the weights that come with the project.")
        return 0
    event = {"trained_at": datetime.now(UTC), "rule_version": shipped, "weights": "", "labelled_pairs": 0}
    append_events(home, LOG, [{**event, "figures": "{}"}])
    out(f"Back to the weights that come with the project: {shipped}. The next `osusume run` matches by them.")
    return 0

"""Models measured under one of our protocols and shown as a table, wherever the ratings come from."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from orchestration.cli.console import Console, counted, out, seconds
from orchestration.cli.formats import table_lines
from orchestration.errors import UsageError
from recommenders.base import Recommender
from recommenders.discovery import all_models
from recommenders.errors import InvalidInputError
from recommenders.evaluate import Evaluation, evaluate_all
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.measuring import MetricRow
from recommenders.metrics import HEADLINE
from recommenders.protocols import GROUPS, Turns, held_out_users, own_lists, time_split
from recommenders.segments import DISCOVERY
from recommenders.splitting import Split, holdout

K = HEADLINE[1]
IN_TURNS = {"own": own_lists, "users": held_out_users}


def split_by(
    protocol: str,
    interactions: Interactions,
    positive_from: float,
    seed: int,
    folds: int | None = None,
    by_chance: bool = False,
    groups: int | None = None,
) -> Split | Turns:
    """The ratings split by `holdout`, `time`, `users` or `own`.

    Args:
        protocol: one of these.
        interactions: everything known.
        positive_from: ratings of at least this are positive.
        seed: of what is drawn.
        folds: groups of users that are asked by `own` and `users`; None = all.
        by_chance: whether each positive is hidden or not by itself, where something of each user's is hidden.
        groups: so many there are; None = as many as usual.

    Raises:
        InvalidInputError: by time, where nothing is known of times; a number of groups that there are not.
        UsageError: an option that means nothing for this protocol.
    """
    refuse_meaningless(protocol, folds, by_chance, groups)
    if protocol in IN_TURNS:
        divided = GROUPS if groups is None else groups
        return IN_TURNS[protocol](
            interactions, positive_from=positive_from, seed=seed, groups=divided, folds=folds, by_chance=by_chance
        )
    if protocol == "holdout":
        return holdout(interactions, positive_from=positive_from, seed=seed, by_chance=by_chance)
    if interactions.rated_at is None:
        raise InvalidInputError("no rating says when it was made: this input cannot be split by time")
    return time_split(interactions, interactions.rated_at, positive_from=positive_from)


def refuse_meaningless(protocol: str, folds: int | None, by_chance: bool, groups: int | None) -> None:
    """Nothing, where the protocol has these options.

    Raises:
        UsageError: one of them means nothing for it.
    """
    for name, given in (("--folds", folds), ("--groups", groups)):
        if given is not None and protocol not in IN_TURNS:
            raise UsageError(
                f"{name} is of the protocols own and users, and has no meaning for {protocol}: leave it out"
            )
    if by_chance and protocol not in (*IN_TURNS, "holdout"):
        raise UsageError(f"--by-chance is of holdout, own and users, and has no meaning for {protocol}: leave it out")


def models_named(names: Sequence[str] | None) -> list[type[Recommender]]:
    """The model classes of these names; all of them by default.

    Raises:
        UsageError: a name is no model's.
    """
    known = all_models()
    if unknown := sorted(set(names or ()) - set(known)):
        raise UsageError(f"there is no model {', '.join(unknown)}; there are {', '.join(known)}")
    return [model for name, model in known.items() if not names or name in names]


def print_measured(
    split: Split | Turns,
    models: Sequence[Recommender],
    console: Console,
    items: ItemFeatures | None = None,
    allowed: NDArray[np.bool_] | None = None,
) -> list[Evaluation]:
    """Teach each model on the split, and print what it does there, best first, with intervals over users.

    Returns what is printed, in that order.

    Args:
        split: what they learn from and are asked for.
        models: not fitted yet.
        console: hears which model is at work, and how many groups it was taught for.
        items: descriptions, for models that read them.
        allowed: bool (n_items,), what may be recommended; None = everything.
    """
    done, skipped = evaluate_all(_announced(models, console), split, items, allowed, say=console.say)
    done.sort(key=lambda one: (-one.users.mean("ndcg", K), one.name))
    is_known = any(row.segment == DISCOVERY for one in done for row in one.metrics)
    figures = {"": f"NDCG@{K}"} | ({DISCOVERY: DISCOVERY} if is_known else {})
    named = [word for name in figures.values() for word in (name, "95 % interval")]
    print_table(
        ("model", *named, "recall@20", f"coverage@{K}", "taught in"), [_row(one, tuple(figures)) for one in done]
    )
    asked = split.whole if isinstance(split, Turns) else split
    out(f"measured on {counted(len(asked.evaluated), 'user')}: {asked.protocol}.")
    for name, reason in skipped.items():
        out(f"{name} was skipped: {reason}")
    return done


def _announced(models: Sequence[Recommender], console: Console) -> Iterator[Recommender]:
    """The models, each named to the console before it is at work."""
    for model in models:
        console.now(model.name)
        yield model


def print_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose columns are right-aligned but for names."""
    for line in table_lines(names, [name not in ("model", "by") for name in names], rows):
        sys.stdout.write(f"{line}\n")
    out()


def _row(one: Evaluation, segments: Sequence[str]) -> Sequence[str]:
    found = {(row.segment, row.metric, row.k): row for row in one.metrics}
    rest = (found.get(("", metric, k)) for metric, k in (("recall", 20), ("coverage", K)))
    shown = ("" if row is None else f"{row.value:.4f}" for row in rest)
    figures = (cell for segment in segments for cell in _with_interval(found.get((segment, *HEADLINE))))
    return (one.name, *figures, *shown, seconds(one.fit_seconds))


def _with_interval(row: MetricRow | None) -> tuple[str, str]:
    """A figure and its interval; blanks where there is none."""
    if row is None:
        return "", ""
    return f"{row.value:.4f}", "" if row.ci_low is None else f"{row.ci_low:.4f} - {row.ci_high:.4f}"

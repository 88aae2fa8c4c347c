"""What can be typed after `osusume models`, and the help for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from orchestration.cli import helptexts

PROTOCOLS = ("holdout", "own", "time", "users")
"""Ways to split that can be asked for."""
EVALUATED = ("popularity", "item_knn", "ease", "slim", "slim_kernel", "rerank")
"""Models that are evaluated unless others are named: the strongest of each kind, and what they have to beat."""

#: Makes the parser of one action from its name, what it does in a line, and examples.
AddAction = Callable[[str, str, str], argparse.ArgumentParser]


def add_model_actions(add: AddAction) -> None:
    """Everything that can be done with models."""
    add("list", "every model version with its held-out metrics; * marks the active one", "")
    compared = add("compare", "two versions side by side, with the paired interval of their difference", "")
    compared.add_argument("one", metavar="A", help="a version, or a model's name for its version of today")
    compared.add_argument("other", metavar="B", help="what to compare it with")
    _add_evaluate(add)
    ablator = add("ablate", "what each kind of information adds to the two-stage model", helptexts.ABLATE)
    ablator.add_argument(
        "--keep",
        action="store_true",
        help="land the figures with the version; the next run's report has them",
    )
    _add_choosing(add)
    _add_tune(add)
    trainer = add("train-matcher", "teach matching by the ids that sources name", helptexts.TRAIN_MATCHER)
    trainer.add_argument("--dry-run", action="store_true", help="only train and compare")
    trainer.add_argument("--reset", action="store_true", help="take up the weights that come with the project again")
    trainer.add_argument("--force", action="store_true", help="adopt them even if clearly worse or partly unjudged")


def _add_evaluate(add: AddAction) -> None:
    """`osusume models evaluate`."""
    evaluator = add("evaluate", "measure models under another protocol", helptexts.EVALUATE)
    evaluator.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        default="users",
        help="users: a fifth of the users at a time is never trained on, and told 80 %% of their lists (default); own: "
        "a fifth of what a user liked, others' lists whole; time: what came after one moment; holdout: as in a run, a "
        "fifth of what each user liked",
    )
    add_drawing(evaluator)
    evaluator.add_argument(
        "--model", nargs="+", action="extend", metavar="NAME", help=f"these (default: {' '.join(EVALUATED)})"
    )
    evaluator.add_argument(
        "--keep", action="store_true", help="land the figures with the versions; the next run puts them into a table"
    )


def add_drawing(parser: argparse.ArgumentParser) -> None:
    """The options of what is hidden from models: `--groups`, `--folds` and `--by-chance`."""
    parser.add_argument(
        "--groups",
        type=whole,
        metavar="N",
        help="of the protocols own and users: into how many groups users are divided, one asked at a time (default 5)",
    )
    parser.add_argument(
        "--folds", type=whole, metavar="N", help="of the protocols own and users: ask N of the groups (default all)"
    )
    parser.add_argument(
        "--by-chance",
        action="store_true",
        help="hide each liked title with a probability of a fifth, in place of a fifth of each user's and at least one",
    )


def _add_choosing(add: AddAction) -> None:
    """`osusume models promote` and `osusume models rollback`."""
    promoter = add("promote", "make a version the active one, whatever the rules say", helptexts.PROMOTE)
    what = promoter.add_mutually_exclusive_group(required=True)
    what.add_argument("version", nargs="?", metavar="VERSION", help="a version, or a model's name")
    what.add_argument("--auto", action="store_true", help="let the rules decide again")
    back = add("rollback", "go back to the model that was active before, or forward again", helptexts.PROMOTE)
    for parser in (promoter, back):
        parser.add_argument("--because", default="", metavar="TEXT", help="why, for those who come after")
        parser.add_argument("--by", metavar="NAME", help="who decides (default: your login name)")


def _add_tune(add: AddAction) -> None:
    """`osusume models tune`."""
    tuner = add("tune", "search for parameters that suit the ratings at hand", helptexts.TUNE)
    tuner.add_argument(
        "--model", nargs="+", action="extend", metavar="NAME", help="only these (default: every model, one by one)"
    )
    tuner.add_argument(
        "--trials", type=whole, default=20, metavar="N", help="so many of each, those of earlier calls included (20)"
    )
    tuner.add_argument(
        "--minutes", type=_minutes, metavar="M", help="no further trial after so many, shared by the models"
    )


def whole(given: str) -> int:
    """A whole number from 1."""
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r} is not a whole number from 1")
    return int(given)


def _minutes(given: str) -> float:
    """A number above 0."""
    try:
        value = float(given)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{given!r} is not a number of minutes above 0")
    return value

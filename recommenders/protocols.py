"""Further ways to split: by time, by users never seen, by a user's own list, and by item as published benchmarks do.

The one rule: as in `splitting`, what is hidden is decided by lasting ids, times and the seed alone, and `Split`
refuses anything hidden that a model would be given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from recommenders.errors import InvalidInputError, LeakageError
from recommenders.interactions import LIKED, Csr, Interactions, sparse
from recommenders.splitting import Split, drawn, entries_where, holdout, places, without

GROUPS = 5
"""Of users, who take turns in having something hidden, unless others are asked for."""


def time_split(interactions: Interactions, times: Csr, share: float = 0.2, positive_from: float = LIKED) -> Split:
    """One moment for everybody: models learn from what was before it and are asked for what came after.

    The moment is such that `share` of the positives lie at or after it. Hidden are those positives; other
    entries at or after it are left out altogether, and so are entries without a time, of which nobody knows
    on which side they belong. Users without anything before the moment are evaluated too.

    Args:
        interactions: everything known.
        times: csr (n_users, n_items) float64, when each entry was made, in days since 1970, > 0; no entry = unknown.
        share: of the positives with a time, in (0, 1).
        positive_from: ratings of at least this are positive.

    Raises:
        InvalidInputError: a share outside (0, 1), times of other users or items, or no positive with a time.
    """
    _require_share(share)
    if times.shape != interactions.ratings.shape:
        raise InvalidInputError(f"times {times.shape} do not fit ratings {interactions.ratings.shape}")
    rated, when = interactions.ratings.tocoo(), _when(times, interactions.ratings)
    wanted = (rated.data >= positive_from) & (when > 0)
    if not wanted.any():
        raise InvalidInputError("no positive rating has a time: this input cannot be split by time")
    moment = moment_of(when[wanted], share)
    after = wanted & (when >= moment)
    held_out = sparse(np.ones(int(after.sum())), rated.row[after], rated.col[after], times.shape)
    train = _before(interactions, times, moment)
    _require_earlier(train, held_out, times, moment)
    words = f"global time split, {share:.0%} of ratings >= {positive_from:g} from {_written(moment)} on, full catalogue"
    return Split(train, held_out, words)


def moment_of(times: NDArray[np.float64], share: float) -> float:
    """The time at or after which this share of the times lies; more of them where many are the same."""
    return float(np.sort(times)[int((1 - share) * len(times))])


@dataclass(frozen=True)
class Turns:
    """Splits that ask some users each, so that a model is taught once for each of them and measured over all users.

    Attributes:
        parts: the splits; nobody is asked in two of them.
        whole: all that they hide, and what each user was told when asked; of what models learned it knows nothing.

    Raises:
        LeakageError: a part hides from a user, or tells, something else than the whole.
    """

    parts: tuple[Split, ...]
    whole: Split

    def __post_init__(self) -> None:
        asked = np.concatenate([part.evaluated for part in self.parts])
        if not np.array_equal(np.sort(asked), self.whole.evaluated):
            raise LeakageError(f"the parts of '{self.whole.protocol}' do not ask each of its users once")
        for part in self.parts:
            rows = part.evaluated
            if _differ(part.held_out[rows], self.whole.held_out[rows]):
                raise LeakageError(f"a part of '{self.whole.protocol}' hides something else than the whole")
            if _differ(part.rows.seen[rows], self.whole.rows.seen[rows]):
                raise LeakageError(f"a part of '{self.whole.protocol}' tells something else than the whole")


def held_out_users(
    interactions: Interactions,
    share: float = 0.2,
    positive_from: float = LIKED,
    seed: int = 42,
    *,
    groups: int = GROUPS,
    folds: int | None = None,
    by_chance: bool = False,
) -> Turns:
    """Some users at a time are never trained on: a model is told most of their lists and asked for the rest.

    The more groups, the nearer it comes to how somebody new is met, whom everybody else's list is known for, and the
    more often a model is taught.

    Args:
        interactions: everything known.
        share: of each user's positives that is hidden, as `holdout` does, and the same ones.
        positive_from: ratings of at least this are positive.
        seed: another seed hides others, and groups users otherwise; a user's group depends on the seed and the key.
        groups: users are divided into so many, each of which has its turn.
        folds: so many of the groups are asked; None = all.
        by_chance: whether each positive is drawn by itself, as `holdout` can.

    Raises:
        InvalidInputError: a share outside (0, 1), fewer than two groups, more than five and than users to ask, or
            folds outside 1 to `groups`.
    """
    everybody = holdout(interactions, share, positive_from, seed, by_chance=by_chance)

    def asking(asked: NDArray[np.bool_], hidden: Csr, words: str) -> Split:
        train = _rows_where(interactions, ~asked)
        if np.any(np.diff(train.seen.indptr)[asked]):
            raise LeakageError("a held-out user has entries in the training part")
        return Split(train, hidden, words, given=_rows_where(everybody.train, asked))

    words = f"{_share_of(groups)} of users at a time never trained on"
    return _in_turns(everybody, seed, groups, folds, words, asking)


def own_lists(
    interactions: Interactions,
    share: float = 0.2,
    positive_from: float = LIKED,
    seed: int = 42,
    *,
    groups: int = GROUPS,
    folds: int | None = None,
    by_chance: bool = False,
) -> Turns:
    """Some users at a time have a share of their positives hidden, while everybody else's lists are whole.

    So a warehouse meets a user: only this user's future is unknown. In `holdout`, others' lists lack something too.

    Args:
        interactions: everything known.
        share: of each user's positives that is hidden, as `holdout` does, and the same ones.
        positive_from: ratings of at least this are positive.
        seed: another seed hides others, and groups users otherwise; a user's group depends on the seed and the key.
        groups: users are divided into so many, each of which has its turn.
        folds: so many of the groups are asked; None = all.
        by_chance: whether each positive is drawn by itself, as `holdout` can.

    Raises:
        InvalidInputError: a share outside (0, 1), fewer than two groups, more than five and than users to ask, or
            folds outside 1 to `groups`.
    """
    everybody = holdout(interactions, share, positive_from, seed, by_chance=by_chance)

    def hiding(_: NDArray[np.bool_], hidden: Csr, words: str) -> Split:
        return Split(without(interactions, hidden), hidden, words)

    words = f"own list: {_share_of(groups)} of users at a time, others' lists whole"
    return _in_turns(everybody, seed, groups, folds, words, hiding)


def stratified_by_item(interactions: Interactions, train_share: float = 0.75, seed: int = 42) -> Split:
    """Of each item's ratings the first floor(train_share * n) of a random order are known, all others are hidden.

    Every rating is relevant, whatever its score.

    Args:
        interactions: everything known.
        train_share: in (0, 1).
        seed: another seed hides others.

    Source:
        `python_stratified_split` of github.com/recommenders-team/recommenders, with `filter_by="item"` as in
        its examples/06_benchmarks/movielens.ipynb.

    Raises:
        InvalidInputError: a share outside (0, 1).
    """
    _require_share(train_share)
    rated = interactions.ratings.tocoo()
    draw = drawn(seed, interactions.lasting_ids[rated.col], interactions.user_keys[rated.row])
    by_item = np.lexsort((rated.row, draw, rated.col))
    ratings = np.bincount(rated.col, minlength=interactions.n_items)
    # the small addition keeps 0.75 * 4 from being cut to 2 by the binary fraction
    known = np.floor(train_share * ratings + 1e-9)
    place = np.arange(len(by_item)) - (np.cumsum(ratings) - ratings)[rated.col[by_item]]
    out = by_item[place >= known[rated.col[by_item]]]
    held_out = sparse(np.ones(len(out)), rated.row[out], rated.col[out], interactions.ratings.shape)
    words = f"random {train_share:.0%} of each item's ratings known, all ratings relevant, seed {seed}, full catalogue"
    return Split(without(interactions, held_out), held_out, words)


def _in_turns(
    everybody: Split,
    seed: int,
    groups: int,
    folds: int | None,
    words: str,
    asking: Callable[[NDArray[np.bool_], Csr, str], Split],
) -> Turns:
    """One group of the users at a time is asked; which group, is drawn by their keys.

    Args:
        everybody: what is hidden from each user, and known of them.
        seed: of the draw.
        groups: users are divided into so many, each of which has its turn.
        folds: so many of the groups are asked; None = all.
        words: how a protocol begins that says who is asked.
        asking: makes the split that asks some users (bool (n_users,)), from what is hidden of theirs and its protocol.

    Raises:
        InvalidInputError: fewer than two groups, or more than the default and than users of whom anything is hidden;
            more of them are to be asked than there are, or none.
    """
    if groups < 2:
        raise InvalidInputError(f"there must be 2 groups or more, not {groups}: one is asked, others are learned from")
    asked_of = groups if folds is None else folds
    if not 1 <= asked_of <= groups:
        raise InvalidInputError(f"folds must be from 1 to {groups}, not {asked_of}")
    askable = everybody.evaluated
    # a run divides its users into the default, however few they are
    if groups > max(len(askable), GROUPS):
        raise InvalidInputError(
            f"{groups} groups are more than the {len(askable)} users of whom anything is hidden: give so many or fewer"
        )
    group = (drawn(seed, everybody.train.user_keys) % np.uint64(groups)).astype(np.int64)
    protocol = f"{words}, {everybody.protocol}{'' if asked_of == groups else f', {asked_of} of {groups} groups'}"

    def split(asked: NDArray[np.bool_]) -> Split:
        return asking(asked, _entries_of(everybody.held_out, asked), protocol)

    # By chance a group may have nobody who can be asked; a model would be taught for nothing.
    numbers = [number for number in np.unique(group[askable]).tolist() if number < asked_of] or [0]
    return Turns(tuple(split(group == number) for number in numbers), split(group < asked_of))


def _share_of(groups: int) -> str:
    """One group's share of the users in words, which tell every number of groups apart: figures are kept under them."""
    return f"{1 / groups:.0%}" if groups == GROUPS else f"one of {groups} groups"


def _require_share(share: float) -> None:
    if not 0 < share < 1:
        raise InvalidInputError(f"share must be between 0 and 1, not {share}")


def _differ(one: Csr, other: Csr) -> bool:
    """Whether one of two matrices of the same shape has an entry where the other has none."""
    return not np.array_equal(np.sort(places(one)), np.sort(places(other)))


def _entries_of(matrix: Csr, kept: NDArray[np.bool_]) -> Csr:
    """The matrix with the rows that are kept; the others are empty."""
    entries = matrix.tocoo()
    wanted = kept[entries.row]
    return sparse(entries.data[wanted], entries.row[wanted], entries.col[wanted], matrix.shape)


def _rows_where(interactions: Interactions, kept: NDArray[np.bool_]) -> Interactions:
    """The same users and items; of the users who are not kept nothing is known."""
    return entries_where(interactions, lambda matrix: np.repeat(kept, np.diff(matrix.indptr)))


def _before(interactions: Interactions, times: Csr, moment: float) -> Interactions:
    """The same users and items, with what was made before the moment by its stated time."""

    def earlier(matrix: Csr) -> NDArray[np.bool_]:
        when = _when(times, matrix)
        return (when > 0) & (when < moment)

    return entries_where(interactions, earlier)


def _when(times: Csr, matrix: Csr) -> NDArray[np.float64]:
    """The time of each entry of the matrix, in their order; 0 = unknown."""
    known, wanted = places(times), places(matrix)
    order = np.argsort(known, kind="stable")
    found = np.searchsorted(known, wanted, sorter=order)
    exists = found < len(known)
    exists[exists] = known[order[found[exists]]] == wanted[exists]
    when = np.zeros(len(wanted))
    when[exists] = times.data[order[found[exists]]]
    return when


def _require_earlier(train: Interactions, held_out: Csr, times: Csr, moment: float) -> None:
    """Nothing, when all that is known is older than all that is hidden."""
    if np.any(_when(times, train.seen) >= moment) or np.any(_when(times, held_out) < moment):
        raise LeakageError(f"the training part and what is hidden overlap in time around {_written(moment)}")


def _written(days: float) -> str:
    """The moment as people write it, in UTC."""
    return f"{datetime.fromtimestamp(days * 86_400, UTC):%Y-%m-%d %H:%M}"

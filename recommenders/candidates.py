"""Candidates in numbers: everything a second stage may know of a user and an item, as one row of features.

The one rule: a feature comes from the row handed in, the item-to-item models and the facts of the items; never
from what else a model may remember of that user.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.contributions import Floats, Indices
from recommenders.interactions import Csr, Interactions
from recommenders.itemfacts import ItemFacts, members_of
from recommenders.linear import LinearRecommender

PRIOR_SHARE = 0.01
"""Added to shares of labels before they are compared, so that what is rare proves little."""
PRIOR_ENTRIES = 3.0
"""So many entries without an opinion stand beside a user's own for each label."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "other models": ("ease_", "item_knn_"),
    "content": ("content_tfidf_", "genres_", "tags_", "studios_"),
    "franchises": ("franchise_", "universe_"),
    "dates and formats": ("year", "format", "episodes"),
    "popularity": ("popularity", "mean_rating", "liked_share", "list_popularity"),
}
"""Kinds of information, by how the names of their features begin. What is in none comes from the user's list and the
first stage, without which there is nothing to put in order."""


@dataclass(frozen=True)
class Carrier:
    """An item-to-item model by its targets: the csc arrays of its matrix."""

    ptr: Indices
    items: Indices
    amounts: Floats


@dataclass(frozen=True)
class Lists:
    """Some users' lists.

    Attributes:
        rows: the users.
        liking: float32, for each entry of `rows.seen` its rating less the user's mean; nan = not rated.
        mean: float32 (n_users,), mean rating; 0 for somebody who rated nothing.
        length: float32 (n_users,), entries, at least 1.
    """

    rows: Interactions
    liking: Floats
    mean: Floats
    length: Floats

    @classmethod
    def of(cls, rows: Interactions) -> "Lists":
        """The lists of these users."""
        seen, ratings = rows.seen, rows.ratings
        rated = np.diff(ratings.indptr)
        mean = (np.asarray(ratings.sum(axis=1)).ravel() / np.maximum(rated, 1)).astype(np.float32)
        width = np.int64(rows.n_items)
        known = np.repeat(np.arange(rows.n_users), rated) * width + ratings.indices
        wanted = np.repeat(np.arange(rows.n_users), np.diff(seen.indptr)) * width + seen.indices
        liking = np.full(seen.nnz, np.nan, dtype=np.float32)
        # both ascend, since the columns of a row do
        liking[np.searchsorted(wanted, known)] = ratings.data - np.repeat(mean, rated)
        return cls(rows, liking, mean, np.maximum(np.diff(seen.indptr), 1).astype(np.float32))


class CandidateFeatures:
    """Makes the features of candidates.

    Args:
        models: item-to-item models over the same items.
        facts: what is known of the items.
        without: a kind of information (of KINDS) that is left out; '' = none.
    """

    def __init__(self, models: Mapping[str, LinearRecommender], facts: ItemFacts, without: str = "") -> None:
        self.models, self.facts = models, facts
        self._left_out = KINDS[without] if without else ()
        self._carriers = {name: _by_target(model) for name, model in models.items()}
        self._groups = {name: members_of(getattr(facts, name)) for name in ("franchise", "universe")}
        self._popularity = np.log1p(facts.users)
        unknown = np.isnan(facts.days)
        self._time = np.where(unknown, np.nanmax(facts.days, initial=0) + 1, facts.days)

    def of(self, rows: Interactions, candidates: Indices, scores: Floats) -> tuple[Floats, list[str]]:
        """The features of each candidate and their names: float32 (n_users * k, features), user by user.

        Args:
            rows: the users.
            candidates: int32 (n_users, k), item numbers; -1 = none, whose row tells nothing.
            scores: float32 (n_users, k), the first stage's of each.
        """
        lists = Lists.of(rows)
        found: dict[str, Floats] = {"first_score": scores, **_among_others("first", scores)}
        for name in self.models:
            found |= self._evidence(name, lists, candidates)
        for name in self._groups:
            found |= self._series(name, lists, candidates)
        found |= self._about_items(candidates) | self._about_users(lists, candidates)
        for name in ("genres", "tags", "studios"):
            found |= self._labels(name, lists, candidates)
        names = [name for name in found if not name.startswith(self._left_out)]
        table = np.stack([np.asarray(found[name], dtype=np.float32) for name in names], axis=-1)
        return table.reshape(-1, len(names)), names

    def _evidence(self, name: str, lists: Lists, candidates: Indices) -> dict[str, Floats]:
        """What one item-to-item model says, also relative to the user's other candidates."""
        from recommenders.kernels.candidates import EVIDENCE, evidence

        carrier, weights = self._carriers[name], self.models[name]._weights(lists.rows)
        liking = lists.liking if weights.nnz == lists.rows.seen.nnz else _some_liking(lists, weights)
        cells = evidence(
            weights.indptr,
            weights.indices,
            weights.data,
            liking,
            candidates,
            carrier.ptr,
            carrier.items,
            carrier.amounts,
        )
        parts = {f"{name}_{part}": cells[:, :, at] for at, part in enumerate(EVIDENCE)}
        return parts | _among_others(name, cells[:, :, 0])

    def _series(self, name: str, lists: Lists, candidates: Indices) -> dict[str, Floats]:
        """What the user has of the candidate's franchise, or of all that bears its name."""
        from recommenders.kernels.candidates import SERIES, series

        seen, (starts, members) = lists.rows.seen, self._groups[name]
        group = getattr(self.facts, name)
        cells = series(
            seen.indptr, seen.indices, lists.liking, candidates, group, starts, members, self._time, self.facts.formats
        )
        return {f"{name}_{part}": cells[:, :, at] for at, part in enumerate(SERIES)}

    def _about_items(self, candidates: Indices) -> dict[str, Any]:
        """What the candidates are, whoever looks."""
        at, facts = np.maximum(candidates, 0), self.facts
        return {
            "popularity": self._popularity[at],
            "mean_rating": facts.mean_rating[at],
            "liked_share": facts.liked_share[at],
            "year": facts.years[at],
            "format": facts.formats[at],
            "episodes": facts.episodes[at],
        }

    def _about_users(self, lists: Lists, candidates: Indices) -> dict[str, Any]:
        """How the user's list is, and how far the candidates lie from it in time and format."""
        at, facts, seen = np.maximum(candidates, 0), self.facts, lists.rows.seen
        shape = np.ones(candidates.shape, dtype=np.float32)
        years, dated = facts.years, (~np.isnan(facts.days)).astype(np.float32)
        known = seen @ dated
        mean_year = np.where(known > 0, (seen @ np.nan_to_num(years)) / np.maximum(known, 1), np.nan)
        formats = np.eye(int(facts.formats.max(initial=0)) + 1, dtype=np.float32)[facts.formats]
        own = np.asarray(seen @ formats) / lists.length[:, None]
        everybody = (facts.users @ formats) / max(float(facts.users.sum()), 1.0)
        lift = own / np.maximum(everybody, 1e-6)
        code = facts.formats[at]
        return {
            "list_length": shape * lists.length[:, None],
            "list_mean_rating": shape * lists.mean[:, None],
            "list_popularity": shape * ((seen @ self._popularity) / lists.length)[:, None],
            "years_from_mean": years[at] - mean_year[:, None],
            "years_from_newest": years[at] - _newest(seen, years)[:, None],
            "format_share": np.take_along_axis(own, code, axis=1),
            "format_lift": np.take_along_axis(lift, code, axis=1),
        }

    def _labels(self, name: str, lists: Lists, candidates: Indices) -> dict[str, Floats]:
        """Whether the user has more of the candidate's labels than others have, and likes them more."""
        from recommenders.kernels.candidates import label_means

        labels, seen = getattr(self.facts, name), lists.rows.seen
        counts = (seen @ labels).toarray()
        everybody = (self.facts.users @ labels) / max(float(self.facts.users.sum()), 1.0)
        lift = np.log((counts / lists.length[:, None] + PRIOR_SHARE) / (everybody + PRIOR_SHARE))
        felt = scipy.sparse.csr_array((np.nan_to_num(lists.liking), seen.indices, seen.indptr), shape=seen.shape)
        liking = (felt @ labels).toarray() / (counts + PRIOR_ENTRIES)
        return {
            f"{name}_{part}": label_means(table.astype(np.float32), labels.indptr, labels.indices, candidates)
            for part, table in (("lift", lift), ("liking", liking))
        }


def _by_target(model: LinearRecommender) -> Carrier:
    matrix = model.carry.tocsc()
    matrix.sort_indices()
    return Carrier(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(np.float32))


def _among_others(name: str, scores: Floats) -> dict[str, Floats]:
    """A score relative to the best of the user's candidates, and its place among theirs, from 0."""
    best = scores.max(axis=1, keepdims=True, initial=0)
    rank = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable")
    relative = np.divide(scores, best, out=np.zeros_like(scores), where=best > 0)
    return {f"{name}_relative": relative, f"{name}_rank": rank.astype(np.float32)}


def _some_liking(lists: Lists, weights: Csr) -> Floats:
    """The likings of the entries that a model looks at, where it does not look at all of them."""
    width, users = np.int64(lists.rows.n_items), np.arange(lists.rows.n_users)
    seen = lists.rows.seen
    everything = np.repeat(users, np.diff(seen.indptr)) * width + seen.indices
    wanted = np.repeat(users, np.diff(weights.indptr)) * width + weights.indices
    return np.asarray(lists.liking[np.searchsorted(everything, wanted)])


def _newest(seen: Csr, years: NDArray[np.float64]) -> NDArray[np.float64]:
    """The latest year on each list; nan where no year is known."""
    out = np.full(seen.shape[0], -np.inf)
    np.maximum.at(
        out, np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr)), np.nan_to_num(years, nan=-np.inf)[seen.indices]
    )
    return np.where(np.isinf(out), np.nan, out)

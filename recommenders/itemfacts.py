"""What is known of the items besides who has them next to what: popularity, dates, formats, labels, franchises.

The one rule: everything is an array, so that it is stored with the model that reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommenders.contributions import Floats, Indices
from recommenders.features import ItemFeatures
from recommenders.interactions import LIKED, Csr, Interactions
from recommenders.labels import indicators

PRIOR_RATINGS = 5.0
"""So many average ratings stand beside an item's own, so that one enthusiast does not make a masterpiece."""
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class ItemFacts:
    """Facts of n items, learned from the training users and the descriptions.

    Attributes:
        users: float32 (n,), training users who have it.
        mean_rating: float32 (n,), mean of its ratings, drawn towards the mean of all.
        liked_share: float32 (n,), share of its ratings from LIKED on, drawn towards one half.
        days: float64 (n,), first day, in days since 1970; nan = unknown.
        episodes: float32 (n,); nan = unknown.
        formats: int32 (n,), code of the format; 0 = unknown.
        franchise: int32 (n,), number of the group; -1 = none. So is `universe`.
        genres: csr (n, genres) float32 of ones. So are `tags` and `studios`.
    """

    users: Floats
    mean_rating: Floats
    liked_share: Floats
    days: NDArray[np.float64]
    episodes: Floats
    formats: Indices
    franchise: Indices
    universe: Indices
    genres: Csr
    tags: Csr
    studios: Csr

    @classmethod
    def learn(cls, interactions: Interactions, items: ItemFeatures | None) -> Self:
        """The facts of the items of these users' matrix; without descriptions nothing is known of dates and labels."""
        ratings, n = interactions.ratings, interactions.n_items
        count = np.bincount(ratings.indices, minlength=n)
        total = np.bincount(ratings.indices, weights=ratings.data, minlength=n)
        liked = np.bincount(ratings.indices, weights=ratings.data >= LIKED, minlength=n)
        mean = float(ratings.data.mean()) if ratings.nnz else 0.0
        known = items if items is not None else _nothing_known(interactions)
        return cls(
            users=np.bincount(interactions.seen.indices, minlength=n).astype(np.float32),
            mean_rating=((total + PRIOR_RATINGS * mean) / (count + PRIOR_RATINGS)).astype(np.float32),
            liked_share=((liked + PRIOR_RATINGS / 2) / (count + PRIOR_RATINGS)).astype(np.float32),
            days=np.asarray(known.started, dtype=np.float64),
            episodes=np.asarray(known.episodes, dtype=np.float32),
            formats=_codes(known.formats),
            franchise=_groups(known.franchise),
            universe=_groups(known.universe),
            genres=indicators(known.genres),
            tags=indicators(known.tags),
            studios=indicators(known.studios),
        )

    @property
    def years(self) -> NDArray[np.float64]:
        """Calendar years with fractions, float64 (n,); nan = unknown."""
        return np.asarray(1970 + self.days / DAYS_A_YEAR)

    def arrays(self) -> dict[str, Any]:
        """The facts by name, for storing."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        """The facts that `arrays` gave."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})


def members_of(group: Indices) -> tuple[Indices, Indices]:
    """The items of each group: where they begin, int32 (groups + 1,), and their numbers, int32."""
    members = np.flatnonzero(group >= 0)
    members = members[np.argsort(group[members], kind="stable")]
    starts = np.searchsorted(group[members], np.arange(int(group.max(initial=-1)) + 2))
    return starts.astype(np.int32), members.astype(np.int32)


def _nothing_known(interactions: Interactions) -> ItemFeatures:
    n = interactions.n_items
    nothing: list[list[str]] = [[] for _ in range(n)]
    return ItemFeatures(interactions.item_keys, [""] * n, [""] * n, nothing, nothing, nothing)


def _codes(names: Sequence[str]) -> Indices:
    """Numbers for names in alphabetical order, from 1; 0 for the empty name."""
    code = {name: number for number, name in enumerate(sorted(set(names) - {""}), start=1)}
    return np.array([code.get(name, 0) for name in names], dtype=np.int32)


def _groups(keys: NDArray[np.int64]) -> Indices:
    """Groups numbered from 0 in the order of their keys; -1 stays -1, and a group of one is none."""
    _, number, size = np.unique(keys, return_inverse=True, return_counts=True)
    alone = (keys < 0) | (size[number] < 2)
    group = np.full(len(keys), -1, dtype=np.int32)
    group[~alone] = np.unique(number[~alone], return_inverse=True)[1]
    return group

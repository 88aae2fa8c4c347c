"""Recent popularity: what many users have come to like lately, the same list for everybody."""

from dataclasses import dataclass

import numpy as np
from typing_extensions import override

from recommenders.contributions import Floats
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.popularity import Popularity, PopularityConfig


@dataclass(frozen=True)
class PopularityRecentConfig(PopularityConfig):
    """What counts as liked, and as recent."""

    days: float = 180.0
    """Ratings older than this, counted back from the newest one, do not count."""
    half_life_days: float = 60.0
    """A rating that much older than the newest one counts half."""


class PopularityRecent(Popularity):
    """An item's score is the number of users who rated it highly of late, newer ratings counting more.

    Ratings count 0.5 ** (age / half life), age in days before the newest rating there is, so that nothing
    depends on the day on which it is computed. Popularity of all time breaks ties, as a fraction below the
    smallest of these counts.

    Source:
        Ji, Sun, Zhang, Li, "A re-visit of the popularity baseline in recommender systems", SIGIR 2020
        (RecentPop, DecayPop).
    """

    name = "popularity_recent"
    Config = PopularityRecentConfig

    @override
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        super()._fit(interactions, items)
        counts = self._recent(interactions)
        smallest = 0.5 ** (self.config.days / self.config.half_life_days)
        tie = self.prior / (self.prior.max(initial=0.0) + 1) * smallest
        self.prior = np.asarray(counts + tie, dtype=np.float32)

    def _recent(self, interactions: Interactions) -> Floats:
        """Decayed number of recent high ratings of each item.

        Raises:
            NotEnoughDataError: no rating has a time.
        """
        rated = interactions.ratings.tocoo()
        liked = rated.data >= self.config.positive_from
        times = interactions.rated_at
        if times is None or not times.nnz:
            raise NotEnoughDataError(f"{self.name} counts recent ratings, and no rating says when it was made")
        timed = times.tocoo()
        width = np.int64(interactions.n_items)
        when = timed.row.astype(np.int64) * width + timed.col
        wanted = rated.row[liked].astype(np.int64) * width + rated.col[liked]
        here = np.isin(when, wanted)
        age = timed.data.max() - timed.data[here]
        counts = np.where(age <= self.config.days, 0.5 ** (age / self.config.half_life_days), 0.0)
        return np.bincount(timed.col[here], weights=counts, minlength=interactions.n_items).astype(np.float32)

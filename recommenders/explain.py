"""Why something was recommended: which of the user's titles carried it, and what share each cause has.

The one rule: a reason is the arithmetic of the score, never a story told afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommenders.base import Family, Recommender
from recommenders.contributions import Contributions
from recommenders.interactions import Interactions
from recommenders.ranking import Recommendations


@dataclass(frozen=True)
class Explanation:
    """The causes of n users' k recommendations; places without an item hold -1, nan and 0.

    Attributes:
        share_collaborative: float64 (n, k), share of what people who watch the same carry.
        share_content: float64 (n, k), share of resemblance.
        share_popularity: float64 (n, k), share of popularity; the three sum to 1.
        because: int32 (n, k, t), items of the user that carried most; -1 = none.
        because_rating: float32 (n, k, t), the user's rating of each; nan = seen without a score.
        because_share: float64 (n, k, t), its share of everything that spoke for the recommendation.
    """

    share_collaborative: NDArray[np.float64]
    share_content: NDArray[np.float64]
    share_popularity: NDArray[np.float64]
    because: NDArray[np.int32]
    because_rating: NDArray[np.float32]
    because_share: NDArray[np.float64]


def explain(model: Recommender, rows: Interactions, recommendations: Recommendations, top: int = 3) -> Explanation:
    """The causes of lists that `recommend(model, rows, ...)` made, with `top` titles each."""
    contributions = model.contributions(rows, recommendations.items, top)
    return from_contributions(contributions, model.family, rows, recommendations.items)


def from_contributions(
    contributions: Contributions, family: Family, rows: Interactions, targets: NDArray[np.int32]
) -> Explanation:
    """Contributions turned into shares.

    Shares are of what spoke for an item: the contributions above 0, what the list says as a whole, and the part of
    the score that is said whatever the list. An item that nothing spoke for stands in the list by its popularity alone.
    """
    carried = contributions.positive.astype(np.float64)
    by_list = carried + np.maximum(contributions.together.astype(np.float64), 0)
    total = by_list + np.maximum(contributions.base.astype(np.float64), 0)
    own = np.divide(by_list, total, out=np.zeros_like(total), where=total > 0)
    listed = targets >= 0
    amounts = contributions.amounts.astype(np.float64)
    nothing = np.zeros_like(own)
    return Explanation(
        share_collaborative=own if family == "collaborative" else nothing,
        share_content=own if family == "content" else nothing,
        share_popularity=np.where(listed, 1 - own, 0),
        because=contributions.items,
        because_rating=_ratings(rows, contributions.items),
        because_share=np.divide(amounts, total[:, :, None], out=np.zeros_like(amounts), where=total[:, :, None] > 0),
    )


def _ratings(rows: Interactions, items: NDArray[np.int32]) -> NDArray[np.float32]:
    """The users' ratings of the items named, nan where there is none: float32, the shape of `items`."""
    out = np.full(items.shape, np.nan, dtype=np.float32)
    ratings = rows.ratings
    width = np.int64(rows.n_items)
    owner = np.repeat(np.arange(rows.n_users, dtype=np.int64), np.diff(ratings.indptr))
    known = owner * width + ratings.indices
    place = np.nonzero(items >= 0)
    wanted = place[0].astype(np.int64) * width + items[place]
    if len(known):
        found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        out[place] = np.where(known[found] == wanted, ratings.data[found], np.nan)
    return out

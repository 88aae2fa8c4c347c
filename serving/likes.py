"""Recommendations for somebody who is in no list: the titles they like, put to the active model as a new row.

The one rule: nothing is learned here. The stored model scores the row as it scores any user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recommenders.discovery import load_model
from recommenders.errors import RecommenderError
from recommenders.explain import Explanation, explain
from recommenders.interactions import Interactions
from recommenders.ranking import Recommendations, recommend
from serving.errors import ModelUnavailableError
from serving.reader import Because, Model, Reader, Recommendation
from serving.titles import Title, TitleIndex
from warehouse.home import Home

if TYPE_CHECKING:
    from recommenders.base import Recommender

#: What naming a title as liked counts for; any high rating does, since models care about the differences.
_LIKED = 10.0
_NEWCOMER = 0
_CARRIERS = 3
_NAMED_IN_REASON = 2
#: From this share on, a place that no title carried is there by popularity.
_BY_POPULARITY = 0.5


@dataclass(frozen=True)
class ForTitles:
    """What is recommended to somebody who likes some titles, best first.

    Attributes:
        found: the recommendations.
        unlisted: the titles named that stand on no list the model learned from.
    """

    found: list[Recommendation]
    unlisted: tuple[Title, ...]

    @property
    def is_popular_only(self) -> bool:
        """Whether the titles told the model nothing, so that everybody would get this list."""
        return bool(self.found) and all(one.shares["popularity"] == 1 for one in self.found)


def recommend_for_titles(reader: Reader, home: Home, index: TitleIndex, liked: Sequence[Title], n: int) -> ForTitles:
    """The n best anime for somebody who likes the titles, best first, without these titles themselves.

    Sequels and other parts of the same franchise stay in; adult titles only if one of them was named; anime
    without a title never.

    Args:
        reader: the snapshot whose active model is asked.
        home: where that model is stored.
        index: the snapshot's titles.
        liked: what they like.
        n: how many.

    Raises:
        ModelUnavailableError: when no model is active, or its files are not there or damaged.
    """
    active = next((model for model in reader.models() if model.is_active), None)
    if active is None:
        raise ModelUnavailableError("no model is active in this snapshot; `osusume run --force` trains one")
    try:
        model = load_model(home.models / active.model_version_id)
        row = _row(model, liked)
        found = recommend(model, row, n, allowed=_allowed(model, index, liked))
        causes = explain(model, row, found, _CARRIERS)
    except RecommenderError as problem:
        raise ModelUnavailableError(
            f"the active model {active.model_version_id} cannot be used: {problem}. `osusume run --force` "
            "trains it again"
        ) from problem
    return ForTitles(_told(model, active, index, found, causes, row.seen.nnz), _unlisted(model, liked))


def _row(model: Recommender, liked: Sequence[Title]) -> Interactions:
    """The titles as the list of a new user, over the model's items; titles it never met drop out."""
    keys = sorted({title.anime_key for title in liked})
    users, ratings = [_NEWCOMER] * len(keys), [_LIKED] * len(keys)
    return Interactions.from_arrays(users, keys, ratings, user_keys=[_NEWCOMER]).aligned_to(model.item_keys)


def _unlisted(model: Recommender, liked: Sequence[Title]) -> tuple[Title, ...]:
    """Those of the titles that nobody had whom the model learned from."""
    # the popularity of what somebody has is above 0, even where nobody liked it
    listed = set(model.item_keys[model.prior > 0].tolist())
    return tuple(dict.fromkeys(title for title in liked if title.anime_key not in listed))


def _allowed(
    model: Recommender, index: TitleIndex, liked: Sequence[Title]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """What may be recommended, for each of the model's items."""
    adults_too = any(title.is_adult for title in liked)
    fit = [title.anime_key for title in index.titles if adults_too or not title.is_adult]
    named = [title.anime_key for title in liked]
    return np.isin(model.item_keys, fit) & ~np.isin(model.item_keys, named)


def _told(
    model: Recommender, active: Model, index: TitleIndex, found: Recommendations, causes: Explanation, asked_with: int
) -> list[Recommendation]:
    """The list of the one new user, ready to be shown; the model was asked with so many titles."""
    told = []
    for place, item in enumerate(found.items[0]):
        if item < 0:
            break
        title = index.by_key[int(model.item_keys[item])]
        because = tuple(
            Because(index.by_key[int(model.item_keys[one])].title, None, float(share))
            for one, share in zip(causes.because[0, place], causes.because_share[0, place], strict=True)
            if one >= 0
        )
        told.append(
            Recommendation(
                rank=place + 1,
                anime_key=title.anime_key,
                title=title.title,
                format=title.format,
                start_year=title.start_year,
                score=float(found.scores[0, place]),
                reason=_reason(title, because, float(causes.share_popularity[0, place]), asked_with),
                because=because,
                shares=_shares(causes, place),
                model_version_id=active.model_version_id,
            )
        )
    return told


def _reason(title: Title, because: Sequence[Because], by_popularity: float, asked_with: int) -> str:
    """Why, in a sentence; `by_popularity` is the share (0-1) of the score that is said whatever the list."""
    if not because and by_popularity < _BY_POPULARITY:
        if asked_with == 1:
            # of one title there is no whole that says more than it
            return "People with lists like yours like it."
        return "It fits your list as a whole, more than any one title on it."
    if not because:
        return f"Popular: on the lists of {title.popularity:,} people."
    return f"Because you like {' and '.join(one.title for one in because[:_NAMED_IN_REASON])}."


def _shares(causes: Explanation, place: int) -> dict[str, float]:
    """What the score is made of."""
    return {
        "collaborative": float(causes.share_collaborative[0, place]),
        "content": float(causes.share_content[0, place]),
        "popularity": float(causes.share_popularity[0, place]),
    }

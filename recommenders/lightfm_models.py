"""LightFM: embeddings trained to put what was seen above what was not, of anime or also of what they are about."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import scipy
from numpy.typing import NDArray
from typing_extensions import override

from recommenders.config import Between, EvidenceConfig, OneOf, SearchSpace
from recommenders.embedding import EmbeddingConfig, EmbeddingRecommender, Learned
from recommenders.errors import MissingFeaturesError, ModelDivergedError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, sparse
from recommenders.labels import item_labels
from recommenders.training import PairProbe


@dataclass(frozen=True)
class LightfmWarpConfig(EmbeddingConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    embedding_size: int = 96
    epochs: int = 20
    max_samples: int = 5_000_000
    """Upper bound of epochs times entries times features of an item: see the base class."""
    max_sampled: int = 30
    """WARP draws at most so many negatives to find one that is ranked too high; BPR takes the first."""
    item_reg: float = 1e-6

    search_space: ClassVar[SearchSpace] = {
        **EvidenceConfig.search_space,
        "embedding_size": Between(32, 128, log=True),
        "learning_rate": Between(0.01, 0.15, log=True),
        "item_reg": Between(1e-7, 1e-4, log=True),
        "max_sampled": OneOf((10, 20, 30, 50)),
        "fold_in_reg": Between(0.001, 0.1, log=True),
    }


@dataclass(frozen=True)
class LightfmBprConfig(LightfmWarpConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    embedding_size: int = 64
    epochs: int = 40
    max_samples: int = 2_500_000


@dataclass(frozen=True)
class LightfmFeaturesConfig(LightfmWarpConfig):
    """Tuned on splits inside the training part of ../shared/data."""

    embedding_size: int = 64
    epochs: int = 40
    item_reg: float = 1e-5
    min_items: int = 3
    """A label that fewer of the seen items have teaches nothing of others."""
    label_weight: float = 1.0
    """Weight of all labels of an item together, where the item itself has 1."""


@dataclass(frozen=True)
class LightfmBprFeaturesConfig(LightfmFeaturesConfig):
    """Tuned on splits inside the training part of ../shared/data: BPR sees few wrong items, so it needs more passes."""

    embedding_size: int = 32
    max_samples: int = 10_000_000
    item_reg: float = 1e-7
    label_weight: float = 0.3


class LightfmWarp(EmbeddingRecommender):
    """Embeddings and item biases by WARP; users are read from their lists (see the base class).

    One thread: LightFM's threads write to shared embeddings without locks, and no two runs would agree.

    Source:
        Kula, "Metadata embeddings for user and item cold-start recommendations", CBRecSys 2015; WARP:
        Weston, Bengio, Usunier, "WSABIE", IJCAI 2011.
    """

    name = "lightfm_warp"
    family = "collaborative"
    Config = LightfmWarpConfig
    loss: ClassVar[Literal["warp", "bpr"]] = "warp"

    @override
    def _train(self, weights: Csr, columns: NDArray[np.intp], items: ItemFeatures | None) -> Learned:
        described = self._described(columns, items)
        model = self._fitted_lightfm(weights, as_lightfm_reads(described[columns]))
        biases, vectors = model.get_item_representations(as_lightfm_reads(described))
        vectors[np.diff(described.indptr) == 0] = 0
        return Learned(model.get_user_representations()[1], vectors, biases)

    def _described(self, columns: NDArray[np.intp], items: ItemFeatures | None) -> Csr:
        """Each item as a sum of features, the first of which are the seen items themselves: csr (n_items, features)."""
        ones = np.ones(len(columns), dtype=np.float32)
        own = sparse(ones, columns, np.arange(len(columns)), (len(self.item_keys), len(columns)))
        if not self.needs_items:
            return own
        if items is None:
            raise MissingFeaturesError(f"{self.name} sums up descriptions, and no item features were given")
        labels = item_labels(items, columns, self.config.min_items) * np.float32(self.config.label_weight)
        return scipy.sparse.csr_array(scipy.sparse.hstack([own, labels], format="csr"))

    def _fitted_lightfm(self, weights: Csr, features: Any) -> Any:
        """A `lightfm.LightFM` that has learned from `weights`."""
        from lightfm import LightFM

        model = LightFM(
            no_components=self.config.embedding_size,
            loss=self.loss,
            learning_rate=self.config.learning_rate,
            item_alpha=self.config.item_reg,
            max_sampled=self.config.max_sampled,
            random_state=self.config.seed,
        )
        entries = scipy.sparse.coo_matrix(weights)
        ones = scipy.sparse.coo_matrix((np.ones_like(entries.data), (entries.row, entries.col)), shape=entries.shape)
        probe, passes = PairProbe(weights, self.config.seed), []
        for _ in range(self.config.affordable_epochs(weights.nnz * features.nnz / features.shape[0])):
            try:
                # one epoch after the other is the same to the last bit as all at once
                model.fit_partial(ones, sample_weight=entries, item_features=features, epochs=1, num_threads=1)
            except ValueError as error:
                raise ModelDivergedError(f"{self.name} stopped: {error}") from error
            biases, vectors = model.get_item_representations(features)
            passes.append(probe.share(model.user_embeddings, vectors, biases))
        self.training = tuple(passes)
        return model


class LightfmBpr(LightfmWarp):
    """The same with the BPR loss: one random item that the user does not have, instead of the first that is wrong.

    Source:
        Kula 2015 as above; BPR: Rendle, Freudenthaler, Gantner, Schmidt-Thieme, "BPR: Bayesian personalized
        ranking from implicit feedback", UAI 2009.
    """

    name = "lightfm_bpr"
    Config = LightfmBprConfig
    loss = "bpr"


class LightfmWarpFeatures(LightfmWarp):
    """LightFM with WARP on the sums of an item's own embedding and those of its genres, tags and studios.

    So anime that nobody has seen have vectors as well, made of their labels.

    Source:
        Kula 2015 and Weston et al. 2011, as `lightfm_warp`.
    """

    name = "lightfm_warp_features"
    Config: ClassVar[type[LightfmFeaturesConfig]] = LightfmFeaturesConfig
    needs_items = True


class LightfmBprFeatures(LightfmWarpFeatures):
    """LightFM with BPR on the sums of an item's own embedding and those of its genres, tags and studios.

    Source:
        Kula 2015 and Rendle et al. 2009, as `lightfm_bpr`.
    """

    name = "lightfm_bpr_features"
    Config = LightfmBprFeaturesConfig
    loss = "bpr"


def as_lightfm_reads(features: Csr) -> Any:
    """The same matrix with 32-bit positions: LightFM's compiled loops take no others."""
    parts = (features.data, features.indices.astype(np.int32), features.indptr.astype(np.int32))
    return scipy.sparse.csr_matrix(parts, shape=features.shape)

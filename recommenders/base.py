"""The one interface of all models: fit on a sparse matrix, score any user row, say what carried a score.

The one rule: a score depends on the row handed in and on nothing else the model may remember of that
user. So somebody who was not there at training is scored like everybody else ("fold-in"), and what
`contributions` says of a score is the arithmetic that made it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommenders import store
from recommenders.config import ModelConfig
from recommenders.contributions import Contributions, Floats, Indices, keep_strongest, no_contributions, scores_of
from recommenders.errors import (
    InvalidInputError,
    MissingFeaturesError,
    ModelDamagedError,
    ModelDivergedError,
    NotFittedError,
)
from recommenders.features import ItemFeatures
from recommenders.interactions import LIKED, Csr, Interactions, Keys
from recommenders.threads import one_blas_thread

ROWS = 256
"""Users whose scores of the whole catalogue are held at once while they are explained."""

Family: TypeAlias = Literal["collaborative", "content", "popularity"]


@dataclass(frozen=True)
class Similarity:
    """The most similar items of each item.

    Attributes:
        items: int32 (n_items, k), most similar first; -1 = there are no more.
        scores: float32 (n_items, k), cosine in (0, 1].
    """

    items: Indices
    scores: Floats


class Recommender(ABC):
    """A model that scores every item for any user row."""

    name: ClassVar[str]
    """The module's name; part of the version id and of table names."""
    family: ClassVar[Family]
    """What the scores are made of, for the shares of a recommendation."""
    Config: ClassVar[type[ModelConfig]]
    needs_items: ClassVar[bool] = False
    reads_items: ClassVar[bool] = False
    """Whether it learns from the features of the items where they are given, though it can do without them."""
    components: ClassVar[tuple[str, ...]] = ()
    """Names of the models that this one is made of."""

    def __init__(self, config: ModelConfig | None = None) -> None:
        self.config: Any = config if config is not None else self.Config()
        if not isinstance(self.config, self.Config):
            wrong = type(self.config).__name__
            raise InvalidInputError(f"{self.name} takes a {self.Config.__name__}, not {wrong}")
        self.item_keys: Keys = np.zeros(0, dtype=np.int64)
        self.prior: Floats = np.zeros(0, dtype=np.float32)
        self.training: tuple[float, ...] = ()
        """Share of sampled training pairs ranked rightly after each pass (`training`); empty for a model that is
        computed in one step, and for one that was loaded."""
        self.given: Mapping[str, Recommender] = {}
        """Fitted components by name; `fit` trains those that are not here."""
        self.workspace: Path | None = None
        """A folder for what is costly to compute and cheap to keep; None = nothing is kept."""
        self.told: Callable[[str], None] = lambda _: None
        """Hears now and then how far training is, where it may take minutes."""
        self._fitted = False

    # --- what callers use -------------------------------------------------------------------------

    @classmethod
    def learns_from_items(cls) -> bool:
        """Whether the features of the items change what it learns, whether or not it can do without them."""
        return cls.needs_items or cls.reads_items

    def using(self, fitted: Mapping[str, "Recommender"]) -> Self:
        """The model itself, with components that were fitted on the very interactions that `fit` will get."""
        self.given = fitted
        return self

    def fit(self, interactions: Interactions, items: ItemFeatures | None = None) -> Self:
        """The model itself, trained on these users; equal input and configuration give equal bits.

        Raises:
            NotEnoughDataError: this model cannot learn from this input (the message says why); a caller that
                trains several models reports it as skipped.
            ItemsDifferError: the features are of other items than the matrix.
        """
        if items is not None:
            interactions.require_items(items.item_keys, "the matrix of item features")
        elif self.needs_items:
            raise MissingFeaturesError(f"{self.name} compares descriptions, and no item features were given")
        self.item_keys = interactions.item_keys
        self.prior = popularity_prior(interactions)
        with one_blas_thread():
            self._fit(interactions, items)
        self._fitted = True
        return self

    def scores(self, rows: Interactions) -> Floats:
        """Scores of every item for every row: float32 (rows.n_users, n_items), finite, larger is better.

        They order one user's items; scores of two users are not comparable. A row from which the model
        can tell nothing (an empty list, only items it never met) gets the popularity of the items.

        Raises:
            ItemsDifferError: the rows are of other items than the model.
            ModelDivergedError: a score is not finite.
        """
        self._require(rows)
        with one_blas_thread():
            result = self._scores(rows)
        result[~self._speaks(rows)] = self.prior
        if not np.isfinite(result).all():
            raise ModelDivergedError(
                f"{self.name} computed scores that are not finite: lower its learning rate or raise its reg"
            )
        return result

    def contributions(self, rows: Interactions, targets: Indices, top: int = 3) -> Contributions:
        """How much each of the user's items carried each recommended item.

        Args:
            rows: the users' rows, as given to `scores`.
            targets: int32 (rows.n_users, k), recommended items; -1 = none.
            top: so many of the user's items are kept for each.
        """
        self._require(rows)
        out = no_contributions(len(targets), targets.shape[1], top)
        speaks, weights = self._speaks(rows), self._weights(rows)
        with one_blas_thread():
            for row in range(rows.n_users):
                wanted = np.flatnonzero(targets[row] >= 0)
                items = targets[row][wanted]
                if not speaks[row]:
                    out.base[row, wanted] = self.prior[items]
                    continue
                own = slice(weights.indptr[row], weights.indptr[row + 1])
                history = weights.indices[own].astype(np.int32)
                carried = self._carried(history, weights.data[own], items)
                keep_strongest(out, row, wanted, history, carried, top)
                out.base[row, wanted] = self._base(items)
        return out

    def similar(self, k: int = 20, allowed: NDArray[np.bool_] | None = None) -> Similarity | None:
        """The k most similar items of each item, or None where the model compares no items.

        Args:
            k: length of each list; a list is shorter where fewer items have anything in common.
            allowed: bool (n_items,), items that may stand in a list; default: all.
        """
        cosines = self._cosines()
        if cosines is None:
            return None
        items = np.full((len(self.item_keys), k), -1, dtype=np.int32)
        scores = np.zeros((len(self.item_keys), k), dtype=np.float32)
        near = cosines.tocoo()
        wanted = near.data > 0 if allowed is None else (near.data > 0) & allowed[near.col]
        owner, other, value = near.row[wanted], near.col[wanted], near.data[wanted]
        order = np.lexsort((other, -value, owner))
        owner, other, value = owner[order], other[order], value[order]
        place = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
        kept = place < k
        items[owner[kept], place[kept]] = other[kept]
        scores[owner[kept], place[kept]] = value[kept]
        return Similarity(items, scores)

    def save(self, directory: Path, stamp: dict[str, Any] | None = None) -> Path:
        """The folder the model was written to, whole or not at all (see `store`).

        Args:
            directory: the folder to create, models/<model_version_id>.
            stamp: what else to keep with it (data version, code version, metrics), JSON values only.
        """
        self._require_fitted()
        arrays = {"item_keys": self.item_keys, "prior": self.prior, **self._state()}
        header = {"model": self.name, "config": asdict(self.config), "stamp": stamp or {}}
        return store.write_folder(directory, header, arrays)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The model as it was saved: same scores, bit for bit.

        Raises:
            ModelMissingError: no such folder.
            ModelDamagedError: a checksum or the format differs, or it is another model's or another version's.
        """
        header, arrays = store.read_folder(directory)
        known = {field.name for field in fields(cls.Config)}
        if header.get("model") != cls.name or set(header.get("config", {})) != known:
            raise ModelDamagedError(f"{directory} holds a {header.get('model')!r} of another make, not {cls.name}")
        try:
            return cls.restored(header["config"], arrays.pop("item_keys"), arrays.pop("prior"), arrays)
        except (LookupError, TypeError, ValueError) as problem:
            # what was written is whole, but by a version that stored other arrays under other names
            why = f"{directory} holds the arrays of another make of {cls.name} ({problem!r}); train the model again"
            raise ModelDamagedError(why) from problem

    @classmethod
    def restored(cls, config: dict[str, Any], item_keys: Keys, prior: Floats, arrays: dict[str, Any]) -> Self:
        """The model with a state that was kept.

        Args:
            config: every field of its configuration.
            item_keys: as it learned them.
            prior: as it learned it.
            arrays: what `_state` gave.
        """
        model = cls(cls.Config(**config))
        model.item_keys, model.prior = item_keys, prior
        model._restore(arrays)
        model._fitted = True
        return model

    # --- what a model fills in --------------------------------------------------------------------

    @abstractmethod
    def _fit(self, interactions: Interactions, items: ItemFeatures | None) -> None:
        """Learn; leaves the state behind."""

    @abstractmethod
    def _scores(self, rows: Interactions) -> Floats:
        """Fresh float32 (rows, n_items); rows for which `_speaks` is False may hold anything finite."""

    @abstractmethod
    def _speaks(self, rows: Interactions) -> NDArray[np.bool_]:
        """Whether the model can tell anything from each row: bool (rows,)."""

    @abstractmethod
    def _carried(self, history: Indices, weights: Floats, targets: Indices) -> Floats:
        """What each item of one user's list carried of each target: float32 (len(history), len(targets)).

        `weights` is the evidence of the items of `history`, as `_weights` gives it.
        """

    @abstractmethod
    def _state(self) -> dict[str, NDArray[Any] | Csr]:
        """Everything learned, as plain arrays."""

    @abstractmethod
    def _restore(self, arrays: dict[str, Any]) -> None:
        """Take back what `_state` gave."""

    def _scores_at(self, rows: Interactions, targets: Indices) -> Floats:
        """`scores` of the targets: float32 (rows, k), 0 where there is none; ROWS whole catalogues at a time."""
        found = np.zeros(targets.shape, dtype=np.float32)
        for start in range(0, rows.n_users, ROWS):
            block = np.arange(start, min(start + ROWS, rows.n_users))
            found[block] = scores_of(targets[block], self.scores(rows.take(block)))
        return found

    def _base(self, targets: Indices) -> Floats:
        """The part of the targets' scores that none of the user's items carries."""
        return np.zeros(len(targets), dtype=np.float32)

    def _cosines(self) -> Csr | None:
        """Similarities to each row's nearest items: csr (n_items, n_items); or None."""
        return None

    # --- shared -----------------------------------------------------------------------------------

    def _weights(self, rows: Interactions) -> Csr:
        """The rows' evidence under this configuration."""
        return rows.evidence(self.config.rating_power, self.config.unscored_rating)

    def _require_fitted(self) -> None:
        if not self._fitted:
            raise NotFittedError(f"{self.name} has not been fitted: call fit(...) or load(...) first")

    def _require(self, rows: Interactions) -> None:
        self._require_fitted()
        rows.require_items(self.item_keys, self.name)


def popularity_prior(interactions: Interactions, positive_from: float = LIKED) -> Floats:
    """How many users liked each item, float32 (n_items,).

    Liked is a rating of at least `positive_from`. Users who merely have it break ties, as a fraction
    below 1, and carry the order alone where nobody rated anything so high.
    """
    count = np.asarray(interactions.liked(positive_from).sum(axis=0)).ravel()
    seen = np.asarray(interactions.seen.sum(axis=0)).ravel()
    return np.asarray(count + seen / (interactions.n_users + 1), dtype=np.float32)

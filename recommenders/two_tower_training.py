"""How two towers learn: in-batch sampled softmax in PyTorch, stopped by users it does not learn from.

The one rule: PyTorch stays in this file. What leaves it are plain arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import scipy
from numpy.typing import NDArray

from recommenders.contributions import Floats
from recommenders.interactions import Csr
from recommenders.training import PairProbe

Layers: TypeAlias = dict[str, Any]
"""Weights and biases by name; arrays here, tensors while they are trained."""
TOWERS = ("user", "item")


@dataclass(frozen=True)
class Lists:
    """What the towers learn from.

    Attributes:
        weights: csr (users, items) float32, evidence of what is on the lists.
        labels: csr (items, labels) float32, rows that sum to 1 or are 0.
    """

    weights: Csr
    labels: Csr


@dataclass(frozen=True)
class Batch:
    """Some users with some of their items as targets.

    Attributes:
        users: int64 (b,).
        lists: csr (b, items), their evidence.
        owner: int64 (t,), for each target the place of its user in `users`.
        target: int64 (t,), the place of the target in `items`.
        amount: float32 (t, 1), the evidence of each target.
        items: int64 (c,), all the batch's targets, each once: they are each other's negatives.
        others: bool (t, c), True where a candidate is another item of the same user.
    """

    users: NDArray[np.int64]
    lists: Csr
    owner: NDArray[np.int64]
    target: NDArray[np.int64]
    amount: Floats
    items: NDArray[np.int64]
    others: NDArray[np.bool_]


def forward(inputs: Any, layers: Layers, tower: str) -> Any:
    """Two dense layers and the result brought to length 1, on NumPy arrays and PyTorch tensors alike."""
    hidden = inputs @ layers[f"{tower}_hidden"] + layers[f"{tower}_hidden_bias"]
    out = (hidden * (hidden > 0)) @ layers[f"{tower}_out"] + layers[f"{tower}_out_bias"]
    return out / ((out**2).sum(1) + 1e-12)[:, None] ** 0.5


def trained(lists: Lists, config: Any) -> tuple[Layers, tuple[float, ...]]:
    """The layers that ranked the held-out users' hidden items best, and how training went (`PairProbe`).

    Args:
        lists: users with at least two items each.
        config: a `TwoTowerConfig`.
    """
    import torch

    rng = np.random.default_rng(config.seed)
    learning, checking = _divided(lists.weights.shape[0], config.validation_share, rng)
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # how sums are split over threads decides their last bits
    try:
        return _Training(lists, config, learning, checking, rng).run()
    finally:
        torch.set_num_threads(before)


class _Training:
    """One training: tensors, batches, checks."""

    def __init__(
        self, lists: Lists, config: Any, learning: NDArray[np.int64], checking: NDArray[np.int64], rng: Any
    ) -> None:
        import torch

        self.lists, self.config, self.learning, self.rng = lists, config, learning, rng
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.labels = self._bags(lists.labels)
        start = initial_layers(lists.weights.shape[1], lists.labels.shape[1], config, rng)
        self.layers = {name: torch.from_numpy(array).to(self.device).requires_grad_() for name, array in start.items()}
        self.optimiser = torch.optim.Adam(self.layers.values(), lr=config.learning_rate)
        self.log_share = torch.from_numpy(_log_share(lists.weights[learning], config.targets)).to(self.device)
        self.probe = PairProbe(lists.weights, config.seed)
        self.shown, self.hidden = _hidden_fifth(lists.weights[checking], rng)

    def run(self) -> tuple[Layers, tuple[float, ...]]:
        """Passes until the checks stop getting better."""
        best, kept, worse, passes = -1.0, self.plain(), 0, list[float]()
        for epoch in range(1, self.config.epochs + 1):
            for batch in self.batches():
                self.step(batch)
            if epoch % self.config.check_every and epoch != self.config.epochs:
                continue
            layers = self.plain()
            inputs = item_inputs(layers, self.lists.labels)
            users = forward(mean_inputs(self.lists.weights, inputs), layers, "user")
            passes.append(self.probe.share(users, forward(inputs, layers, "item")))
            # without users to check with, the last layers are the best there are
            found = self.check(layers, inputs) if self.hidden.nnz else float(epoch)
            worse = 0 if found > best else worse + 1
            best, kept = (found, layers) if not worse else (best, kept)
            if worse > self.config.patience:
                break
        return kept, tuple(passes)

    def batches(self) -> Iterator[Batch]:
        """Every learning user once, in random order."""
        order = self.rng.permutation(self.learning)
        for start in range(0, len(order), self.config.batch_users):
            yield drawn_batch(self.lists.weights, order[start : start + self.config.batch_users], self.config, self.rng)

    def step(self, batch: Batch) -> None:
        """One step against the gradient of the batch's loss."""
        import torch

        inputs = self.layers["ids"] + _summed(self.labels, self.layers["labels"])
        # a target is taken out of its user's list: nothing may be predicted from itself
        sums = _summed(self._bags(batch.lists), inputs)[batch.owner]
        totals = torch.from_numpy(np.asarray(batch.lists.sum(axis=1), np.float32).reshape(-1, 1)).to(self.device)
        amount = torch.from_numpy(batch.amount).to(self.device)
        candidates = inputs[batch.items]
        means = (sums - amount * candidates[batch.target]) / (totals[batch.owner] - amount)
        similar = forward(means, self.layers, "user") @ forward(candidates, self.layers, "item").T
        # what is drawn often is not more often wrong: its share in the draw is divided out
        logits = similar / self.config.temperature - self.log_share[batch.items]
        logits = logits.masked_fill(torch.from_numpy(batch.others).to(self.device), -1e9)
        losses = torch.nn.functional.cross_entropy(
            logits, torch.from_numpy(batch.target).to(self.device), reduction="none"
        )
        loss = (losses * amount[:, 0]).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()

    def check(self, layers: Layers, inputs: Floats) -> float:
        """Share of what was hidden of the checking users that stands among the first 20 not shown."""
        users = forward(mean_inputs(self.shown, inputs), layers, "user")
        scores = users @ forward(inputs, layers, "item").T
        scores[self.shown.nonzero()] = -np.inf
        depth = min(20, scores.shape[1])
        first = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
        hits = np.take_along_axis(self.hidden.toarray(), first, axis=1) > 0
        return float(hits.sum() / self.hidden.nnz)

    def plain(self) -> Layers:
        """Copies of the layers as arrays."""
        return {name: layer.detach().cpu().numpy().copy() for name, layer in self.layers.items()}

    def _bags(self, matrix: Csr) -> tuple[Any, Any, Any]:
        """A csr matrix as tensors: columns, where each row begins, values."""
        import torch

        columns, begins = (torch.from_numpy(part.astype(np.int64)) for part in (matrix.indices, matrix.indptr[:-1]))
        return columns.to(self.device), begins.to(self.device), torch.from_numpy(matrix.data).to(self.device)


def _summed(bags: tuple[Any, Any, Any], table: Any) -> Any:
    """The product of a csr matrix and a dense one, through which gradients reach the dense one."""
    import torch

    columns, begins, values = bags
    if not len(columns):
        return torch.zeros((len(begins), table.shape[1]), device=table.device)
    return torch.nn.functional.embedding_bag(columns, table, begins, mode="sum", per_sample_weights=values)


def initial_layers(n_items: int, n_labels: int, config: Any, rng: Any) -> Layers:
    """Small random numbers, scaled so that every layer passes on what it gets at about its size."""
    size, hidden = config.embedding_size, config.hidden_size
    layers: Layers = {"ids": rng.normal(0, 0.1, (n_items, size)), "labels": rng.normal(0, 0.1, (n_labels, size))}
    for tower in TOWERS:
        layers[f"{tower}_hidden"] = rng.normal(0, np.sqrt(2 / size), (size, hidden))
        layers[f"{tower}_hidden_bias"] = np.zeros(hidden)
        layers[f"{tower}_out"] = rng.normal(0, np.sqrt(1 / hidden), (hidden, size))
        layers[f"{tower}_out_bias"] = np.zeros(size)
    return {name: np.asarray(layer, dtype=np.float32) for name, layer in layers.items()}


def item_inputs(layers: Layers, labels: Csr) -> Floats:
    """What stands for each item at the foot of both towers: float32 (items, size)."""
    return np.asarray(layers["ids"] + labels @ layers["labels"], dtype=np.float32)


def mean_inputs(weights: Csr, inputs: Floats) -> Floats:
    """Weighted means of the lists' items: float32 (rows, size); 0 for an empty list."""
    totals = np.asarray(weights.sum(axis=1), dtype=np.float32).reshape(-1, 1)
    return np.asarray((weights @ inputs) / np.maximum(totals, np.finfo(np.float32).tiny), dtype=np.float32)


def drawn_batch(weights: Csr, users: NDArray[np.int64], config: Any, rng: Any) -> Batch:
    """Up to `config.targets` random items of each of these users."""
    lists = scipy.sparse.csr_array(weights[users])
    lengths = np.diff(lists.indptr)
    owner = np.repeat(np.arange(len(users)), lengths)
    # the entries of each list in random order, of which the first few are taken
    shuffled = np.lexsort((rng.random(lists.nnz), owner))
    place = np.arange(lists.nnz) - np.repeat(lists.indptr[:-1], lengths)
    entries = shuffled[place < config.targets]
    items, target = np.unique(lists.indices[entries], return_inverse=True)
    others = lists[:, items].toarray()[owner[entries]] > 0
    others[np.arange(len(entries)), target] = False
    return Batch(
        users, lists, owner[entries], target.astype(np.int64), lists.data[entries, None], items.astype(np.int64), others
    )


def _log_share(weights: Csr, targets: int) -> Floats:
    """Logarithm of how often each item is drawn as a target in one pass, float32 (items,)."""
    lengths = np.diff(weights.indptr)
    chance = np.minimum(1.0, targets / np.maximum(lengths, 1))
    drawn = np.bincount(weights.indices, weights=np.repeat(chance, lengths), minlength=weights.shape[1])
    return np.log(np.maximum(drawn, 1e-3)).astype(np.float32)


def _divided(n_users: int, share: float, rng: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers to learn from and to check with, both ascending; at least one to learn from."""
    order = rng.permutation(n_users).astype(np.int64)
    checking = int(n_users * share)
    return np.sort(order[checking:]), np.sort(order[:checking])


def _hidden_fifth(weights: Csr, rng: Any) -> tuple[Csr, Csr]:
    """The rows without a random fifth of their entries, and that fifth."""
    hidden = rng.random(weights.nnz) < 0.2
    shown, rest = weights.copy(), weights.copy()
    shown.data, rest.data = np.where(hidden, 0, weights.data), np.where(hidden, weights.data, 0)
    for matrix in (shown, rest):
        matrix.eliminate_zeros()
    return shown, rest

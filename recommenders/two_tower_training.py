"""How two towers learn: in-batch sampled softmax in PyTorch, stopped by entries it does not learn from.

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
DEPTH = 20
"""So many places of a checking user's list are looked at."""
MOST_CHECKED = 2_000
"""Enough users for a stable figure; all scores of all of them are held at once."""


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
    """Some users' lists as tensors on the device, over the items that are on any of them.

    Attributes:
        columns: int64 (c,), those items, ascending: they are each other's negatives.
        lists: float32 (b, c), the evidence; 0 for what is not on the list.
    """

    columns: Any
    lists: Any


def forward(inputs: Any, layers: Layers, tower: str) -> Any:
    """Two dense layers added to what goes into them, brought to length 1; on NumPy arrays and PyTorch tensors alike."""
    hidden = inputs @ layers[f"{tower}_hidden"] + layers[f"{tower}_hidden_bias"]
    out = inputs + (hidden * (hidden > 0)) @ layers[f"{tower}_out"] + layers[f"{tower}_out_bias"]
    return out / ((out**2).sum(1) + 1e-12)[:, None] ** 0.5


def trained(lists: Lists, config: Any) -> tuple[Layers, tuple[float, ...]]:
    """The layers that ranked hidden items best, and how training went (`PairProbe`).

    Args:
        lists: users with at least two items each.
        config: a `TwoTowerConfig`.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # how sums are split over threads decides their last bits
    try:
        return Training(lists, config).run()
    finally:
        torch.set_num_threads(before)


class Training:
    """One training: tensors on the device, batches, steps, checks.

    Attributes:
        layers: tensors that each step changes.
        means: their running means, which become the model.
    """

    def __init__(self, lists: Lists, config: Any) -> None:
        import torch

        rng = np.random.default_rng(config.seed)
        self.config, self.device = config, torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.draw = torch.Generator(self.device).manual_seed(config.seed)
        shown, self.checking, hidden = checks(lists.weights, config.validation_share, rng)
        self.probe = PairProbe(shown, config.seed)
        self.begins, self.items, self.evidence = self._tensors(shown.indptr.astype(np.int64), shown.indices, shown.data)
        self.lengths, (self.totals,) = self.begins.diff(), self._tensors(shown.sum(axis=1))
        seen = np.bincount(shown.indices, minlength=shown.shape[1]) / shown.shape[0]
        # the logarithm of how often an item is in a batch
        chance = np.maximum(1 - (1 - seen) ** config.batch_users, 1e-6)
        self.labels, self.log_share, self.hidden, self.known = self._tensors(
            lists.labels.toarray(), np.log(chance), hidden.toarray(), shown[self.checking].toarray() > 0
        )
        start = initial_layers(lists.weights.shape[1], lists.labels.shape[1], config, rng)
        self.layers = {name: torch.from_numpy(array).to(self.device).requires_grad_() for name, array in start.items()}
        self.means = {name: layer.detach().clone() for name, layer in self.layers.items()}
        self.optimiser = torch.optim.Adam(self.layers.values(), lr=config.learning_rate, fused=True)
        self.steps = 0

    def run(self) -> tuple[Layers, tuple[float, ...]]:
        """Passes until the checks stop getting better."""
        best, kept, worse, passes = -1.0, self.plain(), 0, list[float]()
        for epoch in range(1, self.config.epochs + 1):
            for users in self.users():
                self.step(self.batch(users))
            if epoch % self.config.check_every and epoch != self.config.epochs:
                continue
            users, items = self.tops()
            passes.append(self.probe.share(users.cpu().numpy(), items.cpu().numpy()))
            # without anything to check with, the last layers are the best there are
            found = self.check(users, items) if self.hidden.any() else float(epoch)
            worse = 0 if found > best else worse + 1
            best, kept = (found, self.plain()) if not worse else (best, kept)
            if worse >= self.config.patience:
                break
        return kept, tuple(passes)

    def users(self) -> Iterator[Any]:
        """Every user once, in random order: int64 (at most batch_users,) at a time."""
        import torch

        order = torch.randperm(len(self.lengths), generator=self.draw, device=self.device)
        return iter(order.split(self.config.batch_users))

    def batch(self, users: Any) -> Batch:
        """The lists of these users; put together on the device, from which only their sizes come back."""
        import torch

        lengths = self.lengths[users]
        owner = torch.repeat_interleave(lengths)
        first = self.begins[users] - (lengths.cumsum(0) - lengths)
        entries = first[owner] + torch.arange(len(owner), device=self.device)
        columns, place = torch.unique(self.items[entries], return_inverse=True)
        lists = torch.zeros((len(users), len(columns)), device=self.device)
        lists[owner, place] = self.evidence[entries]
        return Batch(columns, lists)

    def step(self, batch: Batch) -> None:
        """One step against the gradient of the batch's loss; the means of the layers follow."""
        import torch

        labels = self.labels.index_select(0, batch.columns) @ self.layers["labels"]
        inputs = self.layers["ids"].index_select(0, batch.columns) + labels
        users = (batch.lists @ inputs) / batch.lists.sum(1, keepdim=True)
        similar = forward(users, self.layers, "user") @ forward(inputs, self.layers, "item").T
        # what is often in a batch is not more often wrong: its share is divided out
        logits = similar / self.config.temperature - self.log_share[batch.columns]
        loss = -(batch.lists * torch.log_softmax(logits, 1)).sum() / batch.lists.sum()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        # all steps alike at first, so that the random beginning is soon forgotten
        share = max(1 - self.config.averaging, 1 / self.steps)
        for name, mean in self.means.items():
            mean.lerp_(self.layers[name].detach(), share)

    def tops(self) -> tuple[Any, Any]:
        """What comes out of the towers for every user and every item, by the means of the layers."""
        import torch

        inputs = self.means["ids"] + self.labels @ self.means["labels"]
        bag = torch.nn.functional.embedding_bag
        sums = bag(self.items, inputs, self.begins[:-1], mode="sum", per_sample_weights=self.evidence)
        return forward(sums / self.totals[:, None], self.means, "user"), forward(inputs, self.means, "item")

    def check(self, users: Any, items: Any) -> float:
        """NDCG of the first places of the checking users, what was hidden of them counting by its evidence."""
        import torch

        scores = (users[self.checking] @ items.T).masked_fill(self.known, -torch.inf)
        depth = min(DEPTH, scores.shape[1])
        discounts = 1 / torch.arange(2, depth + 2, device=self.device).log2()
        gains = self.hidden.gather(1, scores.topk(depth).indices) @ discounts
        ideal = self.hidden.topk(depth).values @ discounts
        return float((gains / ideal.clamp_min(1e-12)).sum())

    def plain(self) -> Layers:
        """Copies of the means of the layers as arrays."""
        return {name: mean.cpu().numpy().copy() for name, mean in self.means.items()}

    def _tensors(self, *arrays: NDArray[Any]) -> tuple[Any, ...]:
        """The arrays on the device; whole numbers as int64, others as float32."""
        import torch

        kinds = {"i": np.int64, "f": np.float32, "b": np.bool_}
        return tuple(torch.from_numpy(array.astype(kinds[array.dtype.kind])).to(self.device) for array in arrays)


def checks(weights: Csr, share: float, rng: Any) -> tuple[Csr, NDArray[np.int64], Csr]:
    """What is learned from, whose lists are checked, and what is hidden of those.

    Args:
        weights: csr (users, items), the lists.
        share: of the users, a random fifth of whose entries is hidden; of at most `MOST_CHECKED`.
        rng: draws both.

    Returns:
        csr (users, items), the lists without what is hidden; int64 (checking,), row numbers, ascending; csr
        (checking, items), what is hidden of those.
    """
    users = weights.shape[0]
    checking = np.sort(rng.permutation(users)[: min(int(users * share), MOST_CHECKED)]).astype(np.int64)
    owner = np.repeat(np.arange(users), np.diff(weights.indptr))
    hidden = (rng.random(weights.nnz) < 0.2) & np.isin(owner, checking)
    # of a list that would be empty nothing is hidden
    hidden &= np.bincount(owner[~hidden], minlength=users)[owner] > 0
    shown, rest = weights.copy(), weights.copy()
    shown.data, rest.data = np.where(hidden, 0, weights.data), np.where(hidden, weights.data, 0)
    for matrix in (shown, rest):
        matrix.eliminate_zeros()
    return shown, checking, scipy.sparse.csr_array(rest[checking])


def initial_layers(n_items: int, n_labels: int, config: Any, rng: Any) -> Layers:
    """Small random numbers: at first an item is about what stands for it, and the dense layers add little."""
    size, hidden = config.embedding_size, config.hidden_size
    layers: Layers = {"ids": rng.normal(0, 0.05, (n_items, size)), "labels": rng.normal(0, 0.05, (n_labels, size))}
    for tower in TOWERS:
        layers[f"{tower}_hidden"] = rng.normal(0, np.sqrt(2 / size), (size, hidden))
        layers[f"{tower}_hidden_bias"] = np.zeros(hidden)
        layers[f"{tower}_out"] = rng.normal(0, 0.3 * np.sqrt(1 / hidden), (hidden, size))
        layers[f"{tower}_out_bias"] = np.zeros(size)
    return {name: np.asarray(layer, dtype=np.float32) for name, layer in layers.items()}


def item_inputs(layers: Layers, labels: Csr) -> Floats:
    """What stands for each item at the foot of both towers: float32 (items, size)."""
    return np.asarray(layers["ids"] + labels @ layers["labels"], dtype=np.float32)


def mean_inputs(weights: Csr, inputs: Floats) -> Floats:
    """Weighted means of the lists' items: float32 (rows, size); 0 for an empty list."""
    totals = np.asarray(weights.sum(axis=1), dtype=np.float32).reshape(-1, 1)
    return np.asarray((weights @ inputs) / np.maximum(totals, np.finfo(np.float32).tiny), dtype=np.float32)

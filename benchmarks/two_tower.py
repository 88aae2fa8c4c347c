"""Teaching `two_tower` on a CPU and, where there is one, a GPU: `python -m benchmarks.two_tower [--home HOME]`.

Without a HOME, ratings are generated: users of 24 tastes, whose length of list and whose anime are long-tailed. A fifth
of what each user likes is hidden, and each device teaches the model in a process of its own and is asked for it. With
`--save FILE` the ratings of a HOME are written to one file, for `--load FILE` on a machine that has PyTorch, SciPy
and little else.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from recommenders.features import ItemFeatures
from recommenders.interactions import Interactions
from recommenders.metrics import user_metrics
from recommenders.ranking import recommend
from recommenders.splitting import holdout
from recommenders.tuning import METRIC, K
from recommenders.tuningrecords import Ground
from recommenders.two_tower import TwoTower

TASTES, NEAR, OWN = 24, 4.0, 10.0
"""Anime of a user's own taste, and of the next one, are so many times as likely as equally popular others."""
EXCESS = 1.6
"""Pairs drawn for each that is wanted: some are drawn twice."""
KINDS = ("genres", "tags", "studios")
SPLIT = 43
"""Seed of what is hidden: not the evaluation's, so that this may be looked at as often as one likes."""


def world(users: int, items: int, ratings: int, seed: int) -> Ground:
    """About so many ratings, each pair once, and labels of the anime, of which the genre tells its taste."""
    rng = np.random.default_rng(seed)
    kind, taste = rng.integers(TASTES, size=items), rng.integers(TASTES, size=users)
    popularity = (rng.permutation(items) + 20.0) ** -0.9
    activity = rng.lognormal(0, 1.2, users)
    lengths = np.clip(activity / activity.sum() * ratings * EXCESS, 4, items / 3).astype(np.int64)
    drawn = []
    for one in range(TASTES):
        apart = (kind - one) % TASTES
        chance = np.cumsum(popularity * np.where(apart == 0, OWN, np.where(apart == 1, NEAR, 1.0)))
        owner = np.repeat(np.flatnonzero(taste == one), lengths[taste == one])
        item = np.searchsorted(chance, chance[-1] * rng.random(len(owner))).clip(0, items - 1)
        drawn.append(owner * items + item)
    pairs = np.unique(np.concatenate(drawn))
    pairs = pairs[np.sort(rng.choice(len(pairs), min(ratings, len(pairs)), replace=False, shuffle=False))]
    user, item = pairs // items, pairs % items
    scores = np.clip(np.round(rng.normal(np.where(kind[item] == taste[user], 8, 7), 1.5)), 1, 10)
    rated = Interactions.from_arrays(user, item, scores, user_keys=range(users), item_keys=range(items))
    labels = {
        "genres": [[f"genre {one}"] for one in kind],
        "tags": [[f"tag {tag}" for tag in tags] for tags in rng.integers(300, size=(items, 12))],
        "studios": [[f"studio {studio}"] for studio in rng.integers(200, size=items)],
    }
    return Ground(rated, described(rated, labels))


def described(rated: Interactions, labels: dict[str, list[list[str]]]) -> ItemFeatures:
    """Items of which the labels are known and nothing else."""
    nothing = [""] * rated.n_items
    return ItemFeatures(rated.item_keys, titles=nothing, synopses=nothing, **labels)


def of_home(home: Path) -> Ground:
    """The training part of a HOME's evaluation."""
    from assets.tuning import ground_of
    from warehouse.connection import Warehouse
    from warehouse.home import Home

    return ground_of(Warehouse(Home(home)), 42)


def save(ground: Ground, path: Path) -> None:
    """Write what the model reads to one file."""
    entries = ground.training.seen.tocoo()
    ratings = np.asarray(ground.training.ratings[entries.row, entries.col]).ravel()
    labels = {name: [list(one) for one in getattr(ground.items, name)] for name in KINDS}
    np.savez_compressed(
        path,
        user=entries.row,
        item=entries.col,
        rating=np.where(ratings > 0, ratings, np.nan),
        user_keys=ground.training.user_keys,
        item_keys=ground.training.item_keys,
        allowed=np.ones(ground.training.n_items, dtype=bool) if ground.allowed is None else ground.allowed,
        labels=np.array(json.dumps(labels)),
    )


def load(path: Path) -> Ground:
    """What `save` wrote."""
    with np.load(path) as kept:
        part = {name: kept[name] for name in kept.files}
    users, items = part["user_keys"], part["item_keys"]
    rated = Interactions.from_arrays(
        users[part["user"]], items[part["item"]], part["rating"], user_keys=users, item_keys=items
    )
    return Ground(rated, described(rated, json.loads(str(part["labels"]))), part["allowed"])


def measure(ground: Ground, epochs: int) -> dict[str, str | float]:
    """Teach the model on what this process sees of the machine: its name, seconds, checks, NDCG@10."""
    import torch

    cuda = torch.cuda.is_available()
    if cuda:
        torch.zeros(1, device="cuda").cpu()  # the first use of a GPU takes seconds that no training asked for
    split, model = holdout(ground.training, seed=SPLIT), TwoTower(TwoTower.Config(epochs=epochs))
    wall, cpu = time.perf_counter(), time.process_time()
    model.fit(split.train, ground.items)
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    lists = recommend(model, split.train.take(split.evaluated), K, ground.allowed)
    found = user_metrics(lists.items, split.held_out[split.evaluated], (K,)).mean(METRIC, K)
    name = torch.cuda.get_device_name() if cuda else "CPU, one thread"
    return {"device": name, **took, "checks": len(model.training), METRIC: found}


def shown(path: Path, epochs: int) -> None:
    """Measure on the CPU and, where there is one, the GPU, and print a line for each."""
    command = [sys.executable, "-m", "benchmarks.two_tower", "--load", str(path), "--epochs", str(epochs), "--inside"]
    for hidden in ({"CUDA_VISIBLE_DEVICES": ""}, {}):
        ran = subprocess.run(command, env={**os.environ, **hidden}, stdout=subprocess.PIPE, check=True, text=True)
        found = json.loads(ran.stdout)
        if not hidden and found["device"].startswith("CPU"):
            print("no GPU")
            return
        print(
            "{device:24} {wall:8.1f} s {cpu:8.1f} CPU s  {checks:3} checks  NDCG@10 {ndcg:.4f}".format(**found),
            flush=True,
        )


def main() -> int:
    """Generate or read, measure, print; the exit status is 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a HOME whose ratings are taken; default: they are generated")
    for name, usual in (("users", 20_000), ("items", 8_000), ("ratings", 2_000_000)):
        parser.add_argument(f"--{name}", type=int, default=usual, help=f"to generate; default {usual:,}")
    parser.add_argument("--epochs", type=int, default=TwoTower.Config().epochs, help="passes at most")
    parser.add_argument("--save", type=Path, help="write the ratings to this file and do nothing else")
    parser.add_argument("--load", type=Path, help="read them from it")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(measure(load(given.load), given.epochs)))
        return 0
    with TemporaryDirectory() as folder:
        path = given.load or given.save or Path(folder) / "ratings.npz"
        if not given.load:
            save(of_home(given.home) if given.home else world(given.users, given.items, given.ratings, 1), path)
        if not given.save:
            rated = load(path).training
            print(f"{rated.ratings.nnz:,} ratings of {rated.n_users:,} users and {rated.n_items:,} anime", flush=True)
            shown(path, given.epochs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

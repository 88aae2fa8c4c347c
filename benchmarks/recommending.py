"""How long lists for many users take: `python -m benchmarks.recommending [--full] [--users N --items N --ratings N]`.

Ratings are generated: how much users rate and how often anime are rated are both long-tailed. They are written as a
CSV, which each section reads in a process of its own, because the peak memory of a process never falls. Within a
section everything is measured in turn on the same data; judge by CPU seconds and by ratios within a run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.clock import memory
from recommenders.als import Als, AlsConfig
from recommenders.config import EvidenceConfig
from recommenders.interactions import Interactions, sparse
from recommenders.linear import LinearRecommender
from recommenders.ranking import BLOCK_BYTES, LANES, Scorer, recommend
from recommenders.threads import cores, in_threads, one_blas_thread

LISTED, FACTORS, CARRIED = 100, 64, 200
SMALL, FULL = (5_000, 2_000, 400_000), (73_515, 11_200, 7_800_000)
EXCESS = 1.6
"""Pairs drawn for each that is wanted: some are drawn twice."""

Floats = NDArray[np.float32]


@dataclass
class Clock:
    """CPU and wall seconds of named steps, and a note on each."""

    rows: list[tuple[str, float, float, str]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, note: str = "") -> Iterator[None]:
        """Measure the block; all threads together count as CPU."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.rows.append((name, time.process_time() - cpu, time.perf_counter() - wall, note))


class Factors:
    """A scorer that is nothing but a product of two matrices."""

    def __init__(self, rows: Interactions, rng: np.random.Generator) -> None:
        self.prior: Floats = np.asarray(rows.seen.sum(axis=0), dtype=np.float32).ravel()
        self.users = rng.standard_normal((int(rows.user_keys.max()) + 1, FACTORS), dtype=np.float32)
        self.items = rng.standard_normal((rows.n_items, FACTORS), dtype=np.float32)

    def scores(self, rows: Interactions) -> Floats:
        """The product for these users."""
        return np.asarray(self.users[rows.user_keys] @ self.items.T)


class Drawn(LinearRecommender):
    """An item-to-item model of the size of EASE or SLIM: every item carried by CARRIED others, popular ones mostly."""

    name = "drawn"
    family = "collaborative"
    Config: ClassVar[type[EvidenceConfig]] = EvidenceConfig

    def _learn(self, interactions: Interactions, items: object) -> Any:  # noqa: ARG002
        rng, n_items = np.random.default_rng(self.config.seed), interactions.n_items
        share = np.asarray(interactions.seen.sum(axis=0)).ravel() ** 0.5 + 1e-9
        targets = np.repeat(np.arange(n_items), CARRIED)
        sources = np.searchsorted(np.cumsum(share / share.sum()), rng.random(len(targets))).clip(0, n_items - 1)
        return sparse(rng.random(len(targets), dtype=np.float32), sources, targets, (n_items, n_items))


def world(users: int, items: int, ratings: int, seed: int) -> pa.Table:
    """Ratings of `users` x `items`, each pair once: user_id, anime_id, score from 1 to 10."""
    rng = np.random.default_rng(seed)
    activity = rng.lognormal(0, 1.2, users)
    lengths = np.clip(activity / activity.sum() * ratings * EXCESS, 1, items / 3).astype(np.int64)
    popularity = rng.permutation((np.arange(items) + 20.0) ** -0.9)
    # one sorted draw for all users is dealt out to them: searching in order is what is quick
    drawn = np.searchsorted(np.cumsum(popularity / popularity.sum()), np.sort(rng.random(lengths.sum())))
    owners = rng.permutation(np.repeat(np.arange(users), lengths))
    pairs = np.unique(owners * items + drawn.clip(0, items - 1))
    pairs = pairs[np.sort(rng.choice(len(pairs), min(ratings, len(pairs)), replace=False, shuffle=False))]
    scores = np.clip(np.round(rng.normal(7.5, 1.5, len(pairs))), 1, 10).astype(np.int8)
    return pa.table({"user_id": pairs // items, "anime_id": pairs % items, "score": scores})


def read(path: Path) -> Interactions:
    """The ratings of a CSV."""
    table = pyarrow.csv.read_csv(path)
    return Interactions.from_arrays(*(table[name].to_numpy() for name in ("user_id", "anime_id", "score")))


def blocks(rows: Interactions, work: Callable[[NDArray[np.int64]], object]) -> None:
    """Do the work for all users in the blocks and threads that `recommend` takes."""
    size = max(1, BLOCK_BYTES // LANES // (4 * rows.n_items))

    def done(start: int) -> None:
        work(np.arange(start, min(start + size, rows.n_users)))

    with one_blas_thread():
        for _ in in_threads(done, range(0, rows.n_users, size), LANES):
            pass


def argpartition(model: Scorer, rows: Interactions) -> None:
    """What is usually written: block by block, -inf for what is seen, `argpartition`, and the best sorted."""

    def ranked(users: NDArray[np.int64]) -> None:
        block = rows.take(users)
        scores = model.scores(block)
        scores[np.repeat(np.arange(len(users)), np.diff(block.seen.indptr)), block.seen.indices] = -np.inf
        best = np.argpartition(-scores, LISTED, axis=1)[:, :LISTED]
        np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)

    blocks(rows, ranked)


def factors(path: Path, clock: Clock) -> None:
    """Exact lists from factors, beside the product alone, `implicit` and argpartition."""
    from implicit.cpu.topk import topk

    rows = read(path)
    model, seen = Factors(rows, np.random.default_rng(0)), sp.csr_matrix(rows.seen)
    recommend(model, rows.take(np.arange(min(1_000, rows.n_users))), LISTED)  # loads the kernel
    vectors = model.users[rows.user_keys]
    with clock.step("matrix product alone"):
        blocks(rows, lambda users: vectors[users] @ model.items.T)
    with clock.step("recommend"):
        lists = recommend(model, rows, LISTED)
    with clock.step("blocked argpartition"):
        argpartition(model, rows)
    with clock.step("implicit's topk"), one_blas_thread():
        items, values = topk(model.items, vectors, LISTED, filter_query_items=seen, num_threads=cores())
    same = float((items == lists.items).mean())
    if not np.allclose(values, lists.scores, rtol=1e-3, atol=1e-3):
        raise AssertionError("the lists have other scores than implicit's")
    clock.rows.append((f"places with the same item as implicit: {100 * same:.3f} %", 0, 0, ""))


def linear(path: Path, clock: Clock) -> None:
    """Lists from a sparse item-to-item matrix, beside scipy's product."""
    rows = read(path)
    model = Drawn().fit(rows)
    recommend(model, rows.take(np.arange(min(1_000, rows.n_users))), LISTED)
    tenth = rows.take(np.arange(0, rows.n_users, 10))
    evidence = tenth.evidence(1.0, 6.0)
    with clock.step("recommend", f"{CARRIED} sources an item"):
        recommend(model, rows, LISTED)
    with clock.step("recommend, a tenth of the users"):
        recommend(model, tenth, LISTED)
    with clock.step("sparse @ dense, the same tenth, no lists"):
        dense = model.carry.toarray()
        blocks(tenth, lambda users: evidence[users] @ dense)
    with clock.step("sparse @ sparse, the same tenth, no lists"):
        blocks(tenth, lambda users: evidence[users] @ model.carry)


def training(path: Path, clock: Clock, iterations: int) -> None:
    """ALS, beside `implicit` from the same start to the same end."""
    from implicit.cpu.als import AlternatingLeastSquares

    rows, config = read(path), AlsConfig(embedding_size=FACTORS, iterations=iterations)
    Als(config).fit(rows.take(np.arange(min(1_000, rows.n_users))))  # loads the kernel
    with clock.step(f"ALS, {FACTORS} factors, {iterations} iterations"):
        model = Als(config).fit(rows)
    confidence = rows.evidence(config.rating_power, config.unscored_rating) * np.float32(config.confidence)
    with clock.step("`implicit`'s ALS"), one_blas_thread():
        theirs = AlternatingLeastSquares(FACTORS, model.penalty, iterations=iterations, random_state=config.seed)
        theirs.fit(sp.csr_matrix(confidence), show_progress=False)
    apart = float(np.abs(theirs.item_factors - model.factors).max() / np.abs(model.factors).max())
    clock.rows.append((f"vectors lie at most {100 * apart:.3f} % of the largest number in them apart", 0, 0, ""))


def table(path: Path, clock: Clock, iterations: int) -> None:
    """From the CSV to the written table of all lists."""
    with clock.step("read the CSV, build matrices"):
        rows = read(path)
    with clock.step(f"ALS, {FACTORS} factors, {iterations} iterations"):
        model = Als(AlsConfig(embedding_size=FACTORS, iterations=iterations)).fit(rows)
    with clock.step(f"top {LISTED} of every user"):
        lists = recommend(model, rows, LISTED)
    with clock.step("write Parquet"):
        pyarrow.parquet.write_table(pa.table(lists.columns(rows.item_keys)), path.with_suffix(".parquet"))


def section(name: str, path: Path, iterations: int) -> None:
    """Run one section in this process, and print its rows as JSON."""
    clock = Clock()
    if name in ("training", "table"):
        {"training": training, "table": table}[name](path, clock, iterations)
    else:
        {"factors": factors, "linear": linear}[name](path, clock)
    print(json.dumps({"rows": clock.rows, "peak": memory("VmHWM")}))


def shown(name: str, result: dict[str, Any]) -> None:
    """Print a section: seconds of each step, and how many times the first step that is."""
    first = result["rows"][0][1]
    print(f"\n{name} (peak {result['peak']:,.0f} MiB)")
    for step, cpu, wall, note in result["rows"]:
        print(f"  {step:48} {cpu:8.2f} CPU s {wall:8.2f} s {cpu / first:6.2f} x  {note}" if cpu else f"  {step}")
    print(f"  {'together':48} {sum(row[1] for row in result['rows']):8.2f} CPU s", flush=True)


def main() -> int:
    """Generate, run the sections, print; the exit status is 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in zip(("users", "items", "ratings"), SMALL, strict=True):
        parser.add_argument(f"--{name}", type=int, help=f"default {usual:,}")
    parser.add_argument("--full", action="store_true", help="{:,} users, {:,} items, {:,} ratings".format(*FULL))
    parser.add_argument("--sections", nargs="+", default=["factors", "linear", "training", "table"])
    parser.add_argument("--iterations", type=int, default=15, help="of ALS")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        section(given.sections[0], given.inside, given.iterations)
        return 0
    users, items, ratings = FULL if given.full else SMALL
    users, items, ratings = given.users or users, given.items or items, given.ratings or ratings
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        made = world(users, items, ratings, given.seed)
        pyarrow.csv.write_csv(made, path)
        print(f"{made.num_rows:,} ratings of {users:,} users and {items:,} anime, {cores()} cores", flush=True)
        del made
        for name in given.sections:
            command = [sys.executable, "-m", "benchmarks.recommending", "--inside", str(path), "--sections", name]
            ran = subprocess.run([*command, "--iterations", str(given.iterations)], stdout=subprocess.PIPE, check=True)
            shown(name, json.loads(ran.stdout))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

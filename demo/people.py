"""The viewers: where they keep their list, what they like, how much they watch and how they give scores.

A viewer's taste is a point in the space of the anime's hidden traits, drawn around one of a few dozen kinds
of viewer, so that people with similar lists exist and a collaborative model has something to find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.features import TRAITS
from demo.randomness import Draws, Floats, Ints, generator
from demo.schedule import TODAY_DAY
from demo.titles import make_handles

# share of the viewers on each source
SOURCE_SHARES = {"myanimelist": 0.70, "anilist": 0.18, "kitsu": 0.12}
KINDS_OF_VIEWERS = 28
RATES, ONLY_PLANS, NEVER_SCORES = range(3)
ODD_VIEWERS = (0.978, 0.012, 0.010)


@dataclass(frozen=True)
class People:
    """One row per viewer."""

    handles: tuple[str, ...]
    source: Ints  # position in SOURCE_SHARES
    tastes: Floats  # (n, TRAITS)
    appetite: Floats  # length of the list relative to the others'
    mean_score: Floats  # of 1-10, for an anime they liked as much as their usual choice
    spread: Floats  # score points per unit of liking
    scale: Ints  # 0 finest to 2 coarsest way of scoring
    conformity: Floats  # how much they follow what everybody watches
    favourite_day: Floats  # the era they prefer, days since 1970-01-01
    joined: Ints  # day of their first entry
    habit: Ints  # RATES, ONLY_PLANS or NEVER_SCORES

    def __len__(self) -> int:
        return len(self.handles)

    def on(self, source: str) -> Ints:
        """The rows of the viewers who keep their list on this source."""
        return np.flatnonzero(self.source == list(SOURCE_SHARES).index(source))


def make_people(seed: int, count: int) -> People:
    """``count`` viewers; each source has at least one."""
    draws = Draws(seed, "people", count)
    source = draws.pick("source", tuple(SOURCE_SHARES.values()))
    source[: len(SOURCE_SHARES)] = np.arange(min(count, len(SOURCE_SHARES)))
    habit = draws.pick("habit", ODD_VIEWERS)
    habit[: len(SOURCE_SHARES)] = RATES
    return People(
        tuple(make_handles(generator(seed, "handles"), count)),
        source,
        _tastes(seed, draws),
        np.clip(np.exp(0.95 * draws.normal("appetite")), 0.04, 14.0),
        np.clip(7.25 + 0.7 * draws.normal("mean"), 4.5, 9.3),
        np.clip(1.15 * np.exp(0.35 * draws.normal("spread")), 0.25, 2.6),
        draws.pick("scale", (0.62, 0.28, 0.10)),
        np.clip(1.4 + 0.2 * draws.normal("conformity"), 0.6, 2.0),
        TODAY_DAY - 365.25 * draws.rng("era").gamma(2.2, 5.0, count),
        TODAY_DAY - 30 - (365 * 14 * draws.uniform("joined") ** 1.2).astype(np.int64),
        habit,
    )


def _tastes(seed: int, draws: Draws) -> Floats:
    """A point around the viewer's kind, of length about one per trait."""
    kinds = generator(seed, "kinds of viewers").standard_normal((KINDS_OF_VIEWERS, TRAITS))
    popularity = generator(seed, "sizes of kinds").dirichlet(np.full(KINDS_OF_VIEWERS, 2.0))
    of = draws.pick("kind", tuple(popularity))
    own = draws.rng("taste").standard_normal((draws.count, TRAITS))
    return 0.8 * kinds[of] + 0.6 * own

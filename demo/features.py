"""What an anime is about and how good and how known it is: hidden traits, genres, tags, quality, popularity.

Traits are what tastes are made of. Genres and tags show part of them (the first `VISIBLE` traits), so
content alone explains some of what people like, and other people's lists explain more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.franchises import FIRST, MOVIE, OVA, PART, REMAKE, SEASON, SPECIAL, SPIN_OFF, SUMMARY, Plan
from demo.randomness import Draws, Flags, Floats, Ints, generator
from demo.vocabulary import GENRES, TAGS

TRAITS = 16
VISIBLE = 11
ADULT_SHARE = 0.03
# how much less known than its first entry a later one is (logarithm of users)
ROLE_FAME = {
    FIRST: 0.0,
    SEASON: -0.2,
    PART: -0.2,
    MOVIE: -0.9,
    OVA: -1.5,
    SPECIAL: -1.7,
    SUMMARY: -2.2,
    SPIN_OFF: -1.4,
    REMAKE: -0.3,
}
FAME_SPREAD = 1.9
FAME_BEND = 1.8
MOST_USERS = 900_000


@dataclass(frozen=True)
class Features:
    """One row per anime; ``genres`` and ``tags`` are positions in the vocabulary, -1 in an unused slot."""

    traits: Floats  # (n, TRAITS)
    genres: Ints  # (n, 4)
    tags: Ints  # (n, 9)
    tag_ranks: Ints  # (n, 9): 20 to 98
    quality: Floats  # about standard normal
    fame: Floats  # logarithm of the users of the biggest source, 0 = the best known
    is_adult: Flags

    @property
    def users(self) -> Ints:
        """How many users of the biggest source have it on a list."""
        users: Ints = np.maximum(1, np.rint(MOST_USERS * np.exp(self.fame))).astype(np.int64)
        return users


def make_features(seed: int, plan: Plan, age_years: Floats) -> Features:
    """The features of every anime of the plan."""
    shared = Draws(seed, "franchise features", plan.franchises)
    own = Draws(seed, "anime features", plan.count)
    of = plan.franchise
    core = shared.rng("traits").standard_normal((plan.franchises, TRAITS))
    traits = 0.93 * core[of] + 0.37 * own.rng("traits").standard_normal((plan.count, TRAITS))
    genres = _genres(seed, core, shared)
    tags = _tags(seed, core, genres, shared)
    ranks = np.clip(92 - 7 * np.arange(9) + 5 * own.rng("ranks").standard_normal((plan.count, 9)), 20, 98)
    quality = 0.8 * shared.normal("quality")[of] + 0.6 * own.normal("quality")
    is_adult = shared.chance("adult", ADULT_SHARE)[of]
    fame = _fame(plan, shared, own, quality, age_years) - 1.5 * is_adult
    return Features(traits, genres[of], tags[of], np.rint(ranks).astype(np.int64), quality, fame - fame.max(), is_adult)


def _loadings(rng: np.random.Generator, columns: int) -> Floats:
    """How strongly each visible trait calls for each of the vocabulary's words."""
    loadings: Floats = rng.standard_normal((TRAITS, columns)) * 1.6 / np.sqrt(VISIBLE)
    loadings[VISIBLE:] = 0.0
    return loadings


def product(left: Floats, right: Floats) -> Floats:
    """Matrix product summed in a fixed order: BLAS may split sums by thread, a seed's bytes must not vary."""
    total = np.zeros((left.shape[0], right.shape[1]))
    for inner in range(left.shape[1]):
        total += left[:, inner : inner + 1] * right[inner]
    return total


def _strongest(scores: Floats, counts: Ints, width: int) -> Ints:
    """Positions of each row's highest scores, best first; -1 after the row's count."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :width]
    return np.where(np.arange(width) < counts[:, None], order, -1).astype(np.int64)


def _genres(seed: int, core: Floats, shared: Draws) -> Ints:
    prior = np.log(np.array(list(GENRES.values())))
    rng = generator(seed, "genre loadings")
    scores = product(core, _loadings(rng, len(GENRES))) + prior
    scores += 0.5 * shared.rng("genres").gumbel(size=scores.shape)
    return _strongest(scores, shared.integer("genre count", 1, 4), 4)


def _tags(seed: int, core: Floats, genres: Ints, shared: Draws) -> Ints:
    names = list(GENRES)
    home = np.zeros((len(names) + 1, len(TAGS)))  # the last row serves genre -1
    for column, (_, at_home) in enumerate(TAGS.values()):
        for genre in at_home:
            home[names.index(genre), column] = 1.5
    scores = product(core, _loadings(generator(seed, "tag loadings"), len(TAGS)))
    scores += 0.7 * shared.rng("tags").gumbel(size=scores.shape)
    for slot in range(genres.shape[1]):
        scores += home[genres[:, slot]]
    return _strongest(scores, shared.integer("tag count", 3, 9), 9)


def _fame(plan: Plan, shared: Draws, own: Draws, quality: Floats, age_years: Floats) -> Floats:
    """The logarithm of how many know it: a long tail over franchises, less for each step from the first."""
    role = np.array([ROLE_FAME[kind] for kind in range(len(ROLE_FAME))])[plan.role]
    decay = -0.18 * np.minimum(plan.depth + np.where(plan.depth == 0, plan.number - 1, 0), 6)
    age = -0.035 * np.maximum(age_years - 10, 0) - np.where(age_years < 0, 2.0, 0.0)
    # bent at both ends, lest one lucky franchise be on every list and decide every figure
    luck = FAME_BEND * np.tanh(shared.normal("fame") / FAME_BEND)
    franchise = FAME_SPREAD * luck[plan.franchise] + 0.55 * np.log(plan.size)
    fame: Floats = franchise + 0.45 * quality + role + decay + age + 0.35 * own.normal("fame")
    return fame

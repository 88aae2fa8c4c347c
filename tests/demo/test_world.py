"""The world as a whole: sizes, and tastes that can be learned."""

import numpy as np
import pytest

from demo.errors import WorldError
from demo.world import DENSEST, World, make_world, scored_ratings

TOPS = {"anilist": 100, "kitsu": 20, "myanimelist": 10}


def test_the_default_world_has_the_promised_sizes(default_world: World) -> None:
    """4,000 true anime, at least 2,500 in each source, 5,000 viewers, more than 500,000 scored ratings."""
    assert len(default_world.catalogue) == 4_000
    assert all(source.catalogued.sum() >= 2_500 for source in default_world.sources.values())
    assert len(default_world.people) == 5_000
    assert scored_ratings(default_world) == 560_000
    assert sum(len(part) for part in default_world.ratings.values()) > 620_000


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"anime": 10}, "anime 10: a world needs at least 50 anime"),
        ({"users": 2}, "users 2: a world needs at least 10 viewers"),
        ({"ratings": 0}, "ratings 0: .* give a number from 1 to"),
        ({"anime": 100, "users": 100, "ratings": 5_000}, "ratings 5,000: with 100 anime and 100 users"),
        ({"seed": -1}, "seed -1: give a whole number from 0"),
    ],
)
def test_sizes_that_make_no_world_are_refused_with_the_remedy(sizes: dict[str, int], words: str) -> None:
    """The message names the number and what to give instead."""
    with pytest.raises(WorldError, match=words):
        make_world(**sizes)


def test_the_densest_world_allowed_can_be_made() -> None:
    """At the upper bound of ratings exactly that many are scored."""
    ratings = int(DENSEST * 300 * 100)
    assert scored_ratings(make_world(5, anime=300, users=100, ratings=ratings)) == ratings


def test_progress_is_told() -> None:
    """Anime, sources and lists are reported as they are done."""
    told: list[str] = []
    make_world(1, anime=60, users=10, ratings=20, progress=told.append)
    assert len(told) == 3
    assert told[0].startswith("60 anime in")


def interactions(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Viewer, anime and score on 1-10 of every scored entry, all sources together by true identity."""
    parts = [(part.person, part.row, part.score / TOPS[name] * 10) for name, part in world.ratings.items()]
    person, row, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    return person[score > 0], row[score > 0], score[score > 0]


def ndcg_at_10(scores: np.ndarray, seen: np.ndarray, hidden: np.ndarray) -> float:
    """Mean NDCG@10 over viewers with something hidden; lists over the whole catalogue, nothing seen."""
    users = hidden.any(axis=1)
    top = np.argsort(-np.where(seen, -np.inf, scores)[users], axis=1, kind="stable")[:, :10]
    hits = np.take_along_axis(hidden[users], top, axis=1)
    discount = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discount)[np.minimum(hidden[users].sum(axis=1), 10) - 1]
    return float(np.mean(hits @ discount / ideal))


def split(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Seen and hidden (viewers x anime, bool): a random fifth of the ratings of 7 or more is hidden."""
    person, row, score = interactions(world)
    hide = (score >= 7) & (np.random.default_rng(42).random(len(score)) < 0.2)
    seen, hidden = (np.zeros((len(world.people), len(world.catalogue)), dtype=bool) for _ in range(2))
    seen[person[~hide], row[~hide]] = True
    hidden[person[hide], row[hide]] = True
    return seen, hidden


def test_tastes_can_be_learned() -> None:
    """A linear item-item model (EASE) has at least twice the NDCG@10 of popularity on hidden ratings."""
    world = make_world(11, anime=2_000, users=1_500, ratings=110_000)
    seen, hidden = split(world)
    given = seen.astype(np.float64)
    inverse = np.linalg.inv(given.T @ given + 100 * np.eye(len(world.catalogue)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    popularity = ndcg_at_10(np.broadcast_to(given.sum(axis=0), given.shape), seen, hidden)
    learned = ndcg_at_10(given @ weights, seen, hidden)
    assert learned > 2 * popularity
    assert learned > 0.25


def test_genres_and_tags_tell_something_about_tastes(small_world: World) -> None:
    """What a viewer rates high shares more tags with what else they have than anime at random do."""
    catalogue = small_world.catalogue
    has_tag = np.zeros((len(catalogue), 80))
    for slot in range(catalogue.features.tags.shape[1]):
        used = catalogue.features.tags[:, slot] >= 0
        has_tag[np.flatnonzero(used), catalogue.features.tags[used, slot]] = 1
    seen, hidden = split(small_world)
    profile = seen.astype(np.float64) @ has_tag
    overlap = profile @ has_tag.T / np.maximum(1, profile.sum(axis=1, keepdims=True))
    unseen = ~seen & ~hidden
    assert overlap[hidden].mean() > 1.05 * overlap[unseen].mean()

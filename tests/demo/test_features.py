"""Genres, tags, quality and fame."""

import numpy as np
import pytest

from demo.features import Features, make_features, product
from demo.franchises import Plan, plan_franchises
from demo.schedule import make_schedule


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan of 6,000 anime."""
    return plan_franchises(2, 6_000)


@pytest.fixture(scope="module")
def features(plan: Plan) -> Features:
    """Their features."""
    return make_features(2, plan, make_schedule(2, plan).age_years)


def test_fame_has_a_long_tail(features: Features) -> None:
    """A tenth of the anime has more than half of the users, and the median is far below the best known."""
    users = np.sort(features.users)[::-1]
    assert users[:600].sum() > 0.5 * users.sum()
    assert users[0] == 900_000
    assert np.median(users) < 0.02 * users[0]
    assert users[-1] >= 1


def test_a_franchise_keeps_its_genres(plan: Plan, features: Features) -> None:
    """All entries of a franchise have the genres of the first one."""
    assert (features.genres == features.genres[plan.first_row]).all()


def test_every_anime_has_genres_and_tags_without_repeats(features: Features) -> None:
    """One to four genres, three to nine tags, each once."""
    for slots, least in ((features.genres, 1), (features.tags, 3)):
        assert (slots >= 0).sum(axis=1).min() >= least
        for row in slots[:500]:
            used = row[row >= 0]
            assert len(set(used.tolist())) == len(used)


def test_tags_have_weights_from_twenty_to_ninety_eight(features: Features) -> None:
    """The weight of a tag is a percentage as AniList gives it, falling from the first tag to the last."""
    assert features.tag_ranks.min() >= 20
    assert features.tag_ranks.max() <= 98
    assert features.tag_ranks[:, 0].mean() > features.tag_ranks[:, 8].mean() + 40


def test_adult_titles_are_few(features: Features) -> None:
    """Between 1 and 6 of 100 are adult."""
    assert 0.01 < features.is_adult.mean() < 0.06


def test_the_product_in_fixed_order_is_the_product() -> None:
    """It is the matrix product, up to rounding."""
    rng = np.random.default_rng(0)
    left, right = rng.random((5, 7)), rng.random((7, 3))
    assert np.allclose(product(left, right), left @ right)

"""What a kind of information adds is what is lost without it, user by user."""

import numpy as np
import pytest

from recommenders.ablation import COMPLETE, ablate
from recommenders.candidates import KINDS
from recommenders.errors import NotEnoughDataError
from recommenders.measuring import Known, MetricRow
from recommenders.rerank import Rerank, RerankConfig
from recommenders.splitting import holdout

from .test_rerank import stories
from .worlds import described, matrix

QUICK = RerankConfig(trees=30, min_leaf=20, hidings=1)


def figure(rows: tuple[MetricRow, ...], metric: str, segment: str = "") -> MetricRow:
    """The one row of this metric at 10."""
    (row,) = (one for one in rows if (one.metric, one.k, one.segment) == (metric, 10, segment))
    return row


def test_what_is_lost_without_a_kind_is_the_difference_of_the_means() -> None:
    """Under a protocol that says what is left out, on the same users."""
    world, features = stories()
    told: list[str] = []
    split = holdout(world, seed=9)
    found = ablate(Rerank(QUICK), split, features, Known(franchise=features.franchise), told.append)
    assert list(found) == [COMPLETE, *KINDS]
    assert told == [f"rerank without {kind}" for kind in KINDS]
    complete = figure(found[COMPLETE], "ndcg")
    assert complete.protocol == split.protocol
    assert not any("minus" in row.metric for row in found[COMPLETE])
    for kind in KINDS:
        own, less = figure(found[kind], "ndcg"), figure(found[kind], "ndcg_minus_complete")
        assert own.protocol == less.protocol == f"{split.protocol}, without {kind}"
        assert less.value == pytest.approx(own.value - complete.value, abs=1e-12)
        assert (less.ci_low or 0) <= less.value <= (less.ci_high or 0)
        assert own.users == less.users == complete.users


def test_what_is_left_out_names_another_version() -> None:
    """The configuration says it; a kind that nobody knows is refused when the model is taught."""
    model = Rerank(QUICK)
    model.fit(*stories())
    assert model.without("content").config.without == "content"
    with pytest.raises(KeyError, match="weather"):
        model.without("weather").fit(*stories())


def test_too_little_to_learn_from_is_said() -> None:
    """As the model says it itself."""
    world = matrix(np.eye(3) * 8)
    with pytest.raises(NotEnoughDataError):
        ablate(Rerank(QUICK), holdout(world, seed=1), described(world), Known())

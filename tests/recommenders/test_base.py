"""What the base class refuses."""

import pytest

from recommenders.als import Als
from recommenders.base import Recommender
from recommenders.ease import Ease, EaseConfig
from recommenders.errors import InvalidInputError
from recommenders.item_knn import ItemKnn
from recommenders.lightfm_models import LightfmWarp
from recommenders.popularity import Popularity, PopularityConfig


@pytest.mark.parametrize("model", [Als, Ease, ItemKnn, LightfmWarp, Popularity])
def test_a_configuration_belongs_to_its_model(model: type[Recommender]) -> None:
    """Handing one model another's configuration is an error, not a guess."""
    other = PopularityConfig() if model is not Popularity else EaseConfig()
    with pytest.raises(InvalidInputError, match=type(other).__name__):
        model(other)

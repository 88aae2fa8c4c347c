"""Models inside models: the order in which they can take one another over, and that what is stored is whole."""

import numpy as np

from recommenders.components import depth, restored_components, state_of
from recommenders.discovery import all_models
from recommenders.slim_kernel import SlimKernel

from .worlds import tastes


def test_a_model_comes_after_everything_it_is_made_of() -> None:
    """SLIM is made of nothing, the regression of SLIM, the second stage of the regression; and so for all models."""
    assert [depth(name) for name in ("slim", "slim_kernel", "rerank")] == [0, 1, 2]
    models = all_models()
    assert all(depth(part) < depth(name) for name in models for part in models[name].components)


def test_a_component_that_has_components_is_restored_whole() -> None:
    """The arrays of the regression, with those of SLIM in it, give the same scores again."""
    world = tastes()[0]
    inner = SlimKernel().fit(world)
    restored = restored_components(["slim_kernel"], inner.item_keys, state_of({"slim_kernel": inner}))["slim_kernel"]
    np.testing.assert_array_equal(restored.scores(world), inner.scores(world))

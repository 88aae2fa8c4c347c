"""Tuning: inside the training part, resumable after a kill, adopted only where it helps beyond chance."""

import os
import signal
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from recommenders.base import Recommender
from recommenders.config import Between, ModelConfig, OneOf, SearchSpace
from recommenders.content_tfidf import ContentTfidf
from recommenders.discovery import all_models
from recommenders.ease import Ease
from recommenders.errors import InvalidInputError, ModelDivergedError, NotEnoughDataError
from recommenders.interactions import Interactions
from recommenders.item_knn import ItemKnn
from recommenders.lightfm_models import LightfmWarp
from recommenders.popularity import Popularity
from recommenders.rerank import Rerank
from recommenders.splitting import holdout
from recommenders.tuning import open_study, tune
from recommenders.tuningrecords import Ground

from .worlds import described, tastes


@pytest.fixture(scope="module")
def ground() -> Ground:
    """The training part of a small world, with its descriptions."""
    world, features = tastes()
    return Ground(holdout(world).train, features)


@pytest.mark.parametrize("model", all_models().values(), ids=lambda model: model.name)
def test_a_search_space_names_fields_whose_defaults_lie_inside(model: type) -> None:
    """So that the default is the first trial, and every trial makes a configuration."""
    default = asdict(model.Config())
    assert set(model.Config.search_space) <= set(default)
    for name, values in model.Config.search_space.items():
        if isinstance(values, OneOf):
            assert default[name] in values.options, name
        else:
            assert values.low <= default[name] <= values.high, name
    assert model.Config.passes_field is None or model.Config.passes_field in default


def test_nothing_but_the_training_part_is_looked_at(ground: Ground, tmp_path: Path) -> None:
    """Other ratings in the outer holdout change no trial; other ratings in the training part do."""
    world, features = tastes()
    hidden = holdout(world).held_out
    assert hidden.nnz > 0
    assert not ground.training.seen.multiply(hidden).nnz
    ratings = world.ratings.copy()
    ratings[hidden.nonzero()] = 10.0
    assert ratings.sum() > world.ratings.sum()
    poisoned = Ground(holdout(replace(world, ratings=ratings)).train, features)
    assert tune(Popularity, ground, tmp_path / "a", trials=4) == tune(Popularity, poisoned, tmp_path / "b", trials=4)
    fewer = replace(ground, training=ground.training.take(range(world.n_users - 1)))
    assert tune(Popularity, fewer, tmp_path / "c", trials=1).study != tune(Popularity, ground, tmp_path / "a").study


@pytest.mark.parametrize(("model", "reads"), [(Rerank, True), (ContentTfidf, True), (Ease, False)])
def test_a_search_is_another_one_where_the_model_would_read_other_descriptions(
    ground: Ground, tmp_path: Path, model: type[Recommender], reads: bool
) -> None:
    """Of models that need descriptions and of those that only read them; what others found stays found."""
    other = replace(ground, items=described(ground.training))
    names = {open_study(model, each, tmp_path, 42).study_name for each in (ground, other)}
    assert (len(names) == 2) == reads


def test_the_default_is_tried_first_and_the_best_is_confirmed_elsewhere(ground: Ground, tmp_path: Path) -> None:
    """The figures it is judged by are of a split of their own, which no trial was ranked by."""
    said: list[str] = []
    found = tune(ItemKnn, ground, tmp_path, trials=6, seed=42, progress=said.append)
    assert len(found.trials) == len(said) == 6
    default = asdict(ItemKnn.Config())
    assert found.trials[0].parameters == {name: default[name] for name in ItemKnn.Config.search_space}
    best = max((one for one in found.trials if one.ndcg_at_10 is not None), key=lambda one: one.ndcg_at_10 or 0)
    assert found.best == best.parameters
    assert found.comparison.difference == pytest.approx(found.best_value - found.default_value)
    assert "seed 44" in found.protocol
    assert "without what is hidden by: per-user holdout of 20% of ratings >= 7, seed 43" in found.protocol
    assert found.is_better == (found.comparison.ci_low > 0)


def test_a_killed_search_goes_on_and_finds_the_same(ground: Ground, tmp_path: Path) -> None:
    """SIGKILL in the middle of the fourth trial costs that trial and nothing else."""
    whole = tune(Ease, ground, tmp_path / "whole", trials=7)
    child = os.fork()
    if child == 0:

        def die(text: str) -> None:
            if "trial 2" in text:
                Ease._learn = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment,return-value]

        try:
            tune(Ease, ground, tmp_path / "cut", trials=7, progress=die)
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    said: list[str] = []
    assert tune(Ease, ground, tmp_path / "cut", trials=7, progress=said.append) == whole
    assert [text.split(":")[1] for text in said] == [" trial 3", " trial 4", " trial 5", " trial 6"]


def test_more_trials_go_on_where_the_search_ended(ground: Ground, tmp_path: Path) -> None:
    """A second call with a higher number tries what is missing; with the same number nothing."""
    few = tune(Popularity, ground, tmp_path, trials=3)
    said: list[str] = []
    more = tune(Popularity, ground, tmp_path, trials=5, progress=said.append)
    assert len(said) == 2
    assert more.trials[:3] == few.trials
    assert tune(Popularity, ground, tmp_path, trials=5, progress=said.append) == more
    assert len(said) == 2


def test_minutes_end_a_search_after_the_trial_under_way(ground: Ground, tmp_path: Path) -> None:
    """The default is always tried, so that there is something to answer."""
    found = tune(Popularity, ground, tmp_path, trials=50, minutes=0)
    assert len(found.trials) == 1
    assert found.comparison.difference == 0
    assert not found.is_better


def test_a_trial_that_lags_behind_after_a_part_of_its_passes_is_given_up(ground: Ground, tmp_path: Path) -> None:
    """A pruned trial has no figure: it was never taught in full."""
    found = tune(LightfmWarp, ground, tmp_path, trials=12, seed=1)
    outcomes = [one.outcome for one in found.trials]
    assert outcomes[:5] == ["finished"] * 5
    assert "pruned" in outcomes
    assert all(one.ndcg_at_10 is None for one in found.trials if one.outcome == "pruned")


@dataclass(frozen=True)
class FragileConfig(ModelConfig):
    """A configuration that diverges beyond its default."""

    positive_from: float = 7.0
    search_space: ClassVar[SearchSpace] = {"positive_from": Between(7.0, 9.0)}


class Fragile(Popularity):
    """Popularity that cannot be taught with other parameters than the default."""

    Config = FragileConfig

    def _fit(self, interactions: Interactions, items: object) -> None:
        if self.config.positive_from > 7:
            raise ModelDivergedError("it diverged")
        super()._fit(interactions, None)


def test_parameters_that_cannot_be_taught_are_told_as_failed(ground: Ground, tmp_path: Path) -> None:
    """The search goes on, and the default stays the best."""
    found = tune(Fragile, ground, tmp_path, trials=3)
    assert [(one.outcome, one.problem) for one in found.trials[1:]] == [("failed", "it diverged")] * 2
    assert found.best == {"positive_from": 7.0}


def test_without_anything_to_tune_or_to_hide_it_says_so(ground: Ground, tmp_path: Path) -> None:
    """A model without a search space, and ratings of which none can be hidden."""

    class Fixed(Popularity):
        Config = ModelConfig

    with pytest.raises(InvalidInputError, match="nothing to tune"):
        tune(Fixed, ground, tmp_path)
    empty = Interactions.from_arrays([1], [1], [9.0])
    with pytest.raises(NotEnoughDataError, match="nothing to rank trials by"):
        tune(Popularity, Ground(empty), tmp_path)

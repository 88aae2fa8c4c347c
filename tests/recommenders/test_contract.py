"""The promises of every model, tested on each one that discovery finds."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from recommenders.base import Recommender
from recommenders.discovery import load_model
from recommenders.errors import (
    ItemsDifferError,
    MissingFeaturesError,
    ModelDamagedError,
    NotFittedError,
    RecommenderError,
)
from recommenders.interactions import Interactions
from recommenders.popularity import Popularity
from recommenders.ranking import recommend
from recommenders.store import read_folder, write_folder

from .worlds import checkerboard, described, installed_models, tastes

ROOT = Path(__file__).parents[2]
MODELS = list(installed_models().values())
PERSONAL = [model for model in MODELS if model.family != "popularity"]


def name_of(model: type[Recommender]) -> str:
    """The model's name, as the test's id."""
    return model.name


@cache
def taught(model: type[Recommender]) -> Recommender:
    """The model fitted on `tastes`; for tests that only ask it, and leave it as it is."""
    return model().fit(*tastes())


def entries(*triples: tuple[int, int, float], users: int, items: int) -> Interactions:
    """A small matrix over users and items 0..n-1."""
    user, item, rating = zip(*triples, strict=True) if triples else ((), (), ())
    return Interactions.from_arrays(user, item, rating, user_keys=range(users), item_keys=range(items))


TINY = {
    "three users and five items": entries(
        (0, 0, 9), (0, 1, 8), (1, 1, 7), (1, 2, 9), (2, 0, 3), (2, 4, 10), users=3, items=5
    ),
    "users with one rating each": entries((0, 0, 9), (1, 1, 7), (2, 2, 8), users=3, items=5),
    "one user, one rating": entries((0, 1, 9), users=1, items=3),
    "one item": entries((0, 0, 9), (1, 0, 2), users=2, items=1),
    "far more items than users": entries((0, 0, 9), (0, 30, 8), (1, 30, 7), (1, 59, 9), users=2, items=60),
    "no rating at all": entries(users=3, items=5),
    "nobody at all": entries(users=0, items=5),
    "no anime at all": entries(users=2, items=0),
    "nobody likes anything": entries((0, 0, 2), (0, 1, 3), (1, 1, 1), (1, 2, 4), users=3, items=4),
    "everybody has everything": entries(
        *((user, item, 8.0) for user in range(3) for item in range(3)), users=3, items=3
    ),
    "nothing is scored": entries((0, 0, np.nan), (0, 1, np.nan), (1, 1, np.nan), (1, 2, np.nan), users=2, items=4),
}


@pytest.mark.parametrize("model", PERSONAL, ids=name_of)
def test_the_withheld_square_of_the_checkerboard_comes_first(model: type[Recommender]) -> None:
    """Whoever has all squares of a colour but one is recommended that one."""
    board, features = checkerboard()
    lists = recommend(model().fit(board, features), board, 1)
    assert lists.items[:, 0].tolist() == list(range(board.n_users))


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_the_same_seed_gives_the_same_bits(model: type[Recommender]) -> None:
    """Two trainings on equal data agree in every bit of every score."""
    world, features = tastes()
    first, second = (model().fit(world, features).scores(world) for _ in range(2))
    assert first.dtype == np.float32
    assert first.tobytes() == second.tobytes()


def test_another_process_with_other_threads_gives_the_same_bits() -> None:
    """Scores and lists of all models are equal in fresh processes with another hash seed and thread count."""
    program = (
        "import hashlib\n"
        "from recommenders.ranking import recommend\n"
        "from tests.recommenders.worlds import installed_models, tastes\n"
        "world, features = tastes(150, 120)\n"
        "for name, model in installed_models().items():\n"
        "    fitted = model().fit(world, features)\n"
        "    lists = recommend(fitted, world, 10)\n"
        "    result = fitted.scores(world).tobytes() + lists.items.tobytes()\n"
        "    print(name, hashlib.sha256(result).hexdigest())\n"
    )
    outputs = []
    for seed, threads in (("1", "1"), ("2", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == len(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_nothing_seen_and_nothing_forbidden_is_recommended(model: type[Recommender]) -> None:
    """Lists hold no seen item and no item outside `allowed`, and no item twice."""
    world = tastes()[0]
    allowed = np.arange(world.n_items) % 4 != 0
    lists = recommend(taught(model), world, world.n_items, allowed)
    for row, items in enumerate(lists.items):
        listed = items[items >= 0]
        assert not set(listed) & set(world.seen[[row]].indices)
        assert allowed[listed].all()
        assert len(set(listed)) == len(listed) == (allowed & (world.seen[[row]].toarray()[0] == 0)).sum()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_saved_model_scores_the_same_after_loading(model: type[Recommender], tmp_path: Path) -> None:
    """Save -> load gives the same configuration, and bit for bit the same scores; explanations but for the last bit."""
    world, fitted = tastes()[0], taught(model)
    loaded = load_model(fitted.save(tmp_path / "one", {"data_version": "d"}))
    assert type(loaded) is model
    assert loaded.config == fitted.config
    assert loaded.scores(world).tobytes() == fitted.scores(world).tobytes()
    targets = recommend(fitted, world, 5).items
    ours, theirs = (one.contributions(world, targets) for one in (fitted, loaded))
    # Where an array lies in memory may change the last bit of a sum of products.
    np.testing.assert_allclose(ours.amounts, theirs.amounts, rtol=1e-6, atol=1e-12)
    near = [one.similar(3) for one in (fitted, loaded)]
    assert (near[0] is None) == (near[1] is None)
    assert near[0] is None or near[0].scores.tobytes() == near[1].scores.tobytes()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_one_models_folder_is_not_read_as_anothers(model: type[Recommender], tmp_path: Path) -> None:
    """A class refuses to load the folder of another model."""
    other = next(one for one in MODELS if one is not model)
    folder = taught(other).save(tmp_path / "other")
    with pytest.raises(ModelDamagedError, match=other.name):
        model.load(folder)


@pytest.mark.parametrize("model", PERSONAL, ids=name_of)
def test_a_folder_of_a_version_that_stored_it_otherwise_is_refused(model: type[Recommender], tmp_path: Path) -> None:
    """Whole, and by checksum what was written, but its arrays have other names: train it again."""
    header, arrays = read_folder(taught(model).save(tmp_path / "now"))
    kept = {name if name in ("item_keys", "prior") else f"former_{name}": array for name, array in arrays.items()}
    former = write_folder(tmp_path / "former", {"model": model.name, "config": header["config"]}, kept)
    with pytest.raises(ModelDamagedError, match=rf"former holds the arrays of another make of {model.name} .*again"):
        load_model(former)


@pytest.mark.parametrize("model", PERSONAL, ids=name_of)
def test_somebody_new_is_scored_like_a_known_user_with_the_same_list(model: type[Recommender]) -> None:
    """A row that was not there at training gets exactly the scores of an equal row that was."""
    world, fitted = tastes()[0], taught(model)
    known = world.take([7])
    stranger = Interactions(np.array([-1]), known.item_keys, known.ratings, known.seen)
    assert fitted.scores(stranger).tobytes() == fitted.scores(known).tobytes()
    unseen = np.where(known.seen.toarray()[0] == 0, fitted.scores(stranger)[0], np.nan)
    assert np.nanmean(unseen.reshape(-1, 3), axis=0).argmax() == 7 % 3


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_catalogue_that_has_grown_since_changes_no_score(model: type[Recommender]) -> None:
    """Rows over more anime than the model knows are scored by those that it knows, bit for bit."""
    world, fitted = tastes()[0], taught(model)
    keys = np.sort(np.concatenate([world.item_keys, [1, 2, 10**6, 10**6 + 1]]))
    grown = world.aligned_to(keys)
    assert grown.n_items == world.n_items + 4
    assert fitted.scores(grown.aligned_to(world.item_keys)).tobytes() == fitted.scores(world).tobytes()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_row_is_scored_alike_alone_and_among_others(model: type[Recommender]) -> None:
    """What else is in the block changes a score by rounding at most."""
    world, fitted = tastes()[0], taught(model)
    together = fitted.scores(world)
    alone = np.concatenate([fitted.scores(world.take([row])) for row in range(world.n_users)])
    np.testing.assert_allclose(alone, together, rtol=1e-4, atol=1e-4 * np.abs(together).max())


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_who_has_nothing_gets_what_is_popular(model: type[Recommender]) -> None:
    """An empty list is answered by the most liked anime, in order."""
    nobody = Interactions.from_arrays([], [], [], user_keys=[5], item_keys=tastes()[0].item_keys)
    lists = recommend(taught(model), nobody, 10)
    popular = recommend(taught(Popularity), nobody, 10)
    assert lists.items.tolist() == popular.items.tolist()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
@pytest.mark.parametrize("world", TINY.values(), ids=TINY.keys())
def test_tiny_input_gives_finite_scores_or_a_stated_reason(model: type[Recommender], world: Interactions) -> None:
    """However little there is, scores are finite and lists valid, or a RecommenderError says why not."""
    try:
        fitted = model().fit(world, described(world))
    except RecommenderError as error:
        reason = str(error)
    else:
        reason = ""
    if reason:
        assert reason.startswith(model.name)
        return
    assert np.isfinite(fitted.scores(world)).all()
    lists = recommend(fitted, world, 3)
    assert lists.items.shape == (world.n_users, 3)
    for row, items in enumerate(lists.items):
        assert not set(items[items >= 0]) & set(world.seen[[row]].indices)
    parts = fitted.contributions(world, lists.items)
    assert np.isfinite(parts.total).all()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_contributions_add_up_to_the_score(model: type[Recommender]) -> None:
    """What titles carried, what the list says as a whole, and what is said to everybody, sum to the score."""
    world, fitted = tastes()[0], taught(model)
    lists = recommend(fitted, world, 8)
    parts = fitted.contributions(world, lists.items, top=world.n_items)
    here = lists.items >= 0
    tolerance = 1e-4 * np.abs(lists.scores[here]).max()
    np.testing.assert_allclose((parts.total + parts.together + parts.base)[here], lists.scores[here], atol=tolerance)
    np.testing.assert_allclose(parts.amounts.sum(axis=2), parts.positive, atol=tolerance)
    for row, items in enumerate(parts.items):
        assert set(items[items >= 0]) <= set(world.seen[[row]].indices)
    assert (np.diff(parts.amounts, axis=2) <= 0).all()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_the_strongest_contributors_come_first_and_the_rest_is_dropped(model: type[Recommender]) -> None:
    """With top=2 the two largest amounts remain, and the sums stay those of all titles."""
    world, fitted = tastes()[0], taught(model)
    targets = recommend(fitted, world, 4).items
    everything, two = (fitted.contributions(world, targets, top) for top in (world.n_items, 2))
    assert two.items.tolist() == everything.items[:, :, :2].tolist()
    assert two.positive.tolist() == everything.positive.tolist()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_other_items_and_unfitted_models_are_refused(model: type[Recommender]) -> None:
    """Rows over another catalogue, and questions before training, get an error that names the remedy."""
    world, features = tastes()
    with pytest.raises(NotFittedError, match="fit"):
        model().scores(world)
    grown = world.aligned_to(np.append(world.item_keys, 9999))
    fitted = taught(model)
    with pytest.raises(ItemsDifferError, match="aligned_to"):
        fitted.scores(grown)
    assert fitted.scores(grown.aligned_to(fitted.item_keys)).tobytes() == fitted.scores(world).tobytes()
    with pytest.raises(ItemsDifferError):
        model().fit(grown, features)


@pytest.mark.parametrize("model", [one for one in MODELS if one.needs_items], ids=name_of)
def test_a_model_that_reads_descriptions_asks_for_them(model: type[Recommender]) -> None:
    """Without item features such a model says so, in the class of error that means `skipped`."""
    with pytest.raises(MissingFeaturesError, match="no item features"):
        model().fit(tastes()[0])


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_similar_items_exclude_the_item_itself_and_what_is_not_allowed(model: type[Recommender]) -> None:
    """Lists of similar items are cosines in (0, 1], best first, without the item and without stubs."""
    world = tastes()[0]
    allowed = np.arange(world.n_items) != 3
    near = taught(model).similar(5, allowed)
    if near is None:
        return
    assert near.items.shape == near.scores.shape == (world.n_items, 5)
    assert not (near.items == np.arange(world.n_items)[:, None]).any()
    assert not (near.items == 3).any()
    assert ((near.scores > 0) == (near.items >= 0)).all()
    assert near.scores.max() <= 1
    assert (np.diff(near.scores, axis=1) <= 0).all()

"""Models are found by being there."""

from pathlib import Path

import pytest

from recommenders.discovery import all_models, load_model
from recommenders.errors import ModelDamagedError, ModelMissingError
from recommenders.store import write_folder


def test_the_models_of_this_version() -> None:
    """In the order of their names, each in the file of its name; kinds of LightFM and of SLIM share one."""
    models = all_models()
    assert list(models) == [
        "als",
        "blend_borda",
        "blend_rrf",
        "blend_weighted",
        "bpr",
        "content_minilm",
        "content_tfidf",
        "ease",
        "item_knn",
        "lightfm_bpr",
        "lightfm_bpr_features",
        "lightfm_warp",
        "lightfm_warp_features",
        "popularity",
        "popularity_recent",
        "rerank",
        "rp3beta",
        "slim",
        "slim_kernel",
        "slim_liked",
        "svd",
        "two_tower",
        "user_knn",
    ]
    for name, model in models.items():
        file = "lightfm_models" if name.startswith("lightfm") else name.removesuffix("_liked")
        assert (model.name, model.__module__) == (name, f"recommenders.{file}")
        assert model.__doc__
        assert "Source:" in model.__doc__


def test_a_folder_of_no_known_model_is_refused(tmp_path: Path) -> None:
    """The message says what the folder claims to be and what there is."""
    folder = write_folder(tmp_path / "x", {"model": "oracle", "config": {}}, {})
    with pytest.raises(ModelDamagedError, match=r"'oracle'.*ease"):
        load_model(folder)
    with pytest.raises(ModelMissingError):
        load_model(tmp_path / "nowhere")

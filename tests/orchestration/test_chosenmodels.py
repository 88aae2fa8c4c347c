"""Which models a run evaluates."""

from pathlib import Path

import pytest

from orchestration.chosenmodels import BY_NAME, QUICK, chosen_models
from orchestration.errors import SettingsError
from orchestration.settings import load_settings
from recommenders.discovery import all_models


def chosen(tmp_path: Path, models: str, source: str = "demo") -> list[str]:
    """The models of a run on this input."""
    return chosen_models(load_settings(home=tmp_path, input=source, models=models))


def test_the_demo_world_has_the_quick_ones_and_people_have_nearly_all(tmp_path: Path) -> None:
    """Auto looks at the input."""
    assert chosen(tmp_path, "auto") == sorted(QUICK)
    assert chosen(tmp_path, "auto", str(tmp_path)) == [name for name in all_models() if name not in BY_NAME]
    assert chosen(tmp_path, "all") == list(all_models())


def test_two_are_always_among_them(tmp_path: Path) -> None:
    """Every figure is compared with popularity, and content serves where nobody rated anything."""
    assert chosen(tmp_path, "slim, ease") == ["content_tfidf", "ease", "popularity", "slim"]


def test_a_name_that_is_no_model_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    """The message names the word and what was meant."""
    with pytest.raises(SettingsError, match=r"OSUSUME_MODELS names 'eaze': did you mean ease"):
        chosen(tmp_path, "eaze")

"""Settings: where they come from, and how wrong ones are refused."""

import os
import traceback
from pathlib import Path

import pytest

from orchestration.errors import SettingsError
from orchestration.resources import resources_for
from orchestration.settings import (
    Settings,
    child_environment,
    load_settings,
    unknown_variables,
    where_set,
)

ROOT = Path(__file__).parents[2]


def test_every_setting_has_a_default_that_works() -> None:
    """With neither variables nor `.env` the demo world goes into ./data."""
    settings = load_settings()
    assert (settings.home, settings.input, settings.seed) == (Path("data"), "demo", 42)
    assert settings.is_demo
    assert settings.experiment == "off"


def test_an_option_wins_over_the_environment_which_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The nearest word counts."""
    Path(".env").write_text("OSUSUME_SEED=1\nOSUSUME_HOME=from-file\nOSUSUME_INPUT=from-file\n")
    monkeypatch.setenv("OSUSUME_HOME", "from-environment")
    monkeypatch.setenv("OSUSUME_INPUT", "from-environment")
    settings = load_settings(input="from-option")
    assert (settings.seed, settings.home, settings.input) == (1, Path("from-environment"), "from-option")
    assert [where_set(name) for name in ("seed", "home", "memory_limit")] == [
        ".env",
        "environment",
        "default",
    ]


def test_an_option_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """None means that the option did not stand on the command line."""
    monkeypatch.setenv("OSUSUME_HOME", "somewhere")
    assert load_settings(home=None).home == Path("somewhere")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OSUSUME_SEED", "abc"),
        ("OSUSUME_SEED", "-1"),
        ("OSUSUME_EXPERIMENT", "maybe"),
        ("OSUSUME_MODELS", "ease;slim"),
        ("OSUSUME_LOCK_TIMEOUT", "0"),
        ("OSUSUME_MEMORY_LIMIT", "much"),
        ("OSUSUME_MEMORY_LIMIT", "0MB"),
        ("OSUSUME_MEMORY_LIMIT", "99999999999999999999TB"),
        ("OSUSUME_DEMO_USERS", "1.5"),
    ],
)
def test_a_wrong_value_is_refused_by_name_value_and_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The message names the setting, what was given, where, and what may be given."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"{name}={value} \(from: environment\) cannot be used. Give \w+"):
        load_settings()


@pytest.mark.parametrize(
    "address",
    [
        "postgres://osusume:geheim@db/history",
        "postgresql://osusume:geheim@db/history",
        "postgresql+psycopg2://osusume:geheim@db",
        "postgresql+psycopg2:///history?password=geheim",
        "postgresql+psycopg2://osusume:geheim]@db/history",
        "postgresql+psycopg2://osusume:geheim/history",
        "postgresql+psycopg2://osusume:p@geheim@127.0.0.1:5432/history",
        "postgresql+psycopg2://osusume:geheim@db:54321x/history",
        "postgresql+psycopg2://osusume:geheim@db:99999/history",
        "postgresql+psycopg2://osusume:geheim\u2100@db/history",
        "geheim",
    ],
)
def test_an_address_that_some_process_would_not_understand_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """SQLAlchemy takes another driver when none is named; the message says how it is written."""
    monkeypatch.setenv("OSUSUME_DAGSTER_POSTGRES_URL", address)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "OSUSUME_DAGSTER_POSTGRES_URL=*** (from: environment) cannot be used. Give postgresql+psycopg2://" in str(
        refused.value
    )
    assert "geheim" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("limit", ["1500MB", "0.5GB", "1500000KB", "2 GiB", "1TB", "0.5TiB"])
def test_a_limit_of_memory_is_a_number_and_a_unit(limit: str) -> None:
    """As DuckDB reads them."""
    assert load_settings(memory_limit=limit).memory_limit == limit


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to correct one only to be told of the next."""
    monkeypatch.setenv("OSUSUME_SEED", "x")
    monkeypatch.setenv("OSUSUME_EXPERIMENT", "y")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert len(str(refused.value).splitlines()) == 2


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`OSUSUME_SEED=` means the default."""
    monkeypatch.setenv("OSUSUME_SEED", "")
    assert load_settings().seed == 42


def test_a_misspelt_variable_is_warned_about_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting without effect is not passed over in silence, wherever it stands."""
    monkeypatch.setenv("OSUSUME_HOMES", "x")
    Path(".env").write_text("OSUSUME_SEEED=1\nOSUSUME_NEVER_HEARD_OF=1\nOTHER=1\n")
    homes, never, seed = unknown_variables()
    assert "OSUSUME_HOMES" in homes
    assert "did you mean OSUSUME_HOME?" in homes
    assert "no effect" in never
    assert ".env" in seed
    assert "did you mean OSUSUME_SEED?" in seed


def test_a_file_that_is_no_text_is_refused() -> None:
    """The message names the file."""
    Path(".env").write_bytes(b"OSUSUME_SEED=\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env is not UTF-8"):
        load_settings()


def test_a_child_process_gets_the_settings_in_force() -> None:
    """What was decided here also holds in the processes of the UI."""
    settings = load_settings(home="/somewhere", seed=7)
    environment = child_environment(settings, {"DAGSTER_HOME": "/somewhere/dagster"})
    assert environment["OSUSUME_HOME"] == "/somewhere"
    assert environment["OSUSUME_SEED"] == "7"
    assert environment["DAGSTER_HOME"] == "/somewhere/dagster"
    assert environment["OSUSUME_EXPERIMENT"] == "off"


def test_the_example_file_shows_every_setting_with_its_default() -> None:
    """`.env.example` is complete, and uncommenting it changes nothing."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = dict(line.removeprefix("#").split("=", 1) for line in lines if line.startswith("#OSUSUME_"))
    assert set(shown) == {f"OSUSUME_{name.upper()}" for name in Settings.model_fields}
    given = {name.removeprefix("OSUSUME_").lower(): value for name, value in shown.items()}
    assert load_settings(**given) == load_settings()


def test_the_demo_world_has_the_size_that_its_generator_proposes() -> None:
    """The defaults stand in two places, since settings must load without numpy."""
    from demo import world

    settings = load_settings()
    assert settings.demo_anime == world.DEFAULT_ANIME
    assert settings.demo_users == world.DEFAULT_USERS
    assert settings.demo_ratings == world.DEFAULT_RATINGS
    assert settings.seed == world.DEFAULT_SEED


@pytest.mark.parametrize("uri", ["", "off", "http://localhost:5000", "sqlite:////srv/mlflow.db", "databricks"])
def test_the_address_of_mlflow_is_an_address_or_off(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    """It may hold a password, so a wrong one is not repeated."""
    monkeypatch.setenv("OSUSUME_MLFLOW_URI", uri)
    if uri != "databricks":
        assert load_settings().mlflow_uri == uri
        return
    with pytest.raises(SettingsError, match=r"OSUSUME_MLFLOW_URI=\*\*\* .*Give the tracking address"):
        load_settings()


def test_mlflow_is_told_to_send_nothing_unless_somebody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks the environment once, when it is imported."""
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    resources_for(load_settings(), None)
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "false")
    resources_for(load_settings(), None)
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "false"

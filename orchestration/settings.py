"""What can be set from outside; the one place that reads the environment and `.env`.

The one rule: every setting has a default that works, and a wrong value is refused by name before anything
is touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsConfigDict

from orchestration.errors import SettingsError
from orchestration.sourcesettings import SourceSettings, expanded

PREFIX = "OSUSUME_"
ENV_FILE = ".env"
#: Settings whose values are never shown.
SECRETS = frozenset(("alert_webhook", "dagster_postgres_url", "mlflow_uri", "myanimelist_client_id"))
#: dagster.yaml names this variable instead of holding the address with its password.
POSTGRES_VARIABLE = "OSUSUME_DAGSTER_POSTGRES_URL"
#: SQLAlchemy 2.1 takes another driver when none is named, and Dagster's PostgreSQL storage knows only this one.
POSTGRES_SCHEME = "postgresql+psycopg2"
#: `user:password@` in an address.
_LOGIN = re.compile(r"(?<=://)[^\s/]*@")
#: The password in an address, and whatever follows it as far as the last @.
_PASSWORD = re.compile(r"://[^\s:/@]*:(\S+)@")
DEMO = "demo"
LIVE = "live"


class Settings(SourceSettings):
    """The settings in force; frozen.

    The help text of each field is what `osusume doctor` and the error messages show.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        # A traceback that ends in a log must not show an address with its password.
        hide_input_in_errors=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    home: Path = Field(Path("data"), description="the directory that holds everything, e.g. ./data")
    input: str = Field(
        DEMO, min_length=1, description="demo, live, a recordings directory, or the HOME of an earlier run"
    )
    seed: int = Field(42, ge=0, le=2**31 - 1, description="a whole number from 0 to 2147483647")
    experiment: Literal["off", "on"] = Field("off", description="off or on (on: cohorts get different lists)")
    lock_timeout: float = Field(600.0, gt=0, description="seconds to wait for other writers, e.g. 600")
    memory_limit: str = Field(
        "1500MB",
        pattern=r"^(0*[1-9][0-9]{0,6}(\.[0-9]+)?|0+\.0?[1-9][0-9]*) ?([KMGT]i?B)$",
        description="the memory DuckDB may use before it spills to disk, e.g. 1500MB",
    )
    keep_snapshots: int = Field(3, ge=1, le=999, description="how many older snapshots are kept, from 1, e.g. 3")
    alert_webhook: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+\S*)?$",
        repr=False,
        description="the http(s) address that failed checks and runs are posted to; empty = nowhere",
    )
    models: str = Field(
        "auto",
        pattern=r"^[a-z0-9_, ]+$",
        description="the models to evaluate: names with commas, all, or auto (all but the slowest; demo: quick ones)",
    )
    retrain_percent: float = Field(
        5.0,
        ge=0,
        le=100,
        description="how many of 100 list entries, or anime, must have changed before models are taught again; 0 = any",
    )
    mlflow_uri: str = Field(
        "",
        pattern=r"^(off|[a-z][a-z0-9+.-]*:\S+)?$",
        repr=False,
        description="the tracking address of an MLflow server, e.g. http://localhost:5000; off = no tracking; empty = "
        "HOME/mlflow, where the extra ml is installed",
    )
    demo_anime: int = Field(4000, ge=20, description="how many anime the demo world has, e.g. 4000")
    demo_users: int = Field(5000, ge=10, description="how many users the demo world has, e.g. 5000")
    demo_ratings: int = Field(560_000, ge=1, description="how many ratings the demo world has, e.g. 560000")

    dagster_postgres_url: SecretStr = Field(
        SecretStr(""),
        description=f"{POSTGRES_SCHEME}://USER:PASSWORD@HOST:5432/DATABASE, for Dagster's own history of runs (in the "
        "password %40 for @, %2F for /); empty = SQLite under HOME/dagster",
    )

    @field_validator("home", "users")
    @classmethod
    def _expand(cls, place: Path | None) -> Path | None:
        """`~` means the user's home directory."""
        return expanded(place) if place else place

    @field_validator("dagster_postgres_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr) -> SecretStr:
        """Only addresses that every process of Dagster understands as they stand."""
        given = url.get_secret_value()
        if given and not _leads_to_a_database(given):
            raise ValueError("no address of a database")
        return url

    @property
    def is_live(self) -> bool:
        """Whether the services themselves are asked."""
        return self.input == LIVE

    @property
    def is_demo(self) -> bool:
        """Whether the input is the generated world."""
        return self.input == DEMO


def load_settings(**overrides: object) -> Settings:
    """The settings in force: overrides that are not None, then the environment, then `.env`, then defaults.

    Args:
        overrides: fields by name, as given on the command line.

    Raises:
        SettingsError: naming each wrong variable, its value and what it may be.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # the values are validated right here
    except ValidationError as problem:
        raise SettingsError("\n".join(_sentence(error, given) for error in problem.errors())) from problem
    except UnicodeDecodeError as problem:
        raise SettingsError(f"{Path(ENV_FILE).absolute()} is not UTF-8 text; save it as UTF-8") from problem


def secret_values() -> frozenset[str]:
    """The values in force that are never shown, and the passwords in them; no empty ones.

    Raises:
        SettingsError: as `load_settings`.
    """
    settings = load_settings()
    values = [_as_text(getattr(settings, name)) for name in SECRETS]
    return frozenset(filter(None, [*values, *(word for value in values for word in _passwords(value))]))


def unknown_variables() -> list[str]:
    """One warning for each OSUSUME_ variable that is no setting, with the nearest name where one is near."""
    known = [f"{PREFIX}{name}".upper() for name in Settings.model_fields]
    found = {name.upper(): ENV_FILE for name in _env_file()} | {name.upper(): "" for name in os.environ}
    warnings = []
    for name, place in sorted(found.items()):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.75)
            hint = f"did you mean {near[0]}?" if near else "it has no effect"
            warnings.append(f"{name}{f' in {place}' if place else ''} is no setting of this version; {hint}")
    return warnings


def where_set(name: str) -> str:
    """Where the setting's value comes from: `environment`, `.env` or `default`."""
    variable = f"{PREFIX}{name}".upper()
    if any(key.upper() == variable and value for key, value in os.environ.items()):
        return "environment"
    if any(key.upper() == variable and value for key, value in _env_file().items()):
        return ENV_FILE
    return "default"


def child_environment(settings: Settings, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process of ours: this one's, the settings in force, and what is added."""
    given = settings.model_dump().items()
    ours = {f"{PREFIX}{name}".upper(): _as_text(value) for name, value in given}
    return dict(os.environ) | ours | dict(extra)


def show_dagster_its_storage(settings: Settings) -> None:
    """Put PostgreSQL's address where the `env:` of dagster.yaml looks for it, wherever it was set."""
    if address := settings.dagster_postgres_url.get_secret_value():
        os.environ[POSTGRES_VARIABLE] = address


def store_plans_at_once() -> None:
    """Tell Dagster to hand its storage all that a run plans in one piece; whoever has set it otherwise is heeded."""
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "2000")


def forbid_telemetry() -> None:
    """Tell MLflow, which asks when it is imported, to send nothing; whoever has set it otherwise is heeded."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def _leads_to_a_database(address: str) -> bool:
    """Whether every process of Dagster finds server and database in it; what stands in it is never told."""
    # Only who names an address pays for the import.
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url, parts = make_url(address), urlsplit(address)
    except (ValueError, ArgumentError):
        return False
    # After an @ that stands in the password as it is, its end would be taken for the server, and be shown as that.
    if url.drivername != POSTGRES_SCHEME or not url.host or "@" in url.host or not 0 < (url.port or 1) < 2**16:
        return False
    return bool(parts.hostname and (url.database or "").strip("/"))


def _passwords(address: str) -> Iterator[str]:
    """The password in an address, as it stands there and as the server is told it; nothing where there is none."""
    for found in _PASSWORD.findall(address):
        # Nobody can say which @ ends it: MLflow takes one in a password as it stands, and one may come later.
        words = str(found).split("@")
        ends = ["@".join(words[: at + 1]) for at in range(len(words))]
        yield from (*ends, *map(unquote, ends))


def _as_text(value: object) -> str:
    """A value as a variable of the environment holds it; secrets in clear."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _env_file() -> dict[str, str | None]:
    """The variables of `.env` in the current directory; none when there is no such file."""
    return dict(dotenv_values(ENV_FILE, interpolate=False)) if Path(ENV_FILE).is_file() else {}


def _sentence(error: ErrorDetails, given: Mapping[str, object]) -> str:
    """One wrong value as setting, value, where it was set and what it may be."""
    field = str(error["loc"][0]).lower().removeprefix(PREFIX.lower())
    place = "on the command line" if field in given else f"from: {where_set(field)}"
    expected = Settings.model_fields[field].description
    value = "***" if field in SECRETS else _LOGIN.sub("***@", str(error["input"]))
    return f"{PREFIX}{field.upper()}={value} ({place}) cannot be used. Give {expected}"

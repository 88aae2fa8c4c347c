"""Where Dagster keeps its history of runs: SQLite under HOME/dagster, or a PostgreSQL server.

The one rule: the password stands in the environment alone. dagster.yaml names the variable, and no message shows more
than the server and the database.
"""

from __future__ import annotations

from importlib.util import find_spec

from pydantic import SecretStr
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from orchestration.errors import SettingsError
from orchestration.settings import POSTGRES_VARIABLE
from recommenders.extras import installing

#: Appended to dagster.yaml. Runs, events, schedules and sensors all go there.
STORAGE_BLOCK = f"""
# Added because {POSTGRES_VARIABLE} is set; the address itself is read from there.
storage:
  postgres:
    postgres_url:
      env: {POSTGRES_VARIABLE}
"""
#: A server that takes longer to greet is down for all practical purposes.
_PATIENCE_S = 5


def require_postgres(address: SecretStr) -> str:
    """The server's version, once it has answered a query on the database that the address names.

    Raises:
        SettingsError: when the extra is not installed, or server or database do not answer; the message names host
            and database, and never the password.
    """
    if find_spec("dagster_postgres") is None or find_spec("psycopg2") is None:
        raise SettingsError(
            f"{POSTGRES_VARIABLE} is set, but what speaks to PostgreSQL is not installed: "
            "pip install 'osusume[postgres]' (from the project's directory: "
            f"{installing('postgres')})"
        )
    url = make_url(address.get_secret_value())
    engine = create_engine(url, connect_args={"connect_timeout": _PATIENCE_S})
    try:
        with engine.connect() as connection:
            return str(connection.execute(text("show server_version")).scalar_one())
    except SQLAlchemyError as problem:
        raise SettingsError(
            f"{POSTGRES_VARIABLE}: {place_of(address)} does not answer: {_reason(problem, url)}. Start the server, or "
            "correct the address; to keep Dagster's history in SQLite, unset the variable and delete "
            "HOME/dagster/dagster.yaml"
        ) from None
    finally:
        engine.dispose()


def place_of(address: SecretStr) -> str:
    """Server and database in words, without user and password."""
    url = make_url(address.get_secret_value())
    return f"PostgreSQL at {url.host}:{url.port or 5432}, database {url.database}"


def _reason(problem: SQLAlchemyError, url: URL) -> str:
    """The server's or the driver's own words, on one line, with no password in them."""
    said = str(getattr(problem, "orig", None) or type(problem).__name__)
    first = " ".join(said.split("\n")[0].split())
    return first.replace(url.password, "***") if url.password else first

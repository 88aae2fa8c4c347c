"""What can be typed after `osusume`, and the help for it."""

from __future__ import annotations

import argparse
from typing import NoReturn, TypeAlias

_EXIT = """exit status:
  0  done
  1  an asset or a blocking check failed
  2  wrong usage, input or setting: the message names it and says what to do
  3  nothing is published yet: `osusume run` first"""

_EXAMPLES = """examples:
  osusume run                                   everything on the built-in demo world, into ./data
  osusume run --input recordings --home work    on your own recordings, into ./work
  osusume sql "select title, mean_score from dim_anime order by popularity desc limit 10"
  osusume recommend --like "Some Title" --why   for somebody who names a title they like
  osusume dev                                   the Dagster UI on http://127.0.0.1:3000

`osusume COMMAND --help` explains one command. The settings (OSUSUME_HOME and others) are in .env.example."""

_RUN = """examples:
  osusume run                                  the demo world: needs neither network nor files
  osusume run --input ../shared/data           a directory with catalogue/<source>/anime.jsonl.gz and
                                               ratings/<source>_ratings.csv.gz (anilist, kitsu, myanimelist)
  osusume run --input old-home --home new-home rebuild everything from what an earlier run landed
  osusume run --select dim_anime+              dim_anime and all that is made of it
  osusume run --select group:core vw_user_activity

An input that was already published unchanged ends early; --force runs all the same."""

_DEV = """examples:
  osusume dev                                  the graph of the demo world in ./data
  osusume dev --home work --port 3001          a HOME of your own, beside it

Press "Materialize all" in the graph to do there what `osusume run` does. The schedules stay stopped until you
start them."""

_SQL = """examples:
  osusume sql "select * from dim_anime limit 5"
  osusume sql "select source, source_id, anime_key from bridge_anime_source" --format csv --output keys.csv
  osusume sql "select * from fact_user_rating" --format parquet --output ratings.parquet
  osusume sql - < query.sql
  osusume sql "select schema, name from (show all tables)"
  osusume sql "select column_name, data_type, comment from duckdb_columns() where table_name = 'dim_anime'"

The query reads the published snapshot: it can change nothing and reaches no other file."""

_RECOMMEND = """examples:
  osusume recommend --user myanimelist:1234    a user of the warehouse; 1234 alone if nobody shares it
  osusume recommend --like "Title One" "Title Two" -n 5 --why
"""


_BACKFILL = """examples:
  osusume backfill anilist --from 1990 --to 1999 --dry-run      how many requests and minutes that would take
  osusume backfill anilist --from 1990 --to 1999 --input live   the same years, read from AniList itself
  osusume backfill kitsu --from 2020 --to 2020                  against the demo's stand-in services"""

_SERVICES = """examples:
  osusume demo-services                   real limits, no faults, on a free port
  osusume demo-services --port 8800 --rate-scale 100 --faults 0.05

They show the demo world (OSUSUME_SEED, OSUSUME_DEMO_ANIME, ...) over the protocols of AniList, Kitsu, MyAnimeList,
Jikan and IMDb, on 127.0.0.1 only."""

_FORGET = """examples:
  osusume forget-user anilist:SomeName          by the name that the source knows
  osusume forget-user myanimelist:0f3a...       by the hash that the tables show

The user's ratings, lists and reviews are removed from landing files, tables, models and every published snapshot;
a tombstone without the name keeps them from coming back. The models are then trained without them."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Examples stay as they are written; the names of options get a wide column."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)

    def add_argument(self, action: argparse.Action) -> None:
        """Count the two blanks before the names of commands, which argparse forgets."""
        super().add_argument(action)
        if isinstance(action, argparse._SubParsersAction):
            self._action_max_length += 2


class _Parser(argparse.ArgumentParser):
    """A parser, and parsers of commands, whose errors say where the help is."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and one message."""
        self.exit(2, f"osusume: {message}. See `{self.prog} --help`\n")


#: The sources that can be read by years.
BACKFILL_SOURCES = ("anilist", "kitsu", "myanimelist", "jikan")

#: What commands are added to; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` is None when none was given."""
    common = _common()
    parser = _Parser(
        prog="osusume",
        description="Anime catalogues and ratings in, explained recommendation tables out.",
        epilog=f"{_EXAMPLES}\n\n{_EXIT}",
        formatter_class=_Help,
        parents=[common],
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_run(commands, common)
    _add_dev(commands, common)
    _add_sql(commands, common)
    _add_recommend(commands, common)
    _add_models(commands, common)
    _add_backfill(commands, common)
    _add_forget(commands, common)
    _add_services(commands, common)
    _command(commands, "doctor", common, "check the machine, the settings and this HOME, and say what to do", "")
    return parser


def _common() -> _Parser:
    """The options that stand before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument("--home", metavar="DIR", help="where everything lies (OSUSUME_HOME; default ./data)")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return common


def _command(
    commands: Commands,
    name: str,
    common: _Parser,
    does: str,
    examples: str,
) -> _Parser:
    """A command with its one-line help and examples."""
    return commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=examples,
        formatter_class=_Help,
        parents=[common],
    )


def _add_run(commands: Commands, common: _Parser) -> None:
    """`osusume run`."""
    parser = _command(commands, "run", common, "run the pipeline and publish what it makes", _RUN)
    parser.add_argument(
        "--input",
        metavar="demo|live|PATH",
        help="demo, live, a recordings directory, or the HOME of an earlier run (OSUSUME_INPUT; default demo)",
    )
    parser.add_argument(
        "--select",
        metavar="ASSETS",
        nargs="+",
        action="extend",
        help="only these: asset names (= table names) or Dagster's selection syntax",
    )
    parser.add_argument("--force", action="store_true", help="run even if nothing is new")
    parser.add_argument("--verbose", action="store_true", help="show Dagster's own log as well")


def _add_dev(commands: Commands, common: _Parser) -> None:
    """`osusume dev`."""
    parser = _command(commands, "dev", common, "open the Dagster UI on this machine, until Ctrl-C", _DEV)
    parser.add_argument("--port", type=int, default=3000, help="of the UI on 127.0.0.1 (default 3000)")
    parser.add_argument(
        "--input",
        metavar="demo|live|PATH",
        help="what the UI's runs read; as for `osusume run`, default for a HOME of recordings: what was landed in it",
    )


def _add_sql(commands: Commands, common: _Parser) -> None:
    """`osusume sql`."""
    parser = _command(commands, "sql", common, "put a query to the published snapshot", _SQL)
    parser.add_argument("query", metavar="QUERY", help="one SQL query; - reads it from stdin")
    parser.add_argument("--format", choices=("table", "csv", "json", "parquet"), default="table", help="default table")
    parser.add_argument("--output", metavar="FILE", help="write the result into a file instead of stdout")
    parser.add_argument("--limit", type=_count, default=100, metavar="ROWS", help="of a table; 0 = all (default 100)")


def _add_recommend(commands: Commands, common: _Parser) -> None:
    """`osusume recommend`."""
    parser = _command(commands, "recommend", common, "recommend anime to a known user, or for a few titles", _RECOMMEND)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", metavar="ID", help="user_id, or source:user_id")
    whom.add_argument(
        "--like", metavar="TITLE", nargs="+", action="extend", help="titles somebody likes, in any language"
    )
    parser.add_argument("-n", type=_positive, default=10, metavar="N", help="how many (default 10, most 100)")
    parser.add_argument("--why", action="store_true", help="the reason and the titles that carried each one")


def _add_models(commands: Commands, common: _Parser) -> None:
    """`osusume models list`."""
    parser = _command(commands, "models", common, "the models and how good they are", "")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    _command(actions, "list", common, "every model version with its held-out metrics; * marks the active one", "")


def _add_backfill(commands: Commands, common: _Parser) -> None:
    """`osusume backfill`."""
    parser = _command(commands, "backfill", common, "read a source's titles of certain years", _BACKFILL)
    parser.add_argument("source", metavar="SOURCE", choices=BACKFILL_SOURCES, help=", ".join(BACKFILL_SOURCES))
    parser.add_argument("--from", dest="first", type=int, required=True, metavar="YEAR", help="the first year")
    parser.add_argument("--to", dest="last", type=int, required=True, metavar="YEAR", help="the last year")
    parser.add_argument("--dry-run", action="store_true", help="only forecast requests and minutes")
    parser.add_argument("--input", metavar="demo|live", help="whom to ask (OSUSUME_INPUT; default demo)")


def _add_forget(commands: Commands, common: _Parser) -> None:
    """`osusume forget-user`."""
    parser = _command(commands, "forget-user", common, "remove one user everywhere", _FORGET)
    parser.add_argument("user", metavar="SOURCE:USER", help="the source, and the user's name or hash there")


def _add_services(commands: Commands, common: _Parser) -> None:
    """`osusume demo-services`."""
    parser = _command(commands, "demo-services", common, "serve the demo world as the real services would", _SERVICES)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1 (default: a free one)")
    parser.add_argument("--rate-scale", type=float, default=1.0, metavar="N", help="limits N times as high (default 1)")
    parser.add_argument(
        "--faults", type=float, default=0.0, metavar="SHARE", help="of so many requests one fails (0 to 0.5)"
    )
    parser.add_argument("--until-gone", type=int, metavar="PID", help=argparse.SUPPRESS)


def _count(given: str) -> int:
    """A whole number from 0."""
    if not given.isdecimal():
        raise argparse.ArgumentTypeError(f"{given!r} is not a whole number from 0")
    return int(given)


def _positive(given: str) -> int:
    """A whole number from 1 to 100, which is how long the lists are."""
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise argparse.ArgumentTypeError(f"{given} is not between 1 and 100")
    return int(given)

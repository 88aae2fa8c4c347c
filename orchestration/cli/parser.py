"""What can be typed after `osusume`, and the help for it."""

from __future__ import annotations

import argparse
from typing import NoReturn, TypeAlias

from orchestration.cli import helptexts
from orchestration.cli.backfillparser import add_backfill_options
from orchestration.cli.modelparser import PROTOCOLS, add_drawing, add_model_actions, whole
from orchestration.cli.serviceparser import add_service_options


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


#: What commands are added to; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` is None when none was given."""
    common = _common()
    parser = _Parser(
        prog="osusume",
        description="Anime catalogues and ratings in, explained recommendation tables out.",
        epilog=f"{helptexts.EXAMPLES}\n\n{helptexts.EXIT}",
        formatter_class=_Help,
        parents=[common],
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_run(commands, common)
    _add_dev(commands, common)
    _add_sql(commands, common)
    _add_publish(commands, common)
    _add_recommend(commands, common)
    _add_match(commands, common)
    _add_models(commands, common)
    _add_backfill(commands, common)
    _add_forget(commands, common)
    _add_services(commands, common)
    _add_benchmark(commands, common)
    _command(commands, "prepare", common, "make HOME ready for separate Dagster processes", helptexts.PREPARE)
    _command(commands, "doctor", common, "check the machine, the settings and this HOME, and say what to do", "")
    return parser


def _common() -> _Parser:
    """The options that stand before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument("--home", type=named, metavar="DIR", help="where everything lies (OSUSUME_HOME; default ./data)")
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
    parser = _command(commands, "run", common, "run the pipeline and publish what it makes", helptexts.RUN)
    parser.add_argument(
        "--input",
        type=named,
        metavar="demo|live|PATH",
        help="demo, live, a recordings directory, or the HOME of an earlier run (OSUSUME_INPUT; default demo)",
    )
    parser.add_argument(
        "--select",
        type=_assets,
        metavar="ASSETS",
        nargs="+",
        action="extend",
        help="only these: asset names (= table names) or Dagster's selection syntax",
    )
    parser.add_argument("--force", action="store_true", help="run even if nothing is new, and make every table again")
    parser.add_argument("--verbose", action="store_true", help="show Dagster's own log as well")


def _add_dev(commands: Commands, common: _Parser) -> None:
    """`osusume dev`."""
    parser = _command(commands, "dev", common, "open the Dagster UI on this machine, until Ctrl-C", helptexts.DEV)
    parser.add_argument("--port", type=int, default=3000, help="of the UI on 127.0.0.1 (default 3000)")
    parser.add_argument(
        "--input",
        type=named,
        metavar="demo|live|PATH",
        help="what the UI's runs read; as for `osusume run`, default for a HOME of recordings: what was landed in it",
    )


def _add_sql(commands: Commands, common: _Parser) -> None:
    """`osusume sql`."""
    parser = _command(commands, "sql", common, "put a query to the published snapshot", helptexts.SQL)
    parser.add_argument("query", metavar="QUERY", help="one SQL query; - reads it from stdin")
    parser.add_argument("--format", choices=("table", "csv", "json", "parquet"), default="table", help="default table")
    parser.add_argument("--output", type=named, metavar="FILE", help="write the result into a file instead of stdout")
    parser.add_argument("--version", metavar="VERSION", help="ask a kept version instead, see `osusume publish --list`")
    parser.add_argument("--limit", type=_count, default=100, metavar="ROWS", help="of a table; 0 = all (default 100)")


def _add_publish(commands: Commands, common: _Parser) -> None:
    """`osusume publish`."""
    parser = _command(commands, "publish", common, "publish the warehouse, or go back to a version", helptexts.PUBLISH)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the versions that are kept; * marks what readers are given")
    what.add_argument(
        "--rollback",
        metavar="VERSION",
        nargs="?",
        const="",
        help="give readers this version, or the one before the current one; nothing is removed",
    )


def _add_recommend(commands: Commands, common: _Parser) -> None:
    """`osusume recommend`."""
    parser = _command(
        commands, "recommend", common, "recommend anime to a known user, or for a few titles", helptexts.RECOMMEND
    )
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", metavar="ID", help="user_id, or source:user_id")
    whom.add_argument(
        "--like",
        metavar="TITLE",
        nargs="+",
        action="extend",
        help="titles somebody likes, in any language, or source:id",
    )
    parser.add_argument("-n", type=_list_length, default=10, metavar="N", help="how many (default 10, most 100)")
    parser.add_argument("--why", action="store_true", help="the reason and the titles that carried each one")


def _add_match(commands: Commands, common: _Parser) -> None:
    """`osusume match`."""
    parser = _command(commands, "match", common, "why two anime, or two records, are or are not one", helptexts.MATCH)
    parser.add_argument("one", metavar="A", help="a title, or source:id")
    parser.add_argument("other", metavar="B", help="a title, or source:id")


def _add_models(commands: Commands, common: _Parser) -> None:
    """`osusume models` and its actions."""
    parser = _command(commands, "models", common, "the models and how good they are", helptexts.MODELS)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    add_model_actions(lambda name, does, examples: _command(actions, name, common, does, examples))


def _add_backfill(commands: Commands, common: _Parser) -> None:
    """`osusume backfill`."""
    does = "read a source's titles of certain years, or land ratings of certain months"
    parser = _command(commands, "backfill", common, does, helptexts.BACKFILL)
    add_backfill_options(parser)
    parser.add_argument(
        "--parallel", type=whole, default=1, metavar="N", help="so many runs at once (default: all in one run)"
    )


def _add_forget(commands: Commands, common: _Parser) -> None:
    """`osusume forget-user`."""
    parser = _command(commands, "forget-user", common, "remove one user everywhere", helptexts.FORGET)
    parser.add_argument("user", metavar="SOURCE:USER", help="the source, and the user's name or hash there")


def _add_services(commands: Commands, common: _Parser) -> None:
    """`osusume demo-services`."""
    parser = _command(
        commands, "demo-services", common, "serve the demo world as the real services would", helptexts.SERVICES
    )
    add_service_options(parser)


def _add_benchmark(commands: Commands, common: _Parser) -> None:
    """`osusume benchmark movielens`."""
    parser = _command(commands, "benchmark", common, "our models on a published data set", helptexts.BENCHMARK)
    actions = parser.add_subparsers(dest="action", metavar="DATASET", title="data sets", required=True)
    movielens = _command(actions, "movielens", common, "any release of MovieLens", helptexts.BENCHMARK)
    movielens.add_argument("directory", metavar="DIR", help="with u.data, ratings.dat or ratings.csv, also as .gz")
    movielens.add_argument(
        "--protocol",
        choices=("published", *PROTOCOLS),
        default="published",
        help="how to split (default published)",
    )
    movielens.add_argument(
        "--splits", type=whole, default=5, metavar="N", help="random splits of the published protocol (default 5)"
    )
    add_drawing(movielens)
    movielens.add_argument("--models", nargs="+", action="extend", metavar="NAME", help="only these (default: all)")


def named(given: str) -> str:
    """Text that is not empty: what `$NAME` of a script is when nobody has set it means nothing that was wanted."""
    if not given.strip():
        raise argparse.ArgumentTypeError(f"{given!r} is empty; give a value, or leave the option out")
    return given


def _assets(given: str) -> str:
    """Names with commas between them, at least one."""
    if not given.strip(" ,"):
        raise argparse.ArgumentTypeError(f"{given!r} names no asset; name one, or leave the option out to make all")
    return given


def _count(given: str) -> int:
    """A whole number from 0, and no higher than rows can be counted."""
    if not given.isdecimal() or len(given) > 18:
        raise argparse.ArgumentTypeError(f"{given!r} is not a whole number from 0 to 999999999999999999")
    return int(given)


def _list_length(given: str) -> int:
    """A whole number from 1 to 100, which is how long the lists are."""
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise argparse.ArgumentTypeError(f"{given} is not between 1 and 100")
    return int(given)

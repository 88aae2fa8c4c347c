"""Which columns each column of a table takes its values from, read from the table's SQL by sqlglot.

The one rule: what cannot be traced to its end is left out; what is named is true. Conditions (where, join, qualify)
choose rows and give no values: they are no lineage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from warehouse.dependencies import COMPUTED
from warehouse.names import relation
from warehouse.schema import shape_files
from warehouse.sqlfiles import SqlFile, all_sql_files

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.lineage import Node

#: A column by its table (`schema.table`) and name.
Column = tuple[str, str]
#: Schema, table, column, type, as sqlglot takes them; types play no part in lineage.
Known = dict[str, Any]
_DIALECT = "duckdb"
_ARM = "arm"


def column_lineage(file: SqlFile) -> Mapping[str, tuple[Column, ...]]:
    """The columns that each column of the file's table takes its values from, sorted.

    Left out are columns that come from no table (constants, counted rows, what Python calculates) and those of
    which a part cannot be traced; so the mapping may be empty. A file is traced once in a process.
    """
    return _lineage(file.body, tuple(file.columns), file.depends_on)


@cache
def _lineage(body: str, columns: tuple[str, ...], reads: tuple[str, ...]) -> Mapping[str, tuple[Column, ...]]:
    """As `column_lineage`, by what it depends on."""
    # some hundredths of a second, which only what traces should pay
    from sqlglot.errors import SqlglotError

    known = _columns_of(reads)
    try:
        nodes = _nodes(body, columns, known)
    except (SqlglotError, ValueError):
        return {}
    sources = {name: _sources(nodes[name], known) for name in columns if name in nodes}
    return {name: tuple(sorted(found)) for name, found in sources.items() if found}


def _nodes(body: str, columns: tuple[str, ...], known: Known) -> dict[str, Node]:
    """What sqlglot finds out about these columns of a SELECT, by name."""
    from sqlglot import exp, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.scope import build_scope

    tree = parse_one(body, dialect=_DIALECT)
    _read_arrows_as_json(tree)
    _drop_joins_without_columns(tree)
    _unite_by_place(tree, known)
    tree = _qualified(tree, known)
    if isinstance(tree, exp.Select):
        # what only the quarantine reads, say
        tree.set("expressions", [one for one in tree.selects if one.alias_or_name in columns])
    # the names are resolved by now: without a schema none is copied for each column
    return lineage(None, tree, {}, dialect=_DIALECT, scope=build_scope(tree), trim_selects=False, copy=False)


def _sources(node: Node, known: Known) -> set[Column]:
    """The columns of tables at the ends of a column's lineage; none at all when one end is open."""
    from sqlglot import exp

    found = set()
    steps = list(node.walk())
    if any(isinstance(step.expression, exp.Query) for step in steps):
        # a column that sqlglot did not find stands for the whole SELECT
        return set()
    for end in (step for step in steps if not step.downstream):
        if isinstance(end.expression, exp.Table):
            schema, table = end.expression.db or "main", end.expression.name
            column = end.name.rpartition(".")[2]
            if column in known.get(schema, {}).get(table, {}):
                found.add((f"{schema}.{table}", column))
            elif table != COMPUTED:
                return set()
        elif isinstance(end.expression, exp.Placeholder) or end.expression.find(exp.Column) is not None:
            return set()
    return found


def _columns_of(tables: tuple[str, ...]) -> Known:
    """The columns of the tables, by what their files declare, which is what stands in the database."""
    declared = _declared()
    known: Known = {}
    for table in tables:
        if table in declared:
            target = relation(table)
            known.setdefault(target.schema, {})[target.name] = dict.fromkeys(declared[table], "unknown")
    return known


@cache
def _declared() -> dict[str, tuple[str, ...]]:
    """The columns of every table and view, by `schema.table`."""
    built = {file.table: tuple(file.columns) for file in all_sql_files()}
    return built | {str(target): tuple(shape.columns) for target, shape in shape_files().items()}


def _qualified(tree: exp.Expr, known: Known) -> exp.Expr:
    """The statement with every star written out and every column named with its table."""
    from sqlglot.optimizer.qualify import qualify

    return qualify(tree, dialect=_DIALECT, schema=known, validate_qualify_columns=False, identify=False)


def _read_arrows_as_json(tree: exp.Expr) -> None:
    """Take `f(entry -> '$.id')` for what it is: sqlglot reads a lambda there, which is written `lambda x:` here."""
    from sqlglot import exp

    for arrow in list(tree.find_all(exp.Lambda)):
        if not arrow.args.get("colon"):
            document = exp.column(arrow.expressions[0].name)
            arrow.replace(exp.JSONExtract(this=document, expression=arrow.this))


def _drop_joins_without_columns(tree: exp.Expr) -> None:
    """Take semi and anti joins out: they choose rows, but sqlglot would count their columns to a star."""
    from sqlglot import exp

    for join in list(tree.find_all(exp.Join)):
        if {join.side, join.kind} & {"SEMI", "ANTI"}:
            join.pop()


def _unite_by_place(tree: exp.Expr, known: Known) -> None:
    """Write every `union by name` as one by place, which is the only kind that sqlglot's lineage follows."""
    from sqlglot import exp

    for before, holder in _in_order(tree):
        for union in reversed(list(holder.find_all(exp.SetOperation))):
            if not union.args.get("by_name"):
                continue
            arms = {side: union.args[side].copy().subquery(_ARM) for side in ("this", "expression")}
            given = {side: _names(arm, before, known) for side, arm in arms.items()}
            names = list(dict.fromkeys([*given["this"], *given["expression"]]))
            for side, arm in arms.items():
                union.set(side, exp.select(*_places(names, given[side])).from_(arm))
            union.set("by_name", None)


def _in_order(tree: exp.Expr) -> Iterator[tuple[list[exp.CTE], exp.Expr]]:
    """Each common table expression with those before it, then the statement itself with all of them."""
    tables = list(tree.ctes) if hasattr(tree, "ctes") else []
    for at, table in enumerate(tables):
        yield tables[:at], table.this
    yield tables, tree


def _names(arm: exp.Subquery, before: list[exp.CTE], known: Known) -> list[str]:
    """The names of the columns that an arm of a union gives."""
    from sqlglot import exp

    alone = exp.select("*").from_(arm.copy())
    if before:
        alone.set("with_", exp.With(expressions=[table.copy() for table in before]))
    return [str(name) for name in _qualified(alone, known).named_selects]  # type: ignore[attr-defined]


def _places(names: list[str], given: list[str]) -> list[exp.Expr]:
    """A projection for each name: the arm's column, or null where the arm has none of that name."""
    from sqlglot import exp

    return [exp.column(name, table=_ARM) if name in given else exp.alias_(exp.null(), name) for name in names]

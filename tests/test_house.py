"""The habits of the house, checked by reading its files: lengths, docstrings, SQL where it belongs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("adapters", "assets", "demo", "matching", "orchestration", "recommenders", "reports", "serving", "warehouse")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400
MAX_SQL_LINES = 100
STATEMENT = re.compile(r"\bselect\b.*\bfrom\b", re.IGNORECASE | re.DOTALL)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name_of(path: Path) -> str:
    """The path as the repository spells it."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_and_its_functions_stay_short_enough_to_read(path: Path) -> None:
    """No file is longer than 400 lines, no function longer than 60."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert not long


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    """Modules, public classes and public functions have a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if public and not ast.get_docstring(node):
            silent.append(node.name)
    assert not silent


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_exception_is_swallowed_and_nothing_is_left_to_do(path: Path) -> None:
    """No handler does nothing, and no TODO or NotImplementedError stands in the code."""
    text = path.read_text(encoding="utf-8")
    empty = [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert not empty
    assert not re.search(r"#\s*(TODO|FIXME|XXX|HACK)\b|NotImplementedError", text)


def test_only_the_settings_read_the_environment() -> None:
    """`os.environ` and `os.getenv` stand in orchestration/settings.py alone."""
    readers = {name_of(path) for path in FILES if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))}
    assert readers == {"orchestration/settings.py"}


def test_sql_files_stay_short_enough_to_read() -> None:
    """No SQL file is longer than 100 lines."""
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "sql").rglob("*.sql")
    }
    assert lengths
    assert not {name: count for name, count in lengths.items() if count > MAX_SQL_LINES}


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The strings that say what a module, a class or a function is."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    firsts = [node.body[0] for node in ast.walk(tree) if isinstance(node, described) and node.body]
    return {first.value for first in firsts if isinstance(first, ast.Expr)}


def text_of(node: ast.AST) -> str:
    """A string as it stands in the code, with a gap where an f-string has a value; '' for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "…".join(text_of(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def statements(code: str) -> list[int]:
    """The lines at which strings of the code hold a SELECT with a FROM; docstrings and help for people are none."""
    tree = ast.parse(code)
    said = docstrings(tree)
    texts = {node: text_of(node) for node in ast.walk(tree) if node not in said}
    return sorted(
        {
            node.lineno
            for node, text in texts.items()
            if isinstance(node, ast.expr) and STATEMENT.search(text) and "osusume sql" not in text
        }
    )


def test_a_statement_lies_in_a_sql_file() -> None:
    """Outside sql/, Python holds no SELECT with a FROM of its own (warehouse/ apart)."""
    rooms = [path for path in FILES if not path.is_relative_to(ROOT / "warehouse")]
    found = {name_of(path): statements(path.read_text(encoding="utf-8")) for path in rooms}
    assert not {name: lines for name, lines in found.items() if lines}


def test_a_statement_is_found_however_it_is_written() -> None:
    """In one line, in several, with quotes and with values put in; not in docstrings nor in examples of commands."""
    code = '''
"""Rows to select, from which on."""
ONE = "select title from dim_anime"
SEVERAL = """
select
    title,
    'x' as said
from dim_anime
"""
PUT_IN = f"select {ONE} from dim_anime"
HELP = 'osusume sql "select title from dim_anime"'
'''
    assert statements(code) == [3, 4, 10]

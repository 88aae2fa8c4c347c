"""What the documents speak of exists: links, commands, options, settings, tables, checks, files, names, targets."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.checks.tables import checked_tables
from orchestration.cli.parser import build_parser
from orchestration.settings import Settings
from recommenders.discovery import all_models
from warehouse.schema import BOOKKEEPING, QUALITY_TABLES
from warehouse.sqlfiles import read_sql

ROOT = Path(__file__).parent.parent
#: Decisions are of their day; the changelog speaks of what was.
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / at / "README.md" for at in ("", "deploy", "sql"))]
GUIDE = ROOT / "docs" / "how_to_add.md"
#: Made by readers, as the guides tell them to.
EXAMPLES = {"vw_studio_rating"}
FILLED_IN = {"deploy/.env", "deploy/osusume.env"}
DIRECTORIES = [path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]


def text_of(path: Path) -> str:
    """A document."""
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """The document as the repository spells it."""
    return path.relative_to(ROOT).as_posix()


def code(text: str) -> Iterator[str]:
    """Everything that stands as code: the lines of blocks, and spans."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        yield " ".join(span.split())


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a parser."""
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {name: sub for action in actions for name, sub in action.choices.items()}


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a command and of its actions."""
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*(options(sub) for sub in commands(parser).values()))


def defined(text: str) -> set[str]:
    """What a module defines: functions, classes, variables, and the same inside its classes; nothing imported."""
    body = list(ast.parse(text).body)
    body += [inner for node in body if isinstance(node, ast.ClassDef) for inner in node.body]
    names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in body if isinstance(node, ast.AnnAssign)]
    return names | {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def names_of_files(text: str) -> Iterator[tuple[str, str]]:
    """Each name that a document says to be in a file, as in "`A` and `B` in `path/file.py`", with the file."""
    told = r"((?:`\w+`(?:,|\s+and)\s+)*`\w+`)\s+(?:in|of)\s+`([\w/]+/\w+\.py)`"
    for names, file in re.findall(told, text):
        yield from ((name, file) for name in re.findall(r"`(\w+)`", names))


def tables() -> set[str]:
    """Every table, view and asset that documents may name."""
    return {one.name for one in checked_tables()} | {*QUALITY_TABLES, *BOOKKEEPING} | EXAMPLES


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """To a file of the project, and to a heading that it has."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path)):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(text_of(there))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_commands_and_their_options_exist(path: Path) -> None:
    """Whatever stands behind `osusume`, in blocks and in sentences."""
    known = commands(build_parser())
    wrong = []
    for line in code(text_of(path)):
        for said in re.findall(r"(?:^(?:\$ )?|bin/|exec code |-- )osusume ([a-z][^|;]*)", line):
            command = said.split()[0]
            given = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", said))
            there = options(known[command]) if command in known else set()
            if command not in known:
                wrong.append(f"osusume {command}")
            wrong += [f"osusume {command} {option}" for option in given - there]
    assert not wrong


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_settings_exist(path: Path) -> None:
    """Every variable is a setting."""
    known = {f"OSUSUME_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bOSUSUME_[A-Z_]+\b(?![<_])", text_of(path))) - known == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_tables_exist(path: Path) -> None:
    """Names with the prefix of a layer are tables, unless they hold a placeholder."""
    said = {word for span in code(text_of(path)) for word in re.findall(r"[\w<>*…]+", span)}
    named = {word for word in said if re.fullmatch(r"(raw|stg|int|dim|bridge|fact|vw)_[a-z0-9_]+[a-z0-9]", word)}
    checks = {word for word in named if word.partition("__")[0] in tables()}
    assert named - checks - tables() == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_checks_exist(path: Path) -> None:
    """Names like those of files in sql/checks are such files."""
    files = {file.stem for file in (ROOT / "sql" / "checks").glob("*.sql")}
    families = {name.partition("__")[0] for name in files}
    said = {word for span in code(text_of(path)) for word in re.findall(r"\b[a-z0-9_]+__[a-z0-9_]+\b", span)}
    said -= tables()
    assert {word for word in said if word.partition("__")[0] in families and word not in files} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_files_exist(path: Path) -> None:
    """Paths that begin with a directory of the project, and modules that are run."""
    wrong = []
    for span in code(text_of(path)):
        for word in re.findall(rf"(?<![\w/.-])(?:{'|'.join(DIRECTORIES)})/[\w./-]*", span):
            said = word.rstrip(".")
            placeholder = re.search(rf"{re.escape(said)}[<*…]|{re.escape(said)}<", span)
            if not placeholder and said not in FILLED_IN and not (ROOT / said).exists():
                wrong.append(said)
        for module in re.findall(r"python -m ([\w.]+)", span):
            place = ROOT / module.replace(".", "/")
            if not place.with_suffix(".py").exists() and not (place / "__main__.py").exists():
                wrong.append(module)
    assert not wrong


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_names_are_defined_where_they_are_said_to_be(path: Path) -> None:
    """`NAME` in `path/file.py` is defined in that file."""
    told = list(names_of_files(text_of(path)))
    wrong = [
        f"{name} in {file}"
        for name, file in told
        if not (ROOT / file).exists() or name not in defined(text_of(ROOT / file))
    ]
    assert told or path != GUIDE
    assert not wrong


def test_the_readme_counts_the_models() -> None:
    """In its picture and in its words."""
    counts = re.findall(r"(?<!\d)(\d+) models(?=,)", text_of(ROOT / "README.md"))
    assert set(counts) == {str(len(all_models()))}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_targets_exist(path: Path) -> None:
    """`make TARGET` is in the Makefile."""
    known = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    said = {shlex.split(line)[1] for line in code(text_of(path)) if re.fullmatch(r"(\$ )?make [a-z-]+", line)}
    assert said <= known


def test_the_sql_of_the_guides_is_as_the_house_wants_it(tmp_path: Path) -> None:
    """Header and lines; that they run is for the reader to see, with the commands below them."""
    mart, check = re.findall(r"```sql\n(.*?)```", text_of(GUIDE), re.DOTALL)
    for folder, text in (("marts", mart), ("checks", check)):
        file = tmp_path / folder / "example.sql"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        assert read_sql(file).description
        assert all(len(line) <= 110 for line in text.splitlines())

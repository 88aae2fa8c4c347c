"""The comment block at the top of every SQL file: what the table is, its grain, keys and columns."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.errors import SqlFileError

_BLOCK = re.compile(r"\s*/\*(?P<header>.*?)\*/(?P<body>.*)", re.DOTALL)
_FIELD = re.compile(r"(?P<name>[a-z_]+):(?:\s+(?P<value>.*))?$")
_COLUMN = re.compile(r"(?P<indent>\s+)(?P<name>[A-Za-z_][A-Za-z0-9_]*):\s+(?P<text>\S.*)$")
_FIELDS = ("grain", "keys", "group", "columns", "severity", "kind")


@dataclass
class Header:
    """What a SQL file says about itself, as written."""

    description: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    column_indent: int = 0  # the depth at which this header writes its column names

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns in their order; empty when none are named."""
        names = self.fields.get("keys", "").split(",")
        return tuple(name.strip() for name in names if name.strip())


def split_header(path: Path, text: str) -> tuple[Header, str]:
    """The header and the statement (without header and closing semicolon) of one SQL file.

    Raises:
        SqlFileError: when the file does not open with a comment block, or the block is not of the form
            that sql/README.md describes.
    """
    found = _BLOCK.match(text)
    if found is None:
        raise SqlFileError(f"{path}: the file must begin with a /* ... */ header that says what it holds")
    body = found["body"].strip()
    return _parse(path, found["header"]), body.removesuffix(";").rstrip()


def _parse(path: Path, block: str) -> Header:
    """The header from the text between the comment marks, line by line."""
    header = Header()
    description: list[str] = []
    section = ""
    for number, raw in enumerate(block.split("\n"), start=1):
        line = raw.rstrip()
        found = _FIELD.match(line)
        if found and found["name"] in _FIELDS:
            section = found["name"]
            if section in header.fields:
                raise SqlFileError(f"{path}:{number}: the header says `{section}:` twice")
            header.fields[section] = (found["value"] or "").strip()
        elif section == "columns" and line.strip():
            _add_column(path, number, line, header)
        elif section and line.strip():
            header.fields[section] = f"{header.fields[section]} {line.strip()}".strip()
        elif not section:
            description.append(line.strip())
    header.description = _paragraphs(description)
    return header


def _add_column(path: Path, number: int, line: str, header: Header) -> None:
    """Add one line of the columns section: a new column, or more words about the last one."""
    found = _COLUMN.match(line)
    indent = len(line) - len(line.lstrip())
    deeper = header.columns and indent > header.column_indent
    if found and not deeper:
        if found["name"] in header.columns:
            raise SqlFileError(f"{path}:{number}: the header names the column {found['name']!r} twice")
        header.column_indent = header.column_indent or indent
        header.columns[found["name"]] = found["text"].strip()
    elif deeper:
        last = next(reversed(header.columns))
        header.columns[last] += " " + line.strip()
    else:
        raise SqlFileError(f"{path}:{number}: expected `    column: what it holds`, found {line.strip()!r}")


def _paragraphs(lines: list[str]) -> str:
    """Wrapped lines joined into sentences; blank lines keep paragraphs apart."""
    blocks = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(" ".join(block.split()) for block in blocks)

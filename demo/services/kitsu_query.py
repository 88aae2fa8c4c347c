"""Reads a JSON:API query as Kitsu does: page, sort, filter, include and sparse fields, each refused with its code.

The one rule: what the service does not know is an error, never ignored, except whole parameters it has no word for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

DEFAULT_LIMIT = 10
FAMILIES = re.compile(r"^(page|filter|fields)\[([^\[\]]*)\]$")
Tree = Mapping[str, "Tree"]


class QueryError(Exception):
    """A call that the service refuses.

    Attributes:
        code: the JSON:API resources' error number, as text.
        title: the kind of mistake.
        detail: the mistake itself.
        status: the HTTP status.
    """

    def __init__(self, code: str, title: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code, self.title, self.detail, self.status = code, title, detail, status

    def document(self) -> dict[str, object]:
        """The body: a list of one error, its code and status as text."""
        error = {"title": self.title, "detail": self.detail, "code": self.code, "status": str(self.status)}
        return {"errors": [error]}


@dataclass(frozen=True)
class Shape:
    """What may be asked of one collection.

    Attributes:
        resource: the name of its type in error messages.
        most: the largest page.
        sorts: attributes it can be sorted by.
        filters: names in camel case.
        includes: relationships, and relationships of these after a dot.
    """

    resource: str
    most: int
    sorts: frozenset[str]
    filters: frozenset[str]
    includes: frozenset[str]


@dataclass(frozen=True)
class Query:
    """One query that a collection accepts.

    Attributes:
        limit: records on a page.
        offset: records before the page.
        sort: attributes, and whether descending.
        filters: by name in camel case.
        include: the wanted relationships as a tree.
        fields: the wanted fields by type; a type that is not named has all its fields.
        pairs: every parameter but the page, as links repeat them.
    """

    limit: int
    offset: int
    sort: tuple[tuple[str, bool], ...]
    filters: Mapping[str, str]
    include: Tree
    fields: Mapping[str, frozenset[str]]
    pairs: tuple[tuple[str, str], ...]


def read_query(pairs: Iterable[tuple[str, str]], shape: Shape, known: Mapping[str, frozenset[str]]) -> Query:
    """The query that a call's parameters make.

    Args:
        pairs: decoded names and values.
        shape: what the collection accepts.
        known: the fields of every type.

    Raises:
        QueryError: a name or value that the service does not know.
    """
    page: dict[str, str] = {}
    filters: dict[str, str] = {}
    fields: dict[str, frozenset[str]] = {}
    plain: dict[str, str] = {}
    repeated: list[tuple[str, str]] = []
    for name, value in pairs:
        found = FAMILIES.match(name)
        family, key = (found[1], found[2]) if found else ("", name)
        if family == "page":
            page[key] = value
            continue
        if family == "filter":
            filters[_filter_name(key, shape)] = value
            name = f"filter[{_underscored(key)}]"
        elif family == "fields":
            fields[key] = _fields(key, value, known)
        else:
            plain[key] = value
        repeated.append((name, value))
    limit, offset = _page(page, shape)
    sort, include = _sort(plain.get("sort", ""), shape), _include(plain.get("include", ""), shape)
    return Query(limit, offset, sort, filters, include, fields, tuple(repeated))


def page_links(address: str, query: Query, count: int) -> dict[str, str]:
    """The links of a page: absolute and percent-encoded.

    `prev` is absent on the first page, `next` on the last one; `last` starts a page's length before the end,
    whatever the page's own place, and before the beginning where there are fewer records.
    """
    places = {"first": 0}
    if query.offset > 0:
        places["prev"] = max(0, query.offset - query.limit)
    if query.offset + query.limit < count:
        places["next"] = query.offset + query.limit
    places["last"] = count - query.limit
    links = {}
    for name, place in places.items():
        pairs = [*query.pairs, ("page[limit]", str(query.limit)), ("page[offset]", str(place))]
        links[name] = f"{address}?{urlencode(sorted(pairs))}"
    return links


def _page(page: Mapping[str, str], shape: Shape) -> tuple[int, int]:
    for name in page:
        if name not in ("limit", "offset"):
            raise QueryError("105", "Page parameter not allowed", f"{name} is not an allowed page parameter.")
    limit, offset = _number(page, "limit", DEFAULT_LIMIT), _number(page, "offset", 0)
    if limit < 1:
        raise _page_value(f"{limit} is not a valid value for limit page parameter.")
    if limit > shape.most:
        raise _page_value(f"Limit exceeds maximum page size of {shape.most}.")
    if offset < 0:
        raise _page_value(f"{offset} is not a valid value for offset page parameter.")
    return limit, offset


def _number(page: Mapping[str, str], name: str, usual: int) -> int:
    text = page.get(name, str(usual))
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise _page_value(f"{text} is not a valid value for {name} page parameter.")
    return int(text)


def _page_value(detail: str) -> QueryError:
    return QueryError("118", "Invalid page value", detail)


def _filter_name(key: str, shape: Shape) -> str:
    """The name in camel case: links come back with underscores."""
    name = re.sub(r"_([a-z])", lambda found: found[1].upper(), key)
    if name not in shape.filters:
        raise QueryError("102", "Filter not allowed", f"{key} is not allowed.")
    return name


def _underscored(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _fields(kind: str, value: str, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if kind not in known:
        raise QueryError("101", "Invalid resource", f"{kind} is not a valid resource.")
    names = frozenset(part for part in value.split(",") if part)
    for name in sorted(names - known[kind]):
        raise QueryError("104", "Invalid field", f"{name} is not a valid field for {kind}.")
    return names


def _sort(text: str, shape: Shape) -> tuple[tuple[str, bool], ...]:
    keys = tuple((part.lstrip("-"), part.startswith("-")) for part in text.split(",") if part)
    for name, _ in keys:
        if name not in shape.sorts:
            detail = f"{name} is not a valid sort criteria for {shape.resource}"
            raise QueryError("114", "Invalid sort criteria", detail)
    return keys


def _include(text: str, shape: Shape) -> Tree:
    tree: dict[str, Tree] = {}
    for path in filter(None, text.split(",")):
        if path not in shape.includes:
            detail = f"{path.split('.')[-1]} is not a valid association of {shape.resource}"
            raise QueryError("112", "Invalid field", detail)
        branch = tree
        for name in path.split("."):
            branch = branch.setdefault(name, {})  # type: ignore[assignment]  # every branch made here is a dict
    return tree

"""Tells resources as JSON:API documents: attributes, links, linkage where it was asked for, and what is included."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from demo.services.kitsu_query import Query, Tree

Json = dict[str, object]
#: The resources behind a relationship, by its name.
Related = Callable[[str], Sequence["Resource"]]


def nothing(_relationship: str) -> Sequence[Resource]:
    """No resources behind any relationship."""
    return ()


@dataclass(frozen=True)
class Resource:
    """One thing that the service can tell.

    Attributes:
        type: in camel case, as in documents.
        id: a number as text.
        attributes: by name; None for what can only be pointed at.
        many: relationships to any number of resources.
        one: relationships to at most one.
        related: the resources behind a relationship.
    """

    type: str
    id: str
    attributes: Mapping[str, object] | None
    many: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    related: Related = field(default=nothing, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What no two resources share."""
        return self.type, self.id


@lru_cache(maxsize=256)
def dashed(name: str) -> str:
    """A name as it stands in links: `library-entries`."""
    return re.sub(r"([A-Z])", lambda found: f"-{found[1].lower()}", name)


class Teller:
    """Makes one document; resources that come up twice are included once."""

    def __init__(self, base_url: str, query: Query) -> None:
        self._base_url, self._fields = base_url, query.fields
        self._tree = query.include
        self._included: dict[tuple[str, str], Json] = {}
        self._main: frozenset[tuple[str, str]] = frozenset()

    def tell(self, resources: Sequence[Resource]) -> tuple[list[Json], list[Json]]:
        """The resources themselves, and all that they include, each once."""
        self._main = frozenset(resource.key for resource in resources)
        data = [self._one(resource, self._tree) for resource in resources]
        return data, list(self._included.values())

    def _one(self, resource: Resource, tree: Tree) -> Json:
        wanted = self._fields.get(resource.type)
        link = f"{self._base_url}/{dashed(resource.type)}/{resource.id}"
        attributes = dict(resource.attributes or {})
        if wanted is not None:
            attributes = {name: value for name, value in attributes.items() if name in wanted}
        told: Json = {"id": resource.id, "type": resource.type, "links": {"self": link}, "attributes": attributes}
        relationships = {}
        for name in (*resource.many, *resource.one):
            linkage = self._linkage(resource, name, tree) if name in tree else {}
            if wanted is None or name in wanted:
                path = dashed(name)
                links = {"self": f"{link}/relationships/{path}", "related": f"{link}/{path}"}
                relationships[name] = {"links": links, **linkage}
        if relationships:
            told["relationships"] = relationships
        return told

    def _linkage(self, resource: Resource, name: str, tree: Tree) -> Json:
        """What a relationship points at, which is included on the way."""
        related = resource.related(name)
        for other in related:
            self._include(other, tree[name])
        pointers = [{"type": other.type, "id": other.id} for other in related]
        if name in resource.one:
            return {"data": pointers[0] if pointers else None}
        return {"data": pointers}

    def _include(self, resource: Resource, tree: Tree) -> None:
        if resource.attributes is None or resource.key in self._main or resource.key in self._included:
            return
        self._included[resource.key] = {}  # its place, and the end of circles
        self._included[resource.key] = self._one(resource, tree)

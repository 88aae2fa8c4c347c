"""What a validated GraphQL query asks for, and the reading of just that from plain dictionaries.

The library's own executor visits every field of every object; here the selection is worked out once for a
request and then applied to each object, which is many times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values, get_directive_values

Record = Mapping[str, Any]
#: Reads a field that is more than a value in its object; told the object and the field's arguments.
Resolver = Callable[[Any, Mapping[str, Any]], Any]
#: By type and field.
Resolvers = Mapping[tuple[str, str], Resolver]
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Chosen:
    """One field that a query asks for.

    Attributes:
        key: its name in the answer: the alias, where there is one.
        name: its name in the schema.
        owner: the type it belongs to.
        args: its arguments; those that were not given are absent, an explicit null is None.
        inner: what is asked of its objects; empty for a value.
        node: where it stands in the query.
    """

    key: str
    name: str
    owner: str
    args: Mapping[str, Any]
    inner: tuple[Chosen, ...]
    node: FieldNode


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The named fragments of a query."""
    return {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}


def complexity(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """How many fields a query selects: one each, fragments wherever they are used, however long the lists."""
    total = 0
    for node in selections.selections:
        if isinstance(node, FragmentSpreadNode):
            total += complexity(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            total += complexity(node.selection_set, fragments)
        elif isinstance(node, FieldNode):
            total += 1 + (complexity(node.selection_set, fragments) if node.selection_set else 0)
    return total


class Selecting:
    """Works out what one request asks for, its variables being known."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables

    def chosen(self, owner: GraphQLObjectType, selections: Sequence[SelectionSetNode]) -> tuple[Chosen, ...]:
        """The fields asked of objects of a type, in order; a field that stands there twice is one."""
        nodes: dict[str, list[FieldNode]] = {}
        for node in self._fields([one for part in selections for one in part.selections]):
            nodes.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self._choose(owner, key, same) for key, same in nodes.items())

    def _choose(self, owner: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> Chosen:
        name = nodes[0].name.value
        field: GraphQLField | None = owner.fields.get(name)
        if field is None:  # __typename
            return Chosen(key, name, owner.name, {}, (), nodes[0])
        args = get_argument_values(field, nodes[0], self._variables) if nodes[0].arguments else {}
        parts = [node.selection_set for node in nodes if node.selection_set]
        of = get_named_type(field.type)
        inner = self.chosen(of, parts) if parts and isinstance(of, GraphQLObjectType) else ()
        return Chosen(key, name, owner.name, args, inner, nodes[0])

    def _fields(self, nodes: Sequence[SelectionNode]) -> Iterator[FieldNode]:
        """The fields among selections, those of fragments in their place; skipped ones are left out."""
        for node in nodes:
            if not self._is_wanted(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set.selections)
            else:
                spread = cast(FragmentSpreadNode, node)
                yield from self._fields(self._fragments[spread.name.value].selection_set.selections)

    def _is_wanted(self, node: SelectionNode) -> bool:
        """What `@skip` and `@include` say."""
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


def reader(chosen: Sequence[Chosen], resolvers: Resolvers) -> Reader:
    """A function that reads the chosen fields from an object of their type: a dictionary in their order.

    It may be the object itself where that is just what is asked for, and is not to be changed.
    """
    names = tuple(one.name for one in chosen)
    if all(_is_plain(one, resolvers) for one in chosen):
        return lambda value: value if tuple(value) == names else {name: value.get(name) for name in names}
    steps = [(one.key, _step(one, resolvers)) for one in chosen]

    def read(value: Any) -> dict[str, Any]:
        return {key: step(value) for key, step in steps}

    return read


def _is_plain(one: Chosen, resolvers: Resolvers) -> bool:
    """Whether the field is a value in its object, under its own name."""
    return not one.inner and one.key == one.name != "__typename" and (one.owner, one.name) not in resolvers


def _step(one: Chosen, resolvers: Resolvers) -> Reader:
    """Reads one field of an object."""
    get = _getter(one, resolvers)
    if not one.inner:
        return get
    inner = reader(one.inner, resolvers)

    def each(value: Any) -> Any:
        if value is None:
            return None
        return [each(item) for item in value] if isinstance(value, list) else inner(value)

    return lambda value: each(get(value))


def _getter(one: Chosen, resolvers: Resolvers) -> Reader:
    """Gets the bare value of one field."""
    name, owner, args = one.name, one.owner, one.args
    if name == "__typename":
        return lambda _: owner
    resolver = resolvers.get((owner, name))
    if resolver is None:
        return lambda value: value.get(name)
    return lambda value: resolver(value, args)

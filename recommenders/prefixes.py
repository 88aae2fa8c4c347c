"""Arrays of parts under one roof: each part's names begin with a prefix of its own."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


def prefixed(prefix: str, arrays: Mapping[str, Value]) -> dict[str, Value]:
    """The arrays with the prefix before each name."""
    return {prefix + name: value for name, value in arrays.items()}


def under(prefix: str, arrays: Mapping[str, Value]) -> dict[str, Value]:
    """The arrays whose names begin with the prefix, by the rest of the name."""
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}

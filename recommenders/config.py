"""What every model's configuration holds; the rest stands beside each model.

The one rule: a configuration is frozen and complete, so that it can name the model it made (`versions`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True)
class Between:
    """Values that tuning may try for a field: any number from `low` to `high`; whole ones where both are whole.

    Attributes:
        low: the smallest.
        high: the largest.
        log: whether each power of ten is as likely as another, for fields that act by their order of magnitude.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class OneOf:
    """Values that tuning may try for a field: these and no other (numbers, strings, truth values)."""

    options: tuple[float | str | bool, ...]


SearchSpace: TypeAlias = Mapping[str, Between | OneOf]


@dataclass(frozen=True)
class ModelConfig:
    """What every model's configuration holds."""

    seed: int = 42
    """Seed of everything random in training."""

    search_space: ClassVar[SearchSpace] = {}
    """What tuning may try, by field; a model without anything in it has nothing to tune. Defaults lie inside."""
    passes_field: ClassVar[str | None] = None
    """The field that says how often training goes over the ratings: a trial that is behind after a quarter of
    them is not finished. None = taught in one step."""


@dataclass(frozen=True)
class EvidenceConfig(ModelConfig):
    """Configuration of a model that reads everything a user has seen."""

    rating_power: float = 0.5
    """A seen item weighs (rating / 10) ** rating_power; 0 = all alike."""
    unscored_rating: float = 7.0
    """An item seen but not scored counts as if rated so."""

    search_space: ClassVar[SearchSpace] = {
        "rating_power": Between(0.0, 2.0),
        "unscored_rating": Between(5.0, 9.0),
    }

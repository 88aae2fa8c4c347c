"""What every model's configuration holds; the rest stands beside each model.

The one rule: a configuration is frozen and complete, so that it can name the model it made (`versions`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelConfig:
    """What every model's configuration holds."""

    seed: int = 42
    """Seed of everything random in training."""


@dataclass(frozen=True)
class EvidenceConfig(ModelConfig):
    """Configuration of a model that reads everything a user has seen."""

    rating_power: float = 0.5
    """A seen item weighs (rating / 10) ** rating_power; 0 = all alike."""
    unscored_rating: float = 7.0
    """An item seen but not scored counts as if rated so."""

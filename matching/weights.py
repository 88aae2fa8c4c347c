"""The learned numbers: shipped with the code, frozen between explicit trainings, named by a hash.

`rule_version` changes when a weight, a veto or a feature changes, and with nothing else; every decision carries it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from matching.calibration import Calibration, calibration_from_json
from matching.context import CONTEXT_FEATURES
from matching.errors import WeightsError
from matching.features import FEATURES
from matching.rarity import Rarity, rarity_from_json
from matching.trees import Ensemble, ensemble_from_json
from matching.vetoes import VETOES

#: raised by hand when code other than weights changes what is decided (normalising, blocking, assignment)
RULES = 8
SECOND_FEATURES: tuple[str, ...] = FEATURES + CONTEXT_FEATURES
_SHIPPED = "weights.json"


@dataclass(frozen=True)
class Weights:
    """Everything learned, and the confidence demanded.

    `first` looks at a pair alone, `second` also at its rivals; `rarity` tells how much a word is worth;
    `calibration` turns a verdict and what cross ids say into log-odds. Pairs below `passing` at the first look get
    no second one; from `accept` log-odds on they may share an anime; between `review` and `accept` a person is
    asked.
    """

    first: Ensemble
    second: Ensemble
    rarity: Rarity
    calibration: Calibration
    passing: float
    accept: float
    review: float
    rule_version: str = ""

    def as_json(self) -> dict[str, Any]:
        """The weights as lists and numbers."""
        return {
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "rarity": self.rarity.as_json(),
            "calibration": self.calibration.as_json(),
            "passing": self.passing,
            "accept": self.accept,
            "review": self.review,
        }


def rule_version(data: dict[str, Any]) -> str:
    """Twelve hexadecimal digits that name these weights together with the rules in the code."""
    rules = {"rules": RULES, "vetoes": [veto.name for veto in VETOES], "weights": data}
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_weights(path: Path | None = None) -> Weights:
    """The weights of a file, or the shipped ones.

    Raises:
        WeightsError: no such file, damaged, or learned for other features.
    """
    return _shipped() if path is None else _read(path)


@cache
def _shipped() -> Weights:
    """The weights that come with the code, unpacked once for a process."""
    return _read(resources.files("matching").joinpath(_SHIPPED))


def _read(file: Traversable) -> Weights:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise WeightsError(f"{file}: {problem}; restore the file or train again") from problem
    return weights_from_json(data)


def weights_from_json(data: dict[str, Any]) -> Weights:
    """The weights that `Weights.as_json` wrote, with their rule version.

    Raises:
        WeightsError: a part is missing or damaged.
    """
    try:
        return Weights(
            first=ensemble_from_json(data["first"], FEATURES),
            second=ensemble_from_json(data["second"], SECOND_FEATURES),
            rarity=rarity_from_json(data["rarity"]),
            calibration=calibration_from_json(data["calibration"]),
            passing=float(data["passing"]),
            accept=float(data["accept"]),
            review=float(data["review"]),
            rule_version=rule_version(data),
        )
    except (AttributeError, KeyError, TypeError) as problem:
        raise WeightsError(f"the weights lack or garble {problem}; restore the file or train again") from problem


def save_weights(weights: Weights, path: Path) -> None:
    """Write the weights where `load_weights` finds them."""
    path.write_text(json.dumps(weights.as_json(), separators=(",", ":")) + "\n", encoding="utf-8")

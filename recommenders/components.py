"""Models inside a model: trained or taken over, stored and restored with it.

The one rule: a stored blend is whole. It holds the arrays of its components and needs no other folder.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommenders.base import Recommender
from recommenders.discovery import all_models
from recommenders.errors import NotEnoughDataError
from recommenders.features import ItemFeatures
from recommenders.interactions import Csr, Interactions, Keys
from recommenders.prefixes import prefixed, under

CONFIG, PRIOR = "config", "prior"


def fitted_components(
    names: Iterable[str],
    seed: int,
    interactions: Interactions,
    items: ItemFeatures | None,
    given: Mapping[str, Recommender],
) -> dict[str, Recommender]:
    """The components by name, without those that cannot learn from this input.

    Args:
        names: which models, in this order.
        seed: for the ones that are trained here.
        interactions: what they learn from.
        items: descriptions, for those that read them.
        given: models that were fitted on exactly these interactions.
    """
    classes, fitted = all_models(), dict[str, Recommender]()
    for name in names:
        if name in given:
            fitted[name] = given[name]
            continue
        try:
            fitted[name] = classes[name](classes[name].Config(seed=seed)).fit(interactions, items)
        except NotEnoughDataError:
            continue
    return fitted


def depth(name: str) -> int:
    """How many models are made one after the other before this one can take all its parts over; 0 = it has none."""
    return max((1 + depth(part) for part in all_models()[name].components), default=0)


def state_of(models: Mapping[str, Recommender]) -> dict[str, NDArray[Any] | Csr]:
    """Everything the components hold, as arrays `<component>__<array>`; a configuration is the bytes of its JSON."""
    state: dict[str, NDArray[Any] | Csr] = {}
    for name, model in models.items():
        config = json.dumps(asdict(model.config), sort_keys=True).encode()
        own = {CONFIG: np.frombuffer(config, dtype=np.uint8), PRIOR: model.prior, **model._state()}
        state |= prefixed(f"{name}__", own)
    return state


def restored_components(names: Sequence[str], item_keys: Keys, arrays: Mapping[str, Any]) -> dict[str, Recommender]:
    """The components that `state_of` stored, ready to score.

    Raises:
        LookupError: none of them is there, or one lacks what it is made of.
    """
    classes, models = all_models(), dict[str, Recommender]()
    for name in names:
        own = under(f"{name}__", arrays)
        if own:
            config = json.loads(own.pop(CONFIG).tobytes())
            models[name] = classes[name].restored(config, item_keys, own.pop(PRIOR), own)
    if not models:
        raise LookupError(f"none of {', '.join(names)} is stored")
    return models

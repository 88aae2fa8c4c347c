"""Which models there are: every module of this room that defines one.

The one rule: a new file with a `Recommender` in it is trained, evaluated and tested without being
mentioned anywhere else.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path

import recommenders
from recommenders import store
from recommenders.base import Recommender
from recommenders.errors import ModelDamagedError


def all_models() -> dict[str, type[Recommender]]:
    """Model classes by name, in the order of their names."""
    return dict(_found())


@cache
def _found() -> dict[str, type[Recommender]]:
    """The same from one look at the modules: each has hundreds of members, and every table's checks ask for models."""
    found: dict[str, type[Recommender]] = {}
    for module_info in pkgutil.iter_modules(recommenders.__path__):
        module = importlib.import_module(f"recommenders.{module_info.name}")
        for _, model in inspect.getmembers(module, inspect.isclass):
            own = model.__module__ == module.__name__
            if own and issubclass(model, Recommender) and not inspect.isabstract(model):
                found[model.name] = model
    return dict(sorted(found.items()))


def load_model(directory: Path) -> Recommender:
    """The stored model of a folder, whichever class it is of.

    Raises:
        ModelMissingError: there is no such folder.
        ModelDamagedError: it is not what was written, or of a model this version does not have.
    """
    name = store.read_header(directory).get("model")
    models = all_models()
    if name not in models:
        raise ModelDamagedError(f"{directory} holds a {name!r}; this version knows {', '.join(models)}")
    return models[name].load(directory)

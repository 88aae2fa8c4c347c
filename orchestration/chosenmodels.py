"""Which models a run evaluates: on people's ratings all but the slowest, on the demo world those taught quickly."""

from __future__ import annotations

from difflib import get_close_matches

from orchestration.errors import SettingsError
from orchestration.settings import Settings

AUTO, ALL = "auto", "all"
#: Their figures on a generated world say nothing, so they are there to show the way and must not take long.
QUICK = ("popularity", "content_tfidf", "item_knn", "ease", "slim")
#: Those of the extra `embed` take many minutes the first time, so they are asked for by name.
BY_NAME = ("content_minilm", "two_tower")
#: What every figure is compared with, and what serves where nobody has rated anything.
ALWAYS = ("content_tfidf", "popularity")


def chosen_models(settings: Settings) -> list[str]:
    """The names of the models to evaluate, in alphabetical order.

    Raises:
        SettingsError: OSUSUME_MODELS names a model that there is not.
    """
    from recommenders.discovery import all_models

    known = list(all_models())
    words = [word.strip() for word in settings.models.split(",") if word.strip()]
    if words == [AUTO]:
        words = list(QUICK) if settings.is_demo else [name for name in known if name not in BY_NAME]
    elif words == [ALL]:
        words = known
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise SettingsError(f"OSUSUME_MODELS names {word!r}: {hint}Models are {', '.join(known)}")
    return sorted({*ALWAYS, *words})

"""Which parameters suit the ratings at hand: a resumable search inside the training part.

The one rule: nothing that a figure is ever quoted for is looked at. The search hides ratings of the part it
is given and ranks by those; whether what it found is better is decided on ratings that no trial was ranked by.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommenders.base import Recommender
from recommenders.config import Between, ModelConfig, OneOf
from recommenders.errors import InvalidInputError, NotEnoughDataError, RecommenderError
from recommenders.intervals import compare
from recommenders.metrics import UserMetrics, user_metrics
from recommenders.ranking import recommend
from recommenders.splitting import Split, apart, holdout
from recommenders.tuningrecords import Ground, Trial, Tuning
from recommenders.versions import code_version, data_version

if TYPE_CHECKING:
    import optuna

METRIC, K = "ndcg", 10
FEW_PASSES = 4
"""A trial is first judged by the model taught in one of so many parts of its passes."""
STARTUP_TRIALS = 5
"""So many trials are finished before any is given up, and drawn at random before the search learns from them."""
PROBLEM = "problem"


def tune(
    model: type[Recommender],
    ground: Ground,
    studies: Path,
    *,
    trials: int = 20,
    minutes: float | None = None,
    seed: int = 42,
    progress: Callable[[str], None] = lambda _text: None,
) -> Tuning:
    """The best parameters found; a search that was cut off goes on where it stopped, and gives the same.

    Args:
        model: what to tune.
        ground: what may be looked at.
        studies: the folder that keeps searches; one process at a time may work in it.
        trials: so many are tried in all, those of earlier calls included.
        minutes: no further trial is begun after so many; None = no limit. At least the default is tried.
        seed: of the splits, the search and the models.
        progress: is told of each trial.

    Raises:
        InvalidInputError: the model has nothing to tune.
        NotEnoughDataError: too little is rated to hide anything, or the model cannot learn from it.
    """
    if not model.Config.search_space:
        raise InvalidInputError(f"{model.name} has nothing to tune: its configuration names no search space")
    search = holdout(ground.training, seed=seed + 1)
    if not len(search.evaluated):
        raise NotEnoughDataError("nobody has rated two titles 7 or more, so there is nothing to rank trials by")
    study = open_study(model, ground, studies, seed)
    deadline = None if minutes is None else time.monotonic() + 60 * minutes
    while len(tried(study)) < max(trials, 1) and not (tried(study) and deadline and time.monotonic() >= deadline):
        _try_one(study, model(model.Config(seed=seed)), ground, search, progress)
    return _confirmed(model, ground, study, apart(holdout(ground.training, seed=seed + 2), search), seed)


def open_study(model: type[Recommender], ground: Ground, studies: Path, seed: int) -> optuna.Study:
    """The search of this model on this data, new or as a kill left it: what was under way is to be tried again."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    studies.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{studies / 'studies.db'}",
        study_name=_study_name(model, ground, seed),
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS),
    )
    for cut_off in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(cut_off.number, state=optuna.trial.TrialState.FAIL)
    if not study.get_trials(states=(optuna.trial.TrialState.WAITING,)) and not tried(study):
        default = asdict(model.Config(seed=seed))
        study.enqueue_trial({name: default[name] for name in model.Config.search_space})
    return study


def tried(study: optuna.Study) -> list[Trial]:
    """The trials that came to an end, in their order; those that a kill cut off are left out."""
    ended = {"COMPLETE": "finished", "PRUNED": "pruned", "FAIL": "failed"}
    kept = [one for one in study.get_trials() if one.state.name in ended]
    kept = [one for one in kept if one.state.name != "FAIL" or PROBLEM in one.user_attrs]
    return [
        Trial(number, ended[one.state.name], _value(one), dict(one.params), one.user_attrs.get(PROBLEM))
        for number, one in enumerate(kept)
    ]


def measured_on(split: Split, model: Recommender, ground: Ground) -> UserMetrics:
    """Each user's figures of the model, taught with what the split shows and asked for what it hides."""
    model.fit(split.train, ground.items)
    lists = recommend(model, split.train.take(split.evaluated), K, ground.allowed)
    return user_metrics(lists.items, split.held_out[split.evaluated], (K,))


def _try_one(
    study: optuna.Study,
    default: Recommender,
    ground: Ground,
    search: Split,
    progress: Callable[[str], None],
) -> None:
    """Ask for parameters, teach, rank, and tell; what cannot be taught is told as failed."""
    import optuna

    known = tried(study)
    # A generator of its own for each trial: a search that was cut off goes on as if it had not been.
    study.sampler = optuna.samplers.TPESampler(seed=default.config.seed + len(known), n_startup_trials=STARTUP_TRIALS)
    trial = study.ask()
    config = replace(default.config, **_suggested(trial, default.config))
    try:
        value = _ranked(trial, type(default), config, ground, search)
        study.tell(trial, value)
    except optuna.TrialPruned:
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    except RecommenderError as problem:
        if not known:
            raise
        trial.set_user_attr(PROBLEM, str(problem))
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
    last = tried(study)[-1]
    figure = last.outcome if last.ndcg_at_10 is None else f"NDCG@10 {last.ndcg_at_10:.4f}"
    progress(f"{default.name}: trial {last.number}: {figure} (best so far {study.best_value:.4f})")


def _ranked(trial: optuna.Trial, model: type[Recommender], config: ModelConfig, ground: Ground, search: Split) -> float:
    """Mean NDCG@10 of the configuration; given up where a part of the passes shows that it lags behind."""
    import optuna

    passes = config.passes_field
    if passes is not None:
        few = replace(config, **{passes: max(1, getattr(config, passes) // FEW_PASSES)})
        trial.report(measured_on(search, model(few), ground).mean(METRIC, K), step=1)
        if trial.should_prune():
            raise optuna.TrialPruned
    return measured_on(search, model(config), ground).mean(METRIC, K)


def _suggested(trial: optuna.Trial, config: ModelConfig) -> dict[str, Any]:
    """A value for each field that is searched."""
    found: dict[str, Any] = {}
    for name, values in config.search_space.items():
        match values:
            case OneOf(options):
                found[name] = trial.suggest_categorical(name, options)
            case Between(int(low), int(high), log):
                found[name] = trial.suggest_int(name, low, high, log=log)
            case Between(low, high, log):
                found[name] = trial.suggest_float(name, low, high, log=log)
    return found


def _confirmed(model: type[Recommender], ground: Ground, study: optuna.Study, check: Split, seed: int) -> Tuning:
    """The best against the default where neither was chosen: on other hidden ratings of the training part."""
    best = {name: study.best_params[name] for name in model.Config.search_space}
    default = model.Config(seed=seed)
    before = measured_on(check, model(default), ground)
    # of equal configurations a model that is not exactly repeatable would give two figures
    same = replace(default, **best) == default
    after = before if same else measured_on(check, model(replace(default, **best)), ground)
    found = compare(after, before, METRIC, K)
    values = after.mean(METRIC, K), before.mean(METRIC, K)
    return Tuning(model.name, study.study_name, best, *values, found, check.protocol, tuple(tried(study)))


def _study_name(model: type[Recommender], ground: Ground, seed: int) -> str:
    """`<model>-<12 hex digits>` of all that a search depends on."""
    read = ground.items if model.learns_from_items() else None
    space = sorted((name, repr(values)) for name, values in model.Config.search_space.items())
    parts: Iterable[Any] = (data_version(ground.training, read, ground.allowed), code_version(), seed, space)
    return f"{model.name}-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]}"


def _value(trial: optuna.trial.FrozenTrial) -> float | None:
    """What a finished trial reached; None of the others (a pruned one's value is of a part of its passes)."""
    return trial.value if trial.state.name == "COMPLETE" else None

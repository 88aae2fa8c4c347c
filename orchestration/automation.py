"""What follows by itself from what: the automation condition and the freshness policy of each asset.

The one rule: a change travels in whole runs. One tick asks for a table and everything made from it together, so
that a chain of eighty tables is one run; nothing is asked for while something it reads is still being made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.models import EVALUATIONS

#: Tables that follow what they read whenever it was made again.
TABLES = ("staging", "identity", "core", "ratings")
#: What follows the tables only when these hold something else than before.
RESULTS = ("models", "recommendations", "monitoring")
#: Computed in Python, with the times of events in them: they are other at every run. What they decide shows in the
#: tables built from them, whose content counts.
_OTHER_AT_EVERY_RUN = dg.AssetSelection.assets("anime_key_history", "fact_match_candidate", "fact_match_override")
#: Never made where OSUSUME_MODELS leaves their model out (which `auto` does, too): nobody waits for them.
_PERHAPS_NEVER_MADE = dg.AssetSelection.assets(*EVALUATIONS)

_Condition = dg.AutomationCondition[Any]
_DAILY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
_WEEKLY = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=10), warn_window=timedelta(days=8))
#: How old what users read may be: a day with `refresh_*` for tables, a week with `train_models` for the rest.
FRESHNESS = {
    "dim_anime": _DAILY,
    "fact_user_rating": _DAILY,
    "fact_recommendation": _WEEKLY,
    "vw_recommendations": _WEEKLY,
    "published_snapshot": _WEEKLY,
}


def automated(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The same assets, each with what makes it follow its inputs and, where users read it, how old it may be."""
    return [one.map_asset_specs(_with_policies) for one in assets]


def _with_policies(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The spec with the condition of its group; what takes in from outside follows schedules, and has none."""
    condition = _CONDITIONS.get(spec.group_name or "")
    policy = FRESHNESS.get(spec.key.to_user_string())
    if condition is None and policy is None:
        return spec
    return spec.replace_attributes(
        automation_condition=condition or spec.automation_condition,
        freshness_policy=policy or spec.freshness_policy,
    )


def _when_nothing_is_under_way(cause: _Condition, label: str) -> _Condition:
    """The cause, once for each time that it comes true, as soon as nothing read is missing, being made or broken."""
    quiet = (
        ~dg.AutomationCondition.any_deps_missing().ignore(_PERHAPS_NEVER_MADE)
        & ~dg.AutomationCondition.any_deps_in_progress()
        & ~dg.AutomationCondition.in_progress()
        & ~_something_read_does_not_hold()
    )
    either: _Condition = dg.AutomationCondition.newly_missing() | cause
    return (either.since_last_handled() & quiet).with_label(label)


def _something_read_does_not_hold() -> _Condition:
    """Whether a check that blocks failed on what is read as it stands, and is not asked for again in this tick."""
    failed = dg.AutomationCondition.check_failed() & ~dg.AutomationCondition.will_be_requested()
    return dg.AutomationCondition.any_deps_match(dg.AutomationCondition.any_checks_match(failed, blocking_only=True))


def _something_read_holds_something_else() -> _Condition:
    """Whether the content of a table that is read was changed, by a run that did not make this asset as well."""
    changed = dg.AutomationCondition.data_version_changed() & ~dg.AutomationCondition.executed_with_root_target()
    return dg.AutomationCondition.any_deps_match(changed | dg.AutomationCondition.will_be_requested()).ignore(
        _OTHER_AT_EVERY_RUN
    )


def _something_read_was_made_again_after_a_failure() -> _Condition:
    """Whether what is read was made again since making this failed: what was put right may hold what it held before."""
    return dg.AutomationCondition.execution_failed() & dg.AutomationCondition.any_deps_updated()


FOLLOW = _when_nothing_is_under_way(
    dg.AutomationCondition.any_deps_updated(), "what it reads was made again, and nothing is under way"
)
FOLLOW_CONTENT = _when_nothing_is_under_way(
    _something_read_holds_something_else() | _something_read_was_made_again_after_a_failure(),
    "what it reads holds something else, and nothing is under way",
)
_CONDITIONS = dict.fromkeys(TABLES, FOLLOW) | dict.fromkeys(RESULTS, FOLLOW_CONTENT)

"""The closing words of `osusume run`: what was made, what was found, and where to look next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.cli.console import counted, seconds, size
from orchestration.cli.outcome import CheckOutcome, Outcome
from orchestration.inputs import RunInput
from recommenders.metrics import BASELINE
from serving.reader import Model, Reader, User, open_reader
from warehouse.connection import Warehouse
from warehouse.errors import LockTimeout, NothingPublished
from warehouse.home import Home
from warehouse.shelf import latest_report

#: The tables whose size tells a newcomer what there is, with what their rows are.
_KEY_TABLES = {
    "dim_anime": ("anime", "anime"),
    "dim_anime_record": ("catalogue record", "catalogue records"),
    "dim_user": ("user", "users"),
    "fact_user_rating": ("list entry", "list entries"),
    "fact_recommendation": ("recommendation", "recommendations"),
}
#: What the lines about models and those about recommendations are read from.
_MODELS = frozenset(("dim_recommendation_model", "fact_model_metric"))
_RECOMMENDED = frozenset(("dim_user", "fact_user_rating", "dim_anime", "fact_recommendation"))
#: Under these names a check tells some rows that break it, and what to do.
_SAMPLE, _REMEDY = "sample", "what_to_do"
_REASONS_SHOWN = 5
_USERS_SHOWN = 2
_TITLES_SHOWN = 3


def published_summary(warehouse: Warehouse, outcome: Outcome, chosen: RunInput) -> Iterator[str]:
    """The lines after a run that published: counts, checks, quarantine, model, and what to try.

    A run of selected assets may publish a HOME that holds no models or users yet: of these nothing is said then.
    """
    with open_reader(warehouse) as reader:
        yield ""
        yield f"Published {warehouse.home.snapshot} ({size(warehouse.home.snapshot.stat().st_size)})."
        if "quality_report" in outcome.materialised:
            yield f"Report: {latest_report(warehouse.home)}, for any browser."
        yield f"{counted(len(outcome.assets), 'asset')} in {seconds(outcome.seconds)}."
        yield ""
        found = reader.table_counts()
        yield from _counts(found)
        yield from _checks(outcome.checks)
        yield from _quarantine(reader)
        if found.keys() >= _MODELS:
            yield from _active_model(reader.models())
        if found.keys() >= _RECOMMENDED:
            yield from _examples(reader)
        yield from _next_steps(reader, found, _home_option(warehouse.home))
    if chosen.kind == "demo":
        yield ""
        yield "The demo world is generated: its figures say nothing about quality on real ratings."


def partial_summary(outcome: Outcome) -> Iterator[str]:
    """The lines after a run of selected assets that ended well without publishing."""
    yield ""
    yield f"{counted(len(outcome.assets), 'asset')} in {seconds(outcome.seconds)}."
    yield from _checks(outcome.checks)
    yield "Nothing was published: readers see what they saw before. To publish: --select published_snapshot"


def failed_summary(warehouse: Warehouse, outcome: Outcome, log: str) -> Iterator[str]:
    """The lines after a run that failed: what failed, what it said, what was not made."""
    yield ""
    for failure in outcome.failures:
        others = [name for name in failure.assets if name != failure.step]
        made = f" ({', '.join(others)})" if others else ""
        yield f"FAILED {failure.step}{made}: {failure.message}"
    stopping = [check for check in outcome.checks if check.stops]
    for check in stopping:
        yield f"STOPPED by {check.asset}: {check.finding}"
        facts = (check.facts[name] for name in (_SAMPLE, _REMEDY) if name in check.facts)
        yield from (f"    {line}" for fact in facts for line in fact.splitlines())
    yield from _refused(warehouse, sorted({check.asset for check in stopping}))
    if outcome.skipped:
        yield f"Not made, since they come after it: {', '.join(outcome.skipped)}"
    made = counted(len(outcome.assets), "asset")
    published = "published_snapshot" in outcome.materialised
    ending = f"Published all the same: {warehouse.home.snapshot}." if published else "Nothing was published."
    yield f"{made} made in {seconds(outcome.seconds)}. {ending}"
    yield f"The log: {log}, or `osusume dev` and run {outcome.run_id[:8]}."


def _counts(found: Mapping[str, int]) -> Iterator[str]:
    """The sizes of the key tables."""
    for table, nouns in _KEY_TABLES.items():
        if table in found:
            number, _, noun = counted(found[table], *nouns).partition(" ")
            yield f"  {table:<22}{number:>12} {noun}"


def _checks(checks: Sequence[CheckOutcome]) -> Iterator[str]:
    """How many checks held, and each that did not, with what it says."""
    broken = [check for check in checks if not check.passed]
    yield f"Checks: {len(checks) - len(broken)} of {len(checks)} hold."
    for check in broken:
        yield f"  {'error' if check.is_error else 'warning'} {check.asset}: {check.finding}"


def _quarantine(reader: Reader) -> Iterator[str]:
    """How many rows were refused, by reason."""
    found = reader.quarantine_counts()
    if not found:
        yield "Quarantine: empty, no row was refused."
        return
    total = sum(row["refused"] for row in found)
    yield f"Quarantine: {counted(total, 'row was', 'rows were')} refused:"
    for row in found[:_REASONS_SHOWN]:
        yield f"  {row['refused']:>6,} {row['stage']}: {row['reason']} (e.g. landing/{row['example']})"
    for rest in _more_reasons(found):
        number, _, rows = rest.partition(" ")
        yield f"  {number:>6} {rows}"


def _more_reasons(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is to be said of the reasons that are not shown, if there are any."""
    if more := found[_REASONS_SHOWN:]:
        rows = counted(sum(row["refused"] for row in more), "more row", "more rows")
        yield f"{rows}, for {counted(len(more), 'other reason')}"


def _active_model(models: Sequence[Model]) -> Iterator[str]:
    """The active model against popularity."""
    active = next((model for model in models if model.is_active), None)
    if active is None:
        yield "Model: none could be taught on these ratings."
        return
    yield f"Model: {active.model_type} is active{_quality(active, models)}"


def _quality(active: Model, models: Sequence[Model]) -> str:
    """The active model's NDCG@10 beside that of popularity, which every model has to beat."""
    if active.ndcg_at_10 is None:
        return "."
    interval = ""
    if active.ndcg_at_10_low is not None and active.ndcg_at_10_high is not None:
        interval = f" ({active.ndcg_at_10_low:.4f} to {active.ndcg_at_10_high:.4f})"
    simple = next((one.ndcg_at_10 for one in models if _is_baseline(one, active)), None)
    against = f"; popularity has {simple:.4f}" if simple is not None else ""
    times = f", so {active.ndcg_at_10 / simple:.1f} times that" if simple else ""
    return f", NDCG@10 {active.ndcg_at_10:.4f}{interval}{against}{times}."


def _is_baseline(model: Model, active: Model) -> bool:
    """Whether the model is popularity, measured as the active one was."""
    return model.model_type == BASELINE and model.protocol == active.protocol and not model.is_active


def _examples(reader: Reader) -> Iterator[str]:
    """The first recommendations of a few users, with their reasons."""
    for user in reader.example_users(_USERS_SHOWN):
        found = reader.recommendations(user.user_key, _TITLES_SHOWN)
        if found:
            yield ""
            yield f"For {user.name}, who rated {user.ratings} anime:"
        for one in found:
            year = f" ({one.start_year})" if one.start_year else ""
            yield f"  {one.rank}. {one.title}{year}. {one.reason}"


def _home_option(home: Home) -> str:
    """What a command needs to find the HOME from here; nothing for the default one."""
    return "" if home.root == Path("data") else f" --home {shlex.quote(str(home.root))}"


def _next_steps(reader: Reader, found: Mapping[str, int], where: str) -> Iterator[str]:
    """Commands that work on what was just made, given the tables that were."""
    users: Sequence[User] = reader.example_users(1) if found.keys() >= _RECOMMENDED else []
    yield ""
    yield "Look further:"
    if "dim_anime" in found:
        yield '  osusume sql "select title, mean_score from dim_anime order by popularity desc limit 10"' + where  # noqa: S608 - an example to read
    if users:
        yield f"  osusume recommend --user {users[0].name} --why{where}"
    yield f"  osusume dev{where}"


def _refused(warehouse: Warehouse, stages: Sequence[str]) -> Iterator[str]:
    """What the stopped stages refused, by reason, read from the warehouse since nothing is published."""
    if not stages:
        return
    brief = Warehouse(warehouse.home, lock_timeout_s=5.0, memory_limit=warehouse.memory_limit)
    try:
        with brief.writer("what a failed run refused") as connection:
            found = [row for row in Reader(connection).quarantine_counts() if row["stage"] in stages]
    except (LockTimeout, NothingPublished):
        yield "Refused rows are in quality.quarantine; another process writes just now."
        return
    for row in found[:_REASONS_SHOWN]:
        yield f"    refused {row['refused']:,}: {row['reason']} (e.g. landing/{row['example']})"
    yield from (f"    refused {rest}" for rest in _more_reasons(found))

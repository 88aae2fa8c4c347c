"""Matching anew after records came, changed or went: `matching.update` against the state of the day before.

`benchmarks.identity` starts `python -m benchmarks.identity_update prepare|check DIR` before and after it measures.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.clock import clocked
from benchmarks.identity_world import Work, World, read_records
from matching.match import match
from matching.records import AnimeRecord
from matching.state import empty_state, load_state, save_state
from matching.update import Update, diff, rematch
from matching.weights import load_weights

#: files of the folder: the first day's records, and what matching found out about them
BEFORE, STATE = "before.jsonl", "state"
#: what happens to a record that changes, in turn
CHANGES: tuple[Callable[[AnimeRecord], AnimeRecord], ...] = (
    lambda one: replace(one, episodes=(one.episodes or 0) + 1),
    lambda one: replace(one, titles=(*one.titles, f"{one.titles[0] if one.titles else one.source_id} Season 2")),
    lambda one: replace(one, start_date=(one.start_date or date(2020, 1, 1)) + timedelta(days=7)),
    lambda one: replace(one, titles=(f"{one.titles[0] if one.titles else one.source_id} Remaster", *one.titles[1:])),
    lambda one: replace(one, popularity=(one.popularity or 0) + 1),
)


@dataclass(frozen=True)
class TwoDays:
    """The records of both days, and the works of the second one."""

    before: list[AnimeRecord]
    after: list[AnimeRecord]
    works: list[Work]


def two_days(world: World, touched: int, *, seed: int = 42) -> TwoDays:
    """Both days of a catalogue; a third of the `touched` records are new, a third gone, the others changed.

    The first day has as many records as the world less the new ones.

    Args:
        world: records of the two days together.
        touched: how many records differ, at most as many as the world has.
        seed: any whole number.
    """
    dice = random.Random(seed)  # noqa: S311 (a sample, no secret)
    picked = dice.sample(range(len(world.records)), touched)
    new, gone = set(picked[: touched // 3]), set(picked[touched // 3 : touched // 3 * 2])
    change = {at: CHANGES[turn % len(CHANGES)] for turn, at in enumerate(picked[touched // 3 * 2 :])}
    before = [record for at, record in enumerate(world.records) if at not in new]
    after = [change.get(at, _same)(record) for at, record in enumerate(world.records) if at not in gone]
    present = {record.name for record in after}
    works = [{source: ident for source, ident in work.items() if (source, ident) in present} for work in world.works]
    return TwoDays(before, after, [work for work in works if work])


def _same(record: AnimeRecord) -> AnimeRecord:
    return record


def prepare(records: Sequence[AnimeRecord], file: Path) -> None:
    """Match the first day's records and keep what that found out."""
    _, state = rematch(empty_state(load_weights().rule_version), records)
    save_state(state, file)


def update(records: Sequence[AnimeRecord], file: Path, parts: dict[str, float]) -> Update:
    """Match the second day's records against the state in the file, and keep the new state; CPU seconds by part.

    Raises:
        SystemExit: the state cannot be used.
    """
    weights = load_weights()
    with clocked(parts, "load state"):
        state = load_state(file, weights.rule_version)
    if state is None:
        raise SystemExit(f"{file} is of other code or damaged; leave the code alone while it is measured")
    with clocked(parts, "find changes"):
        changed, gone = diff(state, records)
    with clocked(parts, "match"):
        found, after = rematch(state, changed, gone, weights=weights)
    with clocked(parts, "save state"):
        save_state(after, file.with_suffix(".after"))
    return found


def check(found: Update, records: Sequence[AnimeRecord]) -> None:
    """Compare an update with a full run over the same records.

    Raises:
        SystemExit: clusters, scores or decisions differ.
    """
    full = match(records)
    scores, decisions = (list(full.pairs[name]) for name in ("score", "decision"))
    if found.clusters != full.clusters or found.everything != {"score": scores, "decision": decisions}:
        raise SystemExit("the update and a full run over the same records disagree")


def main(arguments: Sequence[str]) -> int:
    """Prepare a folder for measuring, or check that an update says what a full run would say."""
    task, folder = arguments[0], Path(arguments[1])
    if task == "prepare":
        prepare(read_records(folder / BEFORE), folder / STATE)
    else:
        records = read_records(folder / "records.jsonl")
        check(update(records, folder / STATE, {}), records)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

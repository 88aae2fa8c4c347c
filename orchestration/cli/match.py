"""`osusume match`: why two anime, or two records, are or are not one."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from matching.arguments import starts
from matching.decisionfiles import COLUMNS, SEED
from orchestration.cli.console import Console, counted, out
from orchestration.cli.formats import shortened, table_lines
from orchestration.settings import Settings
from serving.identities import CatalogueRecord, IdentityReader, open_identities
from serving.matching import Comparison, Pair, compare_named
from warehouse.connection import Warehouse
from warehouse.home import Home

#: Two or three records side by side should fit a terminal.
_CELL = 44
_OTHER_TITLES = 3
_EVENTS = 8
_OPENINGS = ("Not one anime: ", "Not one anime at first sight: ", "One anime: ", "Unsure, a person should look: ")
_DECISIONS = {"match": "one anime", "no_match": "two anime", "review": "two until a person decides"}
_WORDS = {
    "born": "key {anime_key} was born with {record}",
    "joined": "{record} joined key {anime_key}",
    "merged_into": "key {anime_key} was merged into key {other_key}",
    "split_from": "key {anime_key} was split from key {other_key}",
    "retired": "key {anime_key} was retired",
    "revived": "key {anime_key} was revived",
    "left": "{record} is in no catalogue any more (key {anime_key})",
    "returned": "{record} is in a catalogue again (key {anime_key})",
}


def run_match(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Print the verdict and what it rests on; returns 0.

    Raises:
        UnknownTitleError: when no anime goes by a title.
        UnknownRecordError: when a source has no such id.
        NothingPublished: when there is no snapshot.
    """
    home = Home(settings.home)
    with open_identities(Warehouse(home, memory_limit=settings.memory_limit)) as reader:
        found = compare_named(reader, home, args.one, args.other)
        for named in (found.left, found.right):
            if named.taken:
                console.say(named.taken)
        for line in lines(found, reader, datetime.now(UTC).date(), home.decisions):
            out(line)
    return 0


def lines(found: Comparison, reader: IdentityReader, today: date, own_decisions: Path) -> Iterator[str]:
    """The answer: a sentence, the records side by side, the evidence, the history, and how to overrule it.

    Args:
        found: what was found.
        reader: the snapshot it was found in.
        today: the day of a decision made now.
        own_decisions: HOME's own file of decisions, which need not exist.
    """
    yield verdict(found)
    yield ""
    yield from _side_by_side(found.records)
    if not found.pairs:
        return
    yield ""
    if found.are_one and len(found.records) > 2:
        yield from _bonds(found.pairs)
    else:
        yield from _evidence(found.pairs[0])
        yield from _other_pairs(found.pairs[1:])
    yield from _decisions(found.pairs, reader)
    yield from _history(found.records, reader)
    yield from _remedy(found.pairs[0], reader, today, own_decisions)


def verdict(found: Comparison) -> str:
    """The answer in a sentence."""
    if not found.pairs:
        one = found.left.records[0]
        if found.is_about_two_records:
            return f"One record: both are {one.name}, which is {one.anime}, key {one.anime_key}."
        return (
            f"One anime: both are {one.anime}, key {one.anime_key}, of one record; no other was found to be the same."
        )
    pair = found.pairs[0]
    reason = str(pair.row["reason"])
    if found.are_one and not found.is_about_two_records:
        return f"One anime: both are {pair.left.anime}, key {pair.left.anime_key}, of {len(found.records)} records."
    if pair.was_compared or pair.are_one == (pair.row["decision"] == "match"):
        return reason
    facts = next((reason.removeprefix(opening) for opening in _OPENINGS if reason.startswith(opening)), reason)
    if pair.are_one:
        return f"One anime, since both were found to be the same as a third record; of the two themselves: {facts}"
    return f"Not one anime as published, although the two alone look like one: {facts}"


def _side_by_side(records: Sequence[CatalogueRecord]) -> Iterator[str]:
    """The records as columns of a table; rows about which none says anything are left out."""
    columns = [_facts(record) for record in records]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    names = ["", *(record.name for record in records)]
    yield from table_lines(names, [False] * len(names), [row for row in rows if any(row[1:])])


def _facts(one: CatalogueRecord) -> dict[str, str]:
    """What tells anime apart, by name; '' for what the record does not state."""
    record = one.record
    minutes = record.duration_minutes
    facts = {
        "title": one.title,
        "also known as": " · ".join(record.titles[1 : 1 + _OTHER_TITLES]),
        "format": record.format or "",
        "start": starts(record),
        "episodes": str(record.episodes or ""),
        "minutes each": "" if minutes is None else f"{minutes:.0f}",
        "studios": ", ".join(record.studios),
        "made from": record.source_material or "",
        "cross ids": ", ".join(f"{source}:{source_id}" for source, source_id in record.claimed),
        "users": "" if record.popularity is None else f"{record.popularity:,}",
        "anime": f"key {one.anime_key}, {one.anime}",
    }
    return {name: shortened(value, _CELL) for name, value in facts.items()}


def _evidence(pair: Pair) -> Iterator[str]:
    """What speaks for and against one pair, the score, and the decision."""
    points = pair.arguments
    ruling = "This would rule it out, had nobody decided:" if pair.are_one else "This rules it out:"
    headed = (
        (ruling, points.rules_out),
        ("For one anime:", points.speaks_for),
        ("Against:", points.speaks_against),
    )
    for heading, clauses in headed:
        if clauses:
            yield heading
            yield from (f"  - {clause}" for clause in clauses)
    yield _decision(pair)


def _decision(pair: Pair) -> str:
    """Score, decision and rules in a line."""
    rules = f"(rules {pair.row['rule_version']})"
    if pair.left.record.source == pair.right.record.source:
        return f"Two records of one source are never compared in a run; the points are of now {rules}."
    decision = _DECISIONS.get(pair.row["decision"], pair.row["decision"])
    parts = [f"{decision}, {_probability(pair.score)} likely to be one"]
    without = pair.row.get("score_without_cross_id")
    if without is not None and abs(without - pair.score) >= 0.0005:
        apart = "by matching alone" if pair.row["cross_id"] == "absent" else "if no source named the other's id"
        parts.append(f"{_probability(without)} {apart}")
    when = "in the published run" if pair.was_compared else "just now; the published run never compared them"
    return f"Decided {when}: {', '.join(parts)} {rules}."


def _probability(score: float) -> str:
    """A probability that never claims to be certain."""
    return "less than 0.1 %" if score < 0.001 else "more than 99.9 %" if score > 0.999 else f"{100 * score:.1f} %"


def _bonds(pairs: Sequence[Pair]) -> Iterator[str]:
    """What holds the records of one anime together, the strongest first."""
    yield "What holds its records together:"
    for pair in pairs:
        reason = pair.row["reason"] if pair.was_compared else f"never compared in the run. {pair.row['reason']}"
        yield f"  - {pair.left.name} and {pair.right.name}, {_probability(pair.score)}: {reason}"


def _other_pairs(pairs: Sequence[Pair]) -> Iterator[str]:
    """The weaker pairs, a line each."""
    if pairs:
        yield ""
        yield "The other records of the two:"
    for pair in pairs:
        yield f"  - {pair.left.name} and {pair.right.name}, {_probability(pair.score)}: {pair.row['reason']}"


def _decisions(pairs: Sequence[Pair], reader: IdentityReader) -> Iterator[str]:
    """What people decided about the pairs."""
    for pair in pairs:
        for row in reader.decisions(pair.left.record, pair.right.record):
            said = f"{row['decision']}, {row['reason'] or 'without a reason'}"
            who = f"{row['decided_by'] or 'somebody'} on {_day(row['decided_at']) or 'an unknown day'}"
            until = f", until {_day(row['valid_until'])}" if row["valid_until"] else ""
            yield ""
            yield f"A person decided about {pair.left.name} and {pair.right.name}: {said} ({who}{until})."
            yield f"  {row.get('remark') or 'This line is ' + str(row['status']).replace('_', ' ') + '.'}"


def _day(day: date | None) -> str:
    """A day, or a moment's day; '' for none."""
    return "" if day is None else f"{day:%Y-%m-%d}"


def _history(records: Sequence[CatalogueRecord], reader: IdentityReader) -> Iterator[str]:
    """The last events in the lives of the records' keys, oldest first."""
    events: dict[int, dict[str, Any]] = {}
    for one in records:
        events |= {row["event_number"]: row for row in reader.key_events(one.record)}
    if not events:
        return
    yield ""
    yield "History:"
    shown = [events[number] for number in sorted(events)]
    if len(shown) > _EVENTS:
        yield f"  … {counted(len(shown) - _EVENTS, 'earlier event')} in anime_key_history"
    for row in shown[-_EVENTS:]:
        what = _WORDS.get(row["event"], f"key {{anime_key}}: {row['event']}")
        told = what.format(**row, record=f"{row['source']}:{row['source_id']}")
        cause = f" ({row['cause']})" if row["cause"] else ""
        yield f"  {_day(row['occurred_at'])}  {told}{cause}"


def _remedy(pair: Pair, reader: IdentityReader, today: date, own_decisions: Path) -> Iterator[str]:
    """How a person overrules the decision about the pair."""
    left, right = pair.left.record, pair.right.record
    yield ""
    if left.source == right.source:
        yield f"Nobody can overrule this: an anime holds one record of {left.source}, which lists these as two."
        return
    line = StringIO()
    decision = "different" if pair.are_one else "same"
    csv.writer(line, lineterminator="").writerow(
        [left.source, left.source_id, right.source, right.source_id, decision, "WHY", "YOUR NAME", today, ""]
    )
    yield f"To overrule it, say why and who in this line, put it at the end of {SEED}, or of"
    begins = "" if own_decisions.is_file() else " (a new file, whose first line names the columns)"
    yield f"{own_decisions} for this HOME alone{begins}, and run again:"
    if begins:
        yield f"  {','.join(COLUMNS)}"
    yield f"  {line.getvalue()}"
    held = [{one.record.source for one in reader.records(side.anime_key)} for side in (pair.left, pair.right)]
    if twice := [] if pair.are_one else sorted(held[0] & held[1]):
        yield f"Both anime have a record of {' and of '.join(twice)}; of each source only one can stay with the two."

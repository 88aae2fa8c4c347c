"""What speaks for and what against two records being one anime, point by point, for people who ask why.

Nothing is decided here: the weights did that. A fact that one side does not state speaks neither way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matching.explain import LENGTHS_DIFFER, are_places, called, percent_alike, related, shortened, span
from matching.records import AnimeRecord, start_interval
from matching.vetoes import VETOES

#: titles less alike than this speak against; 0.75 is two words in three with the same letters
_ALIKE = 0.75
#: days within which starts that differ still speak for each other: advance showings, the night to the next day
_NEARLY = 31
#: minutes within which episodes count as equally long
_SAME_LENGTH = 3


@dataclass
class Arguments:
    """Short clauses: what speaks for one anime, what against, and what rules it out whatever else is said."""

    speaks_for: list[str] = field(default_factory=list)
    speaks_against: list[str] = field(default_factory=list)
    rules_out: list[str] = field(default_factory=list)

    def add(self, is_for: bool, clause: str) -> None:
        """One more clause on one side."""
        (self.speaks_for if is_for else self.speaks_against).append(clause)


def arguments(row: Mapping[str, Any], left: AnimeRecord, right: AnimeRecord) -> Arguments:
    """The points of one pair.

    Args:
        row: its evidence as in `MatchResult.pairs`; columns that are absent say nothing.
        left: the left record, as the row means it.
        right: the right record.
    """
    found = Arguments()
    _titles(found, row)
    _series(found, row)
    _start(found, left, right)
    _episodes(found, left, right)
    _length(found, left, right)
    _format(found, row, left, right)
    _studios(found, left, right)
    _source_material(found, left, right)
    _cross_id(found, row, left, right)
    _relations(found, row, left, right)
    sentences = {veto.name: veto.sentence for veto in VETOES}
    found.rules_out += [sentences.get(name, name.replace("_", " ")) for name in row.get("vetoes") or ()]
    return found


def starts(record: AnimeRecord) -> str:
    """When a record says it began, as exactly as it says it: `2013-04-06`, `2013-04`, `spring 2013`, `2013`, ''."""
    start, precision = record.start_date, record.start_date_precision or "day"
    if start is None:
        return str(record.start_year or "")
    if precision == "season":
        return f"{record.season.lower() if record.season else f'{start:%Y-%m}'} {start.year}"
    return start.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def _titles(found: Arguments, row: Mapping[str, Any]) -> None:
    left, right = row.get("left_title"), row.get("right_title")
    if not left or not right:
        return
    if row.get("title_exact"):
        found.add(True, called(left, right))
        return
    alike = row.get("title_similarity") or 0.0
    clause = f"the most alike titles are {percent_alike(alike)} % alike: “{shortened(left)}” and “{shortened(right)}”"
    found.add(alike >= _ALIKE, clause)


def _series(found: Arguments, row: Mapping[str, Any]) -> None:
    left, right = row.get("season_left"), row.get("season_right")
    of = " of a series" if are_places(row) else ""
    says, say = ("calls itself", "call themselves") if of else ("carries the", "carry the")
    if left == right:
        if left and left > 1:
            found.add(True, f"both {say} number {left}{of}")
        return
    if left and right:
        found.add(False, f"the one {says} number {left}{of}, the other number {right}")
    elif (left or right or 0) > 1:
        found.add(False, f"only one {says} number {left or right}{of}")


def _start(found: Arguments, left: AnimeRecord, right: AnimeRecord) -> None:
    one, two = start_interval(left), start_interval(right)
    if one is None or two is None:
        return
    days = max(one[0] - two[1], two[0] - one[1], 0)
    dates = f"{starts(left)} and {starts(right)}"
    if days:
        found.add(days <= _NEARLY, f"their starts lie {span(days)} apart: {dates}")
    elif one == two:
        found.add(True, f"both began {_in_words(left)}")
    else:
        found.add(True, f"their starts agree as far as they are stated: {dates}")


def _in_words(record: AnimeRecord) -> str:
    """The start for a sentence."""
    start, precision = record.start_date, record.start_date_precision or "day"
    if start is None or precision != "day":
        return f"in {starts(record)}"
    return f"on {_day(start)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _episodes(found: Arguments, left: AnimeRecord, right: AnimeRecord) -> None:
    one, two = left.episodes, right.episodes
    if one is None or two is None:
        return
    if one == two:
        found.add(True, "one episode each" if one == 1 else f"{one} episodes each")
    else:
        found.add(False, f"{one} against {two} episodes")


def _length(found: Arguments, left: AnimeRecord, right: AnimeRecord) -> None:
    one, two = left.duration_minutes, right.duration_minutes
    if one is None or two is None:
        return
    if abs(one - two) <= _SAME_LENGTH:
        found.add(True, f"episodes of about {one:.0f} minutes")
    elif abs(one - two) >= LENGTHS_DIFFER:
        found.add(False, f"episodes of {one:.0f} against {two:.0f} minutes")


def _format(found: Arguments, row: Mapping[str, Any], left: AnimeRecord, right: AnimeRecord) -> None:
    compatible = row.get("format_compatible")
    if compatible is None or not left.format or not right.format:
        return
    if left.format == right.format:
        found.add(True, f"both are of the format {left.format}")
    elif compatible:
        found.add(True, f"{left.format} and {right.format}, which sources use for one another")
    else:
        found.add(False, f"{left.format} and {right.format} are different formats")


def _studios(found: Arguments, left: AnimeRecord, right: AnimeRecord) -> None:
    ours = {studio.casefold(): studio for studio in left.studios}
    theirs = {studio.casefold() for studio in right.studios}
    if not ours or not theirs:
        return
    if shared := [name for folded, name in ours.items() if folded in theirs]:
        found.add(True, f"made by {' and '.join(shared)}")
    else:
        found.add(False, f"made by {' and '.join(left.studios)}, the other by {' and '.join(right.studios)}")


def _source_material(found: Arguments, left: AnimeRecord, right: AnimeRecord) -> None:
    one, two = (str(record.source_material or "").replace("_", " ").lower() for record in (left, right))
    if one and one == two:
        found.add(True, f"both are made from: {one}")
    elif one and two and "other" not in (one, two):
        found.add(False, f"one is made from: {one}, the other from: {two}")


def _cross_id(found: Arguments, row: Mapping[str, Any], left: AnimeRecord, right: AnimeRecord) -> None:
    """What the two say about each other, or about records of third sources."""
    for one, two in ((left, right), (right, left)):
        for source, source_id in one.claimed:
            if source == two.source:
                names = f"{_name(one)} names {source}:{source_id} as its counterpart"
                found.add(source_id == two.source_id, names)
                return
    ours, theirs = dict(left.claimed), dict(right.claimed)
    for source in sorted(ours.keys() & theirs.keys()):
        one_says, other_says = f"{source}:{ours[source]}", f"{source}:{theirs[source]}"
        if one_says == other_says:
            found.add(True, f"both name {one_says} as their counterpart")
        else:
            found.add(False, f"{_name(left)} names {one_says} as its counterpart, {_name(right)} {other_says}")
    if not ours.keys() & theirs.keys() and row.get("cross_id") == "contradicts":
        found.add(False, "another record claims the place by its cross id")


def _relations(found: Arguments, row: Mapping[str, Any], left: AnimeRecord, right: AnimeRecord) -> None:
    """What the sources' relations say, by the relative that the row names, and as what the sources list that."""
    clause = related(row)
    if not clause:
        return
    listed = [
        f"{record.source} lists {record.source}:{ident} as {kind.replace('_', ' ').lower()} of {_name(record)}"
        for record in (left, right)
        for kind, ident in record.related
        if f"{record.source} {ident}" == row.get("relative") and kind
    ]
    found.add(row.get("relation") == "same_side", ": ".join([clause, *listed[:1]]))


def _name(record: AnimeRecord) -> str:
    return f"{record.source}:{record.source_id}"

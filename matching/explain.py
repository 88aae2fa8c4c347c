"""Why two records are, or are not, one anime: a sentence a fan understands, made from the evidence columns.

A column that is absent says nothing, as one that is None: rows of earlier versions are explained as far as they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matching.normalise import marks_all, normalise_all
from matching.titles import parse

#: shown titles are cut to this, so that a sentence stays one
_LONGEST_TITLE = 60
#: a greater number than this in a title is seldom a season
_LAST_PLACE = 12
#: how a title's words for the kind of thing are told, by their bit in `titles.KINDS`
_KINDS = {1: "a movie", 4: "an OVA", 8: "a TV series", 16: "an ONA"}
#: minutes by which episodes differ before it is worth a word; sources count openings and breaks differently
LENGTHS_DIFFER = 10


def sentence(row: Mapping[str, Any], better: str | None = None) -> str:
    """The reason for one decided pair.

    Args:
        row: one row of `MatchResult.pairs` (evidence, vetoes and decision), as name to value.
        better: the record that took the place of one of the two, or else a third source's that is the same as only
            one of them, as "source id", when that is the reason.
    """
    if row["decision"] == "match":
        by_id = row.get("cross_id") == "agrees"
        opening = "One anime: one record names the other's id, and the rest fits: " if by_id else "One anime: "
    elif row["decision"] == "review":
        opening = "Unsure, a person should look: "
    elif row.get("vetoes"):
        return f"Not one anime: {'; '.join(row['veto_sentences'])} ({_facts(row)})."
    elif better is not None:
        is_rival = better.partition(" ")[0] in (row.get("left_source"), row.get("right_source"))
        opening = (
            f"Not one anime: {better} {'fits better' if is_rival else 'is the same as only one of the two'}; here "
        )
    else:
        opening = "Not one anime: "
    return f"{opening}{_facts(row)}."


def shortened(title: str) -> str:
    """The title for a sentence, cut where it is too long for one."""
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def called(left: str, right: str) -> str:
    """Two titles that are equal to matching, in words that do not hide how each is spelt.

    Matching takes neither the kind that a title names nor the marks in it for a part of the name.
    """
    if left.casefold() == right.casefold():
        return f"both are called “{shortened(left)}”"
    kinds = " and the other ".join(filter(None, _kinds_of_its_own(left, right)))
    marks = marks_all((left, right))
    differ = [" with other marks"] * (marks[0] != marks[1])
    differ += [f", but one calls itself {kinds}"] * bool(kinds)
    are = f"the same name{''.join(differ)}" if differ else "one title but for the spelling"
    return f"“{shortened(left)}” and “{shortened(right)}” are {are}"


def _kinds_of_its_own(left: str, right: str) -> list[str]:
    """What each of two titles says it is and the other does not; "" for nothing."""
    one, two = (parse(title).kinds for title in normalise_all((left, right)))
    differing = (one & ~two, two & ~one)
    return [" and ".join(word for bit, word in _KINDS.items() if bit & kinds) for kinds in differing]


def percent_alike(similarity: float) -> int:
    """The likeness (0-1) of two titles that are not equal, in percent: never all of them."""
    return min(99, round(100 * similarity))


def _facts(row: Mapping[str, Any]) -> str:
    """Titles, series, start, episodes, length, format, studio, relations and cross id in a few words, if known."""
    parts = [_titles(row), _series(row), _start(row), _episodes(row), _length(row)]
    if row.get("format_compatible") is False:
        parts.append("the formats differ")
    if row.get("studios_shared") is not None:
        parts.append("the same studio" if row["studios_shared"] else "different studios")
    parts.append(related(row))
    if row.get("alone") and row["decision"] == "match":
        parts.append("and neither has another likely counterpart in the other's source")
    if row.get("cross_id") == "contradicts":
        parts.append("a cross id points elsewhere")
    if row.get("cross_id") == "agrees" and row["decision"] != "match":
        parts.append("although one record names the other's id")
    return ", ".join(part for part in parts if part)


def related(row: Mapping[str, Any]) -> str:
    """What the relations that sources list say of the pair, in a clause; "" when they say nothing."""
    relative = row.get("relative")
    source = str(relative).partition(" ")[0]
    match row.get("relation"):
        case "better_relative":
            return f"{relative} fits better, which {source} lists as another work of the same series"
        case "other_side":
            return f"their sources list the two on different sides of {relative}, such as original and sequel"
        case "same_side":
            return f"their sources relate both in the same way to {relative}, and nothing else so"
    return ""


def _titles(row: Mapping[str, Any]) -> str:
    left, right = row.get("left_title"), row.get("right_title")
    if not left or not right:
        return "no titles to compare"
    if row.get("title_exact"):
        return called(left, right)
    return f"“{shortened(left)}” and “{shortened(right)}” are {percent_alike(row['title_similarity'])} % alike"


def _series(row: Mapping[str, Any]) -> str:
    left, right = row.get("season_left"), row.get("season_right")
    is_place, stated = are_places(row), left or right
    if left and right and left != right:
        return f"numbers {left} and {right} of a series" if is_place else f"the numbers {left} and {right}"
    if not stated or stated == 1:
        return ""
    if left == right:
        return f"both are number {left} of their series" if is_place else f"both carry the number {left}"
    return f"only one {'says it is' if is_place else 'carries the'} number {stated}"


def are_places(row: Mapping[str, Any]) -> bool:
    """Whether the numbers of two titles can be places in a series; others are part of a name, as 100 or 009."""
    return all(
        (row.get(f"season_{side}") or 0) <= _LAST_PLACE
        and f"00{row.get(f'season_{side}')}" not in (row.get(f"{side}_title") or "")
        for side in ("left", "right")
    )


def _start(row: Mapping[str, Any]) -> str:
    days, years = row.get("days_apart"), row.get("year_difference")
    if row.get("began_long_before"):
        return "one names no start, as what has not begun, and the other began years ago"
    if days is None:
        return "the start of one is unknown" if years is None else f"started {_years(abs(years))} apart"
    if days == 0:
        return "starts that agree"
    return f"starts at least {span(days)} apart"


def span(days: int) -> str:
    """A number of days in the unit people would use: `1 day`, `4 months`, `10 years`."""
    if days <= 60:
        return f"{days} day{'s' * (days != 1)}"
    return f"{round(days / 30.4)} months" if days < 700 else _years(round(days / 365.25))


def _years(years: int) -> str:
    return f"{years} year{'s' * (years != 1)}"


def _episodes(row: Mapping[str, Any]) -> str:
    left, right = row.get("episodes_left"), row.get("episodes_right")
    if left is None or right is None:
        return ""
    if left == right:
        return "one episode each" if left == 1 else f"{left} episodes each"
    return f"{left} against {right} episodes"


def _length(row: Mapping[str, Any]) -> str:
    minutes = row.get("duration_difference")
    if minutes is None or abs(minutes) < LENGTHS_DIFFER:
        return ""
    return f"episodes of which one is {abs(minutes):.0f} minutes longer"

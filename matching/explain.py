"""Why two records are, or are not, one anime: a sentence a fan understands, made from the evidence columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: shown titles are cut to this, so that a sentence stays one
_LONGEST_TITLE = 60


def sentence(row: Mapping[str, Any], better: str | None = None) -> str:
    """The reason for one decided pair.

    Args:
        row: one row of `MatchResult.pairs` (evidence, vetoes and decision), as name to value.
        better: the record that took the place of one of the two, as "source id", when that is the reason.
    """
    if row["cross_id"] == "agrees" and row["decision"] == "match":
        opening = "One record names the other's id, and the rest fits: "
    elif row["decision"] == "match":
        opening = "One anime: "
    elif row["decision"] == "review":
        opening = "Unsure, a person should look: "
    elif row["vetoes"]:
        return f"Not one anime: {'; '.join(row['veto_sentences'])} ({_facts(row)})."
    elif better is not None:
        opening = f"Not one anime: {better} fits better; here "
    else:
        opening = "Not one anime: "
    return f"{opening}{_facts(row)}."


def _facts(row: Mapping[str, Any]) -> str:
    """Titles, series, start, episodes, format and cross id, each in a few words, what is unknown left out."""
    parts = [_titles(row), _series(row), _start(row), _episodes(row)]
    if row["format_compatible"] is False:
        parts.append("the formats differ")
    if row["cross_id"] == "contradicts":
        parts.append("a cross id points elsewhere")
    return ", ".join(part for part in parts if part)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _titles(row: Mapping[str, Any]) -> str:
    left, right = row["left_title"], row["right_title"]
    if not left or not right:
        return "no titles to compare"
    if row["title_exact"]:
        return f"both are called “{_short(left)}”"
    return f"“{_short(left)}” and “{_short(right)}” are {round(100 * row['title_similarity'])} % alike"


def _series(row: Mapping[str, Any]) -> str:
    left, right = row["season_left"], row["season_right"]
    if left == right:
        return f"both are number {left} of their series" if left and left > 1 else ""
    if left and right:
        return f"numbers {left} and {right} of a series"
    stated = left or right
    return f"only one says it is number {stated}" if stated and stated > 1 else ""


def _start(row: Mapping[str, Any]) -> str:
    days, years = row["days_apart"], row["year_difference"]
    if days is None:
        return "the start of one is unknown" if years is None else f"started {_years(abs(years))} apart"
    if days == 0:
        return "starts that agree"
    if days <= 60:
        return f"starts at least {days} day{'s' * (days > 1)} apart"
    return f"starts at least {_span(days)} apart"


def _span(days: int) -> str:
    return f"{round(days / 30.4)} months" if days < 700 else _years(round(days / 365.25))


def _years(years: int) -> str:
    return f"{years} year{'s' * (years != 1)}"


def _episodes(row: Mapping[str, Any]) -> str:
    left, right = row["episodes_left"], row["episodes_right"]
    if left is None or right is None:
        return ""
    if left == right:
        return "one episode each" if left == 1 else f"{left} episodes each"
    return f"{left} against {right} episodes"

"""What became of each human decision, for the person who wrote it: a row with a sentence and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.overrides import Decisions, Pair, Standing

#: how far a score (0-1) must be from what was decided to count as strong evidence against it
_STRONG = 0.98


@dataclass(frozen=True, slots=True)
class Opinion:
    """What matching would make of two records if nobody had decided.

    Of the two alone `same` says whether they would be one anime, `score` how likely that is (0-1), `vetoes` what
    forbids it, as sentences. `same_among_all` says whether they would be one beside all other records.
    """

    same: bool
    score: float
    same_among_all: bool
    vetoes: tuple[str, ...] = ()


def override_status(decisions: Decisions, opinions: Mapping[Pair, Opinion]) -> list[dict[str, object]]:
    """One row for each decision, in their order: what it says, what became of it, and what to do about it.

    Args:
        decisions: what they amount to, from `decide`.
        opinions: what matching alone makes of the two records a decision names, by `Override.pair`; a pair that is
            left out was not looked at, and `agrees_with_matching` is None for it.
    """
    rows: list[dict[str, object]] = []
    for one in decisions.status:
        item, opinion = one.override, opinions.get(one.override.pair)
        rows.append(
            {
                "file": item.file,
                "line": item.line,
                "left_source": item.left[0],
                "left_source_id": item.left[1],
                "right_source": item.right[0],
                "right_source_id": item.right[1],
                "decision": "same" if item.same else "different",
                "reason": item.reason,
                "decided_by": item.decided_by,
                "decided_at": item.decided_on,
                "valid_until": item.until,
                "status": one.status,
                "contradicted_by_file": one.opponent.file if one.opponent else None,
                "contradicted_by_line": one.opponent.line if one.opponent else None,
                "agrees_with_matching": None if opinion is None else opinion.same == item.same,
                "remark": _remark(one, opinion),
            }
        )
    return rows


def _remark(one: Standing, opinion: Opinion | None) -> str:
    """What became of a decision and what to do about it, in a sentence."""
    item, at_fault = one.override, " and ".join(" ".join(name) for name in one.at_fault)
    newer = f"the newer decision in {one.opponent.file}:{one.opponent.line}" if one.opponent else ""
    match one.status:
        case "expired":
            return f"Ran out after {item.until}: give it another valid_until, or remove the line."
        case "stale":
            return f"No catalogue at hand holds {at_fault}: correct the id, or remove the line if the record is gone."
        case "contradicted":
            return f"Set aside, since {newer} says otherwise: remove one of the two."
        case "impossible":
            remedy = f"correct this line or {newer}" if newer else "correct its ids or remove it"
            return f"Set aside, since {at_fault} are two in their source's own eyes: {remedy}."
    if opinion is None or opinion.same == item.same:
        return f"In force{_need(opinion, same=item.same)}."
    if item.same and opinion.vetoes:
        return f"In force against a veto ({'; '.join(opinion.vetoes)}): make sure of the ids."
    if abs(opinion.score - item.same) > _STRONG:
        return f"In force against strong evidence (score {opinion.score:.3f} without it): make sure of the ids."
    return "In force; matching alone would decide otherwise."


def _need(opinion: Opinion | None, *, same: bool) -> str:
    """Whether a line is needed of which matching, looking at the two records alone, says the same."""
    if opinion is None:
        return ""
    if opinion.same_among_all == same:
        return "; matching without any decision now says the same, so the line may go"
    return "; the two alone look so to matching, but beside the other records it would decide otherwise: keep the line"

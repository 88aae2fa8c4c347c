"""What is known from the run before: an answer is looked up where everything it rests on is the same, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.blocking import Blocking
from matching.catalogue import Catalogue
from matching.context import gather_context
from matching.digests import distinct, is_among, places
from matching.nearest import Links, Mask, NameIndex, nearest, refreshed, similar
from matching.scoring import FirstLook, Looked, SecondLook
from matching.state import MatchState
from matching.weights import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: when a larger share of all records asks for similar ones, all may as well
_MOST_ASKING = 0.2


@dataclass(frozen=True)
class Remembered:
    """The state of before beside today's records; `came_from` are their positions then, -1 for new or changed ones."""

    state: MatchState
    catalogue: Catalogue
    came_from: Ints

    def lists(self, settings: Blocking) -> Links:
        """The lists of similar records, asking only those whose list may have changed."""
        today, source = self.catalogue.index, self.catalogue.source
        stood, old = self._names_stood_at(), self.state.catalogue
        reach, before = settings.reach(len(source)), self.state.lists
        is_other = reach != settings.reach(len(old.names)) or self._crowds_otherwise(today, settings.crowded_triple)
        if is_other or (stood < 0).sum() > _MOST_ASKING * len(stood):
            today = today.narrowed(settings.crowded_triple).without_repeats(self.catalogue.base)
            return nearest(similar(today, reach), source, reach.nearest)
        place = np.full(len(old.names), -1, dtype=np.int64)
        place[stood[stood >= 0]] = np.flatnonzero(stood >= 0)
        owner, member = place[before.one], place[before.two]
        robbed = np.zeros(len(stood), dtype=bool)
        robbed[owner[self._full_lists_robbed((owner >= 0) & (member < 0), reach.nearest)]] = True
        left = Links(owner, member, before.cosine).chosen((owner >= 0) & (member >= 0))
        today = today.narrowed(settings.crowded_triple, robbed | (stood < 0))
        return refreshed(left, today, stood < 0, robbed, reach)

    def _full_lists_robbed(self, lost: Mask, full: int) -> Ints:
        """Of the rows of lists that are `lost` those of a list of `full` length for their source."""
        before, old = self.state.lists, self.state.catalogue
        of_list = before.one * (len(old.sources) + 1) + old.source[before.two]
        robbed, length = np.unique(of_list[is_among(of_list, distinct(of_list[lost]))], return_counts=True)
        return np.flatnonzero(lost & is_among(of_list, robbed[length >= full]))

    def _names_stood_at(self) -> Ints:
        """Where each record stood that has the same names and dates as before; -1 for the others."""
        old, new = self.state.catalogue, self.catalogue
        stood = places(new.name, old.name)
        same = stood >= 0
        same[same] &= (old.low[stood[same]] == new.low[same]) & (old.high[stood[same]] == new.high[same])
        same[same] &= np.diff(old.first)[stood[same]] == np.diff(new.first)[same]
        rows, then = new.title_rows(np.flatnonzero(same)), old.title_rows(stood[same])
        same[new.title_record[rows[new.base[rows] != old.base[then]]]] = False
        return np.where(same, stood, -1)

    def _crowds_otherwise(self, today: NameIndex, crowded: int) -> bool:
        """Whether other triples than before are passed over because more than `crowded` titles hold them."""
        old, new = self.state.catalogue, self.catalogue
        stayed = self.came_from >= 0
        left = np.ones(len(old.names), dtype=bool)
        left[self.came_from[stayed]] = False
        moved = ((new, np.flatnonzero(~stayed)), (old, np.flatnonzero(left)))
        came, went = (one.vectors[one.title_rows(records)].indices for one, records in moved)
        triples, place = np.unique(np.r_[came, went], return_inverse=True)
        held, more = today.held[triples], np.bincount(place[: len(came)], minlength=len(triples))
        fewer = np.bincount(place[len(came) :], minlength=len(triples))
        return bool(((held > crowded) != (held - more + fewer > crowded)).any())

    def rows(self, pairs: Ints) -> Ints:
        """For each pair its row of before, when the evidence is the same; -1 otherwise."""
        then, count = self.state.pairs, len(self.state.catalogue.names)
        stood = self.came_from.copy()
        stood[self._shared_otherwise()] = -1
        left, right = stood[pairs[:, 0]], stood[pairs[:, 1]]
        asked, told = left * count + right, then[:, 0] * count + then[:, 1]
        found = np.searchsorted(told, asked)
        return np.where((left >= 0) & (right >= 0) & is_among(asked, told), found, -1)

    def _shared_otherwise(self) -> Mask:
        """Records (bool) of which a title is shared with more or fewer records of its source than before."""
        old, new = self.state.catalogue, self.catalogue
        stayed = np.flatnonzero(self.came_from >= 0)
        rows, then = new.title_rows(stayed), old.title_rows(self.came_from[stayed])
        differs = (new.shared[rows] != old.shared[then]) | (new.shared_base[rows] != old.shared_base[then])
        found = np.zeros(len(new.names), dtype=bool)
        found[new.title_record[rows[differs]]] = True
        return found

    def second_look(self, known: Ints, weights: Weights) -> SecondLook:
        """The second look, taken again only at pairs of stirred records; `known` are the pairs' rows then."""
        state = self.state
        passed = ~np.isnan(state.second)
        context_row = np.cumsum(passed) - 1

        def look(looked: FirstLook, rows: Ints, first: Floats) -> Looked:
            then, pairs = known[rows], looked.pairs[rows]
            same = then >= 0
            same[same] = passed[then[same]]
            gone = passed.copy()
            gone[then[same]] = False
            stirred = self._stirred(pairs[~same], np.flatnonzero(gone))
            again = np.asarray(stirred[pairs].any(axis=1))
            near = _touching(pairs, pairs[again])
            context = of_before(state.context, np.where(again, -1, of_before(context_row, then)))
            context[again] = gather_context(self.catalogue, pairs[near], first[near])[again[near]]
            second = of_before(state.second, np.where(again, -1, then))
            seen = np.hstack([looked.evidence.values[rows[again]], context[again]])
            second[again] = weights.second.log_odds(seen)
            return context, second

        return look

    def _stirred(self, pairs: Ints, gone: Ints) -> Mask:
        """Records (bool) of pairs that are newly worth a second look, or were (given their rows then) and are not."""
        place = np.full(len(self.state.catalogue.names), -1, dtype=np.int64)
        place[self.came_from[self.came_from >= 0]] = np.flatnonzero(self.came_from >= 0)
        stirred = np.zeros(len(self.came_from) + 1, dtype=bool)
        stirred[pairs] = True
        stirred[place[self.state.pairs[gone]]] = True
        return stirred[:-1]

    def removed(self, pairs: Ints) -> Ints:
        """Rows of the pairs of before that are no pairs any more."""
        then, count = self.state.pairs, len(self.catalogue.names)
        place = places(self.state.catalogue.name, self.catalogue.name)
        left, right = place[then[:, 0]], place[then[:, 1]]
        stays = is_among(left * count + right, pairs[:, 0] * count + pairs[:, 1])
        return np.flatnonzero((left < 0) | (right < 0) | ~stays)


def of_before(column: NDArray[Any], known: Ints) -> NDArray[Any]:
    """The rows of before; whatever where there is none (-1)."""
    return column[known] if len(column) else np.empty((len(known), *column.shape[1:]), dtype=column.dtype)


def _touching(pairs: Ints, others: Ints) -> Mask:
    """Which pairs (bool) hold a record of one of the others."""
    held = np.zeros(int(pairs.max(initial=0)) + 1, dtype=bool)
    held[others] = True
    return np.asarray(held[pairs].any(axis=1))

"""What is known from the run before: an answer is looked up where everything it rests on is the same, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.blocking import Blocking
from matching.catalogue import Catalogue
from matching.digests import is_among, places
from matching.nearest import Links, Mask, nearest, refreshed, similar
from matching.rarity import TRIPLES
from matching.scoring import SecondLook
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
        today, source = self.catalogue.index.narrowed(settings.crowded_triple), self.catalogue.source
        stood, old = self._names_stood_at(), self.state.catalogue
        reach, crowd = settings.reach(len(source)), self._crowd(self.catalogue, settings)
        is_other = reach != settings.reach(len(old.names)) or crowd != self._crowd(old, settings)
        if is_other or (stood < 0).sum() > _MOST_ASKING * len(stood):
            return nearest(similar(today.without_repeats(self.catalogue.base), reach), source, reach.nearest)
        before = self.state.lists
        place = np.full(len(old.names), -1, dtype=np.int64)
        place[stood[stood >= 0]] = np.flatnonzero(stood >= 0)
        owner, member = place[before.one], place[before.two]
        _, group, size = np.unique(
            before.one * (len(old.sources) + 1) + old.source[before.two], return_inverse=True, return_counts=True
        )
        robbed = np.zeros(len(stood), dtype=bool)
        robbed[owner[(owner >= 0) & (member < 0) & (size[group] >= reach.nearest)]] = True
        left = Links(owner, member, before.cosine).chosen((owner >= 0) & (member >= 0))
        return refreshed(left, today, stood < 0, robbed, reach)

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

    @staticmethod
    def _crowd(catalogue: Catalogue, settings: Blocking) -> bytes:
        """Which triples are passed over because too many titles hold them."""
        held = np.bincount(catalogue.vectors.indices, minlength=TRIPLES)
        return np.flatnonzero(held > settings.crowded_triple).tobytes()

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
        """The second look, which answers what it was asked before from memory; `known` are the pairs' rows then."""
        state = self.state
        passed = ~np.isnan(state.second)
        context_row = np.cumsum(passed) - 1

        def look(rows: Ints, evidence: NDArray[np.float32], context: NDArray[np.float32]) -> Floats:
            then = known[rows]
            same = then >= 0
            same[same] &= passed[then[same]]
            before = state.context[context_row[then[same]]]
            same[same] &= (before.view(np.int32) == context[same].view(np.int32)).all(axis=1)
            found = np.empty(len(rows))
            found[same] = state.second[then[same]]
            found[~same] = weights.second.log_odds(np.hstack([evidence[~same], context[~same]]))
            return found

        return look

    def removed(self, pairs: Ints) -> Ints:
        """Rows of the pairs of before that are no pairs any more."""
        then, count = self.state.pairs, len(self.catalogue.names)
        place = places(self.state.catalogue.name, self.catalogue.name)
        left, right = place[then[:, 0]], place[then[:, 1]]
        stays = is_among(left * count + right, pairs[:, 0] * count + pairs[:, 1])
        return np.flatnonzero((left < 0) | (right < 0) | ~stays)

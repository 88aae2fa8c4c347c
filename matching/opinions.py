"""What matching would make of the records that people have decided about, if nobody had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from matching.corpus import build_corpus
from matching.overrides import Name, Override, Pair
from matching.records import AnimeRecord, coarse_sources
from matching.scoring import score_pairs
from matching.standing import Opinion
from matching.vetoes import held_vetoes
from matching.weights import Weights


def opinions(
    records: Sequence[AnimeRecord],
    decisions: Iterable[Override],
    weights: Weights,
    undecided: Iterable[Sequence[Name]],
) -> dict[Pair, Opinion]:
    """The opinion on each pair of records at hand that a decision names, cross ids included.

    Only these pairs are looked at: other records, which in a full run may fit one of the two better, are not there;
    what a full run would make of the pair is taken from `undecided`. A source itself tells its own records apart.

    Args:
        records: those at hand.
        decisions: whose pairs are meant.
        weights: the learned numbers.
        undecided: the anime that all these records would be if nobody had decided anything.
    """
    by_name = {record.name: record for record in records}
    pairs = sorted({item.pair for item in decisions if item.left != item.right})
    present = [pair for pair in pairs if pair[0] in by_name and pair[1] in by_name]
    anime = {name: at for at, cluster in enumerate(undecided) for name in cluster}
    own = {
        (one, two): Opinion(same=False, score=0.0, same_among_all=False, vetoes=(f"{one[0]} itself lists them as two",))
        for one, two in present
        if one[0] == two[0]
    }
    compared = [pair for pair in present if pair not in own]
    return own | (_compared(by_name, compared, weights, anime, coarse_sources(records)) if compared else {})


def _compared(
    by_name: Mapping[Name, AnimeRecord],
    pairs: list[Pair],
    weights: Weights,
    anime: Mapping[Name, int],
    coarse: frozenset[str],
) -> dict[Pair, Opinion]:
    """The opinion on pairs of records of different sources, given in ascending order."""
    # of the few records that are compared nobody could tell whether a source's days are seasons
    corpus = build_corpus((by_name[name] for name in sorted({name for pair in pairs for name in pair})), coarse)
    place = {record.name: at for at, record in enumerate(corpus.records)}
    rows = np.array([[place[one], place[two]] for one, two in pairs], dtype=np.int64)
    scored = score_pairs(corpus, rows, weights, np.arange(len(rows)))
    verdicts = zip(scored.log_odds.tolist(), scored.probability.tolist(), held_vetoes(scored.vetoes), strict=True)
    return {
        pair: Opinion(
            same=log_odds > weights.accept and not held,
            score=score,
            same_among_all=anime[pair[0]] == anime[pair[1]],
            vetoes=tuple(veto.sentence for veto in held),
        )
        for pair, (log_odds, score, held) in zip(pairs, verdicts, strict=True)
    }

"""Which pairs are worth comparing."""

from datetime import date

import numpy as np

from matching.blocking import LARGE, Blocking, candidate_pairs, unique_pairs
from matching.corpus import build_corpus
from matching.measure import Truth
from matching.weights import load_weights
from tests.matching.worlds import claiming, record, world


def names(records, settings=None):
    """The candidate pairs as (source, id) pairs."""
    corpus = build_corpus(records)
    return {
        tuple(corpus.records[at].name for at in pair)
        for pair in candidate_pairs(corpus, load_weights().rarity, settings).tolist()
    }


def test_nothing_is_compared_within_a_source_or_without_records():
    """Records of one source are never candidates."""
    assert names([]) == set()
    assert names([record("a", "1", "Hana no Yuki"), record("a", "2", "Hana no Yuki")]) == set()


def test_equal_similar_and_simultaneous_records_are_candidates():
    """Each of the three ways leads to a pair."""
    spelt = record("a", "1", "Hana no Yukigesho", start_date=date(2001, 1, 1))
    respelt = record("b", "1", "Hanano Yukigeshou", start_date=date(2001, 4, 1))
    other = record("b", "2", "Entirely Unlike", start_date=date(2001, 1, 1))
    assert names([spelt, respelt]) == {(spelt.name, respelt.name)}
    assert names([spelt, other]) == {(spelt.name, other.name)}


def test_a_claim_makes_a_candidate_whatever_the_titles():
    """A cross id is looked at, even if nothing else fits."""
    one, two = record("a", "1", "Hana", episodes=1), record("b", "1", "Kaze", start_date=date(1980, 5, 5))
    assert names([one, two]) == set()
    assert names([claiming(one, two), two]) == {(one.name, two.name)}


def test_similar_names_decades_apart_are_no_candidates_but_equal_names_are():
    """An equal name is worth an explanation."""
    old = {"start_date": date(1980, 5, 5), "start_year": 1980}
    assert names([record("a", "1", "Yukigesho no Hana"), record("b", "1", "Yukigesho no Hane", **old)]) == set()
    assert len(names([record("a", "1", "Yukigesho"), record("b", "1", "Yukigesho", **old)])) == 1


def test_a_crowded_name_leads_to_no_pairs():
    """A name that very many records carry would give quadratically many pairs."""
    records = [record(source, str(n), "Ad", episodes=n + 1) for source in "ab" for n in range(5)]
    assert len(names(records, Blocking(crowded=10))) == 25
    assert len(names(records, Blocking(crowded=9, nearest=2))) < 25


def test_an_invented_world_is_found_almost_completely():
    """Recall of the candidates on three sources with other spellings."""
    records, works = world(300)
    found = names(records)
    known = Truth(works).pairs()
    assert sum(pair in found for pair in known) >= 0.995 * len(known)


def test_pairs_are_brought_to_one_order():
    """The smaller position first, each pair once, ascending."""
    assert unique_pairs(np.array([[3, 1], [1, 3], [0, 2]])).tolist() == [[0, 2], [1, 3]]


def test_large_catalogues_are_searched_for_the_most_similar_names_only():
    """Never further than asked for, and from one number of records on."""
    assert Blocking().reach(LARGE).nearest > Blocking().reach(LARGE + 1).nearest
    assert Blocking(cosine=0.5, nearest=1).reach(LARGE + 1) == Blocking(cosine=0.5, nearest=1).reach(1)

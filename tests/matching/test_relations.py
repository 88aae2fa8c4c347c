"""What sources say of their own records (sequel, side story) as evidence about records of other sources."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.digests import name_digests
from matching.match import match
from matching.relations import (
    ABSENT,
    BETTER_RELATIVE,
    OTHER_SIDE,
    SAME_SIDE,
    Candidates,
    relation_evidence,
    relations_of,
)
from matching.state import empty_state
from matching.update import diff, rematch
from matching.weights import load_weights
from tests.matching.worlds import claiming, record

#: no dates but a year, no episodes: titles are nearly all there is
BARE = {"start_date": None, "start_date_precision": None, "episodes": None}
ORIGINAL = record("anilist", "1", "Yukigesho no Hana", **BARE)
SEQUEL = record("anilist", "2", "Yukigesho no Hana: Kooru Machi", **BARE)
OTHER = record("kitsu", "9", "Yukigesho no Hana Kooru Machi", **BARE)


def told(records, one, two):
    """What is told of one pair, by the names of its records, the smaller first."""
    pairs = match(records).pairs
    sides = ("left_source", "left_source_id", "right_source", "right_source_id")
    rows = list(zip(*(pairs[side] for side in sides), strict=True))
    at = rows.index((*one.name, *two.name))
    return {name: values[at] for name, values in pairs.items()}


def judged(records, known, row):
    """Code and witness of a row of `known`, which maps pairs of positions to log-odds and likeness of titles."""
    pairs = np.array(sorted(known), dtype=np.int64)
    odds, titles = np.array([known[tuple(pair)] for pair in pairs.tolist()]).T
    relatives = relations_of(records).relatives(name_digests(one.name for one in records))
    at = np.flatnonzero((pairs == row).all(axis=1))
    code, witness = relation_evidence(relatives, Candidates(pairs, odds, titles, len(records)), at)
    return int(code[0]), int(witness[0])


@pytest.mark.parametrize("listed", [("SEQUEL", "2"), ("ALTERNATIVE", "2"), ("CHARACTER", "2")])
def test_a_relative_that_fits_better_speaks_against(listed):
    """Whatever the relation: it says that the two are two works. Each of the two may be the one to tell."""
    alone = told([ORIGINAL, SEQUEL, OTHER], ORIGINAL, OTHER)
    for records in (
        [replace(ORIGINAL, related=(listed,)), SEQUEL, OTHER],
        [ORIGINAL, replace(SEQUEL, related=((listed[0], "1"),)), OTHER],
    ):
        found = told(records, ORIGINAL, OTHER)
        assert (alone["relation"], alone["relative"]) == ("absent", None)
        assert (found["relation"], found["relative"]) == ("better_relative", "anilist 2")
        assert found["score"] < alone["score"]
        assert "anilist 2 fits better" in found["reason"]


def test_a_relative_takes_nothing_from_the_pair_that_it_fits():
    """The sequel and its counterpart are what they are without the relation."""
    records = [replace(ORIGINAL, related=(("SEQUEL", "2"),)), SEQUEL, OTHER]
    assert told(records, SEQUEL, OTHER)["score"] == told([ORIGINAL, SEQUEL, OTHER], SEQUEL, OTHER)["score"]


def test_a_wrong_relation_says_nothing():
    """A relative that has nothing to do with the other record, one that is not at hand, and the record itself."""
    stranger = record("anilist", "3", "Kaze Tachinu", **BARE)
    records = [ORIGINAL, SEQUEL, stranger, OTHER]
    before = told(records, ORIGINAL, OTHER)
    for ident in ("3", "77", "1"):
        wrong = replace(ORIGINAL, related=(("SEQUEL", ident),))
        assert told([wrong, *records[1:]], ORIGINAL, OTHER) == before


def test_an_equal_title_or_a_cross_id_outweighs_the_relative():
    """The relation yields: the relative must fit better in titles too, and an id counts for more than a title."""
    kin = [replace(ORIGINAL, related=(("SEQUEL", "2"),)), SEQUEL]
    assert told([*kin, OTHER], ORIGINAL, OTHER)["relation"] == "better_relative"
    named = claiming(OTHER, ORIGINAL)
    assert told([*kin, named], ORIGINAL, named)["relation"] == "absent"
    records, known = [*kin, OTHER], {(0, 2): (0.0, 1.0), (1, 2): (5.0, 1.0)}
    assert judged(records, known, (0, 2)) == (ABSENT, -1)
    assert judged(records, known | {(1, 2): (5.0, 1.01)}, (0, 2)) == (BETTER_RELATIVE, 1)
    assert judged(records, known | {(0, 2): (5.0, 1.0), (1, 2): (5.0, 1.01)}, (0, 2)) == (ABSENT, -1)


def kin(kind_here, kind_there, more=()):
    """Two records of each of two sources, the first of each with a relation of that kind to the second."""
    return [
        record("a", "1", related=((kind_here, "2"),)),
        record("a", "2"),
        record("b", "1", related=((kind_there, "2"),)),
        record("b", "2"),
        *more,
    ]


SURE = {(0, 2): (0.0, 0.5), (1, 3): (3.0, 0.9)}


@pytest.mark.parametrize("kind", ["SEQUEL", "PREQUEL", "SIDE_STORY", "PARENT"])
def test_two_that_are_alone_on_the_same_side_of_one_work_support_each_other(kind):
    """Only where the work in between is clearly one, and only where the kind of the relation places them."""
    assert judged(kin(kind, kind), SURE, (0, 2)) == (SAME_SIDE, 1)
    assert judged(kin(kind, kind), SURE | {(1, 3): (2.9, 0.9)}, (0, 2)) == (ABSENT, -1)
    assert judged(kin("OTHER", "OTHER"), SURE, (0, 2)) == (ABSENT, -1)


def test_one_of_many_side_stories_supports_nothing():
    """Which of them the other source means is open."""
    second = record("b", "3", related=(("PARENT", "2"),))
    assert judged(kin("PARENT", "PARENT", [second]), SURE, (0, 2)) == (ABSENT, -1)


@pytest.mark.parametrize(("here", "there"), [("SEQUEL", "PREQUEL"), ("SIDE_STORY", "FULL_STORY")])
def test_two_on_different_sides_of_one_work_are_not_one(here, there):
    """What comes before a work does not come after it."""
    assert judged(kin(here, there), SURE, (0, 2)) == (OTHER_SIDE, 1)
    assert judged(kin(there, here), SURE, (0, 2)) == (OTHER_SIDE, 1)


def test_a_changed_relation_reaches_the_verdicts_on_its_relatives():
    """An update after nothing but a relation came, or went, tells what a full run tells; also of pairs of others."""
    second = record("kitsu", "8", "Yukigesho no Hana", start_date=date(2016, 1, 6))
    without = [ORIGINAL, SEQUEL, OTHER, second]
    related = [replace(ORIGINAL, related=(("SEQUEL", "2"),)), SEQUEL, OTHER, second]
    weights = load_weights()
    update, state = rematch(empty_state(weights.rule_version), without, weights=weights)
    for records in (related, without, related[1:], related):
        update, state = rematch(state, *diff(state, records), weights=weights)
        assert sorted(update.everything["score"]) == sorted(match(records).pairs["score"])
    rows = zip(update.pairs["left_source_id"], update.pairs["right_source_id"], update.pairs["relation"], strict=True)
    assert ("1", "9", "better_relative") in set(rows)

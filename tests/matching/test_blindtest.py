"""Weights judged by the ids that records name."""

from dataclasses import replace

from matching.blindtest import measure_without_ids, works_of_claims
from matching.weights import load_weights
from tests.matching.worlds import claiming, record, world


def test_claims_make_up_works():
    """Over a third source as well, and whoever makes the claim."""
    one, two, three = record("anilist", "1"), record("kitsu", "2"), record("myanimelist", "3")
    works = works_of_claims([claiming(one, three), claiming(two, one), three])
    assert works == [{"anilist": "1", "kitsu": "2", "myanimelist": "3"}]


def test_a_claim_on_a_record_that_is_not_there_says_nothing():
    """Nor does one on a record of the same source."""
    one, two = record("anilist", "1"), record("kitsu", "2")
    assert works_of_claims([claiming(one, two)]) == []
    assert works_of_claims([claiming(one, record("anilist", "2")), record("anilist", "2")]) == []


def test_two_records_that_name_one_counterpart_count_for_neither():
    """One of them is wrong, and nobody knows which."""
    first, second, other = record("anilist", "1"), record("anilist", "2"), record("myanimelist", "3")
    assert works_of_claims([claiming(first, other), claiming(second, other), other]) == []


def test_a_chain_that_leads_back_to_its_source_counts_for_nothing():
    """Two records of one source are never one work."""
    first, second = record("anilist", "1"), record("anilist", "2")
    two, three = record("kitsu", "2"), record("myanimelist", "3")
    chain = [claiming(first, three), three, claiming(two, second), second]
    assert len(works_of_claims(chain)) == 2
    assert (
        works_of_claims([replace(two, claimed=(second.name, three.name)), claiming(first, three), second, three]) == []
    )


def test_weights_are_judged_without_the_ids_that_they_are_judged_by():
    """Claims that are all wrong lower the figures instead of deciding what is matched."""
    records, works = world(60, seed=3)
    of = {name: work for work in works for name in work.items()}
    target = {one.name: of[one.name].get("myanimelist") for one in records if one.source == "anilist"}
    true = [
        replace(one, claimed=(("myanimelist", target[one.name]),)) if target.get(one.name) else one for one in records
    ]
    weights = load_weights()
    judged = measure_without_ids(true, weights)
    assert judged.right + judged.missed == sum(map(bool, target.values()))
    assert judged.f1 > 0.95
    named = [target[one.name] for one in true if one.claimed]
    turned = dict(zip(named, [*named[1:], *named[:1]], strict=True))
    false = [
        replace(one, claimed=(("myanimelist", turned[one.claimed[0][1]]),)) if one.claimed else one for one in true
    ]
    assert measure_without_ids(false, weights).f1 < 0.2

"""Which records are one anime."""

import random
from dataclasses import replace
from datetime import date

import pytest

from matching.errors import RecordError
from matching.match import compare, match
from matching.measure import Truth
from matching.overrides import Override
from matching.report import PAIR_COLUMNS
from tests.matching.worlds import claiming, record, world


def row(result, one, other):
    """The pair of two records as a mapping."""
    for at in range(len(result.pairs["score"])):
        left = (result.pairs["left_source"][at], result.pairs["left_source_id"][at])
        right = (result.pairs["right_source"][at], result.pairs["right_source_id"][at])
        if {left, right} == {one.name, other.name}:
            return {name: values[at] for name, values in result.pairs.items()}
    raise AssertionError("the pair was not compared")


HANA = record("anilist", "1", "Yukigesho no Hana", episodes=25)
HANA_K = record("kitsu", "7", "Yukigeshou no Hana", episodes=25, slug="yukigeshou-no-hana")
HANA_2 = record("kitsu", "8", "Yukigeshou no Hana 2nd Season", start_date=date(2015, 7, 4), start_year=2015)
KAZE = record("myanimelist", "3", "Kaze Tachinu Machi", start_date=date(2003, 4, 4), start_year=2003, episodes=51)


def test_no_records_make_no_anime():
    """Every column is there, and empty."""
    result = match([])
    assert (result.clusters, result.confidence, result.method) == ([], {}, {})
    assert list(result.pairs) == list(PAIR_COLUMNS)
    assert not any(result.pairs.values())


def test_one_source_and_records_without_titles_stay_alone():
    """Nothing is compared within a source, and nothing can be said about a record without titles."""
    assert match([HANA_K, HANA_2]).clusters == [(HANA_K.name,), (HANA_2.name,)]
    nameless = [record("anilist", "1"), record("kitsu", "1", episodes=3)]
    assert len(match(nameless).clusters) == 2


def test_the_same_record_twice_is_refused():
    """The caller's mistake, by name."""
    with pytest.raises(RecordError):
        match([HANA, HANA])


def test_a_series_and_not_its_sequel_is_found():
    """The first season matches the first season; the reason says what decided."""
    result = match([HANA, HANA_K, HANA_2, KAZE])
    assert result.clusters == [(HANA.name, HANA_K.name), (HANA_2.name,), (KAZE.name,)]
    assert result.method[HANA.name] == "title_and_date"
    assert result.method[KAZE.name] == "single"
    assert result.confidence[HANA.name] > 0.9
    found = row(result, HANA, HANA_K)
    assert found["decision"] == "match"
    assert "Yukigesho" in found["reason"]
    assert found["rule_version"] == result.rule_version


def test_a_likely_pair_that_a_third_record_keeps_apart_says_so():
    """Each of the two has a nearer counterpart of its own in a third source, and these are two."""
    later = {"start_date": date(2014, 2, 6), "episodes": 24}
    one, other = replace(HANA, titles=HANA_K.titles), replace(HANA_K, slug=None, **later)
    third = [replace(one, source="myanimelist", source_id="3"), replace(other, source="myanimelist", source_id="4")]
    result = match([one, other, *third])
    assert result.clusters == [(one.name, third[0].name), (other.name, third[1].name)]
    found = row(result, one, other)
    assert found["score"] > 0.9
    assert found["reason"].startswith("Not one anime: myanimelist 3 is the same as only one of the two; here both are")


def test_a_record_that_stands_alone_is_sure_of_that_as_far_as_no_pair_is_likely():
    """One minus the score of its likeliest pair; 1 where it was never compared."""
    result = match([HANA, replace(HANA_K, episodes=1, format="OVA"), KAZE])
    score = row(result, HANA, HANA_K)["score"]
    assert [len(cluster) for cluster in result.clusters] == [1, 1, 1]
    assert 0 < score < 0.4
    assert result.confidence[HANA.name] == result.confidence[HANA_K.name] == round(1 - score, 6)
    assert result.confidence[KAZE.name] == 1.0


def test_equal_ids_are_no_evidence():
    """A record that happens to carry the same number elsewhere gains nothing by it."""
    records, _ = world(60, seed=3)
    numbers = {one.name: str(at) for at, one in enumerate(sorted(records, key=lambda one: one.name))}
    renamed = [replace(one, source_id=numbers[one.name]) for one in records]
    assert len(match(records).clusters) == len(match(renamed).clusters)
    assert len(match([record("a", "7", "Hana no Umi"), record("b", "7", "Kaze Tachinu", episodes=3)]).clusters) == 2


def test_the_order_of_the_input_changes_nothing():
    """Bit for bit."""
    records, _ = world(80, seed=5)
    shuffled = random.Random(2).sample(records, len(records))
    assert match(shuffled) == match(records)


def test_an_invented_world_is_matched_rightly():
    """Three sources with other spellings and sequels: nearly everything found, nearly nothing wrong."""
    records, works = world(250, seed=11)
    result = match(records)
    figures = Truth(works).measure(result.clusters)
    assert figures.f1 > 0.97
    assert figures.wrong <= 5
    for cluster in result.clusters:
        assert len({source for source, _ in cluster}) == len(cluster)
    assert sorted(name for cluster in result.clusters for name in cluster) == sorted(one.name for one in records)


def test_a_cross_id_helps_where_the_rest_fits_and_is_not_obeyed_where_it_does_not():
    """A translated title with the same start is believed; another work is not, whoever claims it."""
    translated = record("myanimelist", "9", "Blossoms under Fresh Snow", episodes=None)
    assert len(match([HANA, translated]).clusters) == 2
    result = match([claiming(HANA, translated), translated])
    assert result.method[HANA.name] == "cross_id"
    assert row(result, HANA, translated)["cross_id"] == "agrees"
    mistaken = match([claiming(HANA, KAZE), KAZE])
    assert len(mistaken.clusters) == 2
    assert row(mistaken, HANA, KAZE)["decision"] != "match"


def test_people_outrank_vetoes_scores_and_cross_ids():
    """Same joins what nothing else would join, different parts what everything joins."""
    kaze = claiming(KAZE, HANA)
    decided = [Override(HANA.name, KAZE.name, True, "read both", "ana"), Override(HANA_K.name, HANA.name, False)]
    result = match([HANA, HANA_K, kaze], decided)
    assert result.clusters == [(HANA.name, kaze.name), (HANA_K.name,)]
    assert (result.method[HANA.name], result.confidence[HANA.name]) == ("override", 1.0)
    assert row(result, HANA, kaze)["reason"] == "One anime, decided by ana: read both."
    assert row(result, HANA, HANA_K)["decision"] == "no_match"


def test_a_decision_that_reaches_a_pair_through_other_records_can_be_followed():
    """The lines are named from the one record to the other, also where they lead through a record not at hand."""
    gone = ("kitsu", "404")
    lines = [
        Override(HANA.name, gone, True, file="own.csv", line=2, order=2),
        Override(HANA_K.name, ("anilist", "9"), False, file="own.csv", line=3, order=3),
        Override(KAZE.name, gone, True, file="own.csv", line=4, order=4),
        Override(HANA_K.name, HANA.name, False, file="seeds.csv", line=7, order=1),
    ]
    result = match([HANA, HANA_K, KAZE], lines)
    joined = "One anime: it follows from what people decided about other records (own.csv:2 and own.csv:4)."
    assert row(result, HANA, KAZE)["reason"] == joined
    parted = "(seeds.csv:7 and own.csv:2 and own.csv:4)."
    assert row(result, HANA_K, KAZE)["reason"].endswith(parted)


def test_records_of_one_source_are_no_pair_whatever_was_decided():
    """Not those that a line says differ, nor those of which it follows."""
    lines = [
        Override(HANA_K.name, HANA_2.name, False, order=1),
        Override(HANA.name, HANA_K.name, True, order=2),
        Override(HANA.name, ("kitsu", "9"), False, order=3),
    ]
    third = replace(HANA_2, source_id="9")
    result = match([HANA, HANA_K, HANA_2, third], lines)
    assert result.clusters == [(HANA.name, HANA_K.name), (HANA_2.name,), (third.name,)]
    assert set(zip(result.pairs["left_source"], result.pairs["right_source"], strict=True)) == {("anilist", "kitsu")}
    assert row(result, HANA, third)["decision"] == "no_match"


def test_decisions_end_and_grow_stale():
    """After its last day a decision has no effect; about absent records it is reported."""
    ended = Override(HANA.name, HANA_K.name, False, until=date(2026, 1, 1))
    assert len(match([HANA, HANA_K], [ended], on=date(2026, 1, 2)).clusters) == 1
    assert len(match([HANA, HANA_K], [ended], on=date(2026, 1, 1)).clusters) == 2
    stale = Override(HANA.name, ("kitsu", "404"), True)
    assert match([HANA], [stale]).stale_overrides == (stale,)


def test_of_contradictory_decisions_the_newer_holds():
    """The later line of one day; nothing stops."""
    same, different = Override(HANA.name, HANA_K.name, True), Override(HANA_K.name, HANA.name, False)
    assert len(match([HANA, HANA_K], [replace(same, order=1), replace(different, order=2)]).clusters) == 2
    assert len(match([HANA, HANA_K], [replace(same, order=2), replace(different, order=1)]).clusters) == 1


def test_any_two_records_can_be_compared():
    """Also such as no run would compare, and two of one source."""
    assert compare(HANA, HANA_K)["decision"] == "match"
    assert compare(HANA, KAZE)["decision"] == "no_match"
    assert "itself lists them as two" in str(compare(HANA_K, HANA_2)["reason"])
    assert set(compare(HANA, KAZE)) == set(PAIR_COLUMNS)


def test_pairs_are_plain_columns_of_one_length_in_a_fixed_order():
    """Ready to become a table."""
    records, _ = world(60, seed=7)
    pairs = match(records).pairs
    assert len({len(values) for values in pairs.values()}) == 1
    keys = list(zip(*(pairs[name] for name in list(PAIR_COLUMNS)[:4]), strict=True))
    assert keys == sorted(set(keys))
    assert set(pairs["decision"]) <= {"match", "review", "no_match"}
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in pairs["score"])
    assert all(reason.endswith(".") for reason in pairs["reason"])

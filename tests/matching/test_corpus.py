"""Records as columns."""

import numpy as np

from matching.corpus import MISSING, build_corpus
from matching.titletable import SLUG, TRANSLITERATED
from tests.matching.worlds import record


def test_no_records_and_records_without_titles_are_fine():
    """Empty in, empty out; a record without titles has no title rows."""
    assert not build_corpus([]).titles.text
    corpus = build_corpus(
        [record(), record("kitsu", "1", episodes=None, format=None, start_date=None, start_year=None)]
    )
    assert corpus.first.tolist() == [0, 0, 0]
    assert corpus.episodes.tolist() == [12, MISSING]
    assert corpus.low[1] == MISSING


def test_titles_that_say_the_same_stand_once():
    """Spelling variants of one title of one record are one row, its slug apart."""
    corpus = build_corpus([record("kitsu", "1", "Kyou no Hana", "KYO NO HANA", slug="kyou-no-hana")])
    assert corpus.titles.text == ["Kyou no Hana", "kyou no hana"]
    assert corpus.titles.kind.tolist()[1] == SLUG


def test_kana_titles_are_also_written_out():
    """A title in kana can be compared with a romanised one."""
    corpus = build_corpus([record("myanimelist", "1", "カタナ")])
    assert corpus.titles.base == ["カタナ", "katana"]
    assert corpus.titles.kind.tolist()[1] == TRANSLITERATED


def test_equal_keys_mean_equal_name_and_place_in_the_series():
    """However the season is written, the key is the same; another season has another key and the same base."""
    titles = build_corpus(
        [record("a", "1", "Hana 2"), record("b", "1", "Hana Season II"), record("c", "1", "Hana 3")]
    ).titles
    assert titles.key[0] == titles.key[1] != titles.key[2]
    assert len(set(titles.base_id.tolist())) == 1


def test_a_name_counts_how_many_records_of_its_source_carry_it():
    """Names shared by two works of a source are weaker evidence."""
    corpus = build_corpus([record("a", "1", "Hana"), record("a", "2", "Hana"), record("b", "1", "Hana")])
    assert corpus.titles.shared.tolist() == [2, 2, 1]


def test_the_order_of_the_input_changes_nothing():
    """Records are sorted by source and id."""
    records = [record("b", "2", "Hana"), record("a", "1", "Yuki"), record("b", "1", "Aki")]
    one, other = build_corpus(records), build_corpus(records[::-1])
    assert one.records == other.records
    assert np.array_equal(one.titles.key, other.titles.key)


def test_two_corpora_beside_each_other_are_told_of_as_one():
    """Records and titles of the one, then of the other, each title with its own record."""
    one = build_corpus([record("anilist", "1", "Hana"), record("anilist", "2", "Yuki", "Setsu", episodes=3)])
    two = build_corpus([record("kitsu", "1"), record("kitsu", "9", "Kaze 2nd Season")])
    both = one.beside(two)
    assert [entry.source_id for entry in both.records] == ["1", "2", "1", "9"]
    assert (both.first.tolist(), both.episodes.tolist()) == ([0, 1, 3, 3, 4], [12, 3, 12, 12])
    assert both.titles.text == ["Hana", "Yuki", "Setsu", "Kaze 2nd Season"]
    assert both.titles.record.tolist() == [0, 1, 1, 3]
    assert both.titles.season.tolist() == [0, 0, 0, 2]
    assert both.titles.words.shape[0] == 4

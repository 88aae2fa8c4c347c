"""What matching would say of decided pairs is what it says when it compares the two alone."""

from datetime import date

from matching.match import compare
from matching.opinions import opinions
from matching.overrides import Override
from matching.records import AnimeRecord
from matching.weights import load_weights


def record(source, number, title, start, **facts):
    """A series of twelve episodes."""
    return AnimeRecord(source, number, (title,), format="TV", episodes=12, start_date=start, **facts)


RECORDS = [
    record("anilist", "1", "Kaze no Oto", date(2001, 4, 3)),
    record("anilist", "2", "Kaze no Oto 2nd Season", date(2003, 4, 3)),
    record("kitsu", "1", "Kaze no Oto", date(2001, 4, 3)),
    record("kitsu", "3", "Yoru no Umi", date(2015, 7, 1)),
]
PAIRS = [
    (("anilist", "1"), ("kitsu", "1")),
    (("anilist", "2"), ("kitsu", "1")),
    (("anilist", "1"), ("kitsu", "3")),
]
#: every record an anime of its own
APART = [(one.name,) for one in RECORDS]


def decided(pairs):
    """A decision about each of these pairs, the records in either order."""
    return [Override(*(pair if number % 2 else pair[::-1]), same=True) for number, pair in enumerate(pairs)]


def test_an_opinion_is_that_of_the_two_records_alone():
    """Verdict, score and vetoes are those of a comparison without anybody else."""
    weights = load_weights()
    by_name = {one.name: one for one in RECORDS}
    for pair in PAIRS:
        ((found, opinion),) = opinions(RECORDS, decided([pair]), weights, APART).items()
        row = compare(by_name[pair[0]], by_name[pair[1]], weights)
        assert found == pair
        assert opinion.same == (row["decision"] == "match")
        assert opinion.score == row["score"]
        assert len(opinion.vetoes) == len(row["vetoes"])


def test_twins_are_told_from_strangers_in_one_go():
    """Each pair has its own opinion, and a pair that is decided twice has one."""
    found = opinions(RECORDS, decided([*PAIRS, PAIRS[0]]), load_weights(), APART)
    assert {pair: opinion.same for pair, opinion in found.items()} == dict(
        zip(PAIRS, (True, False, False), strict=True)
    )
    assert "they began more than five years apart" in found[PAIRS[2]].vetoes


def test_days_that_mean_seasons_do_so_for_two_records_as_for_all():
    """Kitsu states the first day of a season throughout: an opinion on two records knows it from the others."""
    by_season = [
        record("kitsu", str(100 + year), f"Tane {year}", date(year, 4, 1), start_date_precision="day")
        for year in range(1990, 2015)
    ]
    ours = record("anilist", "9", "Umi no Hana", date(2013, 6, 20), start_date_precision="day")
    theirs = record("kitsu", "9", "Umi no Hana", date(2013, 4, 1), start_date_precision="day")
    told, alone = (
        opinions(
            records, [Override(ours.name, theirs.name, same=True)], load_weights(), [(one.name,) for one in records]
        )
        for records in ([*by_season, ours, theirs], [ours, theirs])
    )
    pair = (ours.name, theirs.name)
    assert told[pair].same
    assert told[pair].score > alone[pair].score


def test_records_of_one_source_differ_and_absent_ones_have_no_opinion():
    """Nothing is compared there."""
    own, absent = (("anilist", "1"), ("anilist", "2")), (("anilist", "1"), ("kitsu", "404"))
    found = opinions(RECORDS, decided([own, absent]), load_weights(), APART)
    assert list(found) == [own]
    assert (found[own].same, found[own].vetoes) == (False, ("anilist itself lists them as two",))
    assert opinions([], decided(PAIRS), load_weights(), ()) == {}


def test_what_all_records_make_of_a_pair_is_part_of_the_opinion():
    """The two alone look like one; beside the others each went elsewhere, or the other way round."""
    pair = PAIRS[0]
    (apart,) = opinions(RECORDS, decided([pair]), load_weights(), APART).values()
    (together,) = opinions(RECORDS, decided([pair]), load_weights(), [pair, *APART[1:2], *APART[3:]]).values()
    assert (apart.same, apart.same_among_all) == (True, False)
    assert (together.same, together.same_among_all) == (True, True)

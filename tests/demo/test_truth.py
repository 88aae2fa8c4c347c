"""The truth about identity."""

from demo.truth import COLUMNS, truth_rows
from demo.world import World


def test_every_recorded_record_stands_in_the_truth_once(small_world: World) -> None:
    """The ids of a column are exactly the recorded ids of that source, each once."""
    rows = truth_rows(small_world)
    for place, column in enumerate(COLUMNS):
        source = small_world.sources[column.removesuffix("_id")]
        ids = [row[place] for row in rows if row[place]]
        assert sorted(map(int, ids)) == sorted(source.ids[source.catalogued].tolist())


def test_a_row_is_one_true_anime(small_world: World) -> None:
    """The ids of a row belong to the same anime."""
    owners = [
        {str(number): row for row, number in enumerate(small_world.sources[column.removesuffix("_id")].ids) if number}
        for column in COLUMNS
    ]
    for row in truth_rows(small_world):
        assert len({owner[number] for owner, number in zip(owners, row, strict=True) if number}) == 1


def test_the_sources_overlap_and_each_has_anime_of_its_own(default_world: World) -> None:
    """A third of the rows or more name all three sources; each source has 50 or more to itself."""
    rows = truth_rows(default_world)
    assert sum(all(row) for row in rows) > len(rows) / 3
    for place in range(3):
        alone = [row for row in rows if row[place] and not any(row[:place] + row[place + 1 :])]
        assert len(alone) >= 50


def test_an_exact_title_is_not_enough(default_world: World) -> None:
    """Some true pairs share no title letter for letter, but most do: matching is hard and fair."""
    anilist, myanimelist = default_world.sources["anilist"], default_world.sources["myanimelist"]
    shared = []
    for row in range(len(default_world.catalogue)):
        if anilist.catalogued[row] and myanimelist.catalogued[row]:
            sides = []
            for source in (anilist, myanimelist):
                titles = {
                    source.title(row).romaji,
                    source.english(row),
                    source.native(row),
                    *source.synonyms(row),
                }
                sides.append({title.lower() for title in titles if title})
            shared.append(bool(sides[0] & sides[1]))
    assert 0.85 < sum(shared) / len(shared) < 0.97

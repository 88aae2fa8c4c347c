"""The true anime."""

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.anime import make_catalogue

MIRROR = {
    "prequel": {"sequel"},
    "sequel": {"prequel"},
    "parent": {"side_story", "spin_off"},
    "side_story": {"parent"},
    "spin_off": {"parent"},
    "full_story": {"summary"},
    "summary": {"full_story"},
    "alternative": {"alternative"},
}


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 200))
def test_relations_point_both_ways_within_the_franchise(seed: int, count: int) -> None:
    """What is a sequel of something has it as its prequel, and so for every other relation."""
    catalogue = make_catalogue(seed, count)
    assert len(catalogue) == count
    for anime in catalogue.anime:
        for other, relation in anime.relations:
            there = catalogue.anime[other]
            assert there.franchise == anime.franchise
            (back,) = (kind for row, kind in there.relations if row == anime.row)
            assert back in MIRROR[relation]


def test_the_catalogue_is_a_function_of_seed_and_count() -> None:
    """Twice the same is the same, another seed is another world."""
    assert make_catalogue(3, 300).anime == make_catalogue(3, 300).anime
    assert make_catalogue(3, 300).anime != make_catalogue(4, 300).anime


def test_a_few_unrelated_franchises_share_a_name() -> None:
    """About one franchise in 170 is a namesake of another, and no more."""
    catalogue = make_catalogue(1, 8_000)
    names: dict[str, set[int]] = {}
    for anime in catalogue.anime:
        names.setdefault(anime.base.romaji, set()).add(anime.franchise)
    shared = sum(len(owners) > 1 for owners in names.values())
    assert 0.002 < shared / catalogue.plan.franchises < 0.012


def test_a_second_season_is_named_after_the_first() -> None:
    """Every season's official title holds the franchise's name; a part adds to the title of its season."""
    catalogue = make_catalogue(5, 2_000)
    for anime in catalogue.anime:
        title = anime.title(anime.style, anime.part_style)
        assert anime.base.romaji in title.romaji
        if anime.role == "part":
            season = catalogue.anime[int(catalogue.plan.predecessor[anime.row])]
            assert season.title(season.style, 0).romaji.split(" Part")[0] in title.romaji


def test_a_synopsis_is_three_sentences() -> None:
    """Every anime has a story of three sentences with every blank filled in."""
    for anime in make_catalogue(5, 200).anime:
        assert anime.synopsis.count(".") >= 2
        assert "{" not in anime.synopsis

"""The most similar names of each record, asked for anew or kept up to date."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.nearest import Links, NameIndex, Reach, name_vectors, nearest, ranks, refreshed, similar
from matching.weights import load_weights

REACH = Reach(cosine=0.25, days_apart=700, nearest=2)
WORDS = ("yukigesho", "zankyouka", "fubukimaru", "hoshikuzu", "mizukagami")


def index_of(names, seed=1):
    """One title for each of the names of records of three sources, whose starts lie up to five years apart."""
    random_ = random.Random(seed)
    day = np.array([random_.choice([-1, 0, 400, 900, 1800]) for _ in names], dtype=np.int64)
    low = np.where(day < 0, -1, 730_000 + day)
    high = np.where(day < 0, -1, low + np.array([random_.choice([0, 89, 365]) for _ in names]))
    source = np.sort(np.array([random_.randint(0, 2) for _ in names], dtype=np.int64))
    vectors = name_vectors(names, load_weights().rarity, 11)
    return NameIndex(vectors, np.arange(len(names)), source, low, high)


def as_rows(links):
    """The links as comparable tuples."""
    return list(zip(links.one.tolist(), links.two.tolist(), links.cosine.tolist(), strict=True))


def test_ranks_count_from_the_best_and_break_ties_by_the_given_order():
    """0 is the best of its group."""
    found = ranks(np.array([7, 7, 7, 8]), np.array([5, 2, 1, 0]), np.array([0.5, 0.9, 0.5, 0.1]))
    assert found.tolist() == [2, 0, 1, 0]


def test_similar_names_are_found_from_both_sides_within_the_time_given():
    """Not within a source, not when they began too long apart, but when a start is unknown."""
    names = ["yukigeshonohana"] * 4
    vectors = name_vectors(names, load_weights().rarity, 11)
    low = np.array([730_000, 730_000, 735_000, -1])
    index = NameIndex(vectors, np.arange(4), np.array([0, 1, 1, 1]), low, low)
    links = similar(index, REACH)
    assert sorted(zip(links.one.tolist(), links.two.tolist(), strict=True)) == [(0, 1), (0, 3), (1, 0), (3, 0)]
    assert links.cosine.min() > 0.9
    assert len(similar(index, REACH, np.zeros(4, dtype=bool)).one) == 0


def test_triples_that_too_many_titles_hold_lead_nowhere():
    """What everyone carries tells nobody apart; the bound is on the titles at hand."""
    index = index_of(["yukigeshonohana"] * 20)
    assert index.narrowed(20).vectors.nnz == index.vectors.nnz
    assert index.narrowed(19).vectors.nnz == 0


def test_a_search_in_windows_of_time_finds_what_a_search_without_finds():
    """Many names, as few of them at once as a large catalogue would have within reach."""
    random_ = random.Random(4)
    names = ["".join(random_.choices(WORDS, k=2)) + random_.choice("abcdefgh") * 2 for _ in range(12_000)]
    low = np.array([random_.choice([-1, *range(720_000, 740_000, 50)]) for _ in names], dtype=np.int64)
    source = np.array([at // 6000 for at in range(len(names))], dtype=np.int64)
    vectors = name_vectors([name + str(at % 300) for at, name in enumerate(names)], load_weights().rarity, 11)
    index = NameIndex(vectors, np.arange(len(names)), source, low, np.where(low < 0, -1, low + 20))
    reach = Reach(cosine=0.6, days_apart=400, nearest=3)
    everyone = similar(index, reach)
    asking = np.zeros(len(names), dtype=bool)
    asking[:1500] = True
    some = similar(index, reach, asking)
    assert len(some.one) > 100
    assert sorted(as_rows(everyone.chosen(asking[everyone.one]))) == sorted(as_rows(some))


@settings(max_examples=40, derandomize=True)
@given(st.integers(0, 10**6))
def test_lists_kept_up_to_date_are_the_lists_made_anew(seed):
    """Whoever comes, goes or is renamed; lists are short, so that they are full and members push each other out."""
    random_ = random.Random(seed)
    names = ["".join(random_.choices(WORDS, k=random_.randint(1, 3))) for _ in range(random_.randint(1, 25))]
    before = index_of(names, seed)
    lists = nearest(similar(before, REACH), before.source, REACH.nearest)
    gone = {at for at in range(len(names)) if random_.random() < 0.15}
    renamed = {at: random_.choice(WORDS) + random_.choice(WORDS) for at in range(len(names)) if random_.random() < 0.15}
    staying = [at for at in range(len(names)) if at not in gone]
    today = [renamed.get(at, names[at]) for at in staying]
    index = NameIndex(
        name_vectors(today, load_weights().rarity, 11),
        np.arange(len(today)), before.source[staying], before.low[staying], before.high[staying],
    )  # fmt: skip
    place = np.full(len(names), -1, dtype=np.int64)
    place[staying] = np.arange(len(staying))
    changed = np.array([at in renamed for at in staying], dtype=bool)
    lost = np.array([place[two] < 0 or bool(changed[place[two]]) for two in lists.two.tolist()], dtype=bool)
    robbed = np.zeros(len(today), dtype=bool)
    owners = place[lists.one[lost]]
    robbed[owners[owners >= 0]] = True
    kept = Links(place[lists.one], place[lists.two], lists.cosine)
    kept = kept.chosen((kept.one >= 0) & (kept.two >= 0))
    assert as_rows(refreshed(kept, index, changed, robbed, REACH)) == as_rows(
        nearest(similar(index, REACH), index.source, REACH.nearest)
    )

"""Each recommendation says why it stands there, in a sentence that its shares bear out."""

import pytest

from tests.sql.building import Workshop

ANN = 1
#: because (anime, rating, share), share of popularity, entries of the list, how many liked it: the sentence.
SENTENCES = (
    ([(1, 9.0, 0.6), (2, 8.5, 0.3)], 0.1, 5, 3, "Because you rated Lantern 9 and rated Velvet 8.5."),
    ([(4, 9.0, 0.5), (1, 9.0, 0.3), (2, 8.5, 0.2)], 0.0, 5, 3, "Because you rated Lantern 9 and rated Velvet 8.5."),
    ([(2, 8.5, 0.6), (4, 9.0, 0.4)], 0.0, 5, 3, "Because you rated Velvet 8.5."),
    ([(4, 9.0, 1.0)], 0.0, 5, 3, "Because you rated a title of no catalogue 9."),
    ([(1, None, 1.0)], 0.0, 5, 3, "Because you watched Lantern."),
    ([(2, 6.0, 1.0)], 0.0, 1, 3, "Because you watched Velvet."),
    ([], 0.0, 2, 3, "It fits your list as a whole, more than any one title on it."),
    ([], 0.0, 1, 3, "People with lists like yours like it."),
    ([], 1.0, 1, 3, "Popular: 3 users rated it 7 or more."),
    ([], 1.0, 0, 1, "Popular: 1 user rated it 7 or more."),
    ([], 1.0, 5, 0, "Nobody here has rated it 7 or more yet: it fills up the list."),
)


@pytest.mark.parametrize(("because", "popularity", "length", "liked", "sentence"), SENTENCES)
def test_the_reason_says_what_the_shares_say(
    shop: Workshop,
    because: list[tuple[int, float | None, float]],
    popularity: float,
    length: int,
    liked: int,
    sentence: str,
) -> None:
    """Titles where titles carried it; popularity only where that did; else the list, as a whole if it has several."""
    shop.con.execute(
        "create table dim_anime as from (values (1, 'Lantern'), (2, 'Velvet'), (3, 'Amber'), (4, null)) "
        "as anime (anime_key, title)"
    )
    shop.con.execute("create table fact_user_rating (anime_key bigint, rating double)")
    shop.con.executemany("insert into fact_user_rating values (?, ?)", [(3, 6.9), *((3, 7.0) for _ in range(liked))])
    keys, ratings, shares = ([one[place] for one in because] for place in range(3))
    shop.con.execute(
        "create table intermediate.int_explained_list as select $1 as user_key, 1 as rank, 3 as anime_key, "
        "0.5 as score, 'ease-1' as model_version_id, 1 - $2 as share_collaborative, "
        "0.0 as share_content, $2 as share_popularity, "
        "$3::bigint[] as because_anime_keys, $4::double[] as because_ratings, $5::double[] as because_shares, "
        "$6 as list_length",
        [ANN, popularity, keys, ratings, shares, length],
    )
    shop.build("core/fact_recommendation")
    assert shop.rows("select anime_key, reason from fact_recommendation") == [(3, sentence)]

"""The reviews that services show: written by viewers about what they scored."""

import pytest

from demo.services.opinions import reviews_of
from demo.services.users import entries_of, users_of


@pytest.mark.parametrize("source", ["anilist", "kitsu", "myanimelist"])
def test_a_review_belongs_to_a_scored_entry_of_its_author(small_world, source):
    """Number, anime and score are those of an entry of the author's list, who does not keep it private."""
    reviews = reviews_of(small_world, source)
    assert reviews
    for review in reviews:
        assert not review.author.is_private
        entries = {entry.number: entry for entry in entries_of(small_world, source, review.author)}
        entry = entries[review.number]
        assert (entry.anime_id, entry.score) == (review.anime_id, review.score)
        assert review.score > 0
        assert review.written > entry.updated


def test_the_same_world_has_the_same_reviews(small_world):
    """Equal in every field, in the order of their numbers; only viewers of the source write them."""
    reviews = reviews_of(small_world, "kitsu")
    assert reviews == reviews_of(small_world, "kitsu")
    assert [review.number for review in reviews] == sorted(review.number for review in reviews)
    assert {review.author.name for review in reviews} <= set(users_of(small_world, "kitsu"))

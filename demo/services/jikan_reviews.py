"""Reviews as Jikan reads them off MyAnimeList's pages, with a paging that cannot be relied on.

The one rule: the pages hold every review once; what they say about further pages is wrong now and then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from demo.services.jikan_records import SITE, images_of
from demo.services.opinions import Review, reviews_of
from demo.world import World

Json = dict[str, object]
#: Reviews on a page: of one anime, and of all.
PAGE, PAGE_OF_ALL = 20, 50
_TAGS = ("Not Recommended", "Mixed Feelings", "Recommended")
_REACTIONS = ("nice", "love_it", "funny", "confusing", "informative", "well_written", "creative")


class Reviews:
    """All reviews there are, the newest first."""

    def __init__(self, world: World) -> None:
        self._catalogue = world.catalogue
        self._titles = world.sources["myanimelist"].title
        self._all = sorted(reviews_of(world, "myanimelist"), key=lambda review: (-review.written, review.number))
        self._of: dict[int, list[Review]] = defaultdict(list)
        for review in self._all:
            self._of[review.anime_id].append(review)

    def of_anime(self, number: int, page: int, *, spoilers: bool, preliminary: bool) -> Json:
        """One page of the reviews of an anime.

        The last visible page is always 1. Where the id is odd there is always a next page, past the end too;
        where it is even there never is one, however many reviews are left.
        """
        kept = [
            review
            for review in self._of.get(number, [])
            if (spoilers or not review.is_spoiler) and (preliminary or not self._is_preliminary(review))
        ]
        data = [self._item(review) for review in _page(kept, page, PAGE)]
        return {"pagination": {"last_visible_page": 1, "has_next_page": number % 2 == 1}, "data": data}

    def of_all(self, page: int) -> Json:
        """One page of all reviews; it always says that there is a next one."""
        reviews = _page(self._all, page, PAGE_OF_ALL)
        data = [{**self._item(review), "entry": self._entry(review)} for review in reviews]
        return {"pagination": {"last_visible_page": page + 1, "has_next_page": True}, "data": data}

    def _is_preliminary(self, review: Review) -> bool:
        return self._catalogue.anime[review.row].status == "AIRING"

    def _item(self, review: Review) -> Json:
        user = {
            "url": f"{SITE}/profile/{review.author.name}",
            "username": review.author.name,
            "images": images_of(None),
        }
        counts = {name: review.likes // (place + 2) for place, name in enumerate(_REACTIONS)}
        return {
            "mal_id": review.number,
            "url": f"{SITE}/reviews.php?id={review.number}",
            "type": "anime",
            "reactions": {"overall": sum(counts.values()), **counts},
            "date": datetime.fromtimestamp(review.written, UTC).isoformat(),
            "review": review.text,
            "score": review.score,
            "tags": [_TAGS[(review.score > 4) + (review.score > 6)]],
            "is_spoiler": review.is_spoiler,
            "is_preliminary": self._is_preliminary(review),
            "episodes_watched": self._catalogue.anime[review.row].episodes if review.number % 3 else None,
            "user": user,
        }

    def _entry(self, review: Review) -> Json:
        number, title = review.anime_id, self._titles(review.row).romaji
        return {"mal_id": number, "url": f"{SITE}/anime/{number}", "images": images_of(None), "title": title}


def _page(reviews: Sequence[Review], page: int, size: int) -> Sequence[Review]:
    return reviews[(page - 1) * size : page * size]

"""What the next crawl reads: everything once a quarter, changes otherwise, ids only where nothing else shows them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.base import User
from adapters.planning import (
    FULL_EVERY,
    LISTS_EVERY,
    MOST_IDS,
    KnownTitle,
    PastCrawl,
    plan_catalogue,
    plan_lists,
    plan_reviews,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def past(kind: str, days_ago: float, watermark: str | None = None) -> PastCrawl:
    """A crawl that began so many days ago."""
    return PastCrawl(kind, NOW - timedelta(days=days_ago), watermark)


def test_the_first_crawl_reads_everything() -> None:
    """With no complete crawl there is nothing to refresh."""
    plan = plan_catalogue("anilist", NOW, [], [])
    assert (plan.kind, plan.watermark, plan.today) == ("full", None, NOW.date())


def test_a_backfill_of_some_years_is_no_full_crawl() -> None:
    """Nor does it move the watermark: what changed elsewhere was not seen by it."""
    plan = plan_catalogue("anilist", NOW, [past("full", 80, "10"), past("range", 1, "99")], [])
    assert (plan.kind, plan.watermark) == ("refresh", "10")
    assert plan_catalogue("anilist", NOW, [past("range", 1, "99")], []).kind == "full"


@given(st.lists(st.tuples(st.sampled_from(["full", "refresh", "range"]), st.integers(0, 200)), max_size=8))
def test_a_quarter_never_passes_without_a_full_crawl(crawls: list[tuple[str, int]]) -> None:
    """Whatever was crawled before."""
    plan = plan_catalogue("kitsu", NOW, [past(kind, days) for kind, days in crawls], [])
    recent = any(kind == "full" and timedelta(days=days) < FULL_EVERY for kind, days in crawls)
    assert plan.kind == ("refresh" if recent else "full")


def test_the_watermark_is_that_of_the_newest_crawl_that_moved_it() -> None:
    """A newer crawl without one changes nothing."""
    crawls = [past("refresh", 2, None), past("refresh", 3, "30"), past("full", 9, "20")]
    assert plan_catalogue("anilist", NOW, crawls, []).watermark == "30"


def test_ids_are_asked_one_by_one_only_where_lists_do_not_tell() -> None:
    """MyAnimeList and Jikan: ids that others claim first, then those that are due; AniList and Kitsu: none."""
    known = [KnownTitle("1", is_due=True), KnownTitle("2", is_due=False), KnownTitle("3", is_due=True)]
    crawls = [past("full", 10)]
    for source in ("myanimelist", "jikan"):
        assert plan_catalogue(source, NOW, crawls, known, ["9", "3"]).ids == ("9", "3", "1")
    for source in ("anilist", "kitsu"):
        assert plan_catalogue(source, NOW, crawls, known, ["9"]).ids == ()


def test_a_crawl_asks_for_a_bounded_number_of_ids() -> None:
    """The rest has its turn in the next one."""
    claimed = [str(number) for number in range(5_000)]
    assert len(plan_catalogue("myanimelist", NOW, [past("full", 1)], [], claimed).ids) == MOST_IDS["refresh"]
    assert len(plan_catalogue("myanimelist", NOW, [], [], claimed).ids) == MOST_IDS["full"]


def test_only_a_full_crawl_is_told_what_is_known() -> None:
    """It alone can say what has gone."""
    known = [KnownTitle("1", is_due=True)]
    assert plan_catalogue("anilist", NOW, [], known).known == ("1",)
    assert plan_catalogue("anilist", NOW, [past("full", 1)], known).known == ()


def test_reviews_are_read_whole_once() -> None:
    """Then from where the last crawl ended."""
    assert plan_reviews(NOW, []).kind == "full"
    assert plan_reviews(NOW, [past("full", 300, "77")]).watermark == "77"
    assert plan_reviews(NOW, [past("full", 300, "77")]).kind == "refresh"


def test_a_list_is_read_once_a_day() -> None:
    """Users who were read within it are left out; with none left there is nothing to plan."""
    users = [User("Mika", "a1"), User("Ren", "b2"), User("Haru", "c3")]
    read = {"a1": NOW - LISTS_EVERY, "b2": NOW - LISTS_EVERY + timedelta(minutes=1)}
    plan = plan_lists(NOW, users, read)
    assert plan is not None
    assert [user.subject for user in plan.users] == ["a1", "c3"]
    assert plan_lists(NOW, users[1:2], read) is None

"""What people have on their lists."""

import numpy as np

from demo import franchises as roles
from demo.people import ONLY_PLANS
from demo.schedule import UPCOMING
from demo.scoring import BLANK, PLANNED
from demo.world import World


def columns(world: World, name: str) -> np.ndarray:
    """One column of the ratings of all sources together."""
    return np.concatenate([getattr(part, name) for part in world.ratings.values()])


def test_nobody_has_an_anime_twice(default_world: World) -> None:
    """A viewer and an anime make at most one entry."""
    pairs = columns(default_world, "person") * len(default_world.catalogue) + columns(default_world, "row")
    assert len(np.unique(pairs)) == len(pairs)


def test_lists_hold_what_their_source_knows(default_world: World) -> None:
    """No entry names an anime that the source has never heard of; some name one that was not recorded."""
    for name, source in default_world.sources.items():
        rows = default_world.ratings[name].row
        assert source.known[rows].all()
        unlisted = (~source.catalogued[rows]).mean()
        assert 0.003 < unlisted < 0.04


def test_nobody_has_watched_what_is_to_come(default_world: World) -> None:
    """Entries for upcoming titles are plans (or blank), without a score."""
    to_come = default_world.catalogue.schedule.status == UPCOMING
    for part in default_world.ratings.values():
        assert to_come[part.row].any()
        assert (part.score[to_come[part.row]] == 0).all()
        assert np.isin(part.status[to_come[part.row]], (PLANNED, BLANK)).all()


def test_every_viewer_has_a_list(default_world: World) -> None:
    """All 5,000 viewers have entries; those who only plan have no scores."""
    world = default_world
    assert len(np.unique(columns(world, "person"))) == len(world.people)
    planners = np.flatnonzero(world.people.habit == ONLY_PLANS)
    assert (columns(world, "score")[np.isin(columns(world, "person"), planners)] == 0).all()


def test_people_watch_what_is_known(default_world: World) -> None:
    """Selection bias: the best known tenth of the anime has more than half of the entries."""
    fame = default_world.catalogue.features.fame
    well_known = fame > np.percentile(fame, 90)
    assert well_known[columns(default_world, "row")].mean() > 0.5


def test_whoever_likes_the_first_season_watches_the_second(default_world: World) -> None:
    """Most who gave a first season 8 or more have the second on the list, far fewer of the others do."""
    plan, ratings = default_world.catalogue.plan, default_world.ratings["myanimelist"]
    known = default_world.sources["myanimelist"].known
    second = np.flatnonzero((plan.depth == 1) & (plan.role == roles.SEASON) & known)
    follower = dict(zip(plan.predecessor[second].tolist(), second.tolist(), strict=True))
    listed = set(zip(ratings.person.tolist(), ratings.row.tolist(), strict=True))

    def went_on(scored: np.ndarray) -> float:
        rows = zip(ratings.person[scored].tolist(), ratings.row[scored].tolist(), strict=True)
        return float(np.mean([(person, follower[row]) in listed for person, row in rows if row in follower]))

    liked, disliked = went_on(ratings.score >= 8), went_on((ratings.score > 0) & (ratings.score <= 5))
    assert liked > 0.6
    assert disliked < liked - 0.15

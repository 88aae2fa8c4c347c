"""Promotion: whoever serves stays, unless another is better on the same users and pays nothing for it."""

from collections.abc import Sequence

import numpy as np
import pytest

from recommenders.metrics import UserMetrics
from recommenders.promotion import MAX_BYTES, Candidate, Cost, Figure, choose, objections

CHEAP = Cost(0.001, 1000)


def candidate(model: str, mean: float, **figures: float | tuple[float, float, float]) -> Candidate:
    """A version whose 400 users lie around the mean, each by the same amount in every model."""
    spread = np.tile([-0.02, 0.02], 200)
    users = UserMetrics((("ndcg", 10),), (mean + spread)[:, None])
    named = {"coverage": ("", "coverage", 10), "tail": ("long tail", "ndcg", 10), "new": ("discovery", "ndcg", 10)}
    found = {named[name]: Figure(*([value] if isinstance(value, float) else value)) for name, value in figures.items()}
    return Candidate(f"{model}-1", model, users, found)


def noisy(model: str, mean: float) -> Candidate:
    """A version of that mean whose users differ from those of `candidate` by far more than the means do."""
    users = UserMetrics((("ndcg", 10),), (mean + np.random.default_rng(1).normal(0, 0.5, 400))[:, None])
    users.values[:] += mean - users.values.mean()
    return Candidate(f"{model}-1", model, users, {})


def chosen(candidates: Sequence[Candidate], serving: str | None, cost: Cost = CHEAP, held: str | None = None) -> str:
    """The model that is to serve."""
    return choose(candidates, serving, lambda _one: cost, held)[0].model


POPULARITY = candidate("popularity", 0.1)


def test_at_first_the_best_that_beats_popularity_serves() -> None:
    """And popularity where nothing does beyond chance."""
    assert chosen([POPULARITY, candidate("ease", 0.4), candidate("als", 0.3)], None) == "ease"
    assert chosen([POPULARITY, noisy("als", 0.11)], None) == "popularity"
    assert chosen([candidate("als", 0.3)], None) == "als"


def test_the_champion_stays_unless_a_challenger_is_better_beyond_chance() -> None:
    """The mean alone does not decide: a difference of 0.01 is chance for the one and none for the other."""
    champion = candidate("als", 0.4)
    assert chosen([POPULARITY, champion, noisy("ease", 0.41)], "als") == "als"
    assert chosen([POPULARITY, champion, candidate("ease", 0.41)], "als") == "ease"
    assert chosen([POPULARITY, champion, candidate("ease", 0.39)], "als") == "als"


@pytest.mark.parametrize(("users", "serves"), [(1, "als"), (29, "als"), (30, "ease")])
def test_of_a_few_users_nothing_is_beyond_chance(users: int, serves: str) -> None:
    """Resampled, one user is always the same: the interval of a few is too narrow, however large the difference."""
    champion, challenger = (
        Candidate(f"{model}-1", model, UserMetrics((("ndcg", 10),), np.full((users, 1), mean)), {})
        for model, mean in (("als", 0.3), ("ease", 0.5))
    )
    now, (decision, *_) = choose([champion, challenger], "als", lambda _one: CHEAP)
    assert now.model == serves
    assert decision.is_promoted == (serves == "ease")
    assert (f"of {users} users, and chance is told from 30 on" in decision.reasons[0]) == (serves == "als")


def test_a_decision_says_why() -> None:
    """With the paired difference, and with what spoke against it."""
    champion, worse, better = candidate("als", 0.4), candidate("ease", 0.35), candidate("slim", 0.45)
    _, decisions = choose([champion, worse, better], "als", lambda _one: CHEAP)
    first, second, *again = decisions
    assert (first.challenger.model, first.is_promoted, first.difference) == ("slim", True, pytest.approx(0.05))
    assert first.reasons == ("NDCG@10 is higher beyond chance: +0.0500 (+0.0500 to +0.0500), and every guard holds",)
    assert (second.challenger.model, second.is_promoted) == ("ease", False)
    assert second.reasons == ("NDCG@10 is not higher beyond chance: -0.0500 (-0.0500 to -0.0500)",)
    assert [(one.challenger.model, one.champion.model) for one in again] == [("als", "slim"), ("ease", "slim")]


def test_the_same_question_again_has_the_same_answer() -> None:
    """What the winner was compared with is all that is compared the next time."""
    candidates = [POPULARITY, candidate("ease", 0.4), candidate("als", 0.3)]
    winner, decisions = choose(candidates, None, lambda _one: CHEAP)
    after = [one for one in decisions if one.champion is winner]
    assert choose(candidates, winner.model, lambda _one: CHEAP) == (winner, after)


def test_of_two_that_would_pass_only_the_better_is_promoted() -> None:
    """The other is told that there is a better one."""
    winner, decisions = choose(
        [candidate("als", 0.4), candidate("ease", 0.5), candidate("slim", 0.6)], "als", lambda _one: CHEAP
    )
    assert winner.model == "slim"
    ease = next(one for one in decisions if one.challenger.model == "ease")
    assert ease.reasons == ("slim-1 is better still",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"coverage": 0.4}, {"coverage": 0.31}, None),
        ({"coverage": 0.4}, {"coverage": 0.29}, "coverage@10 falls from 0.4000 to 0.2900, below 75% of the champion's"),
        ({"tail": (0.2, 0.18, 0.22)}, {"tail": 0.19}, None),
        ({"tail": (0.2, 0.18, 0.22)}, {"tail": 0.17}, "long tail ndcg@10 falls from 0.2000 to 0.1700, below the inter"),
        ({"new": (0.2, 0.18, 0.22)}, {"new": 0.17}, "discovery ndcg@10 falls from 0.2000 to 0.1700"),
        ({"new": (0.2, 0.18, 0.22)}, {}, None),
        ({}, {"new": 0.17}, None),
    ],
)
def test_a_better_mean_may_not_be_paid_with_breadth(
    old: dict[str, float], new: dict[str, float], said: str | None
) -> None:
    """Coverage, the long tail and discovery are guarded; what was not measured of both guards nothing."""
    champion, challenger = candidate("als", 0.4, **old), candidate("ease", 0.5, **new)
    found = objections(challenger, champion)
    assert (found[0].startswith(said), len(found)) == (True, 1) if said else found == []
    assert chosen([POPULARITY, champion, challenger], "als") == ("als" if said else "ease")


def test_small_steps_may_not_lose_what_one_step_may_not() -> None:
    """0.06 is 75 % of 0.08 and not of 0.10, which is what the first champion covered; asked again, it is the same."""
    candidates = [
        candidate("als", 0.40, coverage=0.10),
        candidate("ease", 0.41, coverage=0.08),
        candidate("slim", 0.42, coverage=0.062),
        candidate("svd", 0.43, coverage=0.047),
    ]
    winner, decisions = choose(candidates, "als", lambda _one: CHEAP)
    assert winner.model == "ease"
    assert "below 75% of what als-1 had, whose place the champion took" in decisions[-2].reasons[0]
    after = [one for one in decisions if one.champion is winner]
    assert choose(candidates, "ease", lambda _one: CHEAP, before=["als-1"]) == (winner, after)
    assert choose(candidates, "ease", lambda _one: CHEAP)[0].model == "slim"


def test_popularity_has_no_breadth_to_lose() -> None:
    """Whatever beats it may serve, though it covers less."""
    assert chosen([candidate("popularity", 0.1, coverage=0.9), candidate("ease", 0.4, coverage=0.1)], None) == "ease"


@pytest.mark.parametrize("cost", [Cost(0.06, 1), Cost(0.001, MAX_BYTES + 1)])
def test_what_is_too_slow_or_too_large_to_serve_is_not_promoted(cost: Cost) -> None:
    """Only what would be promoted is asked what it costs."""
    asked: list[str] = []

    def cost_of(one: Candidate) -> Cost:
        asked.append(one.model)
        return cost if one.model == "slim" else CHEAP

    candidates = [candidate("als", 0.4), candidate("ease", 0.5), candidate("slim", 0.6), candidate("knn", 0.3)]
    winner, decisions = choose(candidates, "als", cost_of)
    assert winner.model == "ease"
    assert "knn" not in asked
    slim = next(one for one in decisions if one.challenger.model == "slim")
    assert slim.reasons[0].startswith(("ranking takes more than 0.05 s", "the stored model is larger than 1 GB"))


def test_what_a_person_holds_stays_though_another_is_better() -> None:
    """The comparison is made and says so."""
    winner, decisions = choose(
        [candidate("als", 0.3), candidate("ease", 0.5)], "als", lambda _one: CHEAP, "ann promoted als-1"
    )
    assert winner.model == "als"
    assert [one.reasons for one in decisions] == [("ann promoted als-1",)]


def test_a_champion_that_was_not_measured_today_gives_way() -> None:
    """Then popularity is what has to be beaten, as at first."""
    assert chosen([POPULARITY, candidate("ease", 0.4)], "als") == "ease"

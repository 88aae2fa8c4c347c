"""One seed, many independent streams."""

import numpy as np

from demo.randomness import Draws, generator, weighted


def test_the_same_seed_and_concern_give_the_same_numbers() -> None:
    """Two generators of one concern agree, and the concern alone makes them differ."""
    first, second = generator(42, "titles").random(5), generator(42, "titles").random(5)
    assert (first == second).all()
    assert (first != generator(42, "people").random(5)).all()
    assert (first != generator(43, "titles").random(5)).all()


def test_the_numbers_of_a_seed_never_change() -> None:
    """A generator's first number is the one it was when this test was written, in every process."""
    assert generator(42, "anilist", "dates").integers(0, 1_000_000) == 693_968


def test_a_decision_does_not_disturb_another() -> None:
    """Drawing something new in between leaves a named decision as it was."""
    plain, busy = Draws(1, "source", 10), Draws(1, "source", 10)
    busy.normal("something else")
    assert (plain.uniform("date") == busy.uniform("date")).all()


def test_weights_are_shares() -> None:
    """With weights 3, 0 and 1 a uniform number below 0.75 means the first place, any other the last."""
    assert weighted(np.array([0.0, 0.7, 0.76, 0.999]), (3, 0, 1)).tolist() == [0, 0, 2, 2]


def test_a_chance_is_met_about_as_often_as_it_says() -> None:
    """A chance of 0.2 comes true for 18 to 22 of 100 things when there are many."""
    assert 0.18 < Draws(5, "x", 20_000).chance("y", 0.2).mean() < 0.22

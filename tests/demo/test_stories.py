"""Invented synopses."""

from demo.stories import make_stories


def test_stories_are_a_function_of_the_seed() -> None:
    """The same seed tells the same stories, another seed others."""
    assert make_stories(1, ["Karu", "Tomi"]) == make_stories(1, ["Karu", "Tomi"])
    assert make_stories(1, ["Karu", "Tomi"]) != make_stories(2, ["Karu", "Tomi"])


def test_some_stories_name_their_title() -> None:
    """Of many stories a quarter or so ends with the title."""
    stories = make_stories(3, ["Karumiko"] * 400)
    assert 0.1 < sum("Karumiko" in str(story) for story in stories) / 400 < 0.5

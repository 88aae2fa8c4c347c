"""Short synopses of stories nobody has told."""

from __future__ import annotations

from demo.randomness import generator
from demo.words import ADJECTIVES, PEOPLE, PLACES, THINGS

OPENINGS = (
    "In a {a} {n} at the edge of the map, a young {m} finds a {o} that nobody can explain.",
    "When the {a} {n} falls silent, only a retired {m} still remembers the {o}.",
    "Every year the {n} chooses a {m}, and this year it chooses the wrong one.",
    "A {m} who has never seen the {n} inherits a {a} {o} and all of its debts.",
    "Two rivals share one {o}, one {a} {n} and a promise made as children.",
)
MIDDLES = (
    "What begins as an errand becomes a journey through the {n} of the {m}.",
    "To keep the {o} safe, they must learn to trust the {a} {m} next door.",
    "But the {n} has its own plans, and the {m} is running out of time.",
    "Along the way they meet a {a} {m}, lose the {o}, and argue about lunch.",
)
ENDINGS = (
    "The story of {t} starts here.",
    "Nothing in the {n} will stay as it was.",
    "Some doors open only once.",
    "And spring is still far away.",
)


def make_stories(seed: int, titles: list[str]) -> list[object]:
    """One synopsis of three English sentences for each title."""
    rng = generator(seed, "stories")
    nouns = rng.integers(0, 1_000_000, (len(titles), 9))
    adjectives = rng.integers(0, len(ADJECTIVES), (len(titles), 3))
    shapes = rng.integers(0, 1_000_000, (len(titles), 3))
    stories: list[object] = []
    rows = zip(titles, nouns.tolist(), adjectives.tolist(), shapes.tolist(), strict=True)
    for title, things, qualities, picks in rows:
        sentences = [
            shape[pick % len(shape)].format(
                t=title,
                n=PLACES[things[3 * place] % len(PLACES)].english.lower(),
                m=PEOPLE[things[3 * place + 1] % len(PEOPLE)].english.lower(),
                o=THINGS[things[3 * place + 2] % len(THINGS)].english.lower(),
                a=ADJECTIVES[qualities[place]].english.lower(),
            )
            for place, (shape, pick) in enumerate(zip((OPENINGS, MIDDLES, ENDINGS), picks, strict=True))
        ]
        stories.append(" ".join(sentences))
    return stories

"""Random histories of a catalogue: records that come, go and change, and decisions about them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from matching.overrides import Override
from matching.records import AnimeRecord

#: what records may say of each other
KINDS = ("SEQUEL", "PREQUEL", "SIDE_STORY", "PARENT", "OTHER")


def changed(records: Sequence[AnimeRecord], count: int, random_: random.Random) -> list[AnimeRecord]:
    """The records after so many changes of every kind."""
    result: list[AnimeRecord] = list(records)
    for _ in range(count):
        if result:
            at = random_.randrange(len(result))
            result[at : at + 1] = _change(result[at], result, random_)
    return result


def _change(one: AnimeRecord, records: Sequence[AnimeRecord], random_: random.Random) -> list[AnimeRecord]:
    """What becomes of one record."""
    other = random_.choice(records)
    later = timedelta(days=random_.choice([1, 30, 365, 800]))
    ways = [
        [],
        [one, replace(one, source_id=f"{one.source_id}9{random_.randint(0, 10**6)}")],
        [replace(one, popularity=random_.randint(0, 10**6))],
        [replace(one, episodes=random_.randint(1, 26))],
        [replace(one, titles=(*one.titles, *other.titles[:1]))],
        [replace(one, titles=other.titles, slug=other.slug)],
        [replace(one, titles=one.titles[1:])],
        [replace(one, claimed=(other.name,))],
        [replace(one, claimed=())],
        [replace(one, related=(*one.related, (random_.choice(KINDS), other.source_id)))],
        [replace(one, related=())],
        [replace(one, start_date=one.start_date + later if one.start_date else None)],
        [replace(one, start_date=None, start_year=None)],
        [one],
    ]
    return random_.choice(ways)


def decided(records: Sequence[AnimeRecord], count: int, random_: random.Random) -> list[Override]:
    """So many decisions about records at hand, some of which contradict each other."""
    return [
        Override(random_.choice(records).name, random_.choice(records).name, random_.random() < 0.6, order=at)
        for at in range(count if records else 0)
    ]

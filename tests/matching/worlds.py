"""Small invented catalogues to match."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from matching.records import AnimeRecord

_SOUNDS = "ka ki ku ke ko sa shi su se so ta chi te to na ni no ha mi mo ya yu ra ri ru re wa gi go zu da bo"
_SYLLABLES = _SOUNDS.split()


def record(source: str = "anilist", source_id: str = "1", *titles: str, **facts: object) -> AnimeRecord:
    """One record with sane defaults: a series of 12 episodes that began on 6 January 2014."""
    given: dict[str, object] = {
        "titles": titles,
        "format": "TV",
        "episodes": 12,
        "start_year": 2014,
        "start_date": date(2014, 1, 6),
        "start_date_precision": "day",
    }
    return AnimeRecord(source, source_id, **(given | facts))  # type: ignore[arg-type]


def name(random_: random.Random) -> str:
    """An invented title of two or three words."""
    words = ["".join(random_.choices(_SYLLABLES, k=random_.randint(2, 4))) for _ in range(random_.randint(2, 3))]
    return " ".join(words).title()


def world(works: int, seed: int = 1, sequels: float = 0.3) -> tuple[list[AnimeRecord], list[dict[str, str]]]:
    """Records of three sources and the works they are; some works are second seasons, some records are missing.

    A second season names the first as its prequel.
    """
    random_ = random.Random(seed)
    records, truth, title = [], [], ""
    for number in range(works):
        season = 2 if title and random_.random() < sequels else 1
        title = title if season == 2 else name(random_)
        day = date(2000, 1, 3) + timedelta(days=97 * number % 8000 + 400 * (season - 1))
        facts = {"start_date": day, "start_year": day.year, "episodes": random_.choice([12, 13, 24, 26, 51])}
        later = season == 2
        before = truth[-1] if later else {}
        spelt = {
            "anilist": (f"{title} 2nd Season" if later else title,),
            "kitsu": (f"{title} 2" if later else title.upper(),),
            "myanimelist": (f"{title} Season 2" if later else title.replace("shi", "si"), f"The {title}"),
        }
        work = {}
        for source, titles in spelt.items():
            if random_.random() < 0.85:
                work[source] = str(random_.randint(1, 10**9))
                related = (("PREQUEL", before[source]),) if source in before else ()
                records.append(record(source, work[source], *titles, **facts, related=related))
        truth.append(work)
    return records, truth


def claiming(one: AnimeRecord, other: AnimeRecord) -> AnimeRecord:
    """The record with a cross id that names the other."""
    return replace(one, claimed=(other.name,))

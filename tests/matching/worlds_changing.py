"""Three small catalogues in which everything changes: what the histories of matching are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from matching.calibration import Calibration
from matching.keyevents import Name
from matching.overrides import Override
from matching.records import AnimeRecord
from matching.weights import Weights, load_weights
from tests.matching.worlds import record

SOURCES = ("anilist", "kitsu", "myanimelist")
SPELLINGS: Mapping[str, tuple[str, str]] = {
    "anilist": ("", " 2nd Season"),
    "kitsu": ("", " 2"),
    "myanimelist": ("", " II"),
}
#: title, season, format, episodes and first day: two series with a sequel, one of them with a film, and a remake
WORKS = (
    ("Yukigeshou no Hana", 1, "TV", 25, date(2010, 1, 7)),
    ("Yukigeshou no Hana", 2, "TV", 13, date(2012, 7, 5)),
    ("Yukigeshou no Hana", 1, "MOVIE", 1, date(2013, 3, 2)),
    ("Kaze Tachinu Machi", 1, "TV", 12, date(2003, 4, 4)),
    ("Kaze Tachinu Machi", 2, "TV", 12, date(2004, 4, 2)),
    ("Kaze Tachinu Machi", 1, "TV", 24, date(2019, 10, 3)),
)
#: what may happen to the catalogues or the decisions on them; see `Catalogues.change`
CHANGES = (
    "come_or_go",
    "retitle",
    "redate",
    "recount",
    "swap",
    "claim",
    "relate",
    "same",
    "different",
    "withdraw",
    "retrain",
)


@cache
def shipped_and_stricter() -> tuple[Weights, Weights]:
    """The shipped weights, and such as a training might bring: more is demanded, and cross ids count for less."""
    shipped = load_weights()
    absent, (slope, offset), contradicts = shipped.calibration.lines
    doubtful = Calibration((absent, (slope, offset - 2), contradicts))
    stricter = {"accept": shipped.accept + 4, "review": shipped.review + 2, "calibration": doubtful}
    return shipped, replace(shipped, **stricter, rule_version="stricter")


def written(source: str, source_id: str, work: int) -> AnimeRecord:
    """How a source's catalogue describes a work."""
    title, season, form, episodes, start = WORKS[work]
    facts = {"format": form, "episodes": episodes, "start_date": start, "start_year": start.year}
    return record(source, source_id, title + SPELLINGS[source][season - 1], **facts)


class Catalogues:
    """Three catalogues, the decisions on them, the weights in force and the date.

    Each source has a record for every work, and a second one for the first works. Some are away at first.
    """

    def __init__(self) -> None:
        works = [*range(len(WORKS)), 0, 3]
        every = [written(source, str(at), work) for source in SOURCES for at, work in enumerate(works)]
        self.records: dict[Name, AnimeRecord] = {one.name: one for one in every}
        self.away: set[Name] = {one.name for one in every if int(one.source_id) >= len(WORKS)}
        self.decisions: list[Override] = []
        self.weights, self._others = shipped_and_stricter()
        self.today = date(2026, 1, 1)

    def present(self, missing: str | None) -> list[AnimeRecord]:
        """The records at hand on a day on which a source may be missing."""
        return [one for name, one in self.records.items() if name not in self.away and one.source != missing]

    def change(self, kind: str, at: int, other: int) -> None:
        """One change of a kind named in `CHANGES`, to a record told by number and, for some kinds, another."""
        names = sorted(self.records)
        one, two = names[at % len(names)], names[other % len(names)]
        old = self.records[one]
        if kind == "come_or_go":
            self.away ^= {one}
        elif kind == "retitle":
            self.records[one] = replace(old, titles=written(one[0], one[1], other % len(WORKS)).titles)
        elif kind == "redate" and old.start_date:
            start = old.start_date + timedelta(days=(400, 7, -365)[other % 3])
            self.records[one] = replace(old, start_date=start, start_year=start.year)
        elif kind == "recount":
            self.records[one] = replace(old, episodes=(1, 12, 24, None)[other % 4])
        elif kind == "swap":
            same_source = one[0], two[1]
            self.records[one] = replace(self.records[same_source], source_id=one[1])
            self.records[same_source] = replace(old, source_id=two[1])
        elif kind == "claim" and one[0] != two[0]:
            self.records[one] = replace(old, claimed=(two,))
        elif kind == "relate":
            kinds = ("SEQUEL", "PREQUEL", "SIDE_STORY", "PARENT")
            self.records[one] = replace(old, related=((kinds[at % 4], two[1]),) if other % 5 else ())
        elif kind == "withdraw" and self.decisions:
            del self.decisions[at % len(self.decisions)]
        elif kind == "retrain":
            self.weights, self._others = self._others, self.weights
        elif kind in ("same", "different") and one[0] != two[0]:
            self.decide(one, two, kind == "same", days=other % 4)

    def next_day(self) -> None:
        """The date moves on, and with it the decisions that have run out."""
        self.today += timedelta(days=1)

    def decide(self, one: Name, two: Name, same: bool, days: int = 0) -> Override:
        """Somebody's decision of today; it holds for so many days more, or for good when that is none."""
        until = self.today + timedelta(days=days) if days else None
        made = Override(one, two, same, decided_on=self.today, until=until, order=len(self.decisions))
        self.decisions.append(made)
        return made

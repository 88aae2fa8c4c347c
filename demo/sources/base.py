"""What all three sources have in common: which anime they know, under which ids, and how they disagree.

A source is a pure function of (seed, catalogue): asking for a record twice, or for one record alone, gives
the same record, so that files and stand-in services tell the same story. Every kind of disagreement is one
number in `Habits`, the share of records that show it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.anime import Anime, Catalogue
from demo.franchises import MAIN_LINE
from demo.naming import MANNERS, PHRASINGS, rephrase, respell
from demo.randomness import Draws, Flags, Floats, Ints
from demo.schedule import EPOCH, KNOWN_NOTHING, KNOWN_YEAR
from demo.titles import Title


@dataclass(frozen=True)
class Habits:
    """The shares of a source's records that show each kind of gap or disagreement with the truth."""

    known_least: float  # share of the least known anime that the source has; rises to `known_most`
    known_most: float
    later_entries: float  # factor for later seasons and parts
    uncatalogued: float  # known, rated by users, but absent from the recorded catalogue
    own_style: float  # another way to number seasons and to call films and specials
    respelled: float  # another romanisation, capitals or punctuation
    rephrased: float  # another English translation, of the licensed ones
    english_missing: float  # of the licensed ones
    native_missing: float
    synonyms: float  # records that give other titles too
    date_days_off: float
    date_weeks_off: float
    date_year_off: float
    date_month_only: float
    date_year_only: float
    date_missing: float
    other_format: float
    other_episodes: float
    unknown_episodes: float
    user_share: float  # its users for each user of the biggest source


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date as a source knows it: month and day may be missing."""

    year: int
    month: int | None
    day: int | None


def fuzzy(day: int, precision: str) -> FuzzyDate:
    """The day counted from 1970-01-01, cut to "day", "month" or "year"."""
    whole = date.fromordinal(day + EPOCH)
    month = whole.month if precision != "year" else None
    return FuzzyDate(whole.year, month, whole.day if precision == "day" else None)


class Source(ABC):
    """One source's knowledge of the world; subclasses say what a record looks like (`record`)."""

    name: str
    habits: Habits
    hides_adult = False

    def __init__(self, seed: int, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.draws = Draws(seed, f"source {self.name}", len(catalogue))
        self.known = self._known()
        self.ids = self._ids()
        # the best known fifth is always recorded: what nobody recorded, few people watch
        unlisted = np.where(_fame_rank(catalogue) < 0.8, 1.25 * self.habits.uncatalogued, 0.0)
        self.catalogued: Flags = self.known & ~self.draws.chance("uncatalogued", unlisted)
        self._prepare()

    @abstractmethod
    def record(self, row: int) -> dict[str, object]:
        """The anime of this row as the source returns it; only for rows that are `catalogued`."""

    def rows(self) -> list[int]:
        """The rows of the recorded catalogue in the order of the source's ids."""
        rows = np.flatnonzero(self.catalogued)
        return [int(row) for row in rows[np.argsort(self.ids[rows], kind="stable")]]

    def _known(self) -> Flags:
        """Which anime the source has heard of: likelier the better known they are."""
        habits, plan = self.habits, self.catalogue.plan
        rank = _fame_rank(self.catalogue)
        share: Floats = habits.known_least + (habits.known_most - habits.known_least) * rank
        share[np.isin(plan.role, MAIN_LINE) & (plan.depth > 0)] *= habits.later_entries
        known = self.draws.chance("known", share)
        if self.hides_adult:
            known &= ~self.catalogue.features.is_adult
        return known

    def _ids(self) -> Ints:
        """Positive ids that grow roughly with age and leave gaps like deleted entries; 0 = unknown here."""
        when = self.catalogue.schedule.start + 500 * self.draws.normal("added")
        order = np.argsort(when, kind="stable")
        ids = np.zeros(len(self.catalogue), dtype=np.int64)
        ids[order] = np.cumsum(self.draws.integer("gap", 1, 7))
        return np.where(self.known, ids, 0)

    def _prepare(self) -> None:
        """Draw every decision once, for all anime, and keep them as lists for fast single access."""
        habits, draws = self.habits, self.draws
        own = draws.chance("own style", habits.own_style)
        own_part = draws.chance("own part style", habits.own_style)
        anime = self.catalogue.anime
        official = np.array([(one.style, one.part_style) for one in anime])
        self._style = np.where(own, draws.uniform("style"), official[:, 0]).tolist()
        self._part_style = np.where(own_part, draws.uniform("part style"), official[:, 1]).tolist()
        manner = np.where(draws.chance("respelled", habits.respelled), draws.integer("manner", 1, MANNERS - 1), 0)
        self._manner = manner.tolist()
        phrasing = draws.integer("phrasing", 1, PHRASINGS - 1)
        self._phrasing = np.where(draws.chance("rephrased", habits.rephrased), phrasing, 0).tolist()
        self._english = (~draws.chance("english", habits.english_missing)).tolist()
        self._native = (~draws.chance("native", habits.native_missing)).tolist()
        self._synonym = draws.chance("synonym", habits.synonyms).tolist()
        self._other_format = draws.chance("format", habits.other_format).tolist()
        self._shift = self._date_shifts().tolist()
        self._precision = self._date_precisions()
        self._episodes = self._episode_counts().tolist()
        users = self._user_counts()
        self.users = users.tolist()
        self.popularity_rank = (1 + np.argsort(np.argsort(-users * self.known, kind="stable"))).tolist()
        noise = 0.12 * draws.normal("score")
        self._quality = (self.catalogue.features.quality + noise).tolist()
        self._extra = draws.integer("extra", 0, 999_999).tolist()

    def _date_shifts(self) -> Ints:
        """Days between the source's dates and the truth: the television guide, the festival, a slip."""
        habits, draws = self.habits, self.draws
        kind = draws.uniform("date slip")
        sign = np.where(draws.chance("sign", 0.5), 1, -1)
        shift = np.where(kind < habits.date_days_off, draws.integer("days", 1, 7), 0)
        weeks = kind > 1 - habits.date_weeks_off
        shift = np.where(weeks, draws.integer("weeks", 20, 45), shift)
        year = (kind <= 1 - habits.date_weeks_off) & (kind > 1 - habits.date_weeks_off - habits.date_year_off)
        days: Ints = np.where(year, 365, shift) * sign
        return days

    def _date_precisions(self) -> list[str]:
        habits = self.habits
        kind = self.draws.uniform("date precision")
        bounds = np.cumsum([habits.date_missing, habits.date_year_only, habits.date_month_only])
        own = np.searchsorted(bounds, kind, side="right")
        known = self.catalogue.schedule.known
        cut = np.where(known == KNOWN_NOTHING, 0, np.where(known == KNOWN_YEAR, 1, 3))
        return [("none", "year", "month", "day")[level] for level in np.minimum(own, cut).tolist()]

    def _episode_counts(self) -> Ints:
        """Episodes as the source counts them; 0 where it does not say."""
        habits, draws, schedule = self.habits, self.draws, self.catalogue.schedule
        other = draws.chance("other episodes", habits.other_episodes) & (schedule.episodes > 2)
        episodes = schedule.episodes + np.where(other, np.where(draws.chance("more", 0.6), 1, -1), 0)
        unknown = draws.chance("unknown episodes", habits.unknown_episodes) | np.isin(schedule.status, (1, 2))
        return np.where(unknown, 0, episodes).astype(np.int64)

    def _user_counts(self) -> Ints:
        """How many of the source's users have it on a list."""
        expected = self.catalogue.features.users * self.habits.user_share
        users: Ints = np.rint(expected * np.exp(0.35 * self.draws.normal("users"))).astype(np.int64)
        return users

    def anime(self, row: int) -> Anime:
        """The true anime of this row."""
        return self.catalogue.anime[row]

    def title(self, row: int) -> Title:
        """The title in this source's numbering style, romanisation and translation."""
        title = self.anime(row).title(self._style[row], self._part_style[row])
        english = rephrase(title.english, self._phrasing[row])
        return Title(respell(title.romaji, self._manner[row]), english, title.native)

    def english(self, row: int) -> str | None:
        """The English title where the anime is licensed and the source has it."""
        return self.title(row).english if self.anime(row).is_licensed and self._english[row] else None

    def native(self, row: int) -> str | None:
        """The Japanese title where the source has it."""
        return self.title(row).native if self._native[row] else None

    def synonyms(self, row: int) -> list[str]:
        """Other titles: the official one where the source writes another, and the same name respelled."""
        if not self._synonym[row]:
            return []
        anime, shown = self.anime(row), self.title(row)
        official = anime.title(anime.style, anime.part_style)
        respelled = respell(official.romaji, 1 + self._extra[row] % (MANNERS - 1))
        named = (official.romaji, official.english if anime.is_licensed else respelled, respelled)
        return [text for text in dict.fromkeys(named) if text not in (shown.romaji, shown.english)][:2]

    def start(self, row: int) -> FuzzyDate | None:
        """The start as the source tells it; None where it does not."""
        precision = self._precision[row]
        return None if precision == "none" else fuzzy(self.anime(row).start + self._shift[row], precision)

    def end(self, row: int) -> FuzzyDate | None:
        """The end as the source tells it; None while it runs, is to come, or is not told."""
        anime = self.anime(row)
        if anime.status not in ("FINISHED", "CANCELLED") or self._precision[row] in ("none", "year"):
            return None
        return fuzzy(anime.end + self._shift[row], self._precision[row])

    def episodes(self, row: int) -> int | None:
        """The number of episodes; None where the source does not say."""
        return self._episodes[row] or None


def _fame_rank(catalogue: Catalogue) -> Floats:
    """Place of each anime by fame: 0 for the least known, towards 1 for the best known."""
    order = np.argsort(np.argsort(catalogue.features.fame, kind="stable"), kind="stable")
    rank: Floats = order / max(1, len(catalogue))
    return rank

"""The true anime of the world, before any source has told anything about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo import franchises as roles
from demo.features import Features, make_features
from demo.franchises import ROLES, Plan, plan_franchises
from demo.naming import ARC, PLAIN, entitle
from demo.randomness import Draws, generator
from demo.schedule import FORMATS, STATUSES, Schedule, make_schedule
from demo.stories import make_stories
from demo.titles import Title, make_arcs, make_studios, make_titles
from demo.vocabulary import ADULT_GENRE, GENRES, MATERIALS, TAGS

# how often an entry of this role has a subtitle of its own instead of a bare number
ARC_SHARE = {roles.SEASON: 0.35, roles.MOVIE: 0.75, roles.OVA: 0.4, roles.SPECIAL: 0.4, roles.SPIN_OFF: 0.7}
NAMESAKE_SHARE = 0.012
LICENSED_SHARE = 0.68
# what an entry beside the main line is to the first entry, and the first entry to it
BESIDE = {
    roles.MOVIE: ("parent", "side_story"),
    roles.OVA: ("parent", "side_story"),
    roles.SPECIAL: ("parent", "side_story"),
    roles.SUMMARY: ("full_story", "summary"),
    roles.SPIN_OFF: ("parent", "spin_off"),
    roles.REMAKE: ("alternative", "alternative"),
}


@dataclass(frozen=True, slots=True)
class Anime:
    """One true anime. ``row`` is its place in every array of the world; days count from 1970-01-01."""

    row: int
    franchise: int
    role: str
    season: int
    part: int
    number: int
    depth: int
    base: Title
    arc: Title | None
    style: float
    part_style: float
    format: str
    status: str
    episodes: int
    minutes: int
    start: int
    end: int
    known: int
    material: str
    genres: tuple[str, ...]
    tags: tuple[tuple[str, int], ...]
    studios: tuple[int, ...]
    is_adult: bool
    is_licensed: bool
    quality: float
    users: int
    synopsis: str
    relations: tuple[tuple[int, str], ...]

    def title(self, style: float, part_style: float) -> Title:
        """Its title in the given styles, numbers in [0, 1); its own `style` and `part_style` are official."""
        title = self.base
        if self.role != "first" and not (self.role == "part" and self.season == 1):
            role = "season" if self.role == "part" else self.role
            table = ARC[role] if self.arc else PLAIN[role]
            number = self.season if role == "season" else self.number
            year = 1970 + int(self.start // 365.2425)
            title = entitle(table[int(len(table) * style**2)], title, number, self.arc, year, 1)
        if self.part > 1:
            table = PLAIN["part"]
            title = entitle(table[int(len(table) * part_style**2)], title, 1, None, 0, self.part)
        return title


@dataclass(frozen=True)
class Catalogue:
    """All true anime, with the arrays they were made from (row for row) and the names of the studios."""

    anime: tuple[Anime, ...]
    plan: Plan
    features: Features
    schedule: Schedule
    studios: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.anime)


def make_catalogue(seed: int, count: int) -> Catalogue:
    """``count`` true anime, the same for the same seed and count."""
    plan = plan_franchises(seed, count)
    schedule = make_schedule(seed, plan)
    features = make_features(seed, plan, schedule.age_years)
    studios = make_studios(generator(seed, "studios"), 40 + count // 50)
    columns = _columns(seed, plan, schedule, features, len(studios))
    anime = tuple(Anime(*values) for values in zip(*columns, strict=True))
    return Catalogue(anime, plan, features, schedule, tuple(studios))


def _columns(seed: int, plan: Plan, schedule: Schedule, features: Features, studios: int) -> list[Sequence[object]]:
    """The fields of `Anime` in their order, each as a list with one value per anime."""
    draws = Draws(seed, "anime", plan.count)
    bases = _bases(seed, plan)
    materials = draws.pick("material", tuple(share for share, _, _ in MATERIALS.values()))
    first = plan.first_row
    # parts carry their season's style, so that "2nd Season" and "2nd Season Part 2" belong together
    style = draws.uniform("style")
    return [
        list(range(plan.count)),
        plan.franchise.tolist(),
        [ROLES[role] for role in plan.role.tolist()],
        plan.season.tolist(),
        plan.part.tolist(),
        plan.number.tolist(),
        plan.depth.tolist(),
        bases,
        _arcs(seed, plan, draws),
        style[_season_rows(plan)].tolist(),
        draws.uniform("part style").tolist(),
        [FORMATS[kind] for kind in schedule.format.tolist()],
        [STATUSES[status] for status in schedule.status.tolist()],
        schedule.episodes.tolist(),
        schedule.minutes.tolist(),
        schedule.start.tolist(),
        schedule.end.tolist(),
        schedule.known.tolist(),
        [tuple(MATERIALS)[material] for material in materials[first].tolist()],
        _genre_names(features),
        _tag_names(features),
        _studios(plan, draws, studios),
        features.is_adult.tolist(),
        draws.chance("licensed", LICENSED_SHARE)[first].tolist(),
        features.quality.tolist(),
        features.users.tolist(),
        make_stories(seed, [base.english for base in bases]),
        _relations(plan),
    ]


def _season_rows(plan: Plan) -> np.ndarray:
    """The row of the season that each entry is a part of; the entry itself where it is none."""
    rows = np.arange(plan.count)
    for part in (2, 3):
        of_part = (plan.role == roles.PART) & (plan.part == part)
        rows[of_part] = rows[plan.predecessor[of_part]]
    return rows


def _bases(seed: int, plan: Plan) -> list[Title]:
    """Each franchise's name, for all its entries; a few franchises share the name of an unrelated one."""
    titles = make_titles(generator(seed, "titles"), plan.franchises)
    draws = Draws(seed, "namesakes", plan.franchises)
    for franchise in np.flatnonzero(draws.chance("namesake", NAMESAKE_SHARE) & (np.arange(plan.franchises) > 0)):
        titles[franchise] = titles[int(draws.uniform("of")[franchise] * franchise)]
    return [titles[franchise] for franchise in plan.franchise.tolist()]


def _arcs(seed: int, plan: Plan, draws: Draws) -> list[object]:
    share = np.array([ARC_SHARE.get(role, 0.0) for role in range(len(ROLES))])[plan.role]
    has_arc = draws.chance("arc", share)
    names: list[Title | None] = list(make_arcs(generator(seed, "arcs"), plan.count))
    season_rows = _season_rows(plan).tolist()
    return [names[row] if has_arc[row] else None for row in season_rows]


def _genre_names(features: Features) -> list[object]:
    names = list(GENRES)
    rows = zip(features.genres.tolist(), features.is_adult.tolist(), strict=True)
    return [tuple(names[g] for g in genres if g >= 0) + ((ADULT_GENRE,) if adult else ()) for genres, adult in rows]


def _tag_names(features: Features) -> list[object]:
    names = list(TAGS)
    rows = zip(features.tags.tolist(), features.tag_ranks.tolist(), strict=True)
    return [tuple((names[t], r) for t, r in zip(*row, strict=True) if t >= 0) for row in rows]


def _studios(plan: Plan, draws: Draws, studios: int) -> list[object]:
    """One studio, sometimes two; a franchise mostly stays with its own, and a few studios make most anime."""
    drawn = (studios * draws.rng("studio").random((plan.count, 2)) ** 2.2).astype(np.int64)
    main = np.where(draws.chance("same studio", 0.8), drawn[plan.first_row, 0], drawn[:, 0])
    second = np.where(draws.chance("second studio", 0.12), drawn[:, 1], main)
    pairs = zip(main.tolist(), second.tolist(), strict=True)
    return [(one,) if one == two else (one, two) for one, two in pairs]


def _relations(plan: Plan) -> list[object]:
    found: list[list[tuple[int, str]]] = [[] for _ in range(plan.count)]
    rows = zip(plan.role.tolist(), plan.predecessor.tolist(), strict=True)
    for row, (role, before) in enumerate(rows):
        if role in BESIDE:
            to_first, from_first = BESIDE[role]
            found[row].append((before, to_first))
            found[before].append((row, from_first))
        elif before >= 0:
            found[row].append((before, "prequel"))
            found[before].append((row, "sequel"))
    return [tuple(edges) for edges in found]

"""Which records of the three catalogues are the same anime: what a matcher is measured against."""

from __future__ import annotations

import numpy as np

from demo.world import World

COLUMNS = ("myanimelist_id", "anilist_id", "kitsu_id")


def truth_rows(world: World) -> list[tuple[str, str, str]]:
    """One row per anime that a recorded catalogue holds, in the order of `COLUMNS`; "" = not in that one.

    Sorted by the ids as numbers, blanks first.
    """
    sources = [world.sources[name.removesuffix("_id")] for name in COLUMNS]
    ids = np.stack([np.where(source.catalogued, source.ids, 0) for source in sources], axis=1)
    ids = ids[ids.any(axis=1)]
    ids = ids[np.lexsort((ids[:, 2], ids[:, 1], ids[:, 0]))]
    return [(str(mal or ""), str(anilist or ""), str(kitsu or "")) for mal, anilist, kitsu in ids.tolist()]

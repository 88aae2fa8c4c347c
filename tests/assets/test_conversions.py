"""What the warehouse holds reaches matching and comes back as it was meant."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from assets.conversions import column, match_records
from tests.sql.building import Workshop
from warehouse.build import fetch

EDGES = [{"relationType": "SEQUEL", "node": {"id": 2, "type": "ANIME"}}]


def records(shop: Workshop) -> dict[str, Any]:
    """The records of the warehouse as matching is handed them, by name."""
    return {" ".join(one.name): one for one in match_records(fetch(shop.con, "inputs/match_records"))}


def test_a_record_keeps_what_its_source_states() -> None:
    """Titles with the main one first and none twice, and every claim and relation, stand in it; the rest is None."""
    shop = Workshop()
    shop.land(
        "anilist",
        {
            "id": 1,
            "idMal": 10,
            "title": {"romaji": "Kaze", "english": "Wind", "native": "風", "userPreferred": "Kaze"},
            "synonyms": ["The Wind", "Kaze", ""],
            "format": "TV",
            "startDate": {"year": 2001, "month": 4, "day": None},
            "relations": {"edges": EDGES},
        },
    )
    shop.stage()
    record = records(shop)["anilist 1"]
    assert record.titles[0] == "Kaze"
    assert sorted(record.titles) == ["Kaze", "The Wind", "Wind", "風"]
    assert (record.native_titles, record.synonyms) == (("風",), ("The Wind",))
    assert (record.start_date, record.start_date_precision) == (date(2001, 4, 1), "month")
    assert record.claimed == (("myanimelist", "10"),)
    assert record.related == (("SEQUEL", "2"),)
    assert (record.episodes, record.duration_minutes, record.studios) == (None, None, ())


def test_nulls_of_a_float_column_become_nan() -> None:
    """Missing ratings are told apart from zeros."""
    found = column(pa.table({"rating": pa.array([1.0, None])}), "rating")
    assert found[0] == 1.0
    assert np.isnan(found[1])

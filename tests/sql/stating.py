"""Records of one anime as sources state them, and the tables that say which of their values win."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.sql.building import Workshop
from warehouse.build import fetch
from warehouse.sqlfiles import check_files

SOURCES = ("anilist", "kitsu", "myanimelist")
#: In the order in which they are built.
TABLES = (
    "intermediate/int_anime_unioned",
    "intermediate/int_anime_record_meanings",
    "intermediate/int_filling_scores",
    "intermediate/int_anime_fields_stated",
    "intermediate/int_anime_fields_ranked",
    "intermediate/int_anime_merged",
    "core/dim_anime",
    "core/dim_anime_record",
    "core/bridge_anime_source",
    "core/fact_anime_field",
)
#: What a record has when a test says nothing else of it.
DEFAULTS = {"format": "UNKNOWN", "captured_at": "2026-03-01 12:00:00Z", "payload_path": "a.jsonl.gz", "payload_line": 1}
Stated = Mapping[str, Any]


def state(shop: Workshop, *records: Stated) -> None:
    """Build everything from these records alone.

    Args:
        shop: a warehouse that was built before, so that every table exists.
        records: `source`, and the columns of its staging table; `anime_key` is 1 and `source_id` the same unless given.
    """
    for table in (*(f"staging.stg_{source}__anime" for source in SOURCES), "intermediate.int_anime_identities"):
        shop.con.execute(f"delete from {table}")
    for record in records:
        key = record.get("anime_key", 1)
        row = DEFAULTS | {"source_id": str(key)} | {name: one for name, one in record.items() if name != "anime_key"}
        named = ", ".join(f"${name} as {name}" for name in row)
        shop.con.execute(f"insert into staging.stg_{row['source']}__anime by name select {named}", row)
        shop.con.execute(
            "insert into intermediate.int_anime_identities values (?, ?, ?, 'single', 1)",
            [row["source"], row["source_id"], key],
        )
    for name in TABLES:
        shop.build(name)


def statements(shop: Workshop, field: str, anime_key: int = 1) -> list[dict[str, Any]]:
    """What fact_anime_field says of each value of the field."""
    found = shop.con.execute(
        "from fact_anime_field where field = $field and anime_key = $anime_key",
        {"field": field, "anime_key": anime_key},
    )
    rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    return rows


def winner(shop: Workshop, field: str, anime_key: int = 1) -> tuple[str, str, str]:
    """Source, value and reason of the field's only winner."""
    (row,) = [row for row in statements(shop, field, anime_key) if row["is_winner"]]
    return row["source"], row["value"], row["why"]


def conflicts(shop: Workshop, anime_key: int = 1) -> dict[str, list[str]]:
    """The contested fields, each with the losing values as `source:value`."""
    rows = shop.rows(f"select field, others from vw_anime_conflict where anime_key = {anime_key} order by field")
    return {field: [f"{other['source']}:{other['value']}" for other in others] for field, others in rows}


def broken_rules(shop: Workshop) -> dict[str, list[dict[str, Any]]]:
    """The rules about dim_anime, its records and its fields that are broken, with the rows that break them."""
    files = [file for table in ("dim_anime", "dim_anime_record", "fact_anime_field") for file in check_files(table)]
    found = {
        file.name: fetch(shop.con, f"checks/{file.name}").to_pylist() for file in files if file.severity == "error"
    }
    return {name: rows for name, rows in found.items() if rows}


def stated(field: str, /, **values: Any) -> list[Stated]:
    """Records that state one field each: a value by source."""
    return [{"source": source, field: value} for source, value in values.items()]


def dated(field: str, **values: tuple[Any, str]) -> list[Stated]:
    """The same, of works that still run, with the day on which each source last changed its record."""
    return [
        {"source": source, "status": "AIRING", field: value, "record_updated_at": on(day)}
        for source, (value, day) in values.items()
    ]


def numbered(examples: Iterable[Sequence[Stated]]) -> Iterator[Stated]:
    """The records of each example as an anime of its own, counted from 1."""
    for anime_key, records in enumerate(examples, start=1):
        yield from ({"anime_key": anime_key} | dict(record) for record in records)


def on(day: str) -> str:
    """Noon of a day as a record states it."""
    return datetime.fromisoformat(f"{day}T12:00:00+00:00").isoformat()

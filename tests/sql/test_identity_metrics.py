"""How good identity is, and where keys lead, by small worlds whose figures can be counted by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from tests.sql.building import Workshop, no_rows
from warehouse.build import build, fetch
from warehouse.sqlfiles import sql_file

PAIR = ("left_source", "left_source_id", "right_source", "right_source_id", "decision", "matched_without_cross_id")


def pairs(*rows: Sequence[Any]) -> pa.Table:
    """Compared pairs of AniList and MyAnimeList: AniList's id, MyAnimeList's, decision, verdict without cross ids."""
    full = [("anilist", left, "myanimelist", right, *rest) for left, right, *rest in rows]
    return computed("core/fact_match_candidate", [dict(zip(PAIR, row, strict=True)) for row in full])


def history(*events: tuple[int, str, int | None]) -> pa.Table:
    """The lives of keys: key, event and other key, numbered from 1, one a day; each key is that of AniList's record."""
    rows = [
        {
            "event_number": at,
            "occurred_at": f"2026-01-{at:02}T00:00:00Z",
            "anime_key": key,
            "event": event,
            "other_key": other,
            "source": "anilist",
            "source_id": str(key),
        }
        for at, (key, event, other) in enumerate(events, start=1)
    ]
    return computed("core/anime_key_history", rows)


def published(*rows: tuple[str, int]) -> pa.Table:
    """Records of AniList in the published snapshot: id and key."""
    named = [{"source": "anilist", "source_id": source_id, "anime_key": key} for source_id, key in rows]
    return computed("intermediate/int_published_record", named)


def computed(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a table made in Python; what they do not say is null."""
    columns = {field.name: field.type for field in no_rows(sql_file(name)).schema}
    text = {"occurred_at": pa.string(), "decided_at": pa.string()}
    return pa.Table.from_pylist(rows, pa.schema([(one, text.get(one, kind)) for one, kind in columns.items()]))


def figures(shop: Workshop) -> dict[tuple[str, str], Any]:
    """Value, numerator and denominator of each figure, by metric and scope."""
    rows = shop.rows("select metric, scope, value, numerator, denominator from fact_match_metric")
    return {row[:2]: row[2:] for row in rows}


def make(shop: Workshop, clusters: Any, **tables: pa.Table) -> dict[tuple[str, str], Any]:
    """Build everything; the figures."""
    shop.make(clusters, tables)
    return figures(shop)


def land(shop: Workshop, claims: Mapping[int, int | None], mal: Sequence[int]) -> None:
    """AniList's records with the MyAnimeList id that each claims, and MyAnimeList's records."""
    shop.land(
        "anilist", *({"id": one, "idMal": claimed, "title": {"romaji": f"T{one}"}} for one, claimed in claims.items())
    )
    shop.land("myanimelist", *({"id": one, "title": f"T{one}"} for one in mal))


def test_precision_and_recall_are_those_of_matching_that_knows_no_cross_id(shop: Workshop) -> None:
    """Of four claims matching finds two and contradicts one; a pair that no claim is about counts for nothing."""
    land(shop, {1: 11, 2: 12, 3: 13, 4: 14, 5: None, 6: None}, mal=(11, 12, 13, 14, 15, 16))
    compared = pairs(
        ("1", "11", "match", True),
        ("2", "12", "match", True),
        ("3", "16", "no_match", True),
        ("3", "13", "match", False),
        ("5", "15", "match", True),
    )
    found = make(shop, [], fact_match_candidate=compared)
    assert found["precision_against_cross_ids", "all"] == (0.666667, 2, 3)
    assert found["recall_against_cross_ids", "all"] == (0.5, 2, 4)
    assert found["recall_against_cross_ids", "anilist-myanimelist"] == (0.5, 2, 4)
    judged = "left_source_id, right_source_id, is_same, is_matched from intermediate.int_match_judged"
    assert shop.rows(f"select {judged} order by all") == [
        ("1", "11", True, True),
        ("2", "12", True, True),
        ("3", "13", True, False),
        ("3", "16", False, True),
        ("4", "14", True, False),
    ]


def test_claims_of_absent_records_and_claims_made_twice_count_for_nothing(shop: Workshop) -> None:
    """Nobody knows which of two records is meant, and what is not at hand cannot be found."""
    land(shop, {1: 11, 2: 11, 3: 404}, mal=(11,))
    found = make(shop, [], fact_match_candidate=pairs(("1", "11", "match", True)))
    assert found["precision_against_cross_ids", "all"] == (None, 0, 0)
    assert found["recall_against_cross_ids", "all"] == (None, 0, 0)
    assert found["over_merge_rate", "all"] == (None, 0, 0)


def test_an_anime_is_over_merged_when_a_claim_names_another_record_than_it_holds(shop: Workshop) -> None:
    """Alone is no over-merge: AniList's 1 holds 12 instead of 11, 2 stands alone, 3 is right."""
    land(shop, {1: 11, 2: 12, 3: 13}, mal=(11, 12, 13))
    twins = [(("anilist", "1"), ("myanimelist", "12")), (("anilist", "3"), ("myanimelist", "13"))]
    found = make(shop, twins, fact_match_candidate=pairs(("1", "12", "match", True)))
    # The anime are {1, 12}, {2}, {3, 13} and {11}: each has a claim of or about one of its records.
    assert found["over_merge_rate", "all"] == (0.25, 1, 4)


def test_the_queue_and_the_sizes_are_counted(shop: Workshop) -> None:
    """Pairs that wait, for each record; pairs, records and anime."""
    land(shop, {1: None, 2: None}, mal=(11, 12))
    compared = pairs(("1", "11", "review", False), ("2", "12", "no_match", False))
    found = make(shop, [(("anilist", "1"), ("myanimelist", "12"))], fact_match_candidate=compared)
    assert found["review_queue_size", "all"] == (1, 1, None)
    assert found["review_queue_share", "all"] == (0.25, 1, 4)
    assert [found[name, "all"][0] for name in ("pairs_compared", "records", "anime")] == [2, 4, 3]


def test_a_changed_key_is_one_that_no_redirection_explains(shop: Workshop) -> None:
    """AniList's 2 was 9, which leads to 2 now; 3 had another key; 4 is new. Before a snapshot nothing changed."""
    land(shop, {1: None, 2: None, 3: None, 4: None}, mal=())
    lives = history(*((key, "born", None) for key in (1, 2, 3, 4, 9)), (9, "merged_into", 2))
    before = published(("1", 1), ("2", 9), ("3", 1))
    found = make(shop, [], anime_key_history=lives, int_published_record=before)
    assert found["keys_changed", "all"] == (1, 1, None)
    assert found["keys_changed_share", "all"] == (0.25, 1, 4)
    assert found["keys_redirected", "all"] == (1, 1, None)
    assert found["keys_redirected_share", "all"] == (0.25, 1, 4)
    fresh = make(shop, [], anime_key_history=lives)
    assert (fresh["keys_changed", "all"][0], fresh["keys_changed_share", "all"][0]) == (0, 0)


def test_without_records_nothing_can_be_measured(shop: Workshop) -> None:
    """Shares of nothing are unknown, counts are 0."""
    found = make(shop, [])
    assert found["precision_against_cross_ids", "all"] == (None, 0, 0)
    assert found["review_queue_share", "all"] == (None, 0, 0)
    assert found["anime", "all"] == (0, 0, None)


#: what happened to keys 1 to 3, and for each: current key, state
LIVES: list[tuple[list[tuple[int, str, int | None]], list[tuple[int, int, str]]]] = [
    ([], [(1, 1, "living"), (2, 2, "living"), (3, 3, "living")]),
    (
        [(3, "merged_into", 2), (2, "merged_into", 1)],
        [(1, 1, "living"), (2, 1, "merged"), (3, 1, "merged")],
    ),
    (
        [(3, "merged_into", 2), (2, "merged_into", 1), (2, "split_from", 1)],
        [(1, 1, "living"), (2, 2, "living"), (3, 2, "merged")],
    ),
    (
        [(2, "merged_into", 1), (1, "retired", None), (3, "retired", None), (3, "revived", None)],
        [(1, 1, "retired"), (2, 1, "retired"), (3, 3, "living")],
    ),
    (
        [(2, "merged_into", 1), (2, "split_from", 1), (2, "merged_into", 3), (2, "joined", None)],
        [(1, 1, "living"), (2, 3, "merged"), (3, 3, "living")],
    ),
    (
        [
            *((1, event, None) for event in ("left", "retired")),
            *((2, event, None) for event in ("left", "retired", "revived", "returned")),
            (3, "merged_into", 1),
            (3, "left", None),
        ],
        [(1, 1, "retired"), (2, 2, "living"), (3, 1, "retired")],
    ),
]


@pytest.mark.parametrize(("later", "expected"), LIVES)
def test_every_key_leads_to_the_one_that_stands_for_it(
    shop: Workshop, later: list[tuple[int, str, int | None]], expected: list[tuple[int, int, str]]
) -> None:
    """Through merges of merges, back after a split, and to a retired key where nothing is left."""
    shop.make([], {"anime_key_history": history(*((key, "born", None) for key in (1, 2, 3)), *later)})
    assert shop.rows("select anime_key, current_anime_key, state from vw_anime_key order by 1") == expected


def test_a_key_tells_its_life(shop: Workshop) -> None:
    """Its founder, its last event and when, and the title it leads to."""
    land(shop, {1: None, 2: None}, mal=())
    lives = history((1, "born", None), (2, "born", None), (2, "merged_into", 1))
    shop.make([], {"anime_key_history": lives})
    columns = "title, founder_source, founder_source_id, last_event, last_event_at::date::varchar, events"
    assert shop.rows(f"select {columns} from vw_anime_key where anime_key = 2") == [
        ("T1", "anilist", "2", "merged_into", "2026-01-03", 2)
    ]


def test_decisions_on_two_records_come_newest_first(shop: Workshop) -> None:
    """Of one day the later line, of HOME's file before the project's, which is read first; without a day last."""
    lines = [("sql/seeds/match_overrides.csv", line, day) for line, day in ((2, None), (3, "2026-01-02"))]
    lines += [("HOME/match_overrides.csv", line, day) for line, day in ((2, "2026-01-01"), (3, "2026-01-02"))]
    lines += [("HOME/match_overrides.csv", 4, "2026-01-02")]
    both = {"left_source": "anilist", "left_source_id": "1", "right_source": "kitsu", "right_source_id": "2"}
    rows = [both | {"file": file, "line": line, "decided_at": day} for file, line, day in lines]
    file = sql_file("core/fact_match_override")
    build(shop.con, file, computed=computed("core/fact_match_override", rows))
    asked = {"one_source": "kitsu", "one_id": "2", "other_source": "anilist", "other_id": "1"}
    found = fetch(shop.con, "serving/match_decisions", asked)
    assert [(one["file"].split("/")[0], one["line"]) for one in found.to_pylist()] == [
        ("HOME", 4),
        ("HOME", 3),
        ("sql", 3),
        ("HOME", 2),
        ("sql", 2),
    ]

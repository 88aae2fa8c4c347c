"""Which model is best is decided over all users and targets; a segment decides nothing."""

import pytest

from tests.sql.building import Workshop
from warehouse.build import fetch
from warehouse.sqlfiles import read_sql, sql_root

SEGMENTS = ("discovery", "long tail", "cold start")


@pytest.fixture
def measured(shop: Workshop) -> Workshop:
    """EASE is best over everybody; popularity is best in every segment."""
    rows = [("ease-1", "ease", "p", 0.4, "", True), ("popularity-1", "popularity", "p", 0.2, "", True)]
    rows += [("ease-1", "ease", f"p, {one}", 0.1, one, True) for one in SEGMENTS]
    rows += [("popularity-1", "popularity", f"p, {one}", 0.9, one, True) for one in SEGMENTS]
    shop.con.execute(
        "create table fact_model_metric (model_version_id varchar, model_type varchar, protocol varchar, "
        "value double, segment varchar, decides boolean, "
        "metric varchar default 'ndcg', k integer default 10, ci_low double default 0.1, "
        "ci_high double default 0.9, users integer default 6)"
    )
    shop.con.executemany(
        "insert into fact_model_metric (model_version_id, model_type, protocol, value, segment, decides) "
        "values (?, ?, ?, ?, ?, ?)",
        rows,
    )
    shop.con.execute(
        "create table dim_recommendation_model as select distinct model_version_id, model_type, "
        "model_type = 'ease' as is_active, now() as trained_at, null as skipped_because from fact_model_metric"
    )
    return shop


def test_models_are_ranked_and_listed_once(measured: Workshop) -> None:
    """By the figure over everybody."""
    for name in ("inputs/active_models", "serving/model_list"):
        rows = fetch(measured.con, name).to_pylist()
        assert [row["model_version_id"] for row in rows] == ["ease-1", "popularity-1"], name


def test_a_segment_in_which_popularity_wins_breaks_no_rule(measured: Workshop) -> None:
    """The best over everybody must beat it there; what it does among cold users is another question."""
    rule = read_sql(sql_root() / "checks" / "fact_model_metric__best_beats_popularity.sql").body
    assert measured.con.execute(rule).fetchall()
    differences = [("p", 0.2, "", 0.1, 0.3), ("p, discovery", -0.2, "discovery", -0.3, -0.1)]
    measured.con.executemany(
        "insert into fact_model_metric values "
        "('ease-1', 'ease', $1, $2, $3, true, 'ndcg_minus_popularity', 10, $4, $5, 6)",
        differences,
    )
    assert not measured.con.execute(rule).fetchall()


def test_another_protocol_neither_ranks_nor_breaks_a_rule(measured: Workshop) -> None:
    """Popularity is best there; the list of models shows it beside what decides."""
    measured.con.execute(
        "insert into fact_model_metric (model_version_id, model_type, protocol, value, segment, decides) "
        "values ('popularity-1', 'popularity', 'q', 0.95, '', false), ('ease-1', 'ease', 'q', 0.01, '', false)"
    )
    ranked = fetch(measured.con, "inputs/active_models").to_pylist()
    assert [row["model_version_id"] for row in ranked] == ["ease-1", "popularity-1"]
    listed = fetch(measured.con, "serving/model_list").to_pylist()
    # what decides comes first, however much higher the figures of the other protocol are
    assert [(row["model_type"], row["protocol"], row["decides"]) for row in listed] == [
        ("ease", "p", True),
        ("popularity", "p", True),
        ("ease", "q", False),
        ("popularity", "q", False),
    ]
    rule = read_sql(sql_root() / "checks" / "fact_model_metric__best_beats_popularity.sql").body
    assert [row[1:3] for row in measured.con.execute(rule).fetchall()] == [("ease", 0.4)]

"""Names become SQL in one way, and nothing else does."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import WarehouseError
from warehouse.names import quote_identifier, quote_literal, relation

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


@given(text=TEXT)
def test_any_text_survives_as_a_literal(text: str) -> None:
    """DuckDB reads back exactly what was quoted."""
    assert duckdb.execute(f"select {quote_literal(text)}").fetchall() == [(text,)]


@given(name=TEXT.filter(bool))
def test_any_text_survives_as_a_column_name(name: str) -> None:
    """Quotes, semicolons and comments in a name stay part of the name."""
    described = duckdb.execute(f"select 1 as {quote_identifier(name)}").description
    assert described is not None
    assert described[0][0] == name


@pytest.mark.parametrize("name", ["", "a\x00b"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    """Nothing, and the zero character."""
    with pytest.raises(WarehouseError):
        quote_identifier(name)


def test_a_table_is_named_with_or_without_schema() -> None:
    """Without one it lies in main."""
    assert str(relation("dim_anime")) == "main.dim_anime"
    assert relation("ml.scores").sql == '"ml"."scores"'


@pytest.mark.parametrize("name", ["", "a.b.c", "a b", "a;b", 'a"', "1a", "a."])
def test_what_is_no_table_name_is_refused(name: str) -> None:
    """Only plain words, at most two."""
    with pytest.raises(WarehouseError, match="not a table name"):
        relation(name)

"""What is known of a table's rows without looking at them."""

import duckdb

from warehouse.catalogue import content_hash


def test_equal_rows_have_an_equal_hash_in_whatever_order(con: duckdb.DuckDBPyConnection) -> None:
    """The hash is that of a set of rows: their order does not count, and no row at all has a hash as well."""
    con.execute("create table main.up as select range as a, 'title ' || range as b, [range] as c from range(100)")
    con.execute("create table main.down as select * from main.up order by a desc")
    con.execute("create table main.nothing as select * from main.up where false")
    assert content_hash(con, "up") == content_hash(con, "main.down")
    assert content_hash(con, "up") != content_hash(con, "nothing")
    assert content_hash(con, "nothing") == "0-0"


def test_one_other_value_gives_another_hash(con: duckdb.DuckDBPyConnection) -> None:
    """A changed, added or emptied value shows."""
    con.execute("create table main.held as select range as a, 'title' as b from range(3)")
    hashes = [content_hash(con, "held")]
    for change in (
        "update main.held set b = 'Title' where a = 1",
        "insert into main.held values (9, 'x')",
        "update main.held set b = null where a = 9",
    ):
        con.execute(change)
        hashes.append(content_hash(con, "held"))
    assert len(set(hashes)) == 4

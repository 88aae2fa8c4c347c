"""The page: whole by itself, safe with what comes from outside, and true to the rows."""

from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from reports.page import QUERIES, render, sections
from reports.pictures import Tables
from tests.sql.publishing import publish_world
from warehouse.build import fetch


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The rows of the page in a small published world."""
    with publish_world(tmp_path_factory.mktemp("page")).reader() as con:
        found = {query: fetch(con, f"reports/{query}").to_pandas() for query in QUERIES}
        return found | {"quarantine_counts": fetch(con, "serving/quarantine_counts").to_pandas()}


class Page(HTMLParser):
    """Tags left open, addresses, and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note it."""
        self.tags.add(tag)
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """Note it, and that it is closed."""
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last, which must be of this name."""
        assert self.open.pop() == tag


def test_the_page_needs_nothing_beside_itself(tables: Tables) -> None:
    """Well nested, no script, no address that leads outside, no id twice."""
    page = Page(render(tables, "a test world"))
    assert page.open == []
    assert not page.tags & {"script", "link", "iframe", "object"}
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.addresses)
    assert len(page.ids) == len(set(page.ids))


def test_every_anchor_leads_somewhere(tables: Tables) -> None:
    """Links to parts, and references inside pictures."""
    page = Page(render(tables, "a test world"))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)


def test_titles_from_outside_are_text(tables: Tables) -> None:
    """A title with a tag in it is shown, not obeyed."""
    evil = tables["example_recommendations"].assign(title="<img src=x onerror=alert(1)>", reason="a & b")
    page = render({**tables, "example_recommendations": evil}, "<b>world</b>")
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "a &amp; b" in page
    assert "&lt;b&gt;world&lt;/b&gt;" in page


def test_the_page_tells_what_the_snapshot_holds(tables: Tables) -> None:
    """Its run, its refused row, its recommendation with the reason, its model with the protocol."""
    page = render(tables, "a test world", "Mind the gap.")
    for words in (
        "a test world",
        "Mind the gap.",
        "<dd>run</dd>",
        "1 row was refused",
        "6 users have 13 list entries",
        "Cedar Road",
        "Because you rated Amber Tide 9 and rated Dune Song 9.",
        "Protocol: p.",
        "0.400 (0.300 to 0.500)",
        "The list entries of this input bear no times",
    ):
        assert words in page, words


def test_an_empty_snapshot_has_a_page(tables: Tables) -> None:
    """Sentences instead of pictures; nothing fails."""
    nothing = {name: frame.iloc[:0] for name, frame in tables.items()}
    page = Page(render(nothing, "nothing"))
    assert "svg" not in page.tags
    assert {section.name for section in sections(nothing)} <= set(page.ids)


def test_a_long_table_is_folded_up(tables: Tables) -> None:
    """Thirteen rows are closed, twelve are open."""
    row = {"table_name": "t", "checks": 1, "errors": 0, "warnings": 0, "failing_rows": 0, "broken": ""}
    for count, expected in ((12, "<details open>"), (13, "<details>")):
        checks = pd.DataFrame([row | {"checked_at": pd.Timestamp("2026-03-01", tz="UTC")}] * count)
        page = render({**tables, "checks_by_table": checks}, "w")
        assert f"{expected}\n<summary>Checks by table" in page

"""The HTML report: one page that needs nothing beside itself, neither scripts nor a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reports import facts, leaderboard
from reports.facts import Listing, listing
from reports.pictures import PICTURES, Shown, Tables, shown
from reports.style import for_page

#: What the page reads beside the rows of its pictures: files of sql/reports.
_LISTED = (
    "ablation",
    "held_out_user_metrics",
    "published",
    "published_tables",
    "checks_by_table",
    "records_by_source",
    "match_metrics",
    "review_queue",
    "rating_summary",
    "list_status",
    "cohorts",
    "model_versions",
    "example_recommendations",
)
#: Every file of sql/reports whose rows the page needs; `quarantine_counts` comes from sql/serving.
QUERIES = tuple(sorted({*_LISTED, *(query for picture in PICTURES.values() for query in picture.queries)}))
#: Tables of more rows are folded up.
_OPEN_ROWS = 12
#: A number, with its interval behind it if there is one.
_NUMBER = re.compile(r"[-+]?[\d,]+(\.\d+)?( %)?( \([-+]?[\d.]+ to [-+]?[\d.]+\))?")


@dataclass(frozen=True)
class Section:
    """One part of the page.

    Attributes:
        name: its anchor.
        title: its heading.
        text: sentences below the heading; '' = none.
        pictures: in their order.
        listings: tables, below the pictures.
    """

    name: str
    title: str
    text: str = ""
    pictures: list[Shown] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)


def render(tables: Tables, world: str, note: str = "") -> str:
    """The whole page.

    Args:
        tables: rows by query: those of QUERIES, and `quarantine_counts`.
        world: what was read, in words.
        note: a warning to stand at the top; '' = none.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["for_page"] = for_page
    environment.filters["is_number"] = lambda cell: _NUMBER.fullmatch(cell) is not None
    return environment.get_template("page.html").render(
        overview=facts.overview(tables, world), note=note, sections=list(sections(tables)), open_rows=_OPEN_ROWS
    )


def sections(tables: Tables) -> Iterator[Section]:
    """The parts of the page in their order."""
    yield from (catalogue(tables), identity(tables), ratings(tables))
    yield from (data_quality(tables), models(tables), recommendations(tables))


def catalogue(tables: Tables) -> Section:
    """What the sources hold."""
    names = ("source_overlap", "formats_by_year", "genre_frequency", "genre_pairs")
    columns = {
        "source": "source",
        "records": "records",
        "shared": "known elsewhere as well",
        "first_day": "first read",
        "last_day": "last read",
        "days": "days",
    }
    read = listing("Records by source", tables["records_by_source"], columns)
    return Section("catalogue", "Catalogue", pictures=_pictures(names, tables), listings=[read])


def identity(tables: Tables) -> Section:
    """Which records are one anime, and how sure that is."""
    names = ("match_scores", "match_calibration", "field_winners")
    queue = tables["review_queue"].to_dict("records")
    waiting = Listing(
        "The most popular pairs that wait for a person",
        ("one record", "the other", "score", "why it waits"),
        [(_record(row, "left"), _record(row, "right"), f"{row['score']:.2f}", str(row["reason"])) for row in queue],
    )
    shown_listings = [facts.match_figures(tables["match_metrics"]), waiting]
    return Section("identity", "Identity", pictures=_pictures(names, tables), listings=shown_listings)


def _record(row: dict[Any, Any], side: str) -> str:
    return f"{row[f'{side}_title']} ({row[f'{side}_source']}:{row[f'{side}_source_id']})"


def ratings(tables: Tables) -> Section:
    """The exploratory analysis of the ratings."""
    names = [
        "rating_distribution",
        "user_activity",
        "long_tail",
        "lorenz",
        "rating_density",
        "score_agreement",
        "ratings_by_start_year",
        "ratings_by_month",
        "ratings_by_weekday",
    ]
    if tables["ratings_by_month"].empty:
        # one sentence about it is enough
        names.remove("ratings_by_weekday")
    statuses = {"source": "source", "status": "status", "entries": "entries", "ratings": "with a score"}
    cohorts = {
        "cohort_id": "cohort",
        "users": "users",
        "ratings": "ratings",
        "median_ratings": "median ratings of a user",
        "mean_rating": "mean rating",
    }
    listings = [
        listing("List entries by status", tables["list_status"], statuses),
        listing("Cohorts of the experiment", tables["cohorts"], cohorts),
    ]
    text = facts.rating_words(tables["rating_summary"])
    return Section("ratings", "Ratings", text, _pictures(names, tables), listings)


def data_quality(tables: Tables) -> Section:
    """What is missing, what was refused, and what breaks a rule."""
    checks, refused = tables["checks_by_table"], tables["quarantine_counts"]
    names = {"table_name": "table", "checks": "checks", "errors": "errors", "warnings": "warnings", "broken": "broken"}
    reasons = {"stage": "stage", "reason": "reason", "refused": "rows", "example": "first place, under landing/"}
    text = f"{facts.check_words(checks)} {facts.refused_words(refused, tables['records_by_source'])}"
    listings = [listing("Refused rows", refused, reasons), listing("Checks by table", checks, names)]
    return Section("quality", "Data quality", text, _pictures(("field_coverage",), tables), listings)


def models(tables: Tables) -> Section:
    """How good the models are, measured as the protocol says."""
    names = ("leaderboard", "accuracy_and_coverage", "ndcg_by_depth", "recall_by_depth", "training_passes")
    metrics, versions, apart = tables["model_metrics"], tables["model_versions"], tables["held_out_user_metrics"]
    tables_of_models = [leaderboard.leaderboard(metrics, versions), leaderboard.comparison(metrics)]
    if len(apart):
        tables_of_models.append(leaderboard.held_out_users(apart))
    if len(tables["ablation"]):
        tables_of_models.append(leaderboard.ablation(tables["ablation"]))
    text = f"{leaderboard.protocol_words(metrics)} {leaderboard.held_out_words(apart)}".strip()
    return Section("models", "Models", text, _pictures(names, tables), tables_of_models)


def recommendations(tables: Tables) -> Section:
    """What people are recommended, with a few examples."""
    names = ("recommended_popularity", "recommendation_shares")
    columns = {"rank": "", "title": "title", "format": "format", "start_year": "year", "reason": "reason"}
    found = tables["example_recommendations"]
    if len(found):
        found = found.assign(start_year=["" if year != year else f"{year:.0f}" for year in found["start_year"]])
    listings = [
        listing(f"For somebody who rated {facts.word(own['ratings'].iloc[0])} anime", own, columns)
        for _, own in found.groupby("example")
    ]
    return Section("recommendations", "Recommendations", "", _pictures(names, tables), listings)


def _pictures(names: tuple[str, ...] | list[str], tables: Tables) -> list[Shown]:
    return [shown(name, tables) for name in names]

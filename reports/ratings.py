"""Pictures of what users have rated: how high, how much, what, and when."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from reports.style import BLUE, GREY, ORANGE, SOURCES, VERMILION, log_scale, named, new_axes, percent, thousands
from reports.words import counted, largest, percentage, share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def rating_distribution(found: pd.DataFrame) -> tuple[Axes, str]:
    """How often each score is given, as a share of the source's ratings."""
    axes = new_axes()
    sources = sorted(found["source"].unique())
    width = 0.8 / len(sources)
    for at, source in enumerate(sources):
        own = found[found["source"] == source]
        shares = own["ratings"] / own["ratings"].sum()
        place = own["rating"] + (at - (len(sources) - 1) / 2) * width
        label = f"{source} (n = {own['ratings'].sum():,})"
        axes.bar(place, shares, width, color=SOURCES.get(source, GREY), label=label)
    total = int(found["ratings"].sum())
    named(
        axes, f"Ratings by score (n = {total:,})", "score, 1-10, cut to whole points", "share of the source's ratings"
    )
    axes.set_xticks(range(1, 11))
    axes.grid(axis="x", visible=False)
    percent(axes.yaxis)
    axes.legend(loc="upper left")
    by_score = found.groupby("rating")["ratings"].sum()
    high = share(by_score[by_score.index >= 7].sum(), total)
    return axes, f"The most frequent score is {by_score.idxmax()}; {high} are 7 or more."


def user_activity(found: pd.DataFrame) -> tuple[Axes, str]:
    """Users by the number of their ratings, in steps that double."""
    axes = new_axes()
    axes.bar(found["step"], found["users"], 0.85, color=BLUE)
    axes.set_xticks(found["step"], [f"{2 ** int(step):,}" for step in found["step"]])
    axes.grid(axis="x", visible=False)
    users, ratings = found["users"].sum(), found["ratings"].sum()
    steps = "ratings of a user: from so many to less than twice as many"
    named(axes, f"Users by how much they rate (n = {users:,})", steps, "users")
    thousands(axes.yaxis)
    fullest = largest(found, "users")
    few = found.loc[found["step"] < 3, "users"].sum()
    return axes, (
        f"{counted(users, 'user')} gave {counted(ratings, 'rating')}; most often a user has "
        f"{_doubling(fullest['step'])} of them, and {share(few, users)} have fewer than 8."
    )


def _doubling(step: int) -> str:
    low, high = 2 ** int(step), 2 ** (int(step) + 1) - 1
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def long_tail(found: pd.DataFrame, concentration: pd.DataFrame) -> tuple[Axes, str]:
    """Ratings of an anime against its popularity rank, both logarithmic, and the share that the top has."""
    axes = new_axes()
    axes.plot(found["place"], found["ratings"], color=BLUE, linewidth=2)
    log_scale(axes.xaxis)
    log_scale(axes.yaxis)
    facts = concentration.iloc[0]
    anime, ratings, half = int(facts["anime"]), int(facts["ratings"]), int(facts["anime_of_half"])
    axes.axvspan(1, max(half, 1), color=ORANGE, alpha=0.18, linewidth=0)
    axes.annotate(
        f"half of all ratings:\n{counted(half, 'anime', 'anime')}",
        (1, 1),
        xytext=(0.03, 0.06),
        textcoords="axes fraction",
    )
    named(axes, f"Long tail: ratings by popularity rank (n = {anime:,} anime)", "rank, 1 = most rated", "ratings")
    return axes, (
        f"{counted(half, 'anime', 'anime')} of {anime:,} have half of the {ratings:,} ratings, and the most popular "
        f"tenth has {percentage(facts['top_tenth_share'])}."
    )


def lorenz(found: pd.DataFrame, concentration: pd.DataFrame) -> tuple[Axes, str]:
    """The Lorenz curve of ratings over rated anime, from the least popular on."""
    axes = new_axes()
    anime = found["anime"].iloc[0]
    x = np.concatenate([[1.0], 1 - found["place"] / anime])[::-1]
    y = np.concatenate([[1.0], 1 - found["share"]])[::-1]
    axes.fill_between(x, y, x, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(x, y, color=BLUE, linewidth=2, label="ratings")
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="if all were rated alike often")
    gini = concentration["gini"].iloc[0]
    named(axes, f"Concentration of ratings (Gini {gini:.3f})", "anime, from the least rated", "share of ratings")
    percent(axes.xaxis)
    percent(axes.yaxis)
    axes.legend(loc="upper left")
    bottom = float(np.interp(0.5, x, y))
    return axes, (
        f"The Gini coefficient is {gini:.3f}; the less popular half of the rated anime has "
        f"{percentage(bottom)} of the ratings."
    )


def rating_density(found: pd.DataFrame) -> tuple[Axes, str]:
    """The table of users and anime as a heat map of how full it is, logarithmic colours."""
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes = new_axes(3.8, right=0.1)
    cells = found.pivot(index="user_band", columns="anime_band", values="density").to_numpy()
    positive = cells[cells > 0]
    shown = np.ma.masked_less_equal(cells, 0)
    norm = LogNorm(positive.min(), max(positive.max(), positive.min() * 1.01))
    image = axes.imshow(shown, aspect="auto", cmap="cividis", norm=norm, extent=(0, 100, 100, 0))
    bar = axes.figure.colorbar(image, label="share of pairs with a rating")
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:g} %"))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    users, anime = _band_totals(found)
    density = found["ratings"].sum() / (users * anime)
    named(
        axes,
        f"How full the table of ratings is ({users:,} users, {anime:,} anime)",
        "anime in percent, most rated first",
        "users in percent, most active first",
    )
    axes.grid(visible=False)
    dense = cells[0, 0]
    return axes, (
        f"{percentage(density)} of all pairs of user and rated anime have a rating; where the most active users meet "
        f"the most popular anime it is {percentage(dense)}."
    )


def _band_totals(found: pd.DataFrame) -> tuple[int, int]:
    """Users and anime over all bands."""
    users = found.drop_duplicates("user_band")["users"].sum()
    return int(users), int(found.drop_duplicates("anime_band")["anime"].sum())


def ratings_by_month(found: pd.DataFrame) -> tuple[Axes, str]:
    """List entries by the month of their last change."""
    import pandas as pd

    axes = new_axes()
    months = pd.to_datetime(found["month"])
    axes.fill_between(months, found["entries"], color=BLUE, alpha=0.25, linewidth=0)
    axes.plot(months, found["entries"], color=BLUE)
    total = found["entries"].sum()
    named(axes, f"List entries by month of last change (n = {total:,})", "", "entries")
    axes.set_ylim(bottom=0)
    thousands(axes.yaxis)
    best = largest(found, "entries")
    return axes, (
        f"Entries changed from {months.min():%B %Y} to {months.max():%B %Y}, most of them "
        f"({best['entries']:,}) in {pd.Timestamp(best['month']):%B %Y}."
    )


def ratings_by_weekday(found: pd.DataFrame) -> tuple[Axes, str]:
    """List entries by weekday and hour as a heat map."""
    axes = new_axes(2.9, right=0.1)
    cells = found.pivot(index="weekday", columns="hour", values="entries")
    cells = cells.reindex(index=range(1, 8), columns=range(24)).fillna(0)
    image = axes.imshow(cells, aspect="auto", cmap="cividis", vmin=0)
    axes.figure.colorbar(image, label="entries")
    axes.set_yticks(range(7), [day[:3] for day in WEEKDAYS])
    axes.set_xticks(range(0, 24, 3))
    axes.grid(visible=False)
    named(axes, f"List entries by weekday and hour (n = {cells.to_numpy().sum():,.0f})", "hour of the day, UTC")
    by_day = cells.sum(axis=1)
    best = int(by_day.to_numpy().argmax())
    spread = by_day.max() / max(by_day.min(), 1)
    return axes, (
        f"Most entries changed on a {WEEKDAYS[best]} ({share(by_day.max(), by_day.sum())}), "
        f"{spread:.2f} times as many as on the quietest day."
    )


def ratings_by_start_year(found: pd.DataFrame) -> tuple[Axes, str]:
    """Ratings by the year in which the anime began, and their mean."""
    axes = new_axes(right=0.7)
    total = found["ratings"].sum()
    axes.bar(found["start_year"], found["ratings"], 0.9, color=BLUE, alpha=0.55)
    named(axes, f"Ratings by the anime's start year (n = {total:,})", "start year", "ratings (bars)")
    thousands(axes.yaxis)
    means = axes.twinx()
    enough = found[found["ratings"] >= 30]
    means.plot(enough["start_year"], enough["mean_rating"], color=VERMILION, linewidth=1.8)
    means.set_ylabel("mean rating, 1-10 (line)")
    means.grid(visible=False)
    begun = found["ratings"].cumsum().searchsorted(total / 1000)
    axes.set_xlim(left=found["start_year"].iloc[int(begun)] - 0.5)
    best = largest(found, "ratings")
    middle = int(found["start_year"].iloc[found["ratings"].cumsum().searchsorted(total / 2)])
    return axes, (
        f"Half of the ratings are of anime from {middle} or later; {best['start_year']:.0f} has the most "
        f"({best['ratings']:,.0f})."
    )


def score_agreement(found: pd.DataFrame) -> tuple[Axes, str]:
    """The mean rating here against the catalogues' own score, with the middle 80 % of anime."""
    axes = new_axes()
    centre = found["score_from"] + 2.5
    axes.fill_between(centre, found["low"], found["high"], color=BLUE, alpha=0.2, linewidth=0, label="middle 80 %")
    axes.plot(centre, found["mean_rating"], color=BLUE, marker="o", label="mean")
    anime = found["anime"].sum()
    title = f"Ratings here against the catalogues' scores (n = {anime:,} anime)"
    named(axes, title, "score in the catalogues, 0-100", "mean rating here, 1-10")
    axes.legend(loc="upper left")
    correlation = float(found["correlation"].iloc[0])
    told = "cannot be told" if isnan(correlation) else f"is {correlation:.2f}"
    return axes, f"Over {counted(anime, 'anime', 'anime')} with ten ratings or more, the correlation {told}."

"""Pictures of the catalogue: where it comes from, what it holds, and how complete it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reports.style import BLUE, GREY, SERIES, SOURCES, named, new_axes, percent, thousands
from reports.words import counted, largest, listed, percentage, share, smallest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Formats in the order in which they are stacked.
FORMATS = ("TV", "MOVIE", "OVA", "ONA", "SPECIAL", "MUSIC")


def source_overlap(found: pd.DataFrame) -> tuple[Axes, str]:
    """How many anime stand in exactly which catalogues: a bar and a column of dots for each combination (UpSet)."""
    sets = [str(one).split(",") for one in found["sources"]]
    sources = sorted({name for one in sets for name in one})
    axes = new_axes(3.9, left=0.95, bottom=1.1)
    plot = axes.get_position()
    dots = axes.figure.add_axes((plot.x0, 0.03, plot.width, plot.y0 - 0.06), sharex=axes)
    places = np.arange(len(sets))
    bars = axes.bar(places, found["anime"], 0.7, color=[BLUE if len(one) > 1 else GREY for one in sets])
    axes.bar_label(bars, [f"{anime:,}" for anime in found["anime"]], padding=2, fontsize=8.5)
    for at, members in enumerate(sets):
        rows = [sources.index(name) for name in members]
        dots.scatter([at] * len(sources), range(len(sources)), color=GREY, alpha=0.25, s=45)
        dots.plot([at] * len(rows), rows, color=BLUE if len(rows) > 1 else GREY, marker="o", markersize=7)
    axes.margins(y=0.1)
    dots.set_yticks(range(len(sources)), sources)
    dots.set_ylim(-0.6, len(sources) - 0.4)
    for part in (axes, dots):
        part.grid(visible=False)
        part.tick_params(axis="x", bottom=False, labelbottom=False)
    total = found["anime"].sum()
    named(axes, f"Anime by the catalogues that hold them (n = {total:,})", "", "anime")
    thousands(axes.yaxis)
    together = found.loc[[len(one) > 1 for one in sets], "anime"].sum()
    first = listed(sets[0])
    return axes, (
        f"{counted(together, 'anime', 'anime')} ({share(together, total)}) stand in more than one catalogue; "
        f"the largest group is that of {first}{' alone' if len(sets[0]) == 1 else ''} ({found['anime'].iloc[0]:,})."
    )


def formats_by_year(found: pd.DataFrame) -> tuple[Axes, str]:
    """The catalogue by start year, stacked by format; anime without a year are counted in the sentence."""
    axes = new_axes()
    total, undated = found["anime"].sum(), found.loc[found["start_year"].isna(), "anime"].sum()
    dated = found.dropna(subset="start_year")
    named(axes, f"Catalogue by start year and format (n = {total - undated:,} anime)", "start year", "anime")
    thousands(axes.yaxis)
    if dated.empty:
        return axes, f"No start year is known of any of {counted(total, 'anime', 'anime')}."
    table = dated.assign(format=dated["format"].where(dated["format"].isin(FORMATS), "other"))
    years = table.pivot_table(index="start_year", columns="format", values="anime", aggfunc="sum", fill_value=0)
    years = years.reindex(range(int(years.index.min()), int(years.index.max()) + 1), fill_value=0)
    names = [name for name in (*FORMATS, "other") if name in years]
    colours = [SERIES[(*FORMATS, "other").index(name)] for name in names]
    # one area a format: a bar a year would be a thousand elements
    areas = [years[name] for name in names]
    axes.stackplot(years.index, areas, labels=names, colors=colours, linewidth=0)
    axes.legend(loc="upper left", ncols=2)
    most = years.sum(axis=1)
    return axes, (
        f"The catalogue reaches from {most.index.min():.0f} to {most.index.max():.0f}, with the most anime "
        f"({most.max():,.0f}) in {most.idxmax():.0f}; {counted(undated, 'anime has', 'anime have')} no known year."
    )


def genre_frequency(found: pd.DataFrame) -> tuple[Axes, str]:
    """The most frequent genres, and how the users here rate the anime that have them."""
    axes = new_axes(1.2 + 0.2 * len(found), left=1.1)
    shown = found.iloc[::-1]
    axes.barh(shown["genre"], shown["anime"], color=BLUE, alpha=0.6)
    axes.grid(axis="y", visible=False)
    named(axes, f"The {len(found)} most frequent genres, and how they are rated here", "anime (bars)")
    thousands(axes.xaxis)
    first = f"{found['genre'].iloc[0]} is the most frequent genre ({counted(found['anime'].iloc[0], 'anime', 'anime')})"
    rated = shown[shown["ratings"] >= 100].dropna(subset="mean_rating")
    if rated.empty:
        return axes, f"{first}; none has a hundred ratings here."
    most = float(found["anime"].max())
    for row in rated.to_dict("records"):
        place = (row["anime"] + 0.01 * most, row["genre"])
        axes.annotate(f"{row['mean_rating']:.2f}", place, va="center", fontsize=8.5)
    axes.set_xlabel("anime (bars); mean rating here, 1-10 (numbers)")
    axes.set_xlim(0, 1.12 * most)
    best, least = largest(rated, "mean_rating"), smallest(rated, "mean_rating")
    return axes, (
        f"{first}; of these genres, {best['genre']} is rated highest here ({best['mean_rating']:.2f} on average), "
        f"{least['genre']} lowest ({least['mean_rating']:.2f})."
    )


def genre_pairs(found: pd.DataFrame) -> tuple[Axes, str]:
    """Which genres go together: of the anime of the row's genre, the share that has the column's as well."""
    names = list(dict.fromkeys(found["genre"]))
    axes = new_axes(4.6, left=1.1, right=0.1, bottom=1.0)
    shares = found.pivot(index="genre", columns="other_genre", values="share").reindex(index=names, columns=names)
    image = axes.imshow(np.ma.masked_invalid(shares.to_numpy(dtype=float)), cmap="cividis", vmin=0, aspect="auto")
    bar = axes.figure.colorbar(image, label="share of the row's anime")
    percent(bar.ax.yaxis)
    axes.set_xticks(range(len(names)), names, rotation=50, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False)
    named(axes, f"Genres that stand together (the {len(names)} most frequent)")
    best = largest(found, "share")
    return axes, (
        f"{percentage(best['share'])} of the {best['anime']:,} anime with the genre {best['genre']} have "
        f"{best['other_genre']} as well, more than any other of these pairs."
    )


def field_winners(found: pd.DataFrame) -> tuple[Axes, str]:
    """Whose value stands in each field of dim_anime, as a share of the anime that have the field."""
    table = found.pivot_table(index="field", columns="source", values="anime", aggfunc="sum", fill_value=0)
    shares = table.div(table.sum(axis=1), axis=0).iloc[::-1]
    height = 1.3 + 0.22 * len(shares)
    axes = new_axes(height, left=1.35, bottom=0.8)
    left = np.zeros(len(shares))
    for source in shares.columns:
        axes.barh(shares.index, shares[source], 0.8, left=left, color=SOURCES.get(str(source), GREY), label=source)
        left += shares[source].to_numpy()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 1)
    named(axes, "Survivorship: whose value wins each field", "share of the anime that have the field")
    percent(axes.xaxis)
    axes.figure.legend(loc="upper center", bbox_to_anchor=(0.5, 0.3 / height), ncols=max(len(shares.columns), 1))
    won = table.sum()
    return axes, f"{won.idxmax()} gives most of the values ({share(won.max(), won.sum())} over all fields)."


def field_coverage(found: pd.DataFrame) -> tuple[Axes, str]:
    """The share of each source's records that state a field, beside that of the merged anime that have it."""
    stated = found.pivot(index="field", columns="source", values="stated_share")
    fields = found.drop_duplicates("field")
    whole = fields.set_index("field")
    stated["all together"] = whole["anime"] / whole["catalogue_anime"]
    stated = stated.sort_values("all together", ascending=False)
    axes = new_axes(0.7 + 0.24 * len(stated), left=1.35, bottom=0.3)
    image = axes.imshow(stated.to_numpy(dtype=float), cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(stated.to_numpy(dtype=float)):
        colour = "#ffffff" if value < 0.6 else "#000000"
        axes.text(column, row, f"{100 * value:.0f} %", ha="center", va="center", color=colour, fontsize=8.5)
    axes.set_xticks(range(stated.shape[1]), stated.columns)
    axes.set_yticks(range(len(stated)), stated.index)
    axes.grid(visible=False)
    percent(axes.figure.colorbar(image).ax.yaxis)
    named(axes, f"Which fields are known (n = {whole['catalogue_anime'].iloc[0]:,} anime)")
    least, disputed = smallest(fields, "anime"), largest(fields, "disputed")
    missing = 1 - least["anime"] / max(least["catalogue_anime"], 1)
    return axes, (
        f"{least['field']} is missing most often ({percentage(missing)} of the anime); sources contradict each other "
        f"most about {disputed['field']} ({counted(disputed['disputed'], 'anime', 'anime')})."
    )

"""Pictures of the models: how good, how sure, how varied, how they were taught, and what their lists rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SERIES, SKY, VERMILION, named, new_axes, percent
from reports.words import counted, listed, percentage, share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BASELINE = "popularity"
_COLOURS = {
    "ease": BLUE,
    "item_knn": GREEN,
    "als": ORANGE,
    "lightfm_warp": VERMILION,
    "content_tfidf": PURPLE,
    BASELINE: GREY,
}


def _colour(model: str) -> str:
    return _COLOURS.get(model, SKY)


def at(found: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    """The rows of one metric at one depth, best first, by model."""
    rows = found[(found["metric"] == metric) & (found["k"] == k)]
    return rows.sort_values(["value", "model_type"], ascending=[False, True]).set_index("model_type")


def _value(rows: pd.DataFrame, model: str) -> float:
    return float(rows["value"].loc[model])


def leaderboard(found: pd.DataFrame) -> tuple[Axes, str]:
    """NDCG@10 of every model with its 95 % interval; popularity is the line that each has to pass."""
    rows = at(found, "ndcg", 10)
    axes = new_axes(1.2 + 0.36 * len(rows), left=1.2)
    for place, (model, row) in enumerate(rows[::-1].iterrows()):
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=_colour(str(model)), linewidth=3, alpha=0.5)
        axes.plot(row["value"], place, "o", color=_colour(str(model)), markersize=7)
    axes.set_yticks(range(len(rows)), list(rows.index[::-1]))
    axes.set_xlim(left=0)
    if BASELINE in rows.index:
        axes.axvline(_value(rows, BASELINE), color=GREY, linestyle="--", linewidth=1)
    users = int(rows["users"].max())
    named(axes, f"Leaderboard: NDCG@10 with 95 % intervals (n = {users:,} users)", "NDCG@10 on hidden ratings")
    best, value = rows.index[0], rows["value"].iloc[0]
    told = f"{best} is best with {value:.3f} ({rows['ci_low'].iloc[0]:.3f} to {rows['ci_high'].iloc[0]:.3f})"
    simple = _value(rows, BASELINE) if BASELINE in rows.index else 0.0
    if simple > 0 and best != BASELINE:
        return axes, f"{told}, {value / simple:.1f} times the {simple:.3f} of recommending what is popular."
    return axes, f"{told}."


def by_depth(found: pd.DataFrame) -> tuple[Axes, str]:
    """Recall of every model by the length of the list, with bands of the 95 % interval."""
    axes = new_axes()
    rows = found[found["metric"] == "recall"]
    for model, own in rows.groupby("model_type"):
        own = own.sort_values("k")
        axes.fill_between(own["k"], own["ci_low"], own["ci_high"], color=_colour(str(model)), alpha=0.2, linewidth=0)
        axes.plot(own["k"], own["value"], color=_colour(str(model)), marker="o", markersize=4, label=model)
    axes.set_xscale("log")
    depths = sorted(rows["k"].unique())
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.minorticks_off()
    percent(axes.yaxis)
    axes.legend(loc="upper left")
    named(axes, "Recall by length of the list, 95 % bands", "titles in the list", "hidden titles found")
    deepest = at(found, "recall", int(depths[-1]))
    return axes, (
        f"Of a user's hidden titles, {deepest.index[0]} finds {percentage(deepest['value'].iloc[0])} in its first "
        f"{depths[-1]}; the least, {deepest.index[-1]}, finds {percentage(deepest['value'].iloc[-1])}."
    )


def coverage(found: pd.DataFrame) -> tuple[Axes, str]:
    """How much of the catalogue each model's first ten cover, against how good the lists are."""
    axes = new_axes()
    good, wide = at(found, "ndcg", 10), at(found, "coverage", 10)
    models = [model for model in good.index if model in wide.index]
    for model in models:
        x, y = _value(wide, str(model)), _value(good, str(model))
        axes.plot(x, y, "o", color=_colour(model), markersize=9)
        axes.annotate(model, (x, y), xytext=(7, 5), textcoords="offset points")
    percent(axes.xaxis)
    # room for the last model's name
    axes.set_xlim(0, 1.3 * max(_value(wide, str(model)) for model in models) or 1)
    axes.set_ylim(0, 1.15 * max(_value(good, str(model)) for model in models) or 1)
    named(axes, f"Accuracy and coverage ({len(models)} models)", "catalogue covered by all first tens", "NDCG@10")
    widest = wide.index[0]
    return axes, (
        f"The first ten of all users together cover {percentage(wide['value'].iloc[0])} of the catalogue with "
        f"{widest}, and {percentage(wide['value'].iloc[-1])} with {wide.index[-1]}."
    )


def training_passes(found: pd.DataFrame) -> tuple[Axes, str]:
    """How far each model that learns in passes has come after each of them, on its training data."""
    axes = new_axes()
    told = []
    for model, own in found.groupby("model_type"):
        axes.plot(own["pass"], 1 - own["share"], color=_colour(str(model)), marker="o", markersize=4, label=model)
        last = own["share"].iloc[-1] - own["share"].iloc[-2] if len(own) > 1 else float("nan")
        told.append(f"{model} from {own['share'].iloc[0]:.3f} to {own['share'].iloc[-1]:.3f} (last pass {last:+.4f})")
    axes.set_ylim(bottom=0)
    percent(axes.yaxis)
    axes.legend()
    named(axes, "Training: pairs of training entries still ranked wrongly", "pass over the ratings", "share of pairs")
    return axes, f"The share of sampled training pairs ranked rightly went with {listed(told)}."


def recommended_popularity(found: pd.DataFrame) -> tuple[Axes, str]:
    """Ratings and recommendations by the popularity of the anime, in ten equal bands."""
    axes = new_axes(3.8, bottom=0.85)
    ratings, places = found["ratings"].sum(), found["places"].sum()
    labels = ["not rated" if band == 0 else f"{10 * band - 10}-{10 * band} %" for band in found["band"]]
    order = [*range(1, len(found)), 0] if found["band"].iloc[0] == 0 else list(range(len(found)))
    shown = found.iloc[order]
    x = range(len(shown))
    left, right = [one - 0.2 for one in x], [one + 0.2 for one in x]
    axes.bar(left, shown["ratings"] / max(ratings, 1), 0.4, color=GREY, label="ratings")
    axes.bar(right, shown["places"] / max(places, 1), 0.4, color=BLUE, label="first ten recommendations")
    axes.set_xticks(x, [labels[one] for one in order], rotation=35, ha="right", rotation_mode="anchor")
    axes.grid(axis="x", visible=False)
    percent(axes.yaxis)
    axes.legend()
    named(axes, f"How popular recommendations are (n = {places:,})", "anime by popularity, most rated first", "share")
    top = found.loc[found["band"] == 1]
    return axes, (
        f"The most rated tenth of the anime has {share(top['ratings'].sum(), ratings)} of the ratings and "
        f"{share(top['places'].sum(), places)} of the recommendations; "
        f"{counted(found['recommended_anime'].sum(), 'anime', 'anime')} stand in somebody's first ten."
    )


def recommendation_shares(found: pd.DataFrame) -> tuple[Axes, str]:
    """What recommendations rest on, by their place in the list."""
    axes = new_axes(bottom=0.8)
    kinds = ("collaborative", "content", "popularity")
    colours = (SERIES[0], SERIES[5], GREY)
    axes.stackplot(found["rank"], [found[kind] for kind in kinds], colors=colours, labels=kinds, alpha=0.75)
    axes.set_ylim(0, 1)
    axes.set_xlim(found["rank"].min(), max(found["rank"].max(), found["rank"].min() + 1))
    percent(axes.yaxis)
    axes.figure.legend(loc="lower center", ncols=len(kinds))
    total = found["recommendations"].sum()
    named(axes, f"What recommendations rest on (n = {total:,})", "place in the list", "mean share of the score")
    means = {kind: (found[kind] * found["recommendations"]).sum() / total for kind in kinds}
    main = max(means, key=lambda kind: means[kind])
    return axes, (
        f"On average {percentage(means[main])} of a score is {main}; "
        + listed([f"{percentage(means[kind])} {kind}" for kind in kinds if kind != main])
        + "."
    )

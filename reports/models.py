"""Pictures of the models: how good, how sure, how varied, how they were taught, and what their lists rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from reports.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SERIES, VERMILION, named, new_axes, percent
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
#: For models without a colour of their own (Tol, "Colour schemes", 2021, muted).
_OTHERS = ("#332288", "#117733", "#44aa99", "#88ccee", "#ddcc77", "#cc6677", "#aa4499", "#882255")
#: So many models are told apart in pictures of lines, the best ones; the others are drawn thin.
_TOLD_APART = 6
#: Points of a page: between two names beside their dots, for a dot, for a letter, and what a name is moved at most.
_NAME_HEIGHT, _DOT, _LETTER_WIDTH, _FARTHEST = 11, 9, 5.8, 200


def _colour(model: str) -> str:
    return _COLOURS.get(model, _OTHERS[crc32(model.encode()) % len(_OTHERS)])


def at(found: pd.DataFrame, metric: str, k: int, segment: str = "") -> pd.DataFrame:
    """The rows of one metric at one depth in one segment, best first, by model."""
    rows = found[(found["metric"] == metric) & (found["k"] == k) & (found["segment"] == segment)]
    return rows.sort_values(["value", "model_type"], ascending=[False, True]).set_index("model_type")


def _value(rows: pd.DataFrame, model: str) -> float:
    return float(rows["value"].loc[model])


def leaderboard(found: pd.DataFrame) -> tuple[Axes, str]:
    """NDCG@10 of every model with its 95 % interval; popularity is the line that each has to pass."""
    rows = at(found, "ndcg", 10)
    axes = new_axes(1.2 + 0.28 * len(rows), left=1.75)
    for place, (model, row) in enumerate(rows[::-1].iterrows()):
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=_colour(str(model)), linewidth=3, alpha=0.5)
        axes.plot(row["value"], place, "o", color=_colour(str(model)), markersize=7)
    axes.set_yticks(range(len(rows)), list(rows.index[::-1]))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(left=0)
    if BASELINE in rows.index:
        axes.axvline(_value(rows, BASELINE), color=GREY, linestyle="--", linewidth=1)
    users = int(rows["users"].max())
    named(axes, f"Leaderboard: NDCG@10, 95 % intervals ({users:,} users)", "NDCG@10 on hidden ratings")
    best, value = rows.index[0], rows["value"].iloc[0]
    told = f"{best} is best with {value:.3f} ({rows['ci_low'].iloc[0]:.3f} to {rows['ci_high'].iloc[0]:.3f})"
    simple = _value(rows, BASELINE) if BASELINE in rows.index else 0.0
    if simple > 0 and best != BASELINE:
        return axes, f"{told}, {value / simple:.1f} times the {simple:.3f} of recommending what is popular."
    return axes, f"{told}."


def ndcg_by_depth(found: pd.DataFrame) -> tuple[Axes, str]:
    """NDCG of the best models and popularity by the length of the list; the other models are thin lines."""
    axes, deepest, depth = _by_depth(found, "ndcg")
    named(axes, "NDCG by length of the list, 95 % bands", "titles in the list", "NDCG on hidden ratings")
    first = at(found, "ndcg", int(found["k"].min()))
    return axes, (
        f"In the first {found['k'].min()} titles {first.index[0]} is best with {first['value'].iloc[0]:.3f}, "
        f"in the first {depth} {deepest.index[0]} with {deepest['value'].iloc[0]:.3f}."
    )


def recall_by_depth(found: pd.DataFrame) -> tuple[Axes, str]:
    """Recall of the best models and popularity by the length of the list; the other models are thin lines."""
    axes, deepest, depth = _by_depth(found, "recall")
    percent(axes.yaxis)
    named(axes, "Recall by length of the list, 95 % bands", "titles in the list", "hidden titles found")
    return axes, (
        f"Of a user's hidden titles, {deepest.index[0]} finds {percentage(deepest['value'].iloc[0])} in its first "
        f"{depth}; the least, {deepest.index[-1]}, finds {percentage(deepest['value'].iloc[-1])}."
    )


def _by_depth(found: pd.DataFrame, metric: str) -> tuple[Axes, pd.DataFrame, int]:
    """A line for each model, the rows at the greatest depth, best first, and that depth."""
    axes = new_axes(3.9, right=1.25)
    rows = found[(found["metric"] == metric) & (found["segment"] == "")]
    depths = sorted(rows["k"].unique())
    deepest = at(found, metric, int(depths[-1]))
    told_apart = {*deepest.index[:_TOLD_APART], BASELINE}
    for model in deepest.index[::-1]:
        own = rows[rows["model_type"] == model].sort_values("k")
        if model not in told_apart:
            axes.plot(own["k"], own["value"], color=_colour(model), linewidth=0.8, alpha=0.6)
            continue
        axes.fill_between(own["k"], own["ci_low"], own["ci_high"], color=_colour(model), alpha=0.2, linewidth=0)
        style = "--" if model == BASELINE else "-"
        axes.plot(own["k"], own["value"], style, color=_colour(model), marker="o", markersize=4)
    # room for the names of the best above their lines
    axes.margins(y=0.15)
    axes.set_xscale("log")
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.minorticks_off()
    ends = [(model, float(depths[-1]), _value(deepest, model)) for model in deepest.index if model in told_apart]
    _name_dots(axes, ends, range(0, -_FARTHEST - 1, -1))
    return axes, deepest, int(depths[-1])


def coverage(found: pd.DataFrame) -> tuple[Axes, str]:
    """How much of the catalogue each model's first ten cover, against how good the lists are."""
    axes = new_axes(4.4)
    good, wide = at(found, "ndcg", 10), at(found, "coverage", 10)
    models = [str(model) for model in good.index if model in wide.index]
    dots = [(model, _value(wide, model), _value(good, model)) for model in models]
    for model, x, y in dots:
        axes.plot(x, y, "s" if model == BASELINE else "o", color=_colour(model), markersize=8)
    percent(axes.xaxis)
    # room for the last model's name
    axes.set_xlim(0, 1.3 * max(x for _, x, _ in dots) or 1)
    axes.set_ylim(0, 1.15 * max(y for *_, y in dots) or 1)
    _name_dots(axes, dots, sorted(range(-_FARTHEST, _FARTHEST + 1), key=abs))
    named(axes, f"Accuracy and coverage ({len(models)} models)", "catalogue covered by all first tens", "NDCG@10")
    widest = wide.index[0]
    return axes, (
        f"The first ten of all users together cover {percentage(wide['value'].iloc[0])} of the catalogue with "
        f"{widest}, and {percentage(wide['value'].iloc[-1])} with {wide.index[-1]}."
    )


def _name_dots(axes: Axes, dots: list[tuple[str, float, float]], moves: Sequence[int]) -> None:
    """Write each name to the right of its dot, the highest first, moved where it would cover a dot or another's name.

    Args:
        axes: with its limits set.
        dots: names and places.
        moves: points upwards, of which the first that fits is taken.
    """
    scale = 72.0 / axes.figure.dpi
    places = {model: axes.transData.transform((x, y)) * scale for model, x, y in dots}
    top = axes.transAxes.transform((0, 1))[1] * scale - _NAME_HEIGHT / 2
    taken = [(right - _DOT / 2, right + _DOT / 2, height) for right, height in places.values()]
    for model, x, y in sorted(dots, key=lambda dot: -dot[2]):
        right, height = places[model]
        begin, end = right + _DOT, right + _DOT + _LETTER_WIDTH * len(model)
        free = (
            move
            for move in moves
            if height + move < top and not any(_meets(one, begin, end, height + move) for one in taken)
        )
        moved = next(free, 0)
        taken.append((begin, end, height + moved))
        thin = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 0}
        line = thin if abs(moved) > _NAME_HEIGHT / 2 else None
        axes.annotate(model, (x, y), xytext=(_DOT, moved - 3), textcoords="offset points", arrowprops=line)


def _meets(taken: tuple[float, float, float], begin: float, end: float, height: float) -> bool:
    """Whether a name from begin to end at this height would cover what is taken."""
    return taken[0] < end and taken[1] > begin and abs(taken[2] - height) < _NAME_HEIGHT


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
    whole, then = "a score", "."
    if found["has_second_stage"].any():
        whole, then = "a proposal", ". A second stage, which looks at more, puts the proposals in order."
    return axes, (
        f"On average {percentage(means[main])} of {whole} is {main}; "
        + listed([f"{percentage(means[kind])} {kind}" for kind in kinds if kind != main])
        + then
    )

"""How every picture looks, and how it becomes SVG.

The one rule: colours differ for colour-blind eyes as well (Okabe and Ito, "Color Universal Design", 2008), and one
thing has one colour in all pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, GREY = (
    "#0077bb",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#56b4e9",
    "#cc79a7",
    "#8d939c",
)
SERIES = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, GREY)
SOURCES = {"anilist": BLUE, "kitsu": ORANGE, "myanimelist": GREEN, "jikan": SKY, "imdb": PURPLE}
#: The colour of words and lines, which the page replaces by the colour of its own text.
INK = "#31343a"
#: Inches: the figures' width, their usual height, and the room for a title.
WIDE, TALL, _TOP = 6.6, 3.5, 0.32
_IMAGE_WIDTH = 720
_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.18,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "osusume",
    "text.parse_math": False,
} | dict.fromkeys(
    ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color", "grid.color"),
    INK,
)


@contextmanager
def in_style() -> Iterator[None]:
    """A block in which figures are drawn and saved in the one style."""
    import matplotlib as mpl

    with mpl.rc_context(cast(Any, _STYLE)):
        yield


def new_axes(height: float = TALL, left: float = 0.75, right: float = 0.3, bottom: float = 0.55) -> Axes:
    """One empty plot of a figure of its own; `axes.figure` is the figure.

    Margins are given, since letting matplotlib find them costs as much as drawing.

    Args:
        height: of the figure, inches; its width is WIDE.
        left: room for the labels of the axis, inches.
        right: the same on the other side.
        bottom: room below the plot, inches.
    """
    from matplotlib.figure import Figure

    place = (left / WIDE, bottom / height, 1 - (left + right) / WIDE, 1 - (bottom + _TOP) / height)
    return Figure(figsize=(WIDE, height)).add_axes(place)


def named(axes: Axes, title: str, x: str = "", y: str = "") -> None:
    """Write the title and the names of the axes, units included."""
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def thousands(axis: Any) -> None:
    """Write an axis's numbers as 12,000 and without fractions."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def percent(axis: Any) -> None:
    """Write an axis's shares (0-1) as 25 %."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:g} %"))


def log_scale(axis: Any) -> None:
    """Make an axis logarithmic, with its powers of ten written as 1,000."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_minor_locator(NullLocator())


def as_svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element of no fixed size, words as words; `for_page` and `for_image` fit it for its place.

    Args:
        figure: drawn in style.
        name: distinguishes its ids from those of other figures on a page.
    """
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text).replace("url(#", f"url(#{name}-")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    # hundredths of a point are finer than any screen; words between the tags keep their digits
    text = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", tag[0]), text)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1 role="img"', text, count=1)


def for_page(svg: str) -> str:
    """The SVG with its ink in the colour of the text around it, on light pages and dark ones."""
    return svg.replace(INK, "currentColor")


def for_image(svg: str) -> str:
    """The SVG as an image file: on white, with a width."""
    opening, rest = svg.split(">", 1)
    return f'{opening} width="{_IMAGE_WIDTH}"><rect width="100%" height="100%" fill="#ffffff"/>{rest}'

"""What all figures share: an empty figure in the house's style, labels with units, and bytes that do not change."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.clock import parse_time
from sim.money import parse_money
from sim.views.entries import plain, shown_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

#: Okabe and Ito, black last.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)), (0, (6, 2, 2, 2)))
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
INK, FAINT = "#222222", "#d9d9d9"
_STYLE: dict[str, Any] = {
    "svg.hashsalt": "trust-triangle",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
}


@contextmanager
def style() -> Iterator[None]:
    """The settings of matplotlib in which a figure is drawn and saved; afterwards they are as before."""
    import matplotlib as mpl

    settings: Any = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")}
    settings.update(_STYLE)
    with mpl.rc_context(settings):
        yield


def empty(width: float = 6.4, height: float = 3.8) -> tuple[Figure, Axes]:
    """A figure with one pair of axes, inches; call it inside ``style``."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    # Letters are as wide as in a vector drawing only where dots are many.
    figure = Figure(figsize=(width, height), dpi=288, layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06))
    return figure, figure.add_subplot()


def done(figure: Figure) -> Figure:
    """Lay the figure out once and for all, so that it is the same however often and in whatever form it is saved."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")
    return figure


def svg(figure: Figure) -> str:
    """The figure as an ``<svg>`` element, which may stand in a page or in a file of its own."""
    out = io.StringIO()
    with style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG image of ``dpi`` dots per inch."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


class Shown:
    """What a notebook draws when it is the last thing in a cell: an ``<svg>`` element."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_svg_(self) -> str:
        return self.text


def shown(drawing: Figure | str) -> Shown:
    """A figure, or an ``<svg>`` element such as ``views.svg.sequence`` gives, for a notebook to draw."""
    return Shown(drawing if isinstance(drawing, str) else svg(drawing))


# --- words and numbers ------------------------------------------------------------------------------------------------


def label(name: str, unit: str = "") -> str:
    """A name with its unit, as an axis is labelled; of a unit that the name says already, only the name."""
    shown = shown_unit(unit)
    return f"{plain(name)} ({shown})" if shown and shown not in plain(name).split() else plain(name)


def scaled(values: Any, unit: str) -> Any:
    """Numbers (an array, a series) in the unit that is shown."""
    return values / 100 if unit == "cents" else values


def level_label(value: Any) -> str:
    """A level of what is varied, for a legend."""
    return plain(value) if isinstance(value, str) else f"{value:g}"


def numeric(values: Sequence[Any]) -> tuple[list[float], str] | None:
    """Levels as numbers, with the unit: ``["1 d", "90 d"]`` are days. None where they are not all numbers of a kind.

    >>> numeric(["1 d", "36 h"]), numeric(["5 usd", "12.50 usd"]), numeric(["M1", "M2"])
    (([1.0, 1.5], 'd'), ([5.0, 12.5], 'usd'), None)
    """
    if all(isinstance(value, int | float) for value in values):
        return [float(value) for value in values], ""
    texts = [str(value).strip() for value in values]
    if all(text.endswith("usd") for text in texts):
        amounts = _each(texts, parse_money)
        return None if amounts is None else ([cents / 100 for cents in amounts], "usd")
    bare = _each(texts, float)
    if bare is not None:
        return bare, ""
    times = _each(texts, parse_time)
    unit = texts[0].rpartition(" ")[2] if texts else ""
    one = _each([f"1 {unit}"], parse_time)
    return None if times is None or one is None else ([us / one[0] for us in times], unit)


def _each(texts: Sequence[str], read: Any) -> list[float] | None:
    try:
        return [float(read(text)) for text in texts]
    except ValueError:
        return None


# --- frames -----------------------------------------------------------------------------------------------------------


def frame(source: Any, name: str) -> DataFrame:
    """The frame ``name`` of a sweep; a frame is taken as it is."""
    found: DataFrame = getattr(source, name) if hasattr(source, "summary") else source
    return found


def unit_of(source: Any, measure: str, unit: str | None) -> str:
    """The unit of a measure: the one given, else what the sweep says."""
    if unit is not None:
        return unit
    return str(source.summary["units"].get(measure, "")) if hasattr(source, "summary") else ""


def wanted(found: DataFrame, *columns: str) -> None:
    """``ValueError`` unless the frame has the columns."""
    for column in columns:
        if column not in found.columns:
            raise ValueError(f"the frame has no column {column!r}; possible: {', '.join(map(str, found.columns))}")


def of_measure(source: Any, measure: str) -> DataFrame:
    """The rows of ``cells`` about one measure; ``ValueError`` where there are none."""
    cells = frame(source, "cells")
    wanted(cells, "measure", "mean", "low", "high")
    found: DataFrame = cells[cells["measure"] == measure]
    if found.empty:
        possible = ", ".join(dict.fromkeys(map(str, cells["measure"])))
        raise ValueError(f"there is no measure {measure!r} in these results; possible: {possible}")
    return found


def in_file_order(values: Sequence[Any]) -> list[Any]:
    """Different levels in the order in which they come."""
    return list(dict.fromkeys(values))

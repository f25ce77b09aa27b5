"""Heat maps: a measure over two things that are varied, each number written into its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.views.entries import factor_title, number
from sim.views.figures.drawing import (
    done,
    empty,
    in_file_order,
    label,
    level_label,
    of_measure,
    scaled,
    style,
    unit_of,
    wanted,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches for a column and for a row.
ACROSS, DOWN = 0.82, 0.34


def heat(source: Any, x: str, y: str, measure: str, *, unit: str | None = None, title: str | None = None) -> Figure:
    """The mean of ``measure`` for every level of ``x`` (across) and ``y`` (down), darker for more.

    ``source`` is a sweep or its cells, of which there must be one for each pair of levels, else ``ValueError``: choose
    a variant, or levels of what else is varied, first.
    """
    cells = of_measure(source, measure)
    wanted(cells, x, y)
    if cells.duplicated([x, y]).any():
        raise ValueError(f"there are several cells for one pair of {x} and {y}; choose one of each first")
    across, down = in_file_order(cells[x]), in_file_order(cells[y])
    shown = unit_of(source, measure, unit)
    values = cells.pivot(index=y, columns=x, values="mean").reindex(index=down, columns=across)
    grid = scaled(values.to_numpy(dtype=float), shown)
    with style():
        names = [level_label(one) for one in down]
        longest = max(map(len, names))
        width = 1.4 + ACROSS * len(across) + 0.07 * longest
        figure, axes = empty(width, 1.5 + DOWN * len(down))
        _draw(axes, grid)
        axes.set_xticks(range(len(across)), [level_label(one) for one in across], rotation=30, ha="right")
        axes.set_yticks(range(len(down)), names)
        axes.set_xlabel(factor_title(x))
        axes.set_ylabel(factor_title(y))
        axes.set_title(title or label(measure, shown))
        return done(figure)


def _draw(axes: Axes, grid: Any) -> None:
    import numpy as np

    axes.grid(visible=False)
    seen = grid[~np.isnan(grid)]
    low, high = (min(float(seen.min()), 0.0), max(float(seen.max()), 0.0)) if len(seen) else (0.0, 1.0)
    signed = low < 0 < high
    reach = max(-low, high)
    bottom, top = (-reach, reach) if signed else (low, high if high > low else low + 1)
    colours = "PuOr_r" if signed else "Blues_r" if low < 0 else "Blues"
    rows, columns = grid.shape
    edges = [place - 0.5 for place in range(max(rows, columns) + 1)]
    image = axes.pcolormesh(
        edges[: columns + 1], edges[: rows + 1], np.ma.masked_invalid(grid), cmap=colours, vmin=bottom, vmax=top,
        edgecolors="white", linewidth=0.6,
    )  # fmt: skip
    axes.invert_yaxis()
    for row, line in enumerate(grid):
        for column, value in enumerate(line):
            colour = _readable(image.cmap(image.norm(value))) if not np.isnan(value) else "#222222"
            axes.text(column, row, number(float(value)), ha="center", va="center", fontsize=7.5, color=colour)


def _readable(rgba: Any) -> str:
    """Black or white, whichever is read better on a colour."""
    red, green, blue = rgba[:3]
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "#ffffff"

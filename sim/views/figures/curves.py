"""Lines: how a measure is distributed over runs, and how it goes with a number that is varied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.views.entries import factor_title, plain
from sim.views.figures.drawing import (
    COLOURS,
    DASHES,
    MARKS,
    done,
    empty,
    frame,
    in_file_order,
    label,
    level_label,
    numeric,
    of_measure,
    scaled,
    style,
    unit_of,
    wanted,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

#: More lines than this are not told apart; the others are left out, and the title says so.
LINES = 8


def ecdf(
    source: Any, measure: str, *, by: Sequence[str] = (), unit: str | None = None, title: str | None = None
) -> Figure:
    """The share of runs in which ``measure`` is at most so much, a line for each level of ``by``.

    ``source`` is a sweep or its rows. Runs that did not observe it are left out, and counted in the legend.
    ``ValueError`` where a column is missing or nothing was observed.
    """
    rows = frame(source, "rows")
    wanted(rows, measure, *by)
    if rows[measure].notna().sum() == 0:
        raise ValueError(f"{measure} was observed in none of these runs")
    shown = unit_of(source, measure, unit)
    with style():
        figure, axes = empty()
        groups = _groups(rows, by)
        for place, (name, part) in enumerate(groups[:LINES]):
            _steps(
                axes, scaled(part[measure].dropna(), unit_of(source, measure, unit)), place, _named(name, part, measure)
            )
        axes.set_xlabel(label(measure, shown))
        axes.set_ylabel("share of runs")
        axes.set_ylim(0, 1.02)
        _finish(axes, title or f"{plain(measure)} over runs", by, len(groups))
        return done(figure)


def _steps(axes: Axes, values: Any, place: int, name: str) -> None:
    if len(values) == 0:
        axes.plot([], [], color=COLOURS[place], label=name)
        return
    ordered = sorted(values)
    shares = [(number + 1) / len(ordered) for number in range(len(ordered))]
    axes.step(
        [ordered[0], *ordered], [0.0, *shares], where="post", color=COLOURS[place], linestyle=DASHES[place], label=name
    )


def _named(name: str, part: DataFrame, measure: str) -> str:
    missing = int(part[measure].isna().sum())
    return f"{name} (not observed in {missing} of {len(part)})" if missing else name


def _groups(found: DataFrame, by: Sequence[str]) -> list[tuple[str, DataFrame]]:
    if not by:
        return [("", found)]
    keys = list(by)
    parts = found.groupby(keys, sort=False, dropna=False)
    groups = []
    for levels, part in parts:
        values = levels if isinstance(levels, tuple) else (levels,)
        names = (
            "base" if key == "variant" and not level else level_label(level)
            for key, level in zip(keys, values, strict=True)
        )
        groups.append((", ".join(names), part))
    return groups


def curve(
    source: Any, x: str, measure: str, *, by: Sequence[str] = (), unit: str | None = None, title: str | None = None
) -> Figure:
    """The mean of ``measure`` along the number ``x``, with its interval as a band, a line for each level of ``by``.

    ``source`` is a sweep or its cells; ``x`` a column of numbers, times (``90 d``) or amounts (``5 usd``).
    ``ValueError`` where there is no such measure, or ``x`` has no numbers.
    """
    cells = of_measure(source, measure)
    wanted(cells, x, *by)
    numbers = numeric(list(cells[x]))
    if numbers is None:
        raise ValueError(
            f"the levels of {x} are not numbers of one kind: {', '.join(map(str, in_file_order(cells[x])))}"
        )
    shown = unit_of(source, measure, unit)
    with style():
        figure, axes = empty()
        groups = _groups(cells.assign(_x=numbers[0]), by)
        for place, (name, part) in enumerate(groups[:LINES]):
            _band(axes, part.sort_values("_x", kind="stable"), shown, place, name)
        axes.set_xlabel(label(factor_title(x), numbers[1]))
        axes.set_ylabel(label(measure, shown))
        _finish(axes, title or f"{plain(measure)} along {factor_title(x)}", by, len(groups))
        return done(figure)


def _band(axes: Axes, part: DataFrame, unit: str, place: int, name: str) -> None:
    x, mean = part["_x"], scaled(part["mean"], unit)
    low, high = scaled(part["low"], unit), scaled(part["high"], unit)
    axes.fill_between(x, low, high, color=COLOURS[place], alpha=0.18, linewidth=0)
    axes.plot(
        x, mean, color=COLOURS[place], linestyle=DASHES[place], marker=MARKS[place], markersize=3.5, linewidth=1.4,
        label=name,
    )  # fmt: skip


def _finish(axes: Axes, title: str, by: Sequence[str], groups: int) -> None:
    if groups > LINES:
        title += f" (the first {LINES} of {groups} lines)"
    axes.set_title(title)
    if by:
        heading = ", ".join(map(factor_title, by))
        axes.legend(title=heading, loc="upper left", bbox_to_anchor=(1.01, 1), fontsize=8, title_fontsize=8)

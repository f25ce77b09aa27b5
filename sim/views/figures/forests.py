"""Forest plots: paired differences with their intervals, one below the other, and a line where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import paired, simultaneous
from sim.views.entries import factor_title, plain
from sim.views.figures.drawing import (
    COLOURS,
    done,
    empty,
    frame,
    in_file_order,
    label,
    scaled,
    style,
    unit_of,
    wanted,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

#: More rows than this do not fit a page; the title says how many are left out.
ROWS = 60


def against(rows: Any, factor: str, reference: str, measure: str, *, level: float = 0.95) -> DataFrame:
    """How much more of ``measure`` there is at each level of ``factor`` than at ``reference``, run by run.

    ``rows`` are those of a sweep; everything else that is varied is held fixed. The intervals hold together (Bonferroni
    over all rows), at ``level``. A frame like ``Sweep.differences``. ``ValueError`` where there is no such level.
    """
    from pandas import DataFrame

    found = frame(rows, "rows")
    wanted(found, factor, measure, "run", "cell")
    levels = in_file_order(found[factor])
    if reference not in levels:
        raise ValueError(f"{factor} has no level {reference!r}; possible: {', '.join(map(str, levels))}")
    others = _fixed(found, factor)
    parts = list(found.groupby(others, sort=False, dropna=False)) if others else [((), found)]
    comparisons = len(parts) * (len(levels) - 1)
    each = simultaneous(level, comparisons) if comparisons else level
    made = []
    for fixed, part in parts:
        values = {one: _by_run(part[part[factor] == one], measure) for one in levels}
        base = values[reference]
        for one in levels:
            if one == reference or not len(values[one]) or not len(base):
                continue
            runs = base.index.intersection(values[one].index)
            gap = paired(_plain(values[one].loc[runs]), _plain(base.loc[runs]), each)
            rest = dict(zip(others, fixed if isinstance(fixed, tuple) else (fixed,), strict=True)) if others else {}
            ends = [_label({factor: end} | rest) for end in (reference, one)]
            made.append({
                "a": ends[0], "b": ends[1], "measure": measure,
                "mean": gap.mean, "low": gap.low, "high": gap.high, "method": gap.method, "n": gap.n, "level": each,
            })  # fmt: skip
    return DataFrame(made)


def _fixed(found: DataFrame, factor: str) -> list[str]:
    """The columns of what is varied besides ``factor``, as far as they have more than one level here."""
    columns = list(found.columns)
    keys = ["variant", *columns[columns.index("cell") + 1 : columns.index("run")]] if "variant" in columns else []
    return [key for key in keys if key != factor and found[key].nunique(dropna=False) > 1]


def _label(levels: dict[str, Any]) -> str:
    """A cell's label, as sweeps write it."""
    return ", ".join(f"{key}={level or 'base'}" for key, level in levels.items())


def _by_run(part: DataFrame, measure: str) -> Any:
    return part.set_index("run")[measure]


def _plain(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]


def forest(
    source: Any, measure: str, *, unit: str | None = None, title: str | None = None, only: Sequence[str] = ()
) -> Figure:
    """Paired differences of ``measure`` with their intervals; filled where the interval leaves 0 out.

    ``source`` is a sweep, its ``differences``, or what ``against`` gives; ``only`` keeps rows whose ``b`` is in it.
    ``ValueError`` where there is nothing to draw.
    """
    found = frame(source, "differences")
    wanted(found, "a", "b", "measure", "mean", "low", "high")
    found = found[(found["measure"] == measure) & found["mean"].notna()]
    if only:
        found = found[found["b"].isin(list(only))]
    if found.empty:
        raise ValueError(f"there are no differences of {measure} to draw")
    shown, left_out = unit_of(source, measure, unit), max(0, len(found) - ROWS)
    drawn = found.head(ROWS)
    with style():
        figure, axes = empty(7.6, 1.1 + 0.24 * len(drawn))
        names = [_pair(str(one.a), str(one.b)) for one in drawn.itertuples()]
        for place, one in enumerate(drawn.itertuples()):
            mean, low, high = (scaled(float(value), shown) for value in (one.mean, one.low, one.high))
            known = low > 0 or high < 0
            colour = COLOURS[1] if mean > 0 and known else COLOURS[0] if known else "#777777"
            axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
            axes.plot([mean], [place], marker="o" if known else "d", color=colour,
                      markerfacecolor=colour if known else "white", markersize=5)  # fmt: skip
        axes.axvline(0, color="#222222", linewidth=0.8)
        axes.set_yticks(range(len(names)), names, fontsize=7.5)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"difference in {label(measure, shown)}")
        more = f" (the first {ROWS} of {ROWS + left_out})" if left_out else ""
        axes.set_title((title or f"{plain(measure)}, paired differences") + more)
        return done(figure)


def _pair(a: str, b: str) -> str:
    """What distinguishes the two ends, and what they share in brackets: ``a -> b (shared)``."""
    ours, theirs = a.split(", "), b.split(", ")
    if len(ours) != len(theirs):
        return f"{a} → {b}"
    shared = [one for one, other in zip(ours, theirs, strict=True) if one == other]
    before = [one for one, other in zip(ours, theirs, strict=True) if one != other]
    after = [other for one, other in zip(ours, theirs, strict=True) if one != other]
    said = f"{_short(before)} → {_short(after)}"
    return f"{said} ({_short(shared)})" if shared else said


def _short(parts: Sequence[str]) -> str:
    """Levels without the names of what is varied."""
    return ", ".join(plain(part.partition("=")[2] or factor_title(part)) for part in parts)

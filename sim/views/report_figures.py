"""Which figures a page of a sweep has, and what is said in a sentence instead.

A picture of numbers that are all the same, or that depend on one thing alone, shows less than a sentence about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sim import measures
from sim.views import entries, outcomes
from sim.views.entries import GROUPS, plain
from sim.views.figures import against, curve, ecdf, forest, heat, svg
from sim.views.figures.drawing import in_file_order, level_label, numeric
from sim.views.outcomes_parts import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

#: So many measures are drawn if none are named, and so many forest plots.
MEASURES, FORESTS = 6, 3
#: Fewer runs than this do not make a distribution.
RUNS_FOR_ECDF = 20


class Picture(NamedTuple):
    """A figure in the page: what it shows in words, and the drawing as an ``<svg>`` element; none: a sentence.

    ``folded``: of another variant than the first, which is looked at where that is asked for.
    """

    caption: str
    svg: str = ""
    folded: bool = False


def chosen(sweep: Any, names: Sequence[str] = ()) -> list[str]:
    """The measures that are drawn: those named; else those expected that differ between cells; else of the panel."""
    cells: DataFrame = sweep.cells[sweep.cells["group"] != "violations"]
    there = list(in_file_order(cells["measure"]))
    for name in names:
        if name not in there:
            raise ValueError(f"there is no measure {name!r} in these results; possible: {', '.join(there)}")
    if names:
        return list(dict.fromkeys(names))
    moving = {name for name, part in cells.groupby("measure", sort=False) if part["mean"].nunique(dropna=False) > 1}
    text = sweep.receipt.get("source", {}).get("text", {})
    parts = [text, *(one or {} for one in (text.get("variants") or {}).values())]
    expected = dict.fromkeys(name for part in parts for name in (part.get("expect") or {}))
    found = [name for name in expected if name in moving]
    found += [name for _, name in measures.PANEL if name in moving and name not in found]
    return sorted(found[:MEASURES], key=lambda name: _group_of(name, sweep.receipt))


def _group_of(name: str, receipt: Mapping[str, Any]) -> int:
    """The place of a measure's group: harm first."""
    return list(GROUPS).index(outcomes.group_of(name, receipt))


def figures(sweep: Any, names: Sequence[str]) -> list[Picture]:
    """Curves along numbers that are varied, heat maps over two things, forest plots, distributions, and sentences."""
    return list(_figures(sweep, names))


def _figures(sweep: Any, names: Sequence[str]) -> Iterator[Picture]:
    keys = list(sweep.summary["vary"])
    numbers = [key for key in keys if _is_numeric(sweep, key)]
    for place, variant in enumerate(in_file_order(sweep.cells["variant"]) if keys else ()):
        part = sweep.cells[sweep.cells["variant"] == variant]
        where = f", {plain(variant) or 'base'}" if sweep.cells["variant"].nunique() > 1 else ""
        for name in names:
            for one in _of_measure(sweep, part, keys, numbers, name, where):
                yield one._replace(folded=place > 0)
    yield from _forests(sweep, keys, names)
    if len(sweep.summary["cells"]) <= MEASURES and sweep.rows.groupby("cell").size().min() >= RUNS_FOR_ECDF:
        for name in names[:FORESTS]:
            if (sweep.rows.groupby("cell")[name].nunique() > 1).any():  # steps alone are what the table says
                yield from _drawn(
                    f"{plain(name)}: the share of runs in which it is at most so much",
                    lambda name=name: ecdf(sweep, name, by=keys or ["variant"]),  # type: ignore[misc]
                )


def _is_numeric(sweep: Any, key: str) -> bool:
    levels = in_file_order(sweep.cells[key])
    return len(levels) > 2 and numeric(levels) is not None


def _of_measure(
    sweep: Any, part: DataFrame, keys: Sequence[str], numbers: Sequence[str], name: str, where: str
) -> Iterator[Picture]:
    unit = str(sweep.summary["units"].get(name, ""))
    cells = part[part["measure"] == name]
    if sentence := _sentence(cells, keys, f"{plain(name)}{where}", unit):
        yield Picture(sentence)
    elif numbers:
        x, by = numbers[0], [key for key in keys if key != numbers[0]]
        if len(part.groupby(by, sort=False)) <= 8 if by else True:
            title = f"{plain(name)}{where}"
            text = f"{title} along {entries.factor_title(x)}: mean, and its interval as a band"
            yield from _drawn(text, lambda: curve(part, x, name, by=by, unit=unit, title=title))
    elif len(keys) == 2:
        short, long = sorted(keys, key=lambda key: part[key].nunique())
        title = f"{plain(name)}{f' ({entries.shown_unit(unit)})' if entries.shown_unit(unit) else ''}{where}"
        text = f"{title}: mean for each {entries.factor_title(long)} and {entries.factor_title(short)}"
        yield from _drawn(text, lambda: heat(part, short, long, name, unit=unit, title=title))


def _sentence(cells: DataFrame, keys: Sequence[str], title: str, unit: str) -> str:
    """What to say of a measure that is exactly the same everywhere, or depends on one thing alone; else nothing."""
    if cells.empty or cells["mean"].isna().any() or (cells["low"] != cells["high"]).any():
        return ""
    if cells["mean"].nunique() == 1:
        return f"{title} is {_amount(cells['mean'].iloc[0], unit)} in every run of every cell"
    for key in keys if len(keys) > 1 else ():
        if cells.groupby(key, sort=False)["mean"].nunique().max() == 1:
            levels = {level_label(level): mean for level, mean in zip(cells[key], cells["mean"], strict=True)}
            said = [
                f"{_amount(amount, unit)} for {listed([one for one in levels if levels[one] == amount], list(levels))}"
                for amount in dict.fromkeys(levels.values())
            ]
            return f"{title} depends on {entries.factor_title(key)} alone: {'; '.join(said)}"
    return ""


def _amount(value: float, unit: str) -> str:
    shown = entries.shown_unit(unit)
    return f"{entries.number(entries.in_unit(value, unit))}{f' {shown}' if shown else ''}"


def _forests(sweep: Any, keys: Sequence[str], names: Sequence[str]) -> Iterator[Picture]:
    """What each level changes against the first one, for the first measures; rows without a difference are left out."""
    rows = sweep.rows[sweep.rows["variant"] == sweep.rows["variant"].iloc[0]] if keys else sweep.rows
    for factor in [key for key in keys if not _is_numeric(sweep, key)] if keys else ["variant"]:
        reference = in_file_order(rows[factor])[0]
        for name in names[:FORESTS]:
            found = against(rows, factor, reference, name)
            moved = found[found["mean"].fillna(0) != 0] if len(found) else found
            if moved.empty or (moved["low"] == moved["high"]).all():
                continue  # what is exact stands in the table of differences
            unit = str(sweep.summary["units"].get(name, ""))
            first = plain(reference) if reference else "base"
            title = f"{plain(name)}, each {entries.factor_title(factor)} less {first}"
            text = f"{title}: paired run by run on the same random numbers; filled where the interval leaves out 0"
            yield from _drawn(text, lambda: forest(moved, name, unit=unit, title=title))  # noqa: B023


def _drawn(caption: str, draw: Callable[[], Figure]) -> Iterator[Picture]:
    """A picture, where there is something to draw."""
    try:
        figure = draw()
    except ValueError:
        return
    yield Picture(caption, svg(figure))

"""On which parameters a number depends, as a table: those that move it most at the top."""

from __future__ import annotations

from sim.experiments.intervals import Estimate
from sim.experiments.sensitivity import Index, Sensitivity
from sim.views import panel, words
from sim.views.paint import Paint

#: what stands above each index, and what it means
_HEADS = {
    "tornado": {"at_low": "at the low end", "at_high": "at the high end", "swing": "from low to high"},
    "morris": {"mu_star": "μ*", "mu": "μ", "sigma": "σ"},
    "sobol": {"S1": "alone (S1)", "ST": "with others (ST)"},
}
_MEANS = {
    "tornado": "Each parameter at either end of its range, all others as the file has them: by how much the measure is "
    "more than in the base, and at the high end more than at the low one.",
    "morris": "μ*: how much the measure moves, either way, when the parameter moves over its range; μ: with its sign; "
    "σ: how much that depends on the others, or is not in proportion (or is what is left of chance).",
    "sobol": "The share of the variance of the measure over all ranges that a parameter explains: alone, and together "
    "with the others. Parameters whose interval of ST holds 0 may be left alone.",
}
_BAR = 24


def table(found: Sensitivity, paint: Paint, unit: str = "") -> str:
    """What ``found`` says; ``unit`` is that of the measure."""
    runs = f"{words.plural(found.points, 'point')}, {words.plural(found.runs, 'run')} each"
    lines = [paint.tone(f"{found.measure}: {found.method} over {runs}, {found.level:.0%} intervals", "strong")]
    if found.missing:
        lines += paint.wrapped(
            f"Undetermined: at {words.plural(found.missing, 'point')} {found.measure} was observed in no run; what was "
            "not observed is not zero, so nothing is said about what it depends on.",
        )
        return paint.finish("\n".join(lines))
    unit = unit if found.method != "sobol" else ""
    heads = _HEADS[found.method]
    by_parameter: dict[tuple[str, str], dict[str, Index]] = {}
    for index in found.indices:
        by_parameter.setdefault((index.parameter, index.range), {})[index.index] = index
    main = {"tornado": tuple(heads), "morris": ("mu_star",), "sobol": ("ST",)}[found.method]
    sizes = {key: max(abs(of[name].estimate.mean or 0.0) for name in main) for key, of in by_parameter.items()}
    longest = max(sizes.values(), default=0.0)
    rows = [
        [*key, *(_cell(of[name].estimate, unit) for name in heads), _bar(sizes[key], longest)]
        for key, of in by_parameter.items()
    ]
    lines += _grid([["parameter", "range", *heads.values(), ""], *rows], paint)
    lines += paint.wrapped(_MEANS[found.method])
    methods = dict.fromkeys(index.estimate.method for index in found.indices if index.estimate.low is not None)
    if methods:
        lines += paint.wrapped(f"Intervals: {', '.join(methods)}.")
    elif all(index.estimate.mean is None for index in found.indices):
        lines += paint.wrapped(f"{found.measure} was the same at all points: it depends on none of them.")
    return paint.finish("\n".join(lines))


def _cell(estimate: Estimate, unit: str) -> str:
    """A number with its interval."""
    text = panel.amount(estimate.mean if unit == "cents" else _short(estimate.mean), unit)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{words.number(_scaled(estimate.low, unit))}, {words.number(_scaled(estimate.high, unit))}]"


def _scaled(value: float, unit: str) -> float:
    return _short(value / 100 if unit == "cents" else value) or 0.0


def _short(value: float | None) -> float | None:
    """Four digits are more than an index has to say."""
    return None if value is None else float(f"{value:.4g}")


def _bar(size: float, longest: float) -> str:
    """How large an index is beside the largest."""
    return "─" * round(_BAR * size / longest) if longest else ""


def _grid(rows: list[list[str]], paint: Paint) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [paint.tone(lines[0], "dim"), *lines[1:]]

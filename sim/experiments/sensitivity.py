"""Which parameters a number depends on: one at a time (tornado), by elementary effects (Morris), by variance (Sobol).

A study is made of points, each a set of overrides of a scenario; they are run like the cells of a sweep, all on the
same random numbers, and what was observed at them is read back. Morris and Sobol need SALib, which is an extra.

What one run is like is chance, which the indices are not about: at each point the mean over its runs is taken. With
few runs what is left of chance shows up as dependence on every parameter (Morris's sigma, Sobol's total index), as the
same random numbers lead to other events where a parameter is another.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sim.chance import purpose
from sim.experiments.designs import Point, mapped
from sim.experiments.intervals import Estimate, Value, observed, paired, student
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.ranges import Range

if TYPE_CHECKING:
    from sim.experiments.sweep import Sweep

METHODS = ("tornado", "morris", "sobol")
#: trajectories of Morris, and points of Sobol's sequence, where nothing else is asked
SIZES = {"tornado": 1, "morris": 20, "sobol": 128}
#: Of each range Morris tries so many levels.
_LEVELS = 4
_RESAMPLES = 1_000
_NOT_INSTALLED = (
    "Morris and Sobol indices need SALib, which is not installed; pip install SALib, or use "
    "tornado, which needs nothing"
)


class Study(msgspec.Struct, frozen=True):
    """What to run: ``points`` in order, and the same as ``shares`` of their ranges (empty for a tornado)."""

    method: str
    ranges: dict[str, Range]
    points: list[Point]
    shares: list[list[float]]
    key: str = ""


class Index(msgspec.Struct, frozen=True):
    """One index of one parameter. ``estimate`` has no numbers where the measure was the same at all points.

    Tornado: ``at_low`` and ``at_high`` are differences from the base, ``swing`` is the high end minus the low one.
    Morris: ``mu_star``, the mean size of an effect of the parameter over its range, ``mu``, with its sign, ``sigma``,
    how much effects differ. Sobol: ``S1``, the share of the variance explained by the parameter alone, ``ST``, by it
    together with the others.
    """

    parameter: str
    range: str
    index: str
    estimate: Estimate


class Sensitivity(msgspec.Struct, frozen=True):
    """What a study found out about ``measure``; the parameters on which it depends most come first.

    ``missing`` counts the points at which it was observed in no run: then there are no indices.
    """

    method: str
    measure: str
    points: int
    runs: int
    level: float
    missing: int
    indices: tuple[Index, ...]


def study(method: str, ranges: Mapping[str, Range], size: int | None = None, key: str = "") -> Study:
    """The points of a study over ``ranges``.

    ``size`` is the number of trajectories (Morris) or of points of Sobol's sequence (a power of two), each of which
    takes one run of every parameter more; a tornado has one point at either end of each range. ``ValueError`` says
    what is possible.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is no method of sensitivity analysis; possible: {', '.join(METHODS)}")
    if not ranges:
        raise ValueError(
            "a sensitivity analysis needs parameters with a distribution, such as vary: {path: uniform 1 min to 1 h}"
        )
    n = SIZES[method] if size is None else size
    if method == "tornado":
        ends: list[Point] = [{path: of.value(end)} for path, of in ranges.items() for end in (0.0, 1.0)]
        return Study(method, dict(ranges), [{}, *ends], [], key)
    if n < 2 or (method == "sobol" and n & (n - 1)):
        needs = "a power of two from 2 on" if method == "sobol" else "at least 2 trajectories"
        raise ValueError(f"{method} needs {needs}, not {n}")
    shares = _sampler(method)(_problem(ranges), n, _seed(key))
    return Study(method, dict(ranges), mapped(shares, ranges), [list(map(float, row)) for row in shares], key)


def read(made: Study, found: Sequence[Sequence[Value]], measure: str = "", level: float = 0.95) -> Sensitivity:
    """What ``found`` (for each point, in order, the values of its runs) says. Intervals are at ``level``."""
    if len(found) != len(made.points):
        raise ValueError(f"the study has {len(made.points)} points, and values came from {len(found)}")
    missing = sum(not observed(values) for values in found)
    runs = max(map(len, found))
    if missing:
        indices: list[Index] = []
    elif made.method == "tornado":
        indices = _tornado(made, found, level)
    else:
        indices = _variance(made, [math.fsum(observed(values)) / len(observed(values)) for values in found], level)
    return Sensitivity(made.method, measure, len(found), runs, level, missing, tuple(indices))


# --- one at a time ----------------------------------------------------------------------------------------------------


def _tornado(made: Study, found: Sequence[Sequence[Value]], level: float) -> list[Index]:
    """Each parameter at its two ends, against the base and against each other, run by run."""
    bars = []
    for place, (path, of) in enumerate(made.ranges.items()):
        low, high = found[1 + 2 * place], found[2 + 2 * place]
        rows = {
            "at_low": _difference(low, found[0], level),
            "at_high": _difference(high, found[0], level),
            "swing": _difference(high, low, level),
        }
        largest = max(abs(one.mean or 0.0) for one in rows.values())
        bars.append((largest, [Index(path, str(of), name, one) for name, one in rows.items()]))
    return _sorted(bars)


def _difference(a: Sequence[Value], b: Sequence[Value], level: float) -> Estimate:
    """Run by run where a run was observed at both points, else of the means alone, without an interval."""
    found = paired(a, b, level)
    if found.mean is not None:
        return found
    x, y = student(a, level), student(b, level)
    assert x.mean is not None
    assert y.mean is not None
    return Estimate(x.mean - y.mean, None, None, "means of different runs", min(x.n, y.n), found.missing)


def _sorted(bars: list[tuple[float, list[Index]]]) -> list[Index]:
    """The largest first; equal ones stay in the order of the file."""
    return [index for _, rows in sorted(bars, key=lambda bar: -bar[0]) for index in rows]


# --- SALib ------------------------------------------------------------------------------------------------------------


def _problem(ranges: Mapping[str, Range]) -> dict[str, Any]:
    """The parameters as SALib wants them: shares of their ranges, by number."""
    names = [f"x{place}" for place in range(len(ranges))]
    return {"num_vars": len(ranges), "names": names, "bounds": [[0.0, 1.0]] * len(ranges)}


def _seed(key: str) -> int:
    """Never 0, which SALib takes for none."""
    return purpose(f"sensitivity:{key}") | 1


def _sampler(method: str) -> Callable[[dict[str, Any], int, int], Any]:
    """A function from (problem, size, seed) to rows of shares."""
    try:
        if method == "morris":
            from SALib.sample.morris import sample as morris

            return lambda problem, n, seed: morris(problem, n, num_levels=_LEVELS, seed=seed)
        from SALib.sample.sobol import sample as sobol
    except ImportError:
        raise ValueError(_NOT_INSTALLED) from None
    return lambda problem, n, seed: sobol(problem, n, calc_second_order=False, seed=seed)


def _variance(made: Study, means: list[float], level: float) -> list[Index]:
    """Morris's or Sobol's indices of every parameter."""
    if min(means) == max(means):
        nothing = Estimate(None, None, None, "the same at all points", 0)
        names = ("mu_star", "mu", "sigma") if made.method == "morris" else ("S1", "ST")
        return [Index(path, str(of), name, nothing) for path, of in made.ranges.items() for name in names]
    rows = _morris(made, means, level) if made.method == "morris" else _sobol(made, means, level)
    bars = []
    for (path, of), indices in zip(made.ranges.items(), rows, strict=True):
        main = indices["mu_star" if made.method == "morris" else "ST"]
        bars.append((main.mean or 0.0, [Index(path, str(of), name, one) for name, one in indices.items()]))
    return _sorted(bars)


def _morris(made: Study, means: list[float], level: float) -> list[dict[str, Estimate]]:
    import numpy as np

    try:
        from SALib.analyze.morris import analyze
    except ImportError:
        raise ValueError(_NOT_INSTALLED) from None
    found = analyze(
        _problem(made.ranges), np.array(made.shares), np.array(means), num_resamples=_RESAMPLES, conf_level=level,
        num_levels=_LEVELS, seed=_seed(made.key),
    )  # fmt: skip
    n = len(means) // (len(made.ranges) + 1)
    return [
        {
            "mu_star": _around(found["mu_star"][place], found["mu_star_conf"][place], n),
            "mu": Estimate(float(found["mu"][place]), None, None, "Morris", n),
            "sigma": Estimate(float(found["sigma"][place]), None, None, "Morris", n),
        }
        for place in range(len(made.ranges))
    ]


def _sobol(made: Study, means: list[float], level: float) -> list[dict[str, Estimate]]:
    import numpy as np

    try:
        from SALib.analyze.sobol import analyze
    except ImportError:
        raise ValueError(_NOT_INSTALLED) from None
    found = analyze(
        _problem(made.ranges), np.array(means), calc_second_order=False, num_resamples=_RESAMPLES, conf_level=level,
        seed=_seed(made.key),
    )  # fmt: skip
    n = len(means) // (len(made.ranges) + 2)
    return [
        {name: _around(found[name][place], found[f"{name}_conf"][place], n) for name in ("S1", "ST")}
        for place in range(len(made.ranges))
    ]


def _around(value: Any, arm: Any, n: int) -> Estimate:
    """An index with the half-width that SALib's bootstrap gives; an index lies where it lies, also below 0."""
    return Estimate(float(value), float(value - arm), float(value + arm), "bootstrap, normal", n)


# --- of a scenario ----------------------------------------------------------------------------------------------------


def sensitivity(
    scenario: Scenario,
    method: str,
    measure: str,
    *,
    size: int | None = None,
    runs: int | None = None,
    sweep: Callable[[Scenario, int], Sweep] | None = None,
) -> Sensitivity:
    """How ``measure`` depends on the parameters to which the ``vary`` of ``scenario`` gives a distribution.

    ``sweep`` runs a scenario so many times (None: on all cores of this machine). ``ScenarioError`` for parameters,
    measures or a size that cannot be.
    """
    ranges = {path: one for path, one in scenario.vary.items() if isinstance(one, Range)}
    try:
        made = study(method, ranges, size, str(scenario.seed))
    except ValueError as wrong:
        raise ScenarioError([Problem(scenario.file, 0, 0, "vary", str(wrong))]) from None
    if runs is None:
        runs = scenario.runs if isinstance(scenario.runs, int) else scenario.runs.at_least
    _check_measure(scenario, measure)
    rows = (sweep or _on_all_cores)(at_points(scenario, made.points, measure), runs).rows
    found = [[None if math.isnan(value) else float(value) for value in of[measure]] for _, of in rows.groupby("cell")]
    return read(made, found, measure, scenario.level)


def _on_all_cores(scenario: Scenario, runs: int) -> Sweep:
    from sim.experiments.sweep import sweep

    return sweep(scenario, runs=runs)


def _check_measure(scenario: Scenario, measure: str) -> None:
    """Before anything is run: whether every run will have that number."""
    from sim import measures, properties
    from sim.scenario.errors import possible

    known = [*measures.all_names(), *scenario.measures]
    if measure not in known and measure.removeprefix("violations.") not in properties.names():
        message = f"there is no measure {measure!r}; {possible(measure, known)}, and violations.<property>"
        raise ScenarioError([Problem(scenario.file, 0, 0, "measures", message)])


def at_points(scenario: Scenario, points: Sequence[Point], measure: str = "") -> Scenario:
    """``scenario`` with a grid of exactly these points: one factor, a level for each.

    A ``measure`` of the shelf that is in no panel is counted where something is expected of it, so something is; in a
    grid no expectation is judged.
    """
    from sim import measures
    from sim.scenario import load_text
    from sim.scenario.nodes import plain

    text = {key: value for key, value in plain(scenario.source.tree).items() if key not in ("variants", "design")}
    if measure in measures.names() and measure not in {name for _, name in measures.PANEL}:
        text["expect"] = {measure: 0}
    text["vary"] = {"point": {f"p{place}": point for place, point in enumerate(points)}}
    return load_text(json.dumps(text, ensure_ascii=False), file=scenario.file)

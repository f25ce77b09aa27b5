"""Which values of several parameters to try together: points that fill a space evenly, and levels that are crossed.

A point is a map from a parameter's path to a value as a scenario file may write it. The same key, number and ranges
give the same points on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.chance import mix, purpose
from sim.experiments.intervals import units
from sim.scenario.ranges import Range
from sim.scenario.values import Design

#: One point: values by path, as a scenario file may write them.
Point = dict[str, Any]

#: Sobol's sequence is made of binary fractions with so many digits.
_DIGITS = 30
#: Sobol points for so many parameters and no more have directions (Joe and Kuo 2008).
MOST_PARAMETERS = 21_201


def points(design: Design, ranges: Mapping[str, Range], key: str = "") -> list[Point]:
    """The points of a design over ``ranges``; ``key`` (such as the seed) decides how they are shifted and mixed."""
    makers = {"latin_hypercube": latin_hypercube, "sobol": sobol}
    if design.method not in makers:
        raise ValueError(f"{design.method!r} is no design; possible: {', '.join(makers)}")
    return makers[design.method](ranges, design.points, key)


def latin_hypercube(ranges: Mapping[str, Range], n: int, key: str = "") -> list[Point]:
    """``n`` points such that each of ``n`` equal parts of every range holds exactly one (McKay and others 1979)."""
    import numpy as np

    _checked(ranges, n)
    columns = []
    for path in ranges:
        within, order = (_draws(f"{what}:{path}:{key}", n) for what in ("within", "order"))
        columns.append((np.argsort(order, kind="stable") + within) / n)
    return mapped(np.stack(columns, axis=1), ranges)


def sobol(ranges: Mapping[str, Range], n: int, key: str = "") -> list[Point]:
    """The first ``n`` points of Sobol's sequence, shifted digit by digit, which keeps how evenly they lie.

    Best with a power of two. Of the first 2^k points, each of 2^k equal parts of every range holds exactly one.
    """
    import numpy as np
    from scipy.stats import qmc

    _checked(ranges, n)
    if len(ranges) > MOST_PARAMETERS:
        raise ValueError(f"{len(ranges)} parameters are too many; Sobol's sequence has {MOST_PARAMETERS} dimensions")
    raw = qmc.Sobol(len(ranges), scramble=False).random_base2((n - 1).bit_length())[:n]
    shifts = [int(_draws(f"shift:{path}:{key}", 1)[0] * (1 << _DIGITS)) for path in ranges]
    digits = (raw * (1 << _DIGITS)).astype(np.int64) ^ np.array(shifts, dtype=np.int64)
    return mapped((digits + 0.5) / (1 << _DIGITS), ranges)


def mapped(shares: Any, ranges: Mapping[str, Range]) -> list[Point]:
    """Rows of numbers from 0 to 1, one column per range, as points."""
    return [
        {path: of.value(float(share)) for (path, of), share in zip(ranges.items(), row, strict=True)} for row in shares
    ]


def numbers(point: Mapping[str, Any], ranges: Mapping[str, Range]) -> dict[str, float]:
    """The values of a point as numbers, each in the unit of its range's low end; for tables and axes."""
    return {path: ranges[path].number(value) for path, value in point.items() if path in ranges}


def _checked(ranges: Mapping[str, Range], n: int) -> None:
    if not ranges:
        raise ValueError("a design needs at least one parameter with a distribution, such as 'uniform 1 min to 60 min'")
    if n < 1:
        raise ValueError(f"a design has at least one point, not {n}")


def _draws(key: str, n: int) -> Any:
    """``n`` numbers in [0, 1) that depend on ``key`` alone."""
    import numpy as np

    return units(np.arange(n, dtype=np.uint64), np.uint64(mix(purpose(key))))


def crossed(*parts: Sequence[Mapping[str, Any]]) -> list[Point]:
    """Every combination of one point of each part, the last part fastest; later parts win where paths meet."""
    found: list[Point] = [{}]
    for part in parts:
        found = [before | dict(point) for before in found for point in part]
    return found

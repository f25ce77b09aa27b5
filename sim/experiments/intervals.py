"""What many runs say about a number: estimates with intervals, each naming the method it was made by.

Pure functions over the values of runs. ``None`` stands for *nothing was observed in this run*; it is left out and
counted, never taken as zero. Levels are shares such as 0.95, intervals two-sided.

Shares use Wilson's score interval, means Student's, quantiles the percentile bootstrap; differences between two
variants on the same random numbers are taken run by run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import msgspec

from sim.chance import mix, purpose

Value = float | int | bool | None

#: Resamples of a bootstrap; the ends of a 95 % interval rest on 50 of them each.
RESAMPLES = 2_000
#: So many drawn places at a time, which bounds the memory of a bootstrap.
_AT_A_TIME = 1 << 21


class Estimate(msgspec.Struct, frozen=True):
    """A number estimated from ``n`` runs that observed it; ``missing`` runs did not.

    ``low`` and ``high`` are None where the runs are too few for an interval, ``mean`` too where there are none. For a
    quantile, ``mean`` is that quantile. ``method`` says how the interval was made.
    """

    mean: float | None
    low: float | None
    high: float | None
    method: str
    n: int
    missing: int = 0

    @property
    def half_width(self) -> float | None:
        """The longer arm of the interval; None without one."""
        if self.mean is None or self.low is None or self.high is None:
            return None
        return max(self.high - self.mean, self.mean - self.low)

    @property
    def relative(self) -> float | None:
        """The half-width as a share of the mean; None without an interval, or where the mean is 0."""
        return self.half_width / abs(self.mean) if self.half_width is not None and self.mean else None


def observed(values: Sequence[Value]) -> list[float]:
    """The values without those that were not observed."""
    return [float(value) for value in values if value is not None]


def z(level: float) -> float:
    """How many standard deviations of a normal distribution lie on either side at ``level``: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def t(level: float, freedom: float) -> float:
    """As ``z``, of Student's distribution with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def kind_of(values: Sequence[Value]) -> str:
    """``share`` where every value observed is 0 or 1, else ``mean``."""
    return "share" if all(value in (0, 1, None) for value in values) else "mean"


# --- one sample -------------------------------------------------------------------------------------------------------


def wilson(count: int, of: int, level: float = 0.95) -> Estimate:
    """The share ``count`` of ``of`` with Wilson's score interval.

    >>> share = wilson(9, 104)
    >>> round(share.low, 3), round(share.high, 3)
    (0.046, 0.156)
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    if of == 0:
        return Estimate(None, None, None, "Wilson", 0)
    share, squared = count / of, z(level) ** 2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    arm = math.sqrt(squared * (share * (1 - share) + squared / (4 * of)) / of) / (1 + squared / of)
    low = 0.0 if count == 0 else middle - arm
    high = 1.0 if count == of else middle + arm
    return Estimate(share, low, high, "Wilson", of)


def zero_events(of: int, level: float = 0.95) -> float:
    """The share that something never seen in ``of`` runs stays below: exact, 1 - (1 - level)^(1/of); 1 without runs.

    >>> round(zero_events(100), 4)
    0.0295
    """
    return -math.expm1(math.log1p(-level) / of) if of else 1.0


def student(values: Sequence[Value], level: float = 0.95) -> Estimate:
    """The mean of ``values`` with Student's interval.

    Where all runs say the same there is nothing to estimate a spread from; the interval is that number, and the method
    is ``all equal``.
    """
    seen = observed(values)
    n, missing = len(seen), len(values) - len(seen)
    if n == 0:
        return Estimate(None, None, None, "Student", 0, missing)
    if n > 1 and min(seen) == max(seen):
        return Estimate(seen[0], seen[0], seen[0], "all equal", n, missing)
    mean = math.fsum(seen) / n
    if n == 1:
        return Estimate(mean, None, None, "Student", 1, missing)
    arm = t(level, n - 1) * spread(seen) / math.sqrt(n)
    return Estimate(mean, mean - arm, mean + arm, "Student", n, missing)


def spread(seen: Sequence[float]) -> float:
    """The standard deviation of a sample of at least two (with n - 1)."""
    mean = math.fsum(seen) / len(seen)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in seen) / (len(seen) - 1))


def share(values: Sequence[Value], level: float = 0.95) -> Estimate:
    """In which share of the runs something happened; ``values`` are true or false, 1 or 0."""
    seen = observed(values)
    found = wilson(sum(value != 0 for value in seen), len(seen), level)
    return msgspec.structs.replace(found, missing=len(values) - len(seen))


def estimate(values: Sequence[Value], kind: str = "mean", level: float = 0.95) -> Estimate:
    """``values`` as a ``share`` or a ``mean``."""
    if kind not in ("share", "mean"):
        raise ValueError(f"{kind!r} is no kind of estimate; possible: share, mean")
    return share(values, level) if kind == "share" else student(values, level)


def quantile(values: Sequence[Value], q: float, level: float = 0.95, key: str = "") -> Estimate:
    """The quantile ``q`` of ``values`` (between neighbours, in proportion) with a bootstrap interval by percentiles.

    Which values a resample draws depends on ``key`` and their number alone, so the same values give the same interval.
    """
    if not 0 <= q <= 1:
        raise ValueError(f"{q} is no quantile; from 0 to 1")
    seen = observed(values)
    n, missing = len(seen), len(values) - len(seen)
    if n == 0:
        return Estimate(None, None, None, "bootstrap", 0, missing)
    import numpy as np

    sample = np.sort(np.array(seen))
    at = float(np.quantile(sample, q))
    if n == 1:
        return Estimate(at, None, None, "bootstrap", 1, missing)
    together = max(1, _AT_A_TIME // n)
    found = [
        np.quantile(sample[_places(key, first, min(together, RESAMPLES - first), n)], q, axis=1)
        for first in range(0, RESAMPLES, together)
    ]
    low, high = np.quantile(np.concatenate(found), [(1 - level) / 2, (1 + level) / 2])
    return Estimate(at, float(low), float(high), "bootstrap", n, missing)


def _places(key: str, first: int, rows: int, n: int) -> Any:
    """For ``rows`` resamples from number ``first`` on, which ``n`` of ``n`` values each draws."""
    import numpy as np

    base = np.uint64(mix(purpose("bootstrap") ^ mix(purpose(key))))
    counter = np.arange(first * n, (first + rows) * n, dtype=np.uint64).reshape(rows, n)
    return (units(counter, base) * n).astype(np.int64)


def units(counter: Any, base: Any) -> Any:
    """An array of numbers in [0, 1), one for each whole number in ``counter``: splitmix64, as in ``chance``."""
    import numpy as np

    x = (counter * np.uint64(0x9E3779B97F4A7C15)) ^ base
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


# --- two samples on the same random numbers ---------------------------------------------------------------------------


def pairs(a: Sequence[Value], b: Sequence[Value]) -> list[tuple[float, float]]:
    """The runs in which both were observed; run r of one belongs to run r of the other."""
    return [(float(x), float(y)) for x, y in zip(a, b, strict=True) if x is not None and y is not None]


def paired(a: Sequence[Value], b: Sequence[Value], level: float = 0.95, kind: str = "mean") -> Estimate:
    """By how much ``a`` is more than ``b`` in the mean, from the differences run by run.

    Means: Student on the differences. Shares: the adjusted Wald interval of Bonett and Price (2012) for paired
    proportions, which stays honest where few runs differ. ``missing`` are the runs in which either was not observed.
    """
    both = pairs(a, b)
    missing = len(a) - len(both)
    if kind == "mean":
        found = student([x - y for x, y in both], level)
        method = "paired, all equal" if found.method == "all equal" else "paired Student"
        return msgspec.structs.replace(found, method=method, missing=missing)
    n = len(both)
    if n == 0:
        return Estimate(None, None, None, "paired shares", 0, missing)
    more, less = sum(x > y for x, y in both), sum(x < y for x, y in both)
    p, q = (more + 1) / (n + 2), (less + 1) / (n + 2)
    arm = z(level) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    low, high = max(-1.0, p - q - arm), min(1.0, p - q + arm)
    return Estimate((more - less) / n, low, high, "paired shares", n, missing)


def p_value(a: Sequence[Value], b: Sequence[Value], kind: str = "mean") -> float | None:
    """How probable a difference as large as that between ``a`` and ``b`` is if there is none.

    None with under two pairs. Means: Student's test on the differences. Shares, and differences that are all the same:
    the exact sign test (McNemar's) on the runs that differ.
    """
    both = pairs(a, b)
    if len(both) < 2:
        return None
    differences = [x - y for x, y in both]
    if kind == "mean" and min(differences) != max(differences):
        from scipy.special import stdtr

        mean = math.fsum(differences) / len(differences)
        error = spread(differences) / math.sqrt(len(differences))
        return float(2 * stdtr(len(differences) - 1, -abs(mean) / error))
    more, less = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    return _sign_test(min(more, less), more + less)


def _sign_test(fewer: int, of: int) -> float:
    """Two-sided: the chance that heads or tails come at most ``fewer`` times in ``of`` throws of a fair coin."""
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(fewer, of, 0.5))) if of else 1.0


# --- many comparisons -------------------------------------------------------------------------------------------------


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p-values, in the order given: valid together however the tests depend on each other.

    None is no test, and is not counted.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    tests = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(tests):
        largest = max(largest, min(1.0, p * (len(tests) - rank)))
        adjusted[place] = largest
    return adjusted


def simultaneous(level: float, comparisons: int) -> float:
    """The level at which each of so many intervals must stand for all of them to hold together at ``level``.

    Bonferroni's, which needs nothing to be independent: variants on the same random numbers are not.
    """
    return 1 - (1 - level) / max(1, comparisons)


# --- how many runs ----------------------------------------------------------------------------------------------------


def needed(
    values: Sequence[Value], relative: float | None, level: float = 0.95, kind: str | None = None, *,
    absolute: float | None = None,
) -> int | None:  # fmt: skip
    """About how many runs a half-width within ``relative`` of the mean or within ``absolute`` takes: the fewer of both.

    Judged by the spread of ``values``; where there is none, as many as make anything else rarer than 1 - ``level``.
    None where that cannot be said: nothing observed, too few runs, a mean of 0 without ``absolute``. Runs that observe
    nothing are counted in, at the share seen so far. ``kind`` None: a share where all values are 0 or 1.
    """
    seen = observed(values)
    n = len(seen)
    mean = math.fsum(seen) / n if n else 0.0
    widest = max((relative or 0.0) * abs(mean), absolute or 0.0)
    if n < 2 or not widest:
        return None
    if (kind or kind_of(values)) == "share":
        enough = _first(2, lambda runs: _share_arm(mean, runs, level) <= widest)
    else:
        error = spread(seen)
        enough = _first(2, lambda runs: t(level, runs - 1) * error / math.sqrt(runs) <= widest)
    if min(seen) == max(seen):
        enough = max(enough, _first(2, lambda runs: zero_events(runs, level) <= 1 - level))
    return math.ceil(enough * len(values) / n)


def _share_arm(p: float, runs: int, level: float) -> float:
    """The longer arm of Wilson's interval around a share ``p`` seen in so many runs."""
    squared = z(level) ** 2
    middle = (p + squared / (2 * runs)) / (1 + squared / runs)
    arm = math.sqrt(squared * (p * (1 - p) + squared / (4 * runs)) / runs) / (1 + squared / runs)
    return arm + abs(middle - p)


def _first(least: int, enough: Any) -> int:
    """The smallest whole number from ``least`` on that is enough, which all larger ones are."""
    high = least
    while not enough(high):
        high *= 2
        if high > 1 << 50:
            return high
    low = max(least, high // 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low

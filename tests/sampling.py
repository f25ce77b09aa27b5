"""Tests of samples, worked out by hand: whether numbers come from a distribution.

All bounds are 99.9 % values. What they are applied to is drawn from fixed seeds, so a test that is green stays green.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence


def fits(sample: Sequence[float], below: Callable[[float], float]) -> bool:
    """Kolmogorov and Smirnov: whether ``sample`` comes from the distribution with P(X ≤ x) = ``below(x)``."""
    n = len(sample)
    shares = [below(x) for x in sorted(sample)]
    distance = max(max((i + 1) / n - share, share - i / n) for i, share in enumerate(shares))
    return distance < 1.95 / math.sqrt(n)


def alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """The same for two samples: whether they come from one distribution."""
    a, b = sorted(one), sorted(other)
    i = j = 0
    distance = 0.0
    while i < len(a) and j < len(b):
        x = min(a[i], b[j])
        while i < len(a) and a[i] == x:
            i += 1
        while j < len(b) and b[j] == x:
            j += 1
        distance = max(distance, abs(i / len(a) - j / len(b)))
    return distance < 1.95 * math.sqrt(1 / len(a) + 1 / len(b))


def share_fits(hits: int, n: int, share: float) -> bool:
    """Whether ``hits`` of ``n`` is what happens with probability ``share``: within 3.3 standard errors."""
    return abs(hits - n * share) < 3.3 * math.sqrt(n * share * (1 - share))

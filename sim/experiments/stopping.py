"""When to stop: as soon as every number asked for is known well enough, and not earlier.

A rule looks at the longest prefix of finished runs and at nothing else, at fixed numbers of runs. So where it stops
depends neither on how many workers there are nor on which of them is done first; runs beyond that place are not used.

Half an interval may be so wide as a share of the mean (Nadas 1969), or so wide in the measure's own unit (Chow and
Robbins 1965); where both are given, either is enough. What a defence makes zero has no share of itself to be known to.

Stopping at the first moment at which an interval looks narrow enough picks moments at which the spread happens to be
underestimated. Four guards against that, whose effect the tests measure: a least number of runs; looks that are
further apart the more runs there are; that the precision must hold at two looks one after the other; and that values
without any spread do not count as known until anything else is rare: Chow and Robbins add 1/n to the variance for
that, which depends on the unit; here there must be so many runs that something else, had it a share of 1 - ``level`` of
the runs, would have been seen at ``level`` (Wilks 1941: 59 runs at 95 %). What is left: to an
absolute half-width 95 % intervals cover in 94 % to 95 % of stops where values are normal and in 92 % where they are
exponential, of which a fixed number of runs has 94 %; and what is rare and large is not foreseen by any rule, so
``unseen`` says how rare it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sim.experiments.intervals import Estimate, Value, estimate, kind_of, needed, observed, zero_events

#: The next look comes after so many per cent more runs.
_FURTHER = 5


class Width(msgspec.Struct, frozen=True):
    """How wide half an interval may be: as a share of the mean, in the unit of the measure, or either."""

    relative: float | None = None
    absolute: float | None = None

    def met(self, found: Estimate) -> bool:
        """Whether an interval is narrow enough; no interval is not."""
        width, share = found.half_width, found.relative
        if self.absolute is not None and width is not None and width <= self.absolute:
            return True
        return self.relative is not None and share is not None and share <= self.relative


class Rule(msgspec.Struct, frozen=True):
    """Run until each measure in ``until`` is known to that half-width at ``level``; a bare number is relative.

    ``kinds`` says of which measures the values are a ``share`` or a ``mean``; of others the values decide.
    """

    until: dict[str, float | Width]
    at_least: int = 30
    at_most: int = 10_000
    level: float = 0.95
    kinds: dict[str, str] = {}

    def width(self, name: str) -> Width:
        """What is asked of a measure."""
        asked = self.until[name]
        return asked if isinstance(asked, Width) else Width(relative=asked)

    def looks(self) -> Iterator[int]:
        """The numbers of runs at which the rule looks, ``at_most`` the last."""
        at = max(2, min(self.at_least, self.at_most))
        while at < self.at_most:
            yield at
            at += max(1, at * _FURTHER // 100)
        yield self.at_most

    def stop(self, prefix: Mapping[str, Sequence[Value]]) -> int | None:
        """After how many runs to stop, given the values of the runs 0, 1, 2 … that are finished; None: go on.

        At ``at_most`` it stops whether the precision is reached or not: ask ``precise``.
        """
        finished = min((len(prefix[name]) for name in self.until), default=0)
        before = False
        for at in self.looks():
            if at > finished:
                return None
            now = at >= self.at_least and self.precise(prefix, at)
            if at == self.at_most or (before and now):
                return at
            before = now
        return None

    def precise(self, prefix: Mapping[str, Sequence[Value]], runs: int) -> bool:
        """Whether every measure is known well enough after the first so many runs."""
        return all(self.met(name, prefix[name][:runs]) for name in self.until)

    def met(self, name: str, values: Sequence[Value]) -> bool:
        """Whether a measure is known well enough from ``values``."""
        unseen = self.unseen(values)
        return self.width(name).met(self.known(name, values)) and (unseen is None or unseen <= 1 - self.level)

    def unseen(self, values: Sequence[Value]) -> float | None:
        """Below which share of the runs anything else stays, where all say the same; None where they differ."""
        seen = observed(values)
        same = bool(seen) and min(seen) == max(seen)
        return zero_events(len(seen), self.level) if same else None

    def known(self, name: str, values: Sequence[Value]) -> Estimate:
        """The estimate that the rule judges by."""
        return estimate(values, self.kinds.get(name) or kind_of(values), self.level)

    def needs(self, prefix: Mapping[str, Sequence[Value]]) -> dict[str, int | None]:
        """About how many runs each measure takes, judged by those there are; None where that cannot be said."""
        found: dict[str, int | None] = {}
        for name in self.until:
            asked = self.width(name)
            kind = self.kinds.get(name)
            found[name] = needed(prefix[name], asked.relative, self.level, kind, absolute=asked.absolute)
        return found

"""When to stop: as soon as every number asked for is known well enough, and not earlier.

A rule looks at the longest prefix of finished runs and at nothing else, at fixed numbers of runs. So where it stops
depends neither on how many workers there are nor on which of them is done first; runs beyond that place are not used.

Stopping at the first moment at which an interval looks narrow enough picks moments at which the spread happens to be
underestimated. Three guards against that, whose effect the tests measure: a least number of runs; looks that are
further apart the more runs there are; and that the precision must hold at two looks one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sim.experiments.intervals import Estimate, Value, estimate, kind_of, needed

#: The next look comes after so many per cent more runs.
_FURTHER = 5


class Rule(msgspec.Struct, frozen=True):
    """Run until each measure in ``until`` is known to that relative half-width at ``level``.

    ``kinds`` says of which measures the values are a ``share`` or a ``mean``; of others the values decide.
    """

    until: dict[str, float]
    at_least: int = 30
    at_most: int = 10_000
    level: float = 0.95
    kinds: dict[str, str] = {}

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
        for name, relative in self.until.items():
            width = self.known(name, prefix[name][:runs]).relative
            if width is None or width > relative:
                return False
        return True

    def known(self, name: str, values: Sequence[Value]) -> Estimate:
        """The estimate that the rule judges by."""
        return estimate(values, self.kinds.get(name) or kind_of(values), self.level)

    def needs(self, prefix: Mapping[str, Sequence[Value]]) -> dict[str, int | None]:
        """About how many runs each measure takes, judged by those there are; None where that cannot be said."""
        return {
            name: needed(prefix[name], relative, self.level, self.kinds.get(name))
            for name, relative in self.until.items()
        }

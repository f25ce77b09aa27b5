"""What several measures share: counting, adding up time, and reading names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from sim.clock import HOUR
from sim.property import Measure, See
from sim.tables import Table


class Count(Measure):
    """A number that is counted up."""

    MEMORY: ClassVar[tuple[str, ...]] = ("counted",)

    counted: Table
    """One row, the number."""

    def more(self, by: int = 1) -> None:
        """Count up."""
        self.counted["n"] = self.counted.get("n", 0) + by

    def result(self, end: int, see: See) -> float | int | None:
        """How many were counted."""
        return int(self.counted.get("n", 0))


class Spans(Count):
    """Stretches of time that begin and end, each under a key; several may be open under one key."""

    MEMORY: ClassVar[tuple[str, ...]] = ("counted", "open", "spent")

    open: Table
    """Key → when the stretches that are open under it began."""
    spent: Table
    """One row, the microseconds of those that have ended."""

    def began(self, key: str, at: int) -> None:
        """One more is open."""
        self.open[key] = (*self.open.get(key, ()), at)
        self.more()

    def ended(self, key: str, at: int) -> None:
        """The oldest one under ``key`` is over, if any is open."""
        starts = self.open.get(key)
        if starts is None:
            return
        self.spent["us"] = self.spent.get("us", 0) + at - starts[0]
        if len(starts) > 1:
            self.open[key] = starts[1:]
        else:
            del self.open[key]

    def hours(self, end: int) -> float:
        """All of them together, those still open counted to ``end``."""
        still = sum(end - start for _, starts in self.open.ordered() for start in starts)
        return float((self.spent.get("us", 0) + still) / HOUR)


@lru_cache(4096)
def intent(request: str) -> str:
    """What a person asked for, of which ``request`` is a part: without a retry's number and the word of its stage."""
    whole = request.partition("~")[0]
    head, _, word = whole.rpartition("+")
    return head if head and word.isalpha() else whole


def block(name: str, world: Mapping[str, Any]) -> str:
    """The block of ``world`` that ``name`` is, or is a member of; empty if none."""
    while name and name not in world:
        if not name[-1].isdigit():
            return ""
        name = name[:-1]
    return name


def is_provider(name: str, world: Mapping[str, Any]) -> bool:
    """Whether ``name`` is a provider, or a member of a group of providers: whoever answers how it matches."""
    return hasattr(world.get(block(name, world)), "matching")

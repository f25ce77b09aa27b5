"""What must hold, as a fold over facts.

A property is a class in a file of ``properties/``, named like its file. It reads the facts it names, remembers what it
must in tables (which are part of an explored state, so entries are deleted as soon as they cannot matter any more),
and says when it is violated. ``always`` properties must never be violated; ``sometimes`` properties must be reached,
and guard against worlds that are safe because nothing happens.

Liveness is a deadline that the property sets: ``see.deadline(self, key, after)``, taken back by ``see.met(self, key)``;
when it comes due first, ``due`` is called. So order decides, and no property compares clocks. What may only be judged
once the party that acts has finished is asked for with ``see.at_end(self, key)`` and judged in ``finish``.

Measures are folds of the same kind; they may also read ``see.now``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, Protocol

import msgspec

from sim.party import Fact
from sim.truth import Truth


class Violation(msgspec.Struct, frozen=True, gc=False):
    """A property was violated (or reached) at ``step``, time ``at`` (microseconds); ``why`` in words."""

    property: str
    at: int
    step: int
    why: str


class See(Protocol):
    """What a property sees beside the fact itself."""

    behind: str
    """The person behind the fact (``truth``)."""
    now: int
    """True time, microseconds; for measures only."""
    step: int
    """Number of the step in the trace."""
    truth: Truth
    world: Mapping[str, Any]
    """Static configuration by block name (people groups, orchestrators, providers), as the scenario gives it."""

    def violated(self, prop: Property, why: str) -> None:
        """``prop`` does not hold (for ``sometimes``: is reached); ``why`` says so in a sentence, with names."""

    def deadline(self, prop: Property, key: str, after: int) -> None:
        """Call ``prop.due(key)`` after ``after`` microseconds unless it is met before."""

    def met(self, prop: Property, key: str) -> None:
        """Take a deadline back; nothing happens if there is none."""

    def at_end(self, prop: Property, key: str) -> None:
        """Call ``prop.finish(key)`` when the party that acts now has finished."""

    def adversary(self, name: str) -> bool:
        """Whether ``name`` works for the attacker."""


class Property:
    """Base of all properties."""

    KIND: ClassVar[Literal["always", "sometimes"]] = "always"
    TEXT: ClassVar[str] = ""
    """The property as a statement, one sentence."""
    CITES: ClassVar[tuple[str, ...]] = ()
    """Its numbers in the literature of the project, such as ``I1`` or ``R4``."""
    MEMORY: ClassVar[tuple[str, ...]] = ()
    """Names of the tables an engine makes and sets as attributes."""
    READS: ClassVar[Mapping[type[Fact], str]] = {}
    """Which facts it reads, and the method for each: ``method(fact, see)``."""
    WITHIN: ClassVar[int | None] = None
    """Default deadline in microseconds, for a property that has one."""

    def __init__(self, name: str, within: int | None = None) -> None:
        self.name = name
        self.within = self.WITHIN if within is None else within
        self.reads: dict[type[Fact], Callable[[Any, See], None]] = {
            kind: getattr(self, method) for kind, method in self.READS.items()
        }

    def due(self, key: str, see: See) -> None:
        """A deadline came due."""

    def finish(self, key: str, see: See) -> None:
        """The party that acted has finished."""


class Measure(Property):
    """A number folded from facts. ``GROUP`` is the panel's part it stands in: ``harm``, ``honest`` or ``money``."""

    GROUP: ClassVar[str] = ""
    UNIT: ClassVar[str] = ""

    def result(self, end: int, see: See) -> float | int | None:
        """The number at time ``end`` (microseconds); None where nothing was observed that it could be made of."""
        return None

"""The turn that parties are given in an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.clock import NEVER, Constant, Duration
from sim.explore.clocked import SYMBOL, Ends
from sim.explore.things import Wake
from sim.party import Fact, Message

if TYPE_CHECKING:
    from sim.explore.system import System


class ExploreTurn:
    """What a party may do (``party.Turn``): changes go to tables, what is to come into the system's lists."""

    __slots__ = ("_ends", "_system", "behind", "me")

    def __init__(self, system: System) -> None:
        self._system = system
        self._ends: Ends | None = getattr(system.model.stage, "ends", None)
        self.me, self.behind = "", ""

    def send(self, to: str, message: Message) -> None:
        """See ``party.Turn``."""
        self._system.send(self.me, to, message, self.behind)

    def wake(self, key: str, after: int | Duration) -> None:
        """See ``party.Turn``; an uncertain duration is its support, a symbol a time on the story's clock."""
        if self._ends is not None and isinstance(after, int) and after >= SYMBOL:
            self._ends.wake(self._system, self.me, key, self.behind, after)
            return
        least, most = self._system.support(after)
        thing = self._system.thing(Wake, self.me, key, self.behind)
        self._system.put(thing, least, most)

    def cancel(self, key: str) -> None:
        """See ``party.Turn``."""
        self._system.clear((Wake, self.me, key))
        if self._ends is not None and self._ends.times:
            self._system.ends.pop((self.me, key), None)

    def note(self, fact: Fact) -> None:
        """See ``party.Turn``."""
        self._system.facts.append(fact)
        self._system.world.note(fact, self.behind)

    def decide(self, what: str, share: float) -> bool:
        """See ``party.Turn``; both ways are tried where both are possible."""
        if share <= 0.0 or share >= 1.0:
            return share >= 1.0
        return self._system.choose(2, ("decide", f"{self.me} {what}")) == 1

    def stamp(self) -> int:
        """See ``party.Turn``; a symbol, different for each cause."""
        return self._system.ages.stamp(self.me)

    def age_within(self, stamp: int, least: int, most: int) -> bool:
        """See ``party.Turn``; what has become older than asked for is found in a table."""
        return self._system.ages.within(self.me, stamp, least, most)

    def act(self) -> None:
        """See ``party.Turn``."""
        self.behind = self._system.world.person(self.me)

    def suspend(self, key: str) -> None:
        """See ``party.Turn``."""
        self._system.world.truth.threads[key] = self.behind

    def resume(self, key: str) -> None:
        """See ``party.Turn``."""
        behind = self._system.world.truth.threads.pop(key, None)
        if behind is not None:
            self.behind = behind

    def trait(self, field: str) -> Any:
        """See ``party.Turn``; left open, and remembered, where a run would draw it."""
        return self._system.trait(self.me, field)


def support(after: int | Duration, longest: int | None) -> tuple[int, int]:
    """What values a duration may take; without an upper end it is cut at ``longest``, the bound ``waits_at_most``."""
    if isinstance(after, int):
        return after, after
    if isinstance(after, Constant):
        return after.us, after.us
    least, most = max(0, after.least), after.most
    if most >= NEVER and longest is not None:
        most = max(least, longest)
    return least, min(most, NEVER)


def possible(value: Any) -> list[Any] | None:
    """What a per-member share or pick may turn out to be; None where ``value`` is neither."""
    if type(value) is float:
        return [False, True] if 0.0 < value < 1.0 else [value >= 1.0]
    if hasattr(value, "weights"):
        return [answer for answer, weight in value.weights if weight > 0.0]
    return None

"""Ends on the story's clock, of deeds that begin at an uncertain time.

Whoever carries out a command is told how long from now it goes on; a run knows that (``Simulation.command``). In an
exploration no state holds an absolute time. So the command is given a *symbol* in the place of how long; a wake that is
asked for in so long is written down (``System.ends``) and comes when the time itself does, which is one of the steps of
the story's chain (``Reached``). Where a deed begins after its end, it ends at once, as in a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sim.clock import Constant, format_duration
from sim.explore.things import Thing, Wake
from sim.party import Command

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.story import Plan

#: this and a number is a symbol; longer than any time that there is
SYMBOL = 1 << 61


def begins(plan: Plan, occasion: int) -> int | None:
    """When an occasion of a step is, if that is certain (microseconds)."""
    when = plan.step.when
    kind = type(when).__name__
    if kind == "At" and isinstance(when.at, Constant):
        return int(when.at.us)
    if kind == "Every" and isinstance(when.every, Constant):
        return int(when.start + (occasion - 1) * max(1, when.every.us))
    return None


class Ends:
    """The ends of steps that begin at uncertain times."""

    def __init__(self, plans: Sequence[Plan], until: int) -> None:
        found = [plan.step for plan in plans if plan.step.until and begins(plan, 1) is None]
        self._known = [(step.until, step.budget.time if step.budget is not None else None) for step in found]
        self.times = sorted({end for end, _ in self._known if end <= until})

    def chain(self) -> Iterator[tuple[int, int, int]]:
        """The ends as links of the story's chain, which come before steps at the same time."""
        yield from ((at, -1, 0) for at in self.times)

    def told(self, plan: Plan, occasion: int, command: Command) -> Command:
        """``command`` with its end counted from now, or a symbol in the place of it."""
        if not command.until:
            return command
        now = begins(plan, occasion)
        if now is not None:
            return replace(command, until=max(1, command.until - now))
        if command.until not in self.times:  # after the end of the story
            return replace(command, until=0)
        budget = command.budget
        number = self._known.index((command.until, budget.time if budget is not None else None))
        if budget is not None and budget.time:  # whichever comes first, see ``wake``
            budget = replace(budget, time=None)
        return replace(command, until=SYMBOL + number, budget=budget)

    def wake(self, system: System, me: str, key: str, behind: str, symbol: int) -> None:
        """``me`` asked to be woken when the time comes that ``symbol`` stands for, or its budget is used up."""
        thing = system.thing(Wake, me, key, behind)
        end, longest = self._known[symbol - SYMBOL]
        if ("", str(end)) in system.ends:
            system.put(thing, 1, 1)
            return
        system.ends[me, key] = (end, behind)
        if longest:
            system.put(thing, longest, longest)


class Reached(Thing):
    """A time has come at which something ends."""

    __slots__ = ("number",)
    KIND = "wake"

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def react(self, system: System) -> bool:
        """Whoever waits for it is woken: at once, or a microsecond later if it asked for that at this very time."""
        for (me, key), found in system.ends.ordered():
            if me and found[0] == self.at:
                del system.ends[me, key]
                system.put(system.thing(Wake, me, key, found[1]), 0, 1)
        system.ends["", str(self.at)] = (self.at, "")
        system.model.stage.passed(system, self.number)
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return f"{format_duration(self.at)} have passed"

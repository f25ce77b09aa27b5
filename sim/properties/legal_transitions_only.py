"""Life cycles are kept."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Transition
from sim.lifecycles import MACHINES, legal
from sim.property import Property, See
from sim.tables import Table

#: Machines whose things end soon, so that they are followed one by one; a code or a consent is spent once.
FOLLOWED = ("code", "consent")


class LegalTransitionsOnly(Property):
    """Every transition is in the table of its machine (``lifecycles``), and codes and consents are where they were.

    Following every account, grant and resource as well would take a row for each. A code that is spent twice is caught
    as a code that is in no state from which it could be spent.
    """

    TEXT = "Nothing goes from one state to another except as its life cycle allows."
    CITES = ("R16",)
    MEMORY = ("states",)
    READS: ClassVar = {Transition: "_moved"}

    states: Table
    """(Machine, thing) → its state, while that is neither the first nor a last one."""

    def _moved(self, fact: Transition, see: See) -> None:
        machine = fact.machine
        if machine not in MACHINES or not legal(machine, fact.before, fact.after):
            see.violated(self, f"the {machine} {fact.thing} went from {fact.before} to {fact.after}")
        elif machine in FOLLOWED:
            self._follow(fact, see)

    def _follow(self, fact: Transition, see: See) -> None:
        key = (fact.machine, fact.thing)
        state = self.states.get(key, "absent")
        if state != fact.before:
            why = f"the {fact.machine} {fact.thing} went from {fact.before} to {fact.after}"
            see.violated(self, f"{why}, but was {state}")
        if MACHINES[fact.machine][fact.after]:
            self.states[key] = fact.after
        else:
            self.states.pop(key, None)

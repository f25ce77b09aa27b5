"""Provisioning without a detour over a human."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import ApiAccepted, HumanStepped, ResourceCompleted
from sim.property import Property, See
from sim.tables import Table


class InUseWithoutHumanAtProvider(Property):
    """An honest person's account works, and the person has done nothing at that provider by hand.

    It works when a resource on it is complete, or a call with something that an orchestrator was granted is served.
    What a person does at the orchestrator (terms) does not count.
    """

    KIND = "sometimes"
    TEXT = "An account is in use though its owner has done nothing at the provider by hand."
    MEMORY = ("hands", "reached")
    READS: ClassVar = {HumanStepped: "_stepped", ResourceCompleted: "_used", ApiAccepted: "_used"}

    hands: Table
    """(Person, provider) of those who did something by hand, until it is reached → True."""
    reached: Table
    """One row once it is reached."""

    def _stepped(self, fact: HumanStepped, see: See) -> None:
        if "yes" not in self.reached:
            self.hands[fact.person, fact.where] = True

    def _used(self, fact: ResourceCompleted | ApiAccepted, see: See) -> None:
        if "yes" in self.reached or not fact.grant:
            return
        owner = see.truth.owner(fact.account)
        if owner and owner == see.behind and not see.adversary(owner) and (owner, fact.provider) not in self.hands:
            self.reached["yes"] = True
            see.violated(self, f"{owner} uses {fact.account} and was never at {fact.provider}")
